"""The documents are true: commands run, output is real, case files are read, links lead somewhere.

How a document marks its blocks:

- ``console``: each ``$ mesoplan ...`` is run; ``# exit status 2`` beside it is what it must return.
  The lines below are its output; ``[...]`` stands for lines left out.
- ``toml NAME.toml``: a whole case file, written to that name; or a file of this repository, word
  for word. ``toml +NAME.toml`` is added to its end; ``diff NAME.toml`` changes lines of it.
- ``toml`` alone under docs/: a part of a case file.
"""

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mesoplan.cli import decide, look_up, main
from mesoplan.documents.case_file import read_case
from mesoplan.knowledge import KnowledgeBase
from tests.conftest import ROOT

FOLDERS = ("docs", "examples", "safety", "scripts", "src", "tests", "benchmarks")
PAGES = sorted(
    [*ROOT.glob("*.md"), *(page for top in FOLDERS for page in ROOT.glob(f"{top}/**/*.md"))]
)
LEFT_OUT = "[...]"
NOT_RUN = {"make", "pip"}
"""Programs of console blocks that other tests run, or that change the machine."""

BLOCK = re.compile(r"^(`{3,})(\w*) ?([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PLACE = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]+)`")
AT = "at = 2026-11-22\n"
ANY_ZONE = '[[request.zone]]\nindication = "melasma"\nregion = "cheek"\nside = "both"\n'


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words after it, its text."""

    language: str
    name: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command of a console block, the status it must return, and the output printed below it."""

    arguments: list[str]
    status: int
    output: list[str]


def label(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [Block(language, name.strip(), text) for _, language, name, text in found]


def prose(page: Path) -> str:
    """The page without its blocks."""
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


def commands(block: Block) -> Iterator[Command]:
    """The mesoplan commands of a console block."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        program, *arguments = shlex.split(line, comments=True)
        if program in NOT_RUN:
            continue
        assert program == "mesoplan", f"a program that no test runs: {program}"
        stated = re.search(r"# exit status (\d)", line)
        yield Command(arguments, int(stated.group(1)) if stated else 0, output.splitlines())


def differs(printed: list[str], real: list[str]) -> str:
    """The first printed lines that the real output does not have in their place, or nothing."""
    position = 0
    runs = "\n".join(printed).split(LEFT_OUT)
    for number, text in enumerate(runs):
        run = text.strip("\n").splitlines()
        if not run:
            continue
        places = range(position, len(real) - len(run) + 1)
        start = next((at for at in places if real[at : at + len(run)] == run), None)
        if start is None or (number == 0 and start != 0):
            return "\n".join(run)
        position = start + len(run)
        if number == len(runs) - 1 and any(real[position:]):
            return "the output goes on"
    return ""


def workshop(folder: Path, page: Path, knowledge: KnowledgeBase) -> Iterator[Command]:
    """The commands of a page in order, with the files that the page writes before each of them."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    for block in blocks(page):
        path = folder / block.name.removeprefix("+")
        if block.language == "console":
            yield from commands(block)
        elif block.language in {"toml", "diff"} and block.name:
            path.write_text(edited(block, path), encoding="utf-8")
            read_case(path.read_bytes(), place=block.name, knowledge=knowledge)


def edited(block: Block, path: Path) -> str:
    """What the file holds after the block."""
    if block.name.startswith("+"):
        return path.read_text(encoding="utf-8") + block.text
    if block.language == "toml":
        return block.text
    text = path.read_text(encoding="utf-8")
    lines = block.text.splitlines()
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        assert (old[0], new[0]) == ("-", "+")
        assert text.count(f"{old[1:]}\n") == 1, old
        text = text.replace(f"{old[1:]}\n", f"{new[1:]}\n")
    return text


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, knowledge: KnowledgeBase) -> None:
    """The command line reads the base once for all commands."""
    for module in (decide, look_up):
        monkeypatch.setattr(module, "load_knowledge", lambda: knowledge)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(b.language == "console" for b in blocks(page))],
    ids=label,
)
def test_every_command_of_a_page_runs_and_prints_what_the_page_shows(
    page: Path,
    tmp_path: Path,
    knowledge: KnowledgeBase,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in workshop(tmp_path, page, knowledge):
        said = " ".join(command.arguments)
        assert main(command.arguments) == command.status, said
        real = capsys.readouterr().out.splitlines()
        if command.output:
            assert differs(command.output, real) == "", said


def test_a_line_that_the_program_does_not_print_is_seen() -> None:
    real = ["one", "two", "", "three", "four"]
    assert differs(["one", "two", LEFT_OUT], real) == ""
    assert differs([LEFT_OUT, "two", "", "three", LEFT_OUT], real) == ""
    assert differs([LEFT_OUT, "three", "four"], real) == ""
    assert differs(["two", LEFT_OUT], real) == "two"
    assert differs(["one", "three", LEFT_OUT], real) == "one\nthree"
    assert differs(["one", LEFT_OUT, "four", LEFT_OUT, "two", LEFT_OUT], real) == "two"
    assert differs(["one"], real) == "the output goes on"


def test_readme_shows_an_example_from_file_to_plan() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    example = text.split("<!-- worked example: begin -->")[1].split("<!-- worked example: end -->")[
        0
    ]
    assert "```toml examples/neck-pain-lidocaine.toml\n" in example
    assert "$ mesoplan plan examples/neck-pain-lidocaine.toml\nSCREENING: " in example


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_a_file_of_the_repository_is_shown_word_for_word(page: Path) -> None:
    for block in blocks(page):
        file = ROOT / block.name
        if block.language == "toml" and block.name and file.exists():
            assert block.text == file.read_text(encoding="utf-8"), block.name


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")), ids=label)
def test_every_part_of_a_case_file_is_one(page: Path, knowledge: KnowledgeBase) -> None:
    for block in blocks(page):
        if block.language == "toml" and not block.name:
            zone = "" if "[[request.zone]]" in block.text else ANY_ZONE
            content = f"{AT}{block.text}\n{zone}".encode()
            read_case(content, place=label(page), knowledge=knowledge)


def test_the_shape_of_a_fact_in_contributing_stands_in_the_data() -> None:
    shown = [block.text for block in blocks(ROOT / "CONTRIBUTING.md") if block.language == "toml"]
    data = ROOT / "src" / "mesoplan" / "knowledge" / "data" / "substances" / "anaesthetics.toml"
    assert shown
    for text in shown:
        assert text.strip() in data.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if heading:
            assert heading in slugs(target), link


def slugs(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made from their words."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") for words in headings}


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_every_place_that_a_page_names_exists(page: Path) -> None:
    missing = [place for place in PLACE.findall(prose(page)) if not (ROOT / place).exists()]
    assert missing == []
