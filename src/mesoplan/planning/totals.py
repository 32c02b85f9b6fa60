"""All zones of one session together, cream included, against every limit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from mesoplan.knowledge.limits import limits_for
from mesoplan.knowledge.schema.substances import LimitBasis
from mesoplan.mixture.check import weight_of
from mesoplan.mixture.doses import added, group_shares, shares_of
from mesoplan.planning.points import session_volume
from mesoplan.planning.values import (
    Anaesthesia,
    PlannedComponent,
    RefusalCode,
    RefusalReason,
    Totals,
    ZonePlan,
)
from mesoplan.planning.zones import component
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit, plain, rounded

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.screening import Screening
    from mesoplan.vocabulary.source import Citation

PERCENT_STEP = Quantity.of("0.1", Unit.PERCENT)


def totals_of(
    zones: tuple[ZonePlan, ...],
    anaesthesia: Anaesthesia,
    screening: Screening,
    knowledge: KnowledgeBase,
) -> Totals:
    """Doses of the same substance added over zones and cream, each against its limits.

    Limits per area are checked in each zone; here only those per session, day and kilogram.
    """
    policy = knowledge.policies[screening.policy]
    weight = weight_of(screening.facts)
    doses = added(
        [
            *(part.dose for zone in zones for part in zone.mixture.components),
            *anaesthesia.doses,
        ]
    )
    parts = tuple(
        component(
            dose,
            shares_of(dose, weight=weight, area=None, policy=policy, knowledge=knowledge),
            screening,
            knowledge,
        )
        for dose in doses
    )
    volume = Quantity.of(0, Unit.ML)
    for zone in zones:
        volume += zone.total_volume.value
    shares = tuple(share for part in parts for share in part.shares)
    return Totals(volume=volume, doses=parts, groups=group_shares(shares, knowledge))


def over_limit_reasons(
    zones: tuple[ZonePlan, ...],
    totals: Totals,
    screening: Screening,
    knowledge: KnowledgeBase,
) -> tuple[RefusalReason, ...]:
    """Every limit that one session, one zone, or the whole course would pass."""
    reasons = [
        *(_unknown_dose(part, screening, knowledge) for part in totals.doses),
        *(_of_component(part, "all zones together") for part in totals.doses),
        *(
            _of_component(part, f"zone {zone.option.number}")
            for zone in zones
            for part in zone.mixture.components
        ),
    ]
    found = [reason for reason in reasons if reason]
    for group in totals.groups:
        if group.is_exceeded:
            members = ", ".join(knowledge.substances[name].label for name in group.members)
            found.append(
                _over(
                    f"{knowledge.groups[group.group].label} together ({members}) reach "
                    f"{percent(group.share)} of one limit",
                    group.citation,
                )
            )
    found += [reason for zone in zones for reason in _of_course(zone, screening, knowledge)]
    found += _of_protocols(zones)
    return tuple(dict.fromkeys(found))


def _unknown_dose(
    part: PlannedComponent, screening: Screening, knowledge: KnowledgeBase
) -> RefusalReason | None:
    """A substance that has a limit may not be given at a dose that nobody knows."""
    if not isinstance(part.dose.amount, Unknown):
        return None
    limits = limits_for(part.dose.substance, knowledge.policies[screening.policy], knowledge)
    if not limits:
        return None
    return RefusalReason(
        code=RefusalCode.NUMBERS_UNKNOWN,
        message=f"{part.label} has a limit, and its dose is not known: {part.dose.amount.reason}",
        citations=(part.dose.citation, *(limit.amount.citation for limit in limits)),
        way_out="a mixture whose strengths are stated",
    )


def _of_protocols(zones: tuple[ZonePlan, ...]) -> list[RefusalReason]:
    """What a protocol allows in one session holds for all zones that follow it together."""
    found = []
    for protocol in {zone.protocol.id: zone.protocol for zone in zones}.values():
        own = [zone for zone in zones if zone.protocol.id == protocol.id]
        largest = session_volume(protocol, own[0].technique)
        given = sum((zone.total_volume.value.amount_in(Unit.ML) for zone in own), Decimal(0))
        if len(own) > 1 and largest is not None and given > largest.high.amount_in(Unit.ML):
            numbers = ", ".join(str(zone.option.number) for zone in own)
            found.append(
                _over(
                    f"{protocol.label}: zones {numbers} together {plain(given)} mL in one "
                    f"session, the protocol has at most {largest.high}",
                    largest.citation,
                )
            )
    return found


def _of_component(part: PlannedComponent, where: str) -> RefusalReason | None:
    exceeded = next((share for share in part.shares if share.is_exceeded), None)
    if exceeded is None or isinstance(part.dose.amount, Unknown):
        return None
    return _over(
        f"{part.label}, {where}: {part.dose.amount} is {percent(exceeded.share)} of the limit "
        f"{exceeded.stated} ({exceeded.basis.value})",
        exceeded.stated.citation,
    )


def _of_course(
    zone: ZonePlan, screening: Screening, knowledge: KnowledgeBase
) -> list[RefusalReason]:
    policy = knowledge.policies[screening.policy]
    found = []
    for part in zone.mixture.components:
        for limit in limits_for(part.dose.substance, policy, knowledge):
            value = {
                LimitBasis.SESSIONS_IN_COURSE: zone.sessions.value,
                LimitBasis.DAYS_IN_COURSE: Quantity(zone.sessions.value.amount, Unit.D),
                LimitBasis.POINT: zone.volume_per_point.value,
            }.get(limit.basis)
            if value is not None and value > limit.amount.value:
                found.append(
                    _over(
                        f"{part.label}, zone {zone.option.number}: {value} above the limit "
                        f"{limit.amount} ({limit.basis.value})",
                        limit.amount.citation,
                    )
                )
    return found


def _over(message: str, citation: Citation) -> RefusalReason:
    return RefusalReason(
        code=RefusalCode.OVER_LIMIT,
        message=message,
        citations=(citation,),
        way_out="fewer points, fewer zones in one session, or another mixture",
    )


def percent(share: Decimal) -> str:
    """A share as percent, to a tenth."""
    shown = rounded(Quantity(share, Unit.FRACTION).to(Unit.PERCENT), PERCENT_STEP)
    return f"{plain(shown.amount)} %"
