"""The audit counts what the base holds; a second count over the parsed files agrees."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from mesoplan.knowledge import KnowledgeBase
from mesoplan.knowledge.audit import audit
from mesoplan.knowledge.base import KINDS
from mesoplan.vocabulary.source import Kind


def tables(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every table of a parsed document."""
    if isinstance(value, Mapping):
        yield value
        for item in value.values():
            yield from tables(item)
    elif isinstance(value, list):
        for item in value:
            yield from tables(item)


def test_the_numbers_are_those_in_the_files(knowledge: KnowledgeBase) -> None:
    """A number in a file is a table with a unit and a kind; one that is not known says so."""
    found: Counter[str] = Counter()
    unknown = reviewed = 0
    for document in knowledge.documents.values():
        for table in tables(document):
            if "unit" in table and "kind" in table:
                found[table["kind"]] += 1
                reviewed += "reviewed" in table
            elif set(table) == {"unknown"}:
                unknown += 1
    counted = audit(knowledge)
    assert dict(counted.numbers) == {kind.value: found[kind.value] for kind in Kind}
    assert counted.unknown == unknown
    assert counted.reviewed == reviewed
    assert sum(found.values()) > 0


def test_every_kind_is_counted(knowledge: KnowledgeBase) -> None:
    records = dict(audit(knowledge).records)
    assert list(records) == list(KINDS)
    assert records == {kind: len(knowledge.kind(kind)) for kind in KINDS}
    assert all(records.values())


def test_every_source_is_counted_by_how_far_it_was_read(knowledge: KnowledgeBase) -> None:
    counted = audit(knowledge)
    bibliography: str = knowledge.documents["references.bib"]
    lines = Counter(line.strip().rstrip(",") for line in bibliography.splitlines())
    assert {how: lines[f"read = {{{how}}}"] for how, _ in counted.sources_by_reading} == dict(
        counted.sources_by_reading
    )
    assert sum(count for _, count in counted.sources_by_reading) == len(knowledge.sources)


def test_the_audit_names_the_release(knowledge: KnowledgeBase) -> None:
    assert audit(knowledge).release == knowledge.release
