"""What was given in a session, as its gestures say it, and its comparison by the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from typing import Any

from mesoplan.mixture.doses import doses_of
from mesoplan.planning import DeliveredZone, Delivery, Plan, Verification, verify
from mesoplan.vocabulary.quantity import Quantity, Unit, parse_unit, plain
from mesoplan.web.courses.mapping.session_plan import (
    PlannedDose,
    PlannedZone,
    SessionPlan,
    SubstanceLimit,
)
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
        amount=None if dose.amount is None else _scaled(dose.amount, given, planned),
        volume_ml=_scaled(dose.volume_ml, given, planned),
    )


def _scaled(amount: Decimal, by: Decimal, of: Decimal) -> Decimal:
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


# --- Doses against limits ----------------------------------------------------------------------


Kind = tuple[str, str]
"""A substance and the unit of its amounts; amounts of different dimensions stay apart."""

SHARE_STEP = Decimal("0.0001")
"""Shares of a limit are rounded up to a hundredth of a percent."""


def dose_totals(plan: SessionPlan, sheet: Sheet) -> list[dict[str, Any]]:
    """Every planned or given substance of the session, with the strictest limit of the plan."""
    given = _sums(plan, sheet)
    limits = {(limit.substance, limit.unit): limit for limit in plan.limits}
    return [
        _total(kind, limits.get(kind), given.get(kind)) for kind in dict.fromkeys([*limits, *given])
    ]


def _total(kind: Kind, limit: SubstanceLimit | None, given: Decimal | None) -> dict[str, Any]:
    substance, unit = kind
    return {
        "substance": substance,
        "label": label_of("substances", substance),
        "unit": unit,
        "planned": limit.planned if limit else None,
        "given": given,
        "limit": limit.limit if limit else None,
        "stated": limit.stated if limit else "",
        "source": limit.source if limit else "",
        "with_cream": limit is not None and limit.from_cream is not None,
    }


def _sums(plan: SessionPlan, sheet: Sheet) -> Mapping[Kind, Decimal]:
    """What was recorded of each substance by unit: in the zones, and given off by the cream."""
    found: dict[Kind, Decimal] = {}
    for zone in given_zones(plan, sheet):
        for dose in zone.doses:
            if dose.amount is not None and not zone.was_left_out:
                kind = (dose.substance, dose.unit)
                found[kind] = found.get(kind, Decimal(0)) + dose.amount
    cream = number(sheet, "cream.mass_g")
    if plan.cream is not None and cream is not None:
        for limit in plan.limits:
            if limit.from_cream is not None:
                kind = (limit.substance, limit.unit)
                part = _scaled(limit.from_cream, cream, plan.cream.mass_g)
                found[kind] = found.get(kind, Decimal(0)) + part
    return found


def dose_records(plan: SessionPlan, sheet: Sheet) -> list[dict[str, Any]]:
    """What was given so far, in the form of the plan's totals: each limit with its share of now."""
    given = _sums(plan, sheet)
    limits = {(limit.substance, limit.unit): limit.record for limit in plan.limits}
    return [
        _dose_record(kind, amount, limits.get(kind, {"limits": (), "limit_unknown": True}))
        for kind, amount in given.items()
    ]


def _dose_record(kind: Kind, amount: Decimal, planned: Mapping[str, Any]) -> dict[str, Any]:
    substance, unit = kind
    is_mass = unit == "mg"
    return {
        "substance": substance,
        "dose_mg": amount if is_mass else None,
        **({} if is_mass else {"dose": amount, "dose_unit": unit}),
        "limits": [
            {**limit, "share": _share(amount, limit["limit_mg" if is_mass else "limit"])}
            for limit in planned["limits"]
        ],
        "limit_unknown": planned["limit_unknown"],
    }


def _share(amount: Decimal, limit: object) -> Decimal:
    return (amount / Decimal(str(limit))).quantize(SHARE_STEP, rounding=ROUND_CEILING)


def group_records(plan: SessionPlan, sheet: Sheet) -> list[dict[str, Any]]:
    """The limits that several substances share, with the share that was used so far."""
    shares = {
        record["substance"]: max((limit["share"] for limit in record["limits"]), default=Decimal(0))
        for record in dose_records(plan, sheet)
    }
    return [
        {**group.record, "share": sum((shares[name] for name in used), Decimal(0))}
        for group in plan.shared_limits
        if (used := [name for name in group.substances if name in shares])
    ]
