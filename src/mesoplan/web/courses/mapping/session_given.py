"""What was given in a session, as its gestures say it, and its comparison by the core."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from typing import Any

from mesoplan.mixture.doses import doses_of
from mesoplan.planning import DeliveredZone, Delivery, Plan, Verification, verify
from mesoplan.vocabulary.quantity import Quantity, Unit, parse_unit, plain
from mesoplan.web.courses.mapping.session_plan import PlannedDose, PlannedZone, SessionPlan
from mesoplan.web.courses.mapping.words import label_of
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping import knowledge

UNDERSTATES_NOTHING = Context(prec=9, rounding=ROUND_CEILING)
"""A dose that was given is worked out to nine digits and rounded up: it stands against a limit."""

COMPARED = (
    "points",
    "volume_ml",
    "technique",
    "mixture",
    "needle_mm",
    "gauge",
    "inserted_mm",
    "angle_deg",
)
"""Items of a zone that are planned as well."""

ITEMS = (*COMPARED, "device", "settings")
"""Items of a zone that can be recorded, by their keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenZone:
    """What was recorded of one zone. ``None`` and the empty text are "not recorded".

    ``was_left_out``: it was due and on purpose not treated. ``reason`` is a code of
    ``DifferenceReason`` for all that differs; ``words`` tells it where the code cannot.
    """

    number: int
    points: int | None
    volume_ml: Decimal | None
    technique: str
    mixture: str
    needle_mm: Decimal | None
    gauge: Decimal | None
    inserted_mm: Decimal | None
    angle_deg: Decimal | None
    device: str
    settings: str
    was_left_out: bool
    reason: str
    words: str
    note: str
    doses: tuple[PlannedDose, ...]

    @property
    def is_recorded(self) -> bool:
        """Whether anything of what was given stands there."""
        return any(getattr(self, item) not in (None, "") for item in ITEMS)

    @property
    def told_reason(self) -> str:
        """The code and the words, as the core and the record keep them."""
        return ": ".join(part for part in (self.reason, self.words) if part)


def given_zones(plan: SessionPlan, sheet: Sheet) -> tuple[GivenZone, ...]:
    """Every zone of the plan as it was given."""
    return tuple(given_zone(zone, sheet) for zone in plan.zones)


def given_zone(zone: PlannedZone, sheet: Sheet) -> GivenZone:
    """One zone as it was given; what was not recorded is left open, never taken as planned."""
    key = f"given.{zone.number}"
    mixture = sheet.text(f"{key}.mixture")
    volume = number(sheet, f"{key}.volume_ml")
    points = number(sheet, f"{key}.points")
    return GivenZone(
        number=zone.number,
        points=None if points is None else int(points),
        volume_ml=volume,
        technique=sheet.text(f"{key}.technique"),
        mixture=mixture,
        needle_mm=number(sheet, f"{key}.needle_mm"),
        gauge=number(sheet, f"{key}.gauge"),
        inserted_mm=number(sheet, f"{key}.inserted_mm"),
        angle_deg=number(sheet, f"{key}.angle_deg"),
        device=sheet.text(f"{key}.device"),
        settings=sheet.text(f"{key}.settings"),
        was_left_out=sheet.value(f"{key}.left_out") is True,
        reason=sheet.text(f"reason.{zone.number}"),
        words=sheet.text(f"reason.{zone.number}.text"),
        note=sheet.text(f"note.{zone.number}"),
        doses=_doses(zone, mixture, volume),
    )


def number(sheet: Sheet, key: str) -> Decimal | None:
    """A number of the sheet; numbers are kept as text."""
    text = sheet.text(key)
    return Decimal(text) if text else None


def planned_values(zone: PlannedZone) -> dict[str, Any]:
    """The keys and values that say that a zone was given as it is planned."""
    values: dict[str, Any] = {
        "points": str(zone.points),
        "volume_ml": plain(zone.volume_ml),
        "technique": zone.technique,
        "mixture": zone.mixture,
    }
    for name in ("needle_mm", "gauge", "inserted_mm", "angle_deg"):
        amount: Decimal | None = getattr(zone, name)
        values[name] = None if amount is None else plain(amount)
    return {f"given.{zone.number}.{name}": value for name, value in values.items() if value}


def _doses(zone: PlannedZone, mixture: str, volume: Decimal | None) -> tuple[PlannedDose, ...]:
    """The dose of each component, where both mixture and volume were recorded."""
    if volume is None or not mixture:
        return ()
    if mixture == zone.mixture:
        return tuple(_in_proportion(dose, zone.volume_ml, volume) for dose in zone.doses)
    found = knowledge().mixtures.get(mixture)
    if found is None:
        return ()
    return tuple(
        PlannedDose(
            substance=dose.substance,
            label=label_of("substances", dose.substance),
            unit=str(dose.amount.unit) if isinstance(dose.amount, Quantity) else "mg",
            amount=dose.amount.amount if isinstance(dose.amount, Quantity) else None,
            volume_ml=dose.volume.amount_in(Unit.ML),
        )
        for dose in doses_of(found, Quantity(volume, Unit.ML))
    )


def _in_proportion(dose: PlannedDose, planned: Decimal, given: Decimal) -> PlannedDose:
    if given == planned:
        return dose
    return PlannedDose(
        substance=dose.substance,
        label=dose.label,
        unit=dose.unit,
        amount=None if dose.amount is None else scaled(dose.amount, given, planned),
        volume_ml=scaled(dose.volume_ml, given, planned),
    )


def scaled(amount: Decimal, by: Decimal, of: Decimal) -> Decimal:
    """An amount in proportion, rounded up: it stands against a limit."""
    return Decimal(plain(UNDERSTATES_NOTHING.divide(amount * by, of)))


# --- Planned against given ---------------------------------------------------------------------


def delivery_of(plan: SessionPlan, sheet: Sheet) -> Delivery:
    """What was given as the core takes it: zones of which anything was recorded, and the cream."""
    zones = given_zones(plan, sheet)
    cream = number(sheet, "cream.mass_g")
    return Delivery(
        session=plan.number,
        zones=tuple(
            _delivered(zone) for zone in zones if zone.is_recorded and not zone.was_left_out
        ),
        left_out={zone.number: zone.told_reason for zone in zones if zone.was_left_out},
        cream=None if cream is None else Quantity(cream, Unit.G),
        cream_reason=reason_told(sheet, "cream"),
    )


def _delivered(zone: GivenZone) -> DeliveredZone:
    return DeliveredZone(
        number=zone.number,
        technique=zone.technique or None,
        mixture=zone.mixture or None,
        points=zone.points,
        volume=_quantity(zone.volume_ml, Unit.ML),
        inserted=_quantity(zone.inserted_mm, Unit.MM),
        angle=_quantity(zone.angle_deg, Unit.DEG),
        doses={
            dose.substance: Quantity(dose.amount, parse_unit(dose.unit))
            for dose in zone.doses
            if dose.amount is not None
        },
        reason=zone.told_reason,
    )


def _quantity(amount: Decimal | None, unit: Unit) -> Quantity | None:
    return None if amount is None else Quantity(amount, unit)


def reason_told(sheet: Sheet, subject: str) -> str:
    """The coded reason of a difference and its words; empty where nobody said why."""
    parts = (sheet.text(f"reason.{subject}"), sheet.text(f"reason.{subject}.text"))
    return ": ".join(part for part in parts if part)


def verified(plan: Plan, delivery: Delivery) -> dict[str, Any]:
    """The core's comparison as JSON.

    Raises:
        ClinicalInputError: the session is not in the plan.
    """
    return verification_record(verify(plan, delivery))


def verification_record(found: Verification) -> dict[str, Any]:
    """A verification as JSON, item by item, in the core's own words."""
    return {
        "session": found.session,
        "as_planned": found.as_planned,
        "comparisons": [
            {
                "zone": item.zone,
                "item": item.item,
                "planned": item.planned,
                "given": item.given,
                "agreement": item.agreement.value,
                "reason": item.reason,
                "over_limit": item.over_limit,
            }
            for item in found.comparisons
        ],
    }
