"""What the base holds and how sure it is: records by kind, numbers by kind, unknown, reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING

from mesoplan.knowledge.base import KINDS
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.source import ClinicalNumber, Kind

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase

NOT_STATED = "not stated in the knowledge base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Counts over the whole base. ``numbers`` counts clinical numbers by kind."""

    release: str
    records: tuple[tuple[str, int], ...]
    numbers: tuple[tuple[str, int], ...]
    unknown: int
    reviewed: int
    sources_by_reading: tuple[tuple[str, int], ...]


def audit(knowledge: KnowledgeBase) -> Audit:
    """The counts. A field that a file leaves out is not counted; one that says unknown is."""
    numbers = dict.fromkeys((kind.value for kind in Kind), 0)
    unknown = reviewed = 0
    for kind in KINDS:
        for record in knowledge.kind(kind).values():
            for value in _values(record):
                if isinstance(value, ClinicalNumber):
                    numbers[value.kind.value] += 1
                    reviewed += bool(value.reviewed)
                elif value.reason != NOT_STATED:
                    unknown += 1
    reading: dict[str, int] = {}
    for source in knowledge.sources.values():
        reading[source.read] = reading.get(source.read, 0) + 1
    return Audit(
        release=knowledge.release,
        records=tuple((kind, len(knowledge.kind(kind))) for kind in KINDS),
        numbers=tuple(numbers.items()),
        unknown=unknown,
        reviewed=reviewed,
        sources_by_reading=tuple(sorted(reading.items())),
    )


def _values(value: object) -> Iterator[ClinicalNumber | Unknown]:
    if isinstance(value, (ClinicalNumber, Unknown)):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _values(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _values(item)
    elif is_dataclass(value) and not isinstance(value, (type, Enum)):
        for field in fields(value):
            yield from _values(getattr(value, field.name))
