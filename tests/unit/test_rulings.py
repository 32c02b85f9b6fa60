"""The page of rulings and the data say the same: no ruling without a row, no row without a use."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from tests.conftest import ROOT

DATA = ROOT / "src" / "mesoplan" / "knowledge" / "data"
PAGE = ROOT / "docs" / "reference" / "rulings.md"
RULING = "mesoplan-ruling"
WORDS = {"tightens", "permits", "computes", "informs"}


def rulings_in(value: Any) -> Iterator[str]:
    """The name of every ruling that is cited anywhere inside a value."""
    if isinstance(value, dict):
        if value.get("source") == RULING:
            yield value["locator"]
        for item in value.values():
            yield from rulings_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from rulings_in(item)


def cited() -> set[str]:
    """The names of all rulings that the data cite."""
    return {
        name
        for path in DATA.rglob("*.toml")
        for name in rulings_in(tomllib.loads(path.read_text(encoding="utf-8")))
    }


def rows() -> list[tuple[str, str, str]]:
    """Name, effect and ruling of each row of the page."""
    tables = re.split(
        r"^\| name \| does \| what is ruled \|\n\|[-|]+\|\n", page(), flags=re.MULTILINE
    )
    found = []
    for table in tables[1:]:
        for line in table.split("\n\n")[0].splitlines():
            name, effect, ruled = (cell.strip() for cell in line.strip("| ").split(" | "))
            found.append((name, effect, ruled))
    return found


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_ruling_that_the_data_cite_has_a_row() -> None:
    assert cited() - {name for name, _, _ in rows()} == set()


def test_every_row_is_cited_somewhere_in_the_data() -> None:
    assert {name for name, _, _ in rows()} - cited() == set()


def test_no_ruling_has_two_rows() -> None:
    names = [name for name, _, _ in rows()]
    assert sorted(names) == sorted(set(names))


def test_every_row_says_in_one_of_four_words_what_it_does_and_in_a_sentence_what_is_ruled() -> None:
    for name, effect, ruled in rows():
        assert effect in WORDS, name
        assert ruled.endswith("."), name


def test_the_bibliography_leads_to_the_page() -> None:
    text = (DATA / "references.bib").read_text(encoding="utf-8")
    entry = text.split(f"@misc{{{RULING},")[1].split("\n}")[0]
    assert f"address = {{{PAGE.relative_to(ROOT).as_posix()}}}" in entry
