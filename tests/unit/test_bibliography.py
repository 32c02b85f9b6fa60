"""The bibliography is strict BibTeX, and a second reader reads the same in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string
from bibtexparser.model import Entry

from mesoplan.knowledge import KnowledgeBase
from mesoplan.knowledge.bibliography import read_bibliography
from mesoplan.knowledge.loading import BIBLIOGRAPHY, DATA
from mesoplan.vocabulary.errors import KnowledgeError
from mesoplan.vocabulary.source import Source, SourceKind

ENTRY = """
% A comment.
@article{a-study-2020,
  kind = {trial},
  author = {Fàbregas, A. and Other, B.},
  title = {On {braces} and 5 % of it},
  year = {2020},
  volume = {7},
  number = {2},
  pages = {11--12},
  doi = {10.1000/x},
  pmid = {123},
  address = {https://example.org/},
  read = {abstract}
}
"""

WORDS = {
    "volume": "%s",
    "number": "no. %s",
    "pages": "p. %s",
    "doi": "doi %s",
    "pmid": "PMID %s",
    "pmcid": "%s",
    "file": "file %s",
}


def entries(text: str) -> dict[str, dict[str, str]]:
    """Read with bibtexparser: all fields of all entries."""
    library = parse_string(text)
    assert library.failed_blocks == []
    return {entry.key: fields_of(entry) for entry in library.entries}


def fields_of(entry: Entry) -> dict[str, str]:
    return {field.key: str(field.value) for field in entry.fields}


def as_fields(source: Source) -> dict[str, str]:
    """What our reader made of an entry, under the names of the fields."""
    found = {
        "kind": source.kind.value,
        "read": source.read,
        "author": source.author,
        "title": source.title,
        "year": source.year,
        "journal": source.journal,
        "address": source.address,
        "note": source.note,
        "detail": source.detail,
    }
    return {name: value for name, value in found.items() if value}


def expected(fields: dict[str, str]) -> dict[str, str]:
    """The same from the second reader; identifiers joined to one line by hand."""
    kept = {name: value for name, value in fields.items() if name not in {*WORDS, "sha256", "tag"}}
    detail = ", ".join(WORDS[name] % fields[name] for name in WORDS if name in fields)
    return kept | ({"detail": detail} if detail else {})


def test_a_second_reader_agrees_on_every_key_and_field(knowledge: KnowledgeBase) -> None:
    theirs = entries((DATA / BIBLIOGRAPHY).read_text(encoding="utf-8"))
    assert list(theirs) == list(knowledge.sources)
    for key, fields in theirs.items():
        assert as_fields(knowledge.sources[key]) == expected(fields), key


def test_both_readers_agree_on_an_entry_with_everything() -> None:
    ours = read_bibliography(ENTRY, "a.bib")["a-study-2020"]
    assert as_fields(ours) == expected(entries(ENTRY)["a-study-2020"])
    assert ours.detail == "7, no. 2, p. 11--12, doi 10.1000/x, PMID 123"
    assert ours.kind is SourceKind.TRIAL
    assert ours.label.startswith("Fàbregas, A.; Other, B. On {braces} and 5 % of it. 2020. 7, no.")


def cut(field: str) -> Callable[[str], str]:
    return lambda text: "\n".join(
        line for line in text.splitlines() if not line.startswith(f"  {field} ")
    )


# What is done to the entry, and what the message says.
ILL_FORMED: dict[str, tuple[Callable[[str], str], str]] = {
    "no kind": (cut("kind"), "a-study-2020.kind"),
    "an unknown kind": (lambda text: text.replace("{trial}", "{rumour}"), "came 'rumour'"),
    "how it was read is left out": (cut("read"), "a-study-2020.read"),
    "how it was read is unknown": (lambda text: text.replace("{abstract}", "{so}"), "came 'so'"),
    "no address": (cut("address"), "an address, or a file with its sha256"),
    "an unknown field": (lambda text: text.replace("  year", "  jahr"), "came 'jahr'"),
    "a field twice": (lambda text: text.replace("  volume", "  year"), "came 'year'"),
    "a key twice": (lambda text: text + text, "a key that occurs once"),
    "quotes for braces": (lambda text: text.replace("{2020}", '"2020"'), "line 7"),
    "a value over two lines": (lambda text: text.replace("5 %", "5\n%"), "line 6"),
    "an unknown type": (lambda text: text.replace("@article", "@webpage"), "line 3"),
    "a key with capitals": (lambda text: text.replace("a-study", "A-Study"), "line 3"),
    "no closing brace": (lambda text: text.rstrip().removesuffix("}"), "a closing brace"),
    "an entry inside an entry": (
        lambda text: text.replace("  volume = {7},", "@misc{another,"),
        "",
    ),
    "stray words": (lambda text: text + "stray words\n", "came 'stray words'"),
}


@pytest.mark.hazard("H-008")
@pytest.mark.parametrize("how", ILL_FORMED)
def test_an_ill_formed_entry_is_refused(how: str) -> None:
    change, words = ILL_FORMED[how]
    with pytest.raises(KnowledgeError) as caught:
        read_bibliography(change(ENTRY), "a.bib")
    assert caught.value.place == "a.bib"
    assert words in caught.value.message


@pytest.mark.parametrize("field", ["sha256", "file"])
def test_a_file_needs_its_checksum_where_there_is_no_address(field: str) -> None:
    """A founding text has no address: its file name and checksum identify it."""
    both = ENTRY.replace(
        "  address = {https://example.org/},", "  file = {a.txt},\n  sha256 = {00},"
    )
    assert read_bibliography(both, "a.bib")["a-study-2020"].address == ""
    with pytest.raises(KnowledgeError):
        read_bibliography(cut(field)(both), "a.bib")


def test_every_source_can_be_resolved(knowledge: KnowledgeBase) -> None:
    root = Path(__file__).parents[2]
    for source in knowledge.sources.values():
        if source.address.startswith("docs/"):
            assert (root / source.address).is_file(), source.id
        elif source.address:
            assert source.address.startswith(("https://", "http://")), source.id
        else:
            assert source.detail.startswith("file "), source.id
