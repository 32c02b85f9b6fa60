"""What can be chosen in a request: indications, the regions and sides that fit, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from mesoplan.documents.case_file import case_from
from mesoplan.knowledge.schema.conditions import Purpose
from mesoplan.knowledge.schema.indications import Indication, Standing
from mesoplan.knowledge.search import SearchIndex
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.quantity import Unit
from mesoplan.web.courses.mapping.case import PLACE
from mesoplan.web.courses.mapping.draft import Problem
from mesoplan.web.courses.mapping.words import SIDES, Chip, cited, number_text, source_chip
from mesoplan.web.patients.mapping import knowledge

Option = tuple[str, str]
"""A value and its words."""

PURPOSES = {
    Purpose.THERAPEUTIC: _("Pain and other disorders"),
    Purpose.AESTHETIC: _("Skin, hair and shape"),
}
"""How indications are grouped, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicationChoice:
    """An indication: evidence grade, and where no protocol stands behind it the reason why."""

    id: str
    label: str
    grade: str
    is_planned: bool
    reason: str
    source: Chip | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicationGroup:
    """Indications of one purpose."""

    label: str
    choices: tuple[IndicationChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaHint:
    """The estimate of the base for one side of a region, in cm²."""

    amount: Decimal
    source: Chip


def indication_groups(search: str = "") -> tuple[IndicationGroup, ...]:
    """The indications by purpose, those with a protocol first; of a search what is found."""
    found = _found(search) if search.strip() else None
    groups = []
    for purpose, label in PURPOSES.items():
        records = [
            item
            for item in knowledge().indications.values()
            if item.purpose is purpose and (found is None or item.id in found)
        ]
        records.sort(key=lambda item: (item.standing is not Standing.PROTOCOL, item.label))
        if records:
            choices = tuple(_choice(item) for item in records)
            groups.append(IndicationGroup(label=str(label), choices=choices))
    return tuple(groups)


def _found(search: str) -> frozenset[str]:
    hits = _index().search(search, most=len(_index().records))
    return frozenset(hit.id for hit in hits if hit.kind == "indications")


@cache
def _index() -> SearchIndex:
    return SearchIndex.of(knowledge())


def indication_choice(name: str) -> IndicationChoice | None:
    """The indication of that id, if this release has it."""
    found = knowledge().indications.get(name)
    return None if found is None else _choice(found)


def _choice(item: Indication) -> IndicationChoice:
    reason = item.reason if item.standing is not Standing.PROTOCOL else None
    source = (
        source_chip({"id": reason.citation.id, "locator": reason.citation.locator})
        if reason
        else None
    )
    return IndicationChoice(
        id=item.id,
        label=item.label,
        grade=item.grade.value,
        is_planned=item.standing is Standing.PROTOCOL,
        reason=cited(reason.text) if reason else "",
        source=source,
    )


def regions_for(indication: str) -> tuple[Option, ...]:
    """The regions that an indication is treated in, and those that lie in them."""
    return tuple(
        (region.id, region.label)
        for region in knowledge().regions.values()
        if fits(indication, region.id)
    )


def fits(indication: str, region: str) -> bool:
    """Whether the base has this indication for that region."""
    found = knowledge().indications.get(indication)
    if found is None or region not in knowledge().regions:
        return False
    return not found.regions or bool(set(knowledge().regions_around(region)) & set(found.regions))


def sides_for(region: str) -> tuple[Option, ...]:
    """The sides that a region has: a pair has no midline."""
    found = knowledge().regions.get(region)
    if found is None:
        return ()
    return tuple(
        (side, str(_("both")) if side == "both" else str(words))
        for side, words in SIDES.items()
        if not (found.paired and side == "midline")
    )


def is_paired(region: str) -> bool:
    """Whether a side must be told."""
    found = knowledge().regions.get(region)
    return found is not None and found.paired


def severity_scale(indication: str) -> str:
    """The scale in which the severity of an indication is told, empty where the base has none."""
    found = knowledge().indications.get(indication)
    scale = knowledge().scales.get(found.severity_scale) if found else None
    return scale.label if scale else ""


def area_hint(region: str) -> AreaHint | None:
    """The area that is assumed as long as nobody has measured one."""
    found = knowledge().regions.get(region)
    if found is None or isinstance(found.area, Unknown):
        return None
    citation = found.area.citation
    return AreaHint(
        amount=number_text(found.area.low.amount_in(Unit.CM2)),
        source=source_chip(
            {"id": citation.id, "locator": citation.locator},
            kind=found.area.kind.value,
            is_reviewed=bool(found.area.reviewed),
        ),
    )


def zone_problem(zone: Mapping[str, Any], at: date) -> Problem | None:
    """What the reader of cases holds against one zone; ``key`` is the zone's own."""
    document = {"at": at, "request": {"zone": [dict(zone)]}}
    try:
        case_from(document, place=PLACE, knowledge=knowledge())
    except ClinicalInputError as error:
        return Problem(key=error.key.rpartition("].")[2], message=error.expected)
    return None
