"""Source marks and the numbered list of sources at the end of the sheet.

Sources are numbered as they first appear; where several places of one source are used they carry
letters: 3a, 3b. A mark beside a number shows how the number came about and whether a clinician
has signed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, TypeAlias

from mesoplan.documents.pdf_words import Block, Run, Runs, clean, soft, tag, words
from mesoplan.knowledge.base import KINDS
from mesoplan.vocabulary.quantity import Quantity
from mesoplan.vocabulary.source import Citation, ClinicalNumber, Kind, Statement

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.planning.values import Planned

WIDE = 60
"""Words of the list of sources run over the whole width: identifiers there are never broken."""

Signed: TypeAlias = frozenset[tuple[Citation, Quantity, Quantity]]


@dataclass(slots=True)
class Sources:
    """The sources of one sheet, numbered in the order in which they are marked."""

    knowledge: KnowledgeBase
    signed: Signed
    places: dict[str, dict[str, set[Kind]]] = field(default_factory=dict)
    numbers_shown: int = 0
    numbers_signed: int = 0

    @classmethod
    def of(cls, knowledge: KnowledgeBase) -> Sources:
        """No source marked yet."""
        return cls(knowledge, signed_numbers(knowledge))

    def mark(self, *citations: Citation) -> Run:
        """The numbers of the sources behind a sentence."""
        return {"is": "marks", "marks": [self._place(item, None) for item in _once(citations)]}

    def said(self, statement: Statement) -> Runs:
        """A sentence of the base with its mark; an assumed one says so."""
        mark = {"is": "marks", "marks": [self._place(statement.citation, statement.kind)]}
        if statement.kind is Kind.ASSUMED:
            return [words(statement.text), tag("assumed"), mark]
        return [words(statement.text), mark]

    def stated(self, number: ClinicalNumber) -> Run:
        """The mark of a number of the base."""
        return self._chip(number.kind, (number.citation,), signed=bool(number.reviewed))

    def planned(self, number: Planned) -> Run:
        """The mark of a planned number: its kind, and the sources it was taken or computed from.

        A computed number counts as signed only where each number behind it is.
        """
        if number.kind is Kind.COMPUTED:
            signed_places = {citation for citation, _, _ in self.signed}
            signed = bool(number.citations) and signed_places.issuperset(number.citations)
        else:
            signed = any(
                (item, number.low, number.high) in self.signed for item in number.citations
            )
        measured_here = number.kind is Kind.MEASURED and not number.citations
        return self._chip(number.kind, number.citations, signed=signed or measured_here)

    def _chip(self, kind: Kind, citations: Iterable[Citation], *, signed: bool) -> Run:
        self.numbers_shown += 1
        self.numbers_signed += signed
        return {
            "is": "chip",
            "kind": kind.value,
            "signed": signed,
            "marks": [self._place(item, kind) for item in _once(citations)],
        }

    def _place(self, citation: Citation, kind: Kind | None) -> dict[str, int]:
        locators = self.places.setdefault(citation.id, {})
        kinds = locators.setdefault(citation.locator, set())
        if kind is not None:
            kinds.add(kind)
        return {
            "source": list(self.places).index(citation.id) + 1,
            "place": list(locators).index(citation.locator) + 1,
        }

    def several_places(self) -> Mapping[str, int]:
        """How many places of each source are marked, by its number."""
        counts = (len(locators) for locators in self.places.values())
        return {str(number): count for number, count in enumerate(counts, 1)}

    def signed_sentence(self) -> str:
        """How many of the numbers on the sheet a clinician has signed."""
        if not self.numbers_signed:
            return (
                f"None of the {self.numbers_shown} sourced numbers on this sheet has been signed "
                "by a clinician yet (dashed frames)."
            )
        return (
            f"{self.numbers_signed} of the {self.numbers_shown} sourced numbers on this sheet "
            "have been signed by a clinician; the others stand in dashed frames."
        )

    def block(self, others: Iterable[Citation]) -> Block:
        """The numbered list: every source that is marked, and ``others`` that no mark names."""
        for citation in others:
            self._place(citation, None)
        return {
            "is": "sources",
            "entries": [
                self._entry(number, source, locators)
                for number, (source, locators) in enumerate(self.places.items(), 1)
            ],
        }

    def _entry(
        self, number: int, source: str, locators: Mapping[str, set[Kind]]
    ) -> dict[str, object]:
        record = self.knowledge.sources[source]
        return {
            "number": number,
            "text": clean(record.label or source, longest_word=WIDE),
            "about": clean(
                f"{record.kind.value.replace('-', ' ')}; {_READ.get(record.read, record.read)}"
            ),
            "note": clean(record.note.rstrip("."), longest_word=WIDE)
            if record.note != record.label
            else "",
            "address": record.address,
            "is_link": record.address.startswith(("https://", "http://")),
            "places": [
                {
                    "place": place,
                    "locator": clean(locator),
                    "kinds": ", ".join(kind.value for kind in Kind if kind in kinds),
                }
                for place, (locator, kinds) in enumerate(locators.items(), 1)
            ],
        }


_READ = {
    "full": "read in full",
    "abstract": "abstract read",
    "part": "read in part",
    "mirror": "read in a copy",
    "registry": "registry entry read",
    "bibliography": "bibliographic record read",
    "not-read-again": "not read again",
}


def _once(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citations))


def signed_numbers(knowledge: KnowledgeBase) -> Signed:
    """Every number of the base that a clinician has signed: its place in the source, its ends."""
    return frozenset(
        (number.citation, number.low, number.high)
        for kind in KINDS
        for record in knowledge.kind(kind).values()
        for number in numbers_in(record)
        if number.reviewed
    )


def numbers_in(record: object) -> Iterator[ClinicalNumber]:
    """Every clinical number anywhere inside a record."""
    if isinstance(record, ClinicalNumber):
        yield record
    elif isinstance(record, Mapping):
        for item in record.values():
            yield from numbers_in(item)
    elif isinstance(record, tuple):
        for item in record:
            yield from numbers_in(item)
    elif is_dataclass(record):
        for part in fields(record):
            yield from numbers_in(getattr(record, part.name))


def note_of(text: str) -> Runs:
    """A remark beside a value, or nothing."""
    return [soft(text)] if text else []
