"""One zone of a plan: everything that follows from its option, or the reasons why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

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
    as_asked,
    computed,
    needed,
    planned,
)
from mesoplan.planning.points import PointPlan, plan_points, spacing_of, volume_per_point
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

Made = TypeVar("Made")
"""What a step of planning makes."""


def plan_zone(
    option: Option, screening: Screening, knowledge: KnowledgeBase
) -> ZonePlan | tuple[RefusalReason, ...]:
    """The plan of one zone, or every reason why there is none."""
    reasons = _standing_reasons(option, knowledge)
    protocol, technique, mixture = option.protocol, option.technique, option.mixture
    if reasons or protocol is None or technique is None or mixture is None:
        return reasons or (_outside(option),)
    zone, region = option.zone, knowledge.regions[option.zone.region]
    steps = _Steps(option, protocol.citation)
    steps.run(lambda: volume_per_point(zone, protocol, technique))
    steps.run(lambda: spacing_of(zone, protocol, technique))
    points = None
    if not steps.reasons:
        points = steps.run(lambda: plan_points(zone, region, protocol, technique))
    sessions = steps.run(lambda: _sessions(zone, needed("sessions", protocol, technique)))
    interval = None
    if sessions is not None or zone.interval is not None:
        interval = steps.run(lambda: _interval(option, sessions, mixture, knowledge))
    needle, layers = None, no_needle_odds(technique)
    if technique.uses_needle or zone.needle is not None:
        sex = screening.facts.sex
        needle = steps.run(lambda: plan_needle(protocol, technique, zone.needle, region, sex))
        layers = layer_odds(needle[1].value, region, sex) if needle is not None else layers
    if steps.reasons or points is None or sessions is None:
        return tuple(steps.reasons)
    return ZonePlan(
        option=option,
        zone=zone,
        indication=option.indication,
        protocol=protocol,
        technique=technique,
        needle=needle[0] if needle is not None else None,
        depth=needle[1] if needle is not None else None,
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


class _Steps:
    """The steps of planning one zone; the reason of each that cannot be taken is kept."""

    def __init__(self, option: Option, citation: Citation) -> None:
        self.option = option
        self.citation = citation
        self.reasons: list[RefusalReason] = []

    def run(self, step: Callable[[], Made]) -> Made | None:
        """What the step makes, or nothing and one more reason."""
        try:
            return step()
        except NumberUnknownError as error:
            self.reasons.append(_number_unknown(self.option, error))
        except OutsideProtocolError as error:
            reason = _reason(RefusalCode.OUTSIDE_PROTOCOL, self.option, str(error), self.citation)
            self.reasons.append(replace(reason, way_out=error.way_out))
        return None


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
    wish = None if zone.sessions is None else Quantity.of(zone.sessions, Unit.COUNT)
    return as_asked("sessions", planned("sessions", number), wish)


def _interval(
    option: Option, sessions: Planned | None, mixture: Mixture, knowledge: KnowledgeBase
) -> Planned | None:
    """The interval as asked, or the longest of the protocol; a substance may demand a longer one.

    Raises:
        NumberUnknownError: the protocol has several sessions and states no interval.
        OutsideProtocolError: the interval asked for lies outside the range, or there is none.
    """
    wish = option.zone.interval
    if option.protocol is None or option.technique is None:
        return None
    if sessions is not None and sessions.value.amount <= 1:
        if wish is None:
            return None
        message = f"interval: {wish} asked; one session is planned, so there is none"
        raise OutsideProtocolError(message, way_out="more sessions, or the interval left out")
    found = planned("interval", needed("interval", option.protocol, option.technique))
    for part in mixture.components:
        substance = knowledge.substances[part.substance]
        for limit in substance.limits:
            if limit.basis is LimitBasis.INTERVAL:
                found = _at_least(limit.amount, found, substance.label)
    return as_asked("interval", found, wish)


def _at_least(least: ClinicalNumber, found: Planned, label: str) -> Planned:
    """The interval and its range, not shorter than what a substance demands."""
    if least.low <= found.low:
        return found
    note = f"{label} demands at least {least}"
    if least.low > found.value:
        return computed(least.low, least.citation, note=note)
    return replace(found, low=least.low, citations=(*found.citations, least.citation), note=note)


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
