"""Reads a case file (TOML): a patient's facts and a request, checked before the core sees them.

The form is in docs/reference/case-file.md. What is left out is unknown, never no. Whatever cannot
be taken as meant is refused with file, key, what was expected, what came, and the nearest name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import tomli

from mesoplan.documents.patient_tables import read_patient_facts
from mesoplan.knowledge.reading import Table
from mesoplan.vocabulary.errors import ClinicalInputError, nothing
from mesoplan.vocabulary.finding import Override
from mesoplan.vocabulary.patient import PatientFacts, Side
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.request import NeedleWish, Practitioner, Request, Zone

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase

LARGEST_FILE = 1_000_000
"""Bytes. A case file is a few kilobytes; anything larger is not one."""

RIGHT_ANGLE = Decimal(90)

YEARS = range(1900, 2200)
"""Years of a decision; another one is a slip, and later dates are counted onward from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a case file says: the day of the decision, the patient, the request."""

    at: date
    facts: PatientFacts
    request: Request


def read_case(content: bytes, *, place: str, knowledge: KnowledgeBase) -> Case:
    """The case in a file's content. ``place`` is the file's name in messages.

    Raises:
        ClinicalInputError: the content is no case file, or holds something that is not known,
            not of the right type or unit, or not possible.
    """
    return case_from(parse_toml(content, place), place=place, knowledge=knowledge)


def case_from(document: Mapping[str, Any], *, place: str, knowledge: KnowledgeBase) -> Case:
    """The case in a parsed document: the same tables, numbers as ``Decimal``, days as dates.

    Raises:
        ClinicalInputError: as for ``read_case``.
    """
    table = Table(document, place=place)
    at = _at(table)
    policy = table.text("policy") if table.has("policy") else "default"
    table.known("policy", policy, knowledge.policies, "policy")
    facts = read_patient_facts(table, knowledge, at)
    overrides = table.each("override", lambda item: _override(item, knowledge))
    request = _request(table.table("request"), policy, overrides, knowledge)
    table.close()
    return Case(at=at, facts=facts, request=request)


def parse_toml(content: bytes, place: str) -> Mapping[str, Any]:
    """The parsed TOML, numbers as ``Decimal``.

    Raises:
        ClinicalInputError: too large, not UTF-8, not TOML, a key twice, or nested too deep.
    """
    if len(content) > LARGEST_FILE:
        raise ClinicalInputError(
            expected=f"a file of at most {LARGEST_FILE} bytes",
            came=_Words(f"{len(content)} bytes"),
            place=place,
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ClinicalInputError(
            expected="text in UTF-8",
            came=_Words(f"a byte at {error.start} that is not"),
            place=place,
        ) from error
    try:
        return tomli.loads(text, parse_float=Decimal)
    except RecursionError as error:
        raise ClinicalInputError(
            expected="tables nested a few levels deep", came=_Words("far deeper"), place=place
        ) from error
    except ValueError as error:
        raise ClinicalInputError(
            expected="valid TOML", came=_Words(str(error)), place=place
        ) from error
    except ArithmeticError as error:
        raise ClinicalInputError(
            expected="numbers of ordinary size",
            came=_Words("a number beyond all bounds"),
            place=place,
        ) from error


class _Words(str):
    """Words in a message that stand as they are, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _at(table: Table) -> date:
    day = _day_of(table)
    if day.year not in YEARS:
        expected = f"a day from {YEARS.start} to {YEARS.stop - 1}"
        raise table.refusal(expected, _Words(day.isoformat()), "at")
    return day


def _day_of(table: Table) -> date:
    value = table.required("at", "the day of the decision, such as at = 2026-11-22")
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise table.refusal("a date, or a date-time with its offset", value.isoformat(), "at")
        return value.date()
    return table.day("at")


def _override(table: Table, knowledge: KnowledgeBase) -> Override:
    rule = table.name("rule", knowledge.rules, "rule")
    reason = table.name("reason", knowledge.override_reasons, "override reason")
    allowed = knowledge.override_reasons[reason].rules
    if allowed and rule not in allowed:
        raise table.refusal(f"a reason that fits the rule {rule}", reason, "reason")
    return Override(rule=rule, reason=reason, by=table.text("by"))


def _request(
    table: Table, policy: str, overrides: tuple[Override, ...], knowledge: KnowledgeBase
) -> Request:
    zones = table.each("zone", lambda item: _zone(item, knowledge))
    if not zones:
        raise table.refusal("at least one [[request.zone]]", _Words(nothing()), "zone")
    practitioner = table.choice("practitioner", Practitioner) if table.has("practitioner") else None
    table.close()
    return Request(zones=zones, practitioner=practitioner, policy=policy, overrides=overrides)


def _zone(table: Table, knowledge: KnowledgeBase) -> Zone:
    region = table.name("region", knowledge.regions, "region")
    days = _count(table, "interval_days")
    return Zone(
        indication=table.name("indication", knowledge.indications, "indication"),
        region=region,
        side=_side(table, paired=knowledge.regions[region].paired),
        technique=_optional_name(table, "technique", knowledge.techniques),
        mixture=_optional_name(table, "mixture", knowledge.mixtures),
        severity=table.optional_text("severity") or None,
        aims=table.texts("aims"),
        sessions=_count(table, "sessions"),
        area=_area(table, knowledge),
        needle=table.one("needle", _needle),
        points=_count(table, "points"),
        spacing=_positive(table, "spacing_mm", Unit.MM),
        volume_per_point=_positive(table, "volume_per_point_ml", Unit.ML),
        interval=None if days is None else Quantity.of(days, Unit.D),
    )


def _side(table: Table, *, paired: bool) -> Side:
    if not table.has("side") and not paired:
        return Side.MIDLINE
    side = table.choice("side", Side)
    if paired and side is Side.MIDLINE:
        raise table.refusal("left, right or both for a region with two sides", side.value, "side")
    return side


def _optional_name(table: Table, key: str, names: Mapping[str, object]) -> str | None:
    return table.name(key, names, key) if table.has(key) else None


def _count(table: Table, key: str) -> int | None:
    if not table.has(key):
        return None
    number = table.whole(key)
    if number < 1:
        raise table.refusal("a whole number from 1", number, key)
    return number


def _positive(table: Table, key: str, unit: Unit) -> Quantity | None:
    if not table.has(key):
        return None
    number = table.decimal(key)
    if number <= 0:
        raise table.refusal(f"a number above 0, in {unit}", number, key)
    return Quantity(number, unit)


def _area(table: Table, knowledge: KnowledgeBase) -> Quantity | None:
    area = _positive(table, "area_cm2", Unit.CM2)
    bounds = knowledge.facts["zone_area"].plausible
    if area is not None and bounds is not None and not bounds.low <= area <= bounds.high:
        raise table.refusal(f"an area from {bounds}", str(area), "area_cm2")
    return area


def _needle(table: Table) -> NeedleWish:
    length = _positive(table, "length_mm", Unit.MM)
    inserted = _positive(table, "inserted_mm", Unit.MM)
    angle = _positive(table, "angle_deg", Unit.DEG)
    if angle is not None and angle.amount > RIGHT_ANGLE:
        raise table.refusal("an angle to the skin of at most 90 degrees", angle.amount, "angle_deg")
    if length is not None and inserted is not None and inserted > length:
        raise table.refusal(
            f"an inserted length of at most the needle's {length}", inserted.amount, "inserted_mm"
        )
    return NeedleWish(length=length, inserted=inserted, angle=angle)
