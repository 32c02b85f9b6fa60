"""One zone of a plan: everything that follows from its option, or the reasons why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesoplan.knowledge.limits import limits_for
from mesoplan.knowledge.schema.indications import Standing
from mesoplan.knowledge.schema.substances import LimitBasis
from mesoplan.mixture import DrawnMixture, LimitShare, check_mixture
from mesoplan.mixture.check import weight_of
from mesoplan.mixture.doses import Dose, shares_of
from mesoplan.planning.depth import (
    layer_odds,
    no_needle_odds,
    plan_needle,
)
from mesoplan.planning.numbers import (
    NumberUnknownError,
    OutsideProtocolError,
    computed,
    needed,
    planned,
)
from mesoplan.planning.points import PointPlan, plan_points
from mesoplan.planning.values import (
    Planned,
    PlannedComponent,
    PlannedMixture,
    RefusalCode,
    RefusalReason,
    ZonePlan,
)
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import Citation, ClinicalNumber

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.mixtures import Mixture
    from mesoplan.screening import Option, Screening
    from mesoplan.vocabulary.request import Zone


def plan_zone(
    option: Option, screening: Screening, knowledge: KnowledgeBase
) -> ZonePlan | tuple[RefusalReason, ...]:
    """The plan of one zone, or every reason why there is none."""
    reasons = _standing_reasons(option, knowledge)
    protocol, technique, mixture = option.protocol, option.technique, option.mixture
    if reasons or protocol is None or technique is None or mixture is None:
        return reasons or (_outside(option),)
    region = knowledge.regions[option.zone.region]
    try:
        points = plan_points(option.zone, region, protocol, technique)
        sessions = _sessions(option.zone, needed("sessions", protocol, technique))
        needle = depth = None
        layers = no_needle_odds(technique)
        if technique.uses_needle or option.zone.needle is not None:
            needle, depth = plan_needle(
                protocol, technique, option.zone.needle, region, screening.facts.sex
            )
            layers = layer_odds(depth.value, region, screening.facts.sex)
        interval = _interval(option, sessions, mixture, knowledge)
    except NumberUnknownError as error:
        return (_number_unknown(option, error),)
    except OutsideProtocolError as error:
        return (_reason(RefusalCode.OUTSIDE_PROTOCOL, option, str(error), protocol.citation),)
    return ZonePlan(
        option=option,
        zone=option.zone,
        indication=option.indication,
        protocol=protocol,
        technique=technique,
        needle=needle,
        depth=depth,
        layers=layers,
        points=points.points,
        spacing=points.spacing,
        area=points.area,
        volume_per_point=points.volume_per_point,
        total_volume=points.total_volume,
        mixture=_mixture(mixture, points, screening, knowledge),
        sessions=sessions,
        interval=interval,
        grade=protocol.grade,
        studies=tuple(
            knowledge.studies[name]
            for name in dict.fromkeys((*protocol.studies, *option.indication.studies))
        ),
    )


def _standing_reasons(option: Option, knowledge: KnowledgeBase) -> tuple[RefusalReason, ...]:
    indication, zone = option.indication, option.zone
    codes = {
        Standing.NO_PROTOCOL: RefusalCode.NO_PROTOCOL,
        Standing.NOT_OFFERED: RefusalCode.NOT_OFFERED,
        Standing.NEIGHBOURING: RefusalCode.NEIGHBOURING,
    }
    code = codes.get(indication.standing)
    if code is not None and indication.reason is not None:
        return (_reason(code, option, indication.reason.text, indication.reason.citation),)
    around = set(knowledge.regions_around(zone.region))
    if indication.regions and not around & set(indication.regions):
        allowed = ", ".join(knowledge.regions[name].label.lower() for name in indication.regions)
        return (
            _reason(
                RefusalCode.REGION_NOT_COVERED,
                option,
                f"the knowledge base has this indication for: {allowed}",
                indication.grade_because.citation,
            ),
        )
    return ()


def _outside(option: Option) -> RefusalReason:
    zone, indication = option.zone, option.indication
    asked = ", ".join(
        f"{word} {name}"
        for word, name in (("technique", zone.technique), ("mixture", zone.mixture))
        if name
    )
    message = (
        f"no protocol of the knowledge base has {asked} here"
        if asked
        else "no protocol of the knowledge base covers this region"
    )
    code = RefusalCode.OUTSIDE_PROTOCOL if asked else RefusalCode.REGION_NOT_COVERED
    return _reason(code, option, message, indication.grade_because.citation)


def _number_unknown(option: Option, error: NumberUnknownError) -> RefusalReason:
    citations = (option.protocol.citation,) if option.protocol else ()
    word = error.name.replace("_", " ")
    return _reason(
        RefusalCode.NUMBERS_UNKNOWN, option, f"{word} is not known: {error.reason}", *citations
    )


def _reason(code: RefusalCode, option: Option, message: str, *citations: Citation) -> RefusalReason:
    return RefusalReason(
        code=code,
        message=f"Zone {option.number}, {option.indication.label}: {message}",
        citations=citations,
    )


def _sessions(zone: Zone, number: ClinicalNumber) -> Planned:
    found = planned("sessions", number)
    if zone.sessions is None:
        return found
    wanted = Quantity.of(zone.sessions, Unit.COUNT)
    if not number.low <= wanted <= number.high:
        message = f"{wanted.amount} sessions asked; the protocol's range is {number}"
        raise OutsideProtocolError(message)
    return Planned(
        value=wanted,
        low=number.low,
        high=number.high,
        kind=number.kind,
        citations=(number.citation,),
        note="as asked, within the protocol's range",
    )


def _interval(
    option: Option, sessions: Planned, mixture: Mixture, knowledge: KnowledgeBase
) -> Planned | None:
    """The interval of the protocol, lengthened to the longest that a substance demands."""
    if option.protocol is None or option.technique is None or sessions.value.amount <= 1:
        return None
    found = planned("interval", needed("interval", option.protocol, option.technique))
    for part in mixture.components:
        for limit in knowledge.substances[part.substance].limits:
            if limit.basis is LimitBasis.INTERVAL and limit.amount.low > found.value:
                label = knowledge.substances[part.substance].label
                found = computed(
                    limit.amount.low,
                    limit.amount.citation,
                    note=f"{label} demands at least {limit.amount}",
                )
    return found


def _mixture(
    mixture: Mixture, points: PointPlan, screening: Screening, knowledge: KnowledgeBase
) -> PlannedMixture:
    policy = knowledge.policies[screening.policy]
    check = check_mixture(
        DrawnMixture(mixture=mixture, volume=points.total_volume.value),
        screening.facts,
        knowledge,
        policy=policy.id,
        at=screening.at,
    )
    weight = weight_of(screening.facts)
    area = points.area.value if points.area else None
    return PlannedMixture(
        mixture=mixture,
        reasons=check.reasons,
        components=tuple(
            component(
                dose,
                shares_of(dose, weight=weight, area=area, policy=policy, knowledge=knowledge),
                screening,
                knowledge,
            )
            for dose in check.doses
        ),
    )


def component(
    dose: Dose, shares: tuple[LimitShare, ...], screening: Screening, knowledge: KnowledgeBase
) -> PlannedComponent:
    """A dose with its shares; says where no limit is known at all."""
    policy = knowledge.policies[screening.policy]
    record = knowledge.substances[dose.substance]
    return PlannedComponent(
        dose=dose,
        label=record.label,
        shares=shares,
        limit_unknown=record.is_active and not limits_for(dose.substance, policy, knowledge),
    )
