"""Plan every case under examples/ and lay the results side by side on one page.

Uses the public command line only, as any other program would: `mesoplan plan FILE` for the text
and the PDF, `mesoplan plan FILE --json` for the table. Everything made lies in var/plans.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import webbrowser
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PLANS = ROOT / "var" / "plans"
PAGE = Path(__file__).with_suffix(".html")
STYLE = Path(__file__).with_suffix(".css")

PATIENCE_S = 120  # one plan takes well under a second; past this something hangs


class ExampleFailedError(Exception):
    """An example file that the command line does not answer."""

    def __init__(self, case: Path, status: int, said: str) -> None:
        super().__init__(f"{case.name}: mesoplan plan ended with status {status}: {said.strip()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCase:
    """One example and what came of it."""

    name: str
    title: str
    about: str
    answer: Mapping[str, Any]

    @property
    def pdf(self) -> str:
        """The file name of the printable document, beside the page."""
        return f"{self.name}.pdf"

    @property
    def text(self) -> str:
        """The file name of the text for reading at a terminal, beside the page."""
        return f"{self.name}.txt"


def plan_all(cases: Sequence[Path], folder: Path) -> list[PlannedCase]:
    """Plan the case files and write PDF, text and the page into the folder, in the given order."""
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        planned = list(pool.map(lambda case: plan_one(case, folder), cases))
    shutil.copyfile(STYLE, folder / "page.css")
    (folder / "index.html").write_text(page(planned), encoding="utf-8")
    return planned


def plan_one(case: Path, folder: Path) -> PlannedCase:
    """Plan one case file twice: once for people, once for the table.

    Raises ExampleFailedError where the command line refuses the file.
    """
    title, about = heading(case)
    text = mesoplan("plan", case, "--pdf", folder / f"{case.stem}.pdf")
    (folder / f"{case.stem}.txt").write_text(text, encoding="utf-8")
    answer = json.loads(mesoplan("plan", case, "--json"))
    return PlannedCase(name=case.stem, title=title, about=about, answer=answer)


def mesoplan(command: str, case: Path, *options: str | Path) -> str:
    """Run the installed command and return what it printed."""
    program = shutil.which("mesoplan", path=sysconfig.get_path("scripts")) or "mesoplan"
    done = subprocess.run(
        [program, command, case, *options],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=PATIENCE_S,
    )
    if done.returncode != 0:
        raise ExampleFailedError(case, done.returncode, done.stderr)
    return done.stdout


def heading(case: Path) -> tuple[str, str]:
    """Take title and description of a case from the comment at the head of its file."""
    lines: list[str] = []
    for line in case.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("#").strip())
    title = lines[0].rstrip(".") if lines else words(case.stem).capitalize()
    return title, " ".join(line for line in lines[1:] if line)


def words(identifier: str) -> str:
    """Read an id of the data as words."""
    return identifier.replace("-", " ").replace("_", " ")


def page(cases: Sequence[PlannedCase]) -> str:
    """Render the page: one row a case."""
    releases = sorted({str(case.answer["screening"]["knowledge_release"]) for case in cases})
    plans = sum(case.answer["outcome"] == "plan" for case in cases)
    return Template(PAGE.read_text(encoding="utf-8")).substitute(
        rows="\n".join(row(case) for case in cases),
        plans=plans,
        refusals=len(cases) - plans,
        release=escape(", ".join(releases)),
    )


def row(case: PlannedCase) -> str:
    """Render one case: what it is, what came of it, where to read it."""
    outcome = "Plan" if case.answer["outcome"] == "plan" else "Refusal"
    said = "".join(f"<li>{escape(line)}</li>" for line in summary(case.answer))
    about = f"<p>{escape(case.about)}</p>" if case.about else ""
    name, title = escape(case.name, quote=True), escape(case.title)
    return f"""<tr role="row" id="{name}">
  <th role="rowheader" scope="row">{title}{about}</th>
  <td role="cell" data-label="Outcome"><p class="outcome">{outcome}</p>
    {verdict(case.answer["screening"]["verdict"])}
    <ul>{said}</ul></td>
  <td role="cell" data-label="Read"><a href="{name}.pdf" aria-label="PDF: {title}">PDF</a>
    <a href="{name}.txt" aria-label="Text: {title}">Text</a></td>
</tr>"""


def verdict(level: str) -> str:
    """Render a verdict by shape, word and colour together."""
    safe = escape(level, quote=True)
    return (
        f'<p class="verdict is-{safe}"><svg aria-hidden="true"><use href="#m-{safe}"/></svg>'
        f"{escape(level.capitalize())}</p>"
    )


def summary(answer: Mapping[str, Any]) -> list[str]:
    """Say in a line or a few what was planned, or why nothing was."""
    if answer["outcome"] == "plan":
        plan = answer["plan"]
        lines = [
            f"{words(zone['indication']).capitalize()}, {words(zone['region'])}: "
            f"{words(zone['technique'])}"
            for zone in plan["zones"]
        ]
        count = len(plan["sessions"])
        return [*lines, "1 session" if count == 1 else f"{count} sessions"]
    refusal = answer["refusal"]
    lines = [str(reason["message"]) for reason in refusal["reasons"]]
    missing = len(refusal["missing"])
    if missing:
        lines.append("1 answer missing" if missing == 1 else f"{missing} answers missing")
    return lines


def can_show(environment: Mapping[str, str], platform: str) -> bool:
    """Tell whether a person sits before a screen on which a page can open."""
    if environment.get("CI"):
        return False
    if platform in {"darwin", "win32"}:
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Plan the examples, say where the page is, and open it where that is possible."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=Path, default=EXAMPLES, help="folder of case files")
    parser.add_argument("--out", type=Path, default=PLANS, help="folder for the results")
    chosen = parser.parse_args(arguments)
    cases = sorted(chosen.examples.glob("*.toml"))
    if not cases:
        print(f"No case files (*.toml) in {chosen.examples}", file=sys.stderr)
        return 2
    try:
        planned = plan_all(cases, chosen.out)
    except ExampleFailedError as failure:
        print(failure, file=sys.stderr)
        return 1
    index = (chosen.out / "index.html").resolve()
    for case in planned:
        print(f"{case.answer['outcome']:8} {case.answer['screening']['verdict']:16} {case.title}")
    print(f"\nPDF and text of each: {index}")
    if can_show(os.environ, sys.platform):
        webbrowser.open(index.as_uri())
    return 0


if __name__ == "__main__":
    sys.exit(main())
