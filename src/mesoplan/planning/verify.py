"""Planned against given, per zone: what differs, and whether a reason was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.quantity import Quantity

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
    """What was given in one session."""

    session: int
    zones: tuple[DeliveredZone, ...]


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

    ``over_limit`` is set for a dose above the strictest limit of the plan.
    """

    zone: int
    item: str
    planned: str
    given: str
    agreement: Agreement
    reason: str = ""
    over_limit: bool = False

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
        ClinicalInputError: the session is not in the plan, or a zone was recorded twice.
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
    found: list[Comparison] = []
    for zone_plan in plan.zones:
        number = zone_plan.option.number
        was_due = number in due.zones
        delivered = given.pop(number, None)
        if was_due and delivered is not None:
            found += _zone(zone_plan, delivered)
        elif was_due:
            found.append(_whole(number, zone_plan.indication.label, "", Agreement.NOT_GIVEN))
        elif delivered is not None:
            found.append(
                _whole(number, "", zone_plan.indication.label, Agreement.NOT_PLANNED, delivered)
            )
    found += [
        _whole(number, "", delivered.technique or "", Agreement.NOT_PLANNED, delivered)
        for number, delivered in given.items()
    ]
    return Verification(session=delivery.session, comparisons=tuple(found))


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
        if not isinstance(part.dose.amount, Unknown):
            found.append(_dose(zone, part, delivered.doses.get(substance), delivered.reason))
    found += [
        Comparison(
            zone=zone.option.number,
            item=f"dose of {substance}",
            planned="",
            given=str(amount),
            agreement=Agreement.NOT_PLANNED,
            reason=delivered.reason,
        )
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
    compared = _item(
        zone.option.number,
        f"dose of {part.dose.substance}",
        part.dose.amount,
        given,
        reason=reason,
    )
    over = given is not None and any(given > share.limit for share in part.shares)
    return Comparison(
        zone=compared.zone,
        item=compared.item,
        planned=compared.planned,
        given=compared.given,
        agreement=compared.agreement,
        reason=compared.reason,
        over_limit=over,
    )
