"""Planned against given, per zone: what differs, and whether a reason was given."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from mesoplan.planning.totals import percent
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.quantity import Dimension, Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesoplan.planning.values import Plan, PlannedComponent, ZonePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredZone:
    """What was given in one zone. ``number`` is the number of the planned zone.

    What was not recorded is ``None`` and is reported as such, never taken as planned. ``reason``
    is the coded reason for what differs.
    """

    number: int
    technique: str | None = None
    mixture: str | None = None
    points: int | None = None
    volume: Quantity | None = None
    inserted: Quantity | None = None
    angle: Quantity | None = None
    doses: Mapping[str, Quantity] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What was given in one session: the zones, and the mass of cream that was applied.

    ``left_out`` holds the coded reason of each zone that was due and on purpose not given;
    ``cream_reason`` is the coded reason where the cream differs.
    """

    session: int
    zones: tuple[DeliveredZone, ...]
    left_out: Mapping[int, str] = field(default_factory=dict)
    cream: Quantity | None = None
    cream_reason: str = ""


class Agreement(Enum):
    """How one item of a zone was given."""

    AS_PLANNED = "as-planned"
    DIFFERS = "differs"
    NOT_RECORDED = "not-recorded"
    NOT_GIVEN = "not-given"
    NOT_PLANNED = "not-planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One item: what was planned, what was given, how they agree, and the reason recorded.

    ``zone`` is 0 for what is counted over the whole session. ``over_limit`` is set for a dose
    above the strictest limit of the plan, and ``None`` where the plan has no limit to compare
    with.
    """

    zone: int
    item: str
    planned: str
    given: str
    agreement: Agreement
    reason: str = ""
    over_limit: bool | None = None

    @property
    def needs_reason(self) -> bool:
        """Whether something differs and nobody said why."""
        return self.agreement is not Agreement.AS_PLANNED and not self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Every item of every zone, planned against given."""

    session: int
    comparisons: tuple[Comparison, ...]

    @property
    def as_planned(self) -> bool:
        """Whether everything was given as planned."""
        return all(item.agreement is Agreement.AS_PLANNED for item in self.comparisons)

    @property
    def unexplained(self) -> tuple[Comparison, ...]:
        """What differs without a reason."""
        return tuple(item for item in self.comparisons if item.needs_reason)


def verify(plan: Plan, delivery: Delivery) -> Verification:
    """The delivery of one session against the plan, zone by zone, item by item.

    Raises:
        ClinicalInputError: the session is not in the plan, a zone was recorded twice, or both as
            given and as left out.
    """
    due = next((item for item in plan.sessions if item.number == delivery.session), None)
    if due is None:
        raise ClinicalInputError(
            expected=f"a session from 1 to {len(plan.sessions)}",
            came=delivery.session,
            key="delivery.session",
        )
    given: dict[int, DeliveredZone] = {}
    for zone in delivery.zones:
        if zone.number in given:
            raise ClinicalInputError(
                expected="each zone once", came=zone.number, key="delivery.zones"
            )
        given[zone.number] = zone
    both = given.keys() & delivery.left_out.keys()
    if both:
        raise ClinicalInputError(
            expected="a zone given or left out",
            came=f"both, zone {min(both)}",
            key="delivery.zones",
        )
    found: list[Comparison] = []
    for zone_plan in plan.zones:
        number = zone_plan.option.number
        was_due = number in due.zones
        delivered = given.pop(number, None)
        if was_due and delivered is not None:
            found += _zone(zone_plan, delivered)
        elif was_due:
            reason = delivery.left_out.get(number, "")
            whole = _whole(number, zone_plan.indication.label, "", Agreement.NOT_GIVEN)
            found.append(replace(whole, reason=reason))
        elif delivered is not None:
            found += _unplanned(zone_plan.indication.label, delivered)
    for delivered in given.values():
        found += _unplanned(delivered.technique or "a zone", delivered)
    found += _totals(plan, delivery)
    found += _cream(plan, delivery)
    return Verification(session=delivery.session, comparisons=tuple(found))


def _unplanned(label: str, delivered: DeliveredZone) -> list[Comparison]:
    """A zone that was not due: the zone itself, and every dose that was given there."""
    return [
        _whole(delivered.number, "", label, Agreement.NOT_PLANNED, delivered),
        *(
            _not_planned(delivered.number, substance, amount, delivered.reason)
            for substance, amount in delivered.doses.items()
        ),
    ]


def _not_planned(number: int, substance: str, amount: Quantity, reason: str) -> Comparison:
    return Comparison(
        zone=number,
        item=f"dose of {substance}",
        planned="",
        given=str(amount),
        agreement=Agreement.NOT_PLANNED,
        reason=reason,
        over_limit=None,
    )


Sums = dict[tuple[str, Dimension], Quantity]
"""What was given of each substance in a session; amounts of different dimensions stay apart."""


def _sums(plan: Plan, delivery: Delivery) -> Sums:
    """What was recorded in all zones, and what the cream that was recorded may have given off."""
    found: Sums = {}
    for substance, amount in (*_injected(delivery), *_absorbed(plan, delivery)):
        kind = (substance, amount.unit.dimension)
        found[kind] = found[kind] + amount if kind in found else amount
    return found


def _injected(delivery: Delivery) -> list[tuple[str, Quantity]]:
    return [item for zone in delivery.zones for item in zone.doses.items()]


def _absorbed(plan: Plan, delivery: Delivery) -> list[tuple[str, Quantity]]:
    """The upper end of what is absorbed, by the mass of cream recorded against the mass planned."""
    planned = plan.anaesthesia.mass
    if planned is None or delivery.cream is None:
        return []
    share = delivery.cream.over(planned.value)
    return [
        (dose.substance, dose.amount.times(share))
        for dose in plan.anaesthesia.doses
        if isinstance(dose.amount, Quantity)
    ]


def _totals(plan: Plan, delivery: Delivery) -> list[Comparison]:
    """Every substance, and every group that shares a limit, above it over the whole session."""
    sums = _sums(plan, delivery)
    limits = {part.dose.substance: part for part in plan.totals.doses}
    with_cream = {substance for substance, _ in _absorbed(plan, delivery)}
    reasons = [*(zone.reason for zone in delivery.zones), delivery.cream_reason]
    reason = "; ".join(item for item in reasons if item)
    found = [
        Comparison(
            zone=0,
            item=f"dose of {substance} in all zones"
            + (" and cream" if substance in with_cream else ""),
            planned=str(limits[substance].dose.amount) if substance in limits else "",
            given=str(amount),
            agreement=Agreement.DIFFERS,
            reason=reason,
            over_limit=True,
        )
        for (substance, _), amount in sums.items()
        if substance in limits and _is_over(amount, limits[substance])
    ]
    for group in plan.totals.groups:
        share = sum(
            (
                _worst_share(amount, limits[substance])
                for (substance, _), amount in sums.items()
                if substance in group.members
            ),
            Decimal(0),
        )
        if share > 1:
            found.append(
                Comparison(
                    zone=0,
                    item=f"{group.group} together",
                    planned=f"{percent(group.share)} of one limit",
                    given=f"{percent(share)} of one limit",
                    agreement=Agreement.DIFFERS,
                    reason=reason,
                    over_limit=True,
                )
            )
    return found


def _worst_share(amount: Quantity, part: PlannedComponent) -> Decimal:
    """The share of the strictest limit of the plan; none in a dimension that has no limit."""
    shares = [
        amount.over(share.limit)
        for share in part.shares
        if amount.unit.converts_to(share.limit.unit)
    ]
    return max(shares, default=Decimal(0))


def _cream(plan: Plan, delivery: Delivery) -> list[Comparison]:
    planned = plan.anaesthesia.mass.value if plan.anaesthesia.mass else None
    if planned is None and delivery.cream is None:
        return []
    if planned is None:
        return [
            Comparison(
                zone=0,
                item="cream",
                planned="",
                given=str(delivery.cream),
                agreement=Agreement.NOT_PLANNED,
                reason=delivery.cream_reason,
            )
        ]
    compared = _item(0, "cream", planned, delivery.cream, reason=delivery.cream_reason)
    limits = [check.limit for check in plan.anaesthesia.label_checks if check.what == "mass"]
    if delivery.cream is None or not limits:
        return [compared]
    return [replace(compared, over_limit=any(delivery.cream > limit for limit in limits))]


def _is_over(amount: Quantity, part: PlannedComponent) -> bool:
    """Above a limit of the plan; an amount in another dimension cannot be compared and is not."""
    return _worst_share(amount, part) > 1


def _whole(
    number: int,
    planned: str,
    given: str,
    agreement: Agreement,
    delivered: DeliveredZone | None = None,
) -> Comparison:
    return Comparison(
        zone=number,
        item="zone",
        planned=planned,
        given=given,
        agreement=agreement,
        reason=delivered.reason if delivered else "",
    )


def _zone(zone: ZonePlan, delivered: DeliveredZone) -> list[Comparison]:
    needle = zone.needle
    pairs: list[tuple[str, object, object]] = [
        ("technique", zone.technique.id, delivered.technique),
        ("mixture", zone.mixture.mixture.id, delivered.mixture),
        ("points", int(zone.points.value.amount), delivered.points),
        ("volume", zone.total_volume.value, delivered.volume),
    ]
    if needle is not None:
        pairs.append(("inserted length", needle.inserted.value, delivered.inserted))
        pairs.append(("angle", needle.angle.value, delivered.angle))
    found = [_item(zone.option.number, *pair, reason=delivered.reason) for pair in pairs]
    planned_doses = {part.dose.substance: part for part in zone.mixture.components}
    for substance, part in planned_doses.items():
        amount = delivered.doses.get(substance)
        if amount is not None or not isinstance(part.dose.amount, Unknown):
            found.append(_dose(zone, part, amount, delivered.reason))
    found += [
        _not_planned(zone.option.number, substance, amount, delivered.reason)
        for substance, amount in delivered.doses.items()
        if substance not in planned_doses
    ]
    return found


def _item(number: int, item: str, planned: object, given: object, *, reason: str) -> Comparison:
    if given is None:
        agreement = Agreement.NOT_RECORDED
    else:
        agreement = Agreement.AS_PLANNED if given == planned else Agreement.DIFFERS
    return Comparison(
        zone=number,
        item=item,
        planned=str(planned),
        given="" if given is None else str(given),
        agreement=agreement,
        reason=reason if agreement is not Agreement.AS_PLANNED else "",
    )


def _dose(
    zone: ZonePlan, part: PlannedComponent, given: Quantity | None, reason: str
) -> Comparison:
    planned = part.dose.amount
    known = f"not known: {planned.reason}" if isinstance(planned, Unknown) else planned
    compared = _item(
        zone.option.number, f"dose of {part.dose.substance}", known, given, reason=reason
    )
    over = None if given is None or not part.shares else _is_over(given, part)
    return replace(compared, over_limit=bool(over) if part.shares else over)
