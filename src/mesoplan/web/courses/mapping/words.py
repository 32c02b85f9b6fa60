"""Names of the knowledge base for pages: labels, places, courses, and the chips of sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mesoplan.documents.pdf_sources import signed_numbers
from mesoplan.vocabulary.quantity import Quantity, parse_unit, plain
from mesoplan.vocabulary.source import Citation, Kind, SourceKind
from mesoplan.web.courses.mapping.case import zones_of
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping import knowledge

TITLE_LENGTH = 300
"""Characters of ``Course.title``."""

NAME_LENGTH = 34
"""Characters of a source's short name on a chip."""

_SEED = re.compile(r"\d{3}")
_SEEDS = re.compile(r"\b[Ss]eeds? (?P<numbers>\d{3}(?:(?:, | and )\d{3})*)")
"""How sentences of the base name founding texts: "seed 003", "Seeds 000 and 001"."""

SIDES = {
    "left": gettext_lazy("left"),
    "right": gettext_lazy("right"),
    "both": gettext_lazy("both sides"),
    "midline": gettext_lazy("midline"),
}
"""The sides in words; the patient's own."""

PRACTITIONERS = {
    "physician": gettext_lazy("Physician"),
    "nurse": gettext_lazy("Nurse"),
    "assistant": gettext_lazy("Assistant"),
    "beautician": gettext_lazy("Beautician"),
}
"""Who would give the treatment."""

KINDS = {
    "measured": gettext_lazy("measured"),
    "literature": gettext_lazy("in a publication"),
    "consensus": gettext_lazy("agreed by professionals"),
    "label": gettext_lazy("on a label"),
    "computed": gettext_lazy("worked out by the program"),
    "assumed": gettext_lazy("assumed; it can only make the plan more careful"),
}
"""How a value came about, beside its mark."""

_KIND_OF_SOURCE = {
    SourceKind.LABEL: Kind.LABEL,
    SourceKind.LAW: Kind.CONSENSUS,
    SourceKind.AUTHORITY: Kind.CONSENSUS,
    SourceKind.GUIDELINE: Kind.CONSENSUS,
    SourceKind.RULING: Kind.ASSUMED,
}
"""The mark of a source of a rule; of all others it is that of a publication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A source beside what it says: its mark, its short name, and all of it for who looks closer.

    ``is_reviewed`` says whether a clinician has compared it with the source.
    """

    kind: str
    name: str
    title: str
    is_reviewed: bool

    @property
    def kind_words(self) -> str:
        """The mark in words."""
        return str(KINDS[self.kind])


def label_of(kind: str, name: str) -> str:
    """The label of a record; its id where this release does not know it any more."""
    record = knowledge().kind(kind).get(name)
    return name if record is None else str(record.label)


def place_words(region: str, side: str) -> str:
    """Region and side: ``Cheek, left``."""
    return f"{label_of('regions', region)}, {SIDES[side]}" if side else label_of("regions", region)


def course_title(request: Sheet) -> str:
    """What the course is for, in words: each zone's indication and place."""
    zones = (
        f"{label_of('indications', zone['indication'])}: "
        f"{place_words(zone['region'], zone.get('side', ''))}"
        for zone in zones_of(request)
        if zone.get("indication") and zone.get("region")
    )
    return "; ".join(zones)[:TITLE_LENGTH]


def source_chip(
    source: Mapping[str, Any], *, kind: str = "", is_reviewed: bool = False, name: str = ""
) -> Chip:
    """The chip of ``{id, locator}``; ``kind`` is that of the number, else that of the source."""
    record = knowledge().sources.get(source["id"])
    where = f"{record.label if record else source['id']} ({source['locator']})"
    own = _KIND_OF_SOURCE.get(record.kind, Kind.LITERATURE) if record else Kind.LITERATURE
    return Chip(
        kind=kind or own.value,
        name=name or short_name(source["id"]),
        title=where,
        is_reviewed=is_reviewed,
    )


def short_name(source: str) -> str:
    """A source in a word or two: first author and year, or the beginning of its title."""
    record = knowledge().sources.get(source)
    if record is None:
        return source
    if record.kind is SourceKind.RULING:
        return _("Ruling of the project")
    first = record.author.split(" and ")[0].split(",")[0]
    if first and record.year:
        return f"{first} {record.year}"
    title = record.title or first
    if not title:
        return source
    short = title if len(title) <= NAME_LENGTH else f"{title[: NAME_LENGTH - 1].rstrip()}…"
    return f"{short} {record.year}".strip()


def cited(text: str) -> str:
    """A sentence of the base with the title of a founding text in place of its number."""
    return _SEEDS.sub(lambda found: _SEED.sub(_title, found["numbers"]), text)


def _title(found: re.Match[str]) -> str:
    return f"“{short_name(f'seed-{found[0]}')}”"


def number_chips(number: Mapping[str, Any]) -> tuple[Chip, ...]:
    """The chips of an entry of ``number_sources``; measured on this patient it has none."""
    reviewed = _is_reviewed(number)
    return tuple(
        source_chip(source, kind=number["kind"], is_reviewed=reviewed)
        for source in _once(number["sources"])
    )


def source_chips(sources: Iterable[Mapping[str, Any]]) -> tuple[Chip, ...]:
    """The chips of a list of ``{id, locator}``, each once."""
    return tuple(source_chip(source) for source in _once(sources))


def _once(sources: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list({(item["id"], item["locator"]): item for item in sources}.values())


def _is_reviewed(number: Mapping[str, Any]) -> bool:
    """Whether a clinician has signed the number; of a computed one each number behind it."""
    signed = _signed()
    citations = {Citation(item["id"], item["locator"]) for item in number["sources"]}
    if number["kind"] == Kind.COMPUTED.value:
        return bool(citations) and {citation for citation, _, _ in signed} >= citations
    low, high, unit = number["range"]
    ends = [Quantity(Decimal(end), parse_unit(unit)) for end in (low, high)]
    return any((citation, *ends) in signed for citation in citations)


@cache
def _signed() -> frozenset[tuple[Citation, Quantity, Quantity]]:
    return signed_numbers(knowledge())


def number_text(value: object) -> Decimal:
    """A number of a record, for ``{% quantity %}``: digit by digit, in the language's signs."""
    return Decimal(plain_text(value))


def plain_text(value: object) -> str:
    """A number without exponent and needless zeros: ``0.20`` is ``0.2``."""
    return plain(Decimal(str(value)))
