"""The anaesthetic cream: mass, area, waiting time; its absorbed dose; the label's own limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.care import About
from mesoplan.mixture import Dose
from mesoplan.planning.numbers import computed
from mesoplan.planning.values import Anaesthesia, LabelCheck, Planned, ZonePlan
from mesoplan.screening.applies import applies_to_option
from mesoplan.screening.checks import allergy_to, may_mean
from mesoplan.screening.screen import cream_rules
from mesoplan.vocabulary.answer import Known, Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import ClinicalNumber

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.mixtures import Cream
    from mesoplan.screening import Screening


def plan_anaesthesia(
    zones: tuple[ZonePlan, ...], screening: Screening, knowledge: KnowledgeBase
) -> Anaesthesia:
    """The cream of the protocols, or none with the reason.

    No cream is planned on an allergy to a component or where allergies are unknown, where the
    area is not known, or where the label's limits would be passed.
    """
    creams = sorted({zone.protocol.cream for zone in zones if zone.protocol.cream})
    if not creams:
        return Anaesthesia(cream=None, reason="the protocol does without a cream")
    if len(creams) > 1:
        return Anaesthesia(cream=None, reason="no cream: the zones ask for different ones")
    cream = knowledge.creams[creams[0]]
    treated = [zone for zone in zones if zone.protocol.cream == cream.id]
    barred = _barred(cream, treated, screening, knowledge)
    if barred:
        return Anaesthesia(cream=None, reason=barred)
    areas = [zone.area for zone in treated if zone.area is not None]
    area = _summed([item.value for item in areas], areas)
    mass = _mass(cream, area)
    checks = _label_checks(cream, mass, area)
    broken = [check for check in checks if not check.is_kept]
    if broken:
        words = "; ".join(f"{item.what} {item.planned} above {item.limit}" for item in broken)
        return Anaesthesia(
            cream=None, reason=f"the label's limit would be passed: {words}", label_checks=checks
        )
    share = _absorbed(cream, treated, knowledge)
    return Anaesthesia(
        cream=cream,
        reason=cream.label,
        mass=mass,
        area=area,
        waiting=Planned(
            value=cream.waiting.low,
            low=cream.waiting.low,
            high=cream.waiting.high,
            kind=cream.waiting.kind,
            citations=(cream.waiting.citation,),
        ),
        absorbed_share=Planned(
            value=share.high,
            low=share.low,
            high=share.high,
            kind=share.kind,
            citations=(share.citation,),
            note="the upper end counts toward the limit",
        ),
        doses=_doses(cream, mass, share),
        label_checks=checks,
        said=tuple(
            item.says for item in knowledge.practice.values() if item.about is About.CREAM_WAITING
        ),
    )


def without_cream(anaesthesia: Anaesthesia, reason: str) -> Anaesthesia:
    """The same session without its cream, and why."""
    return Anaesthesia(cream=None, reason=reason, label_checks=anaesthesia.label_checks)


def _barred(
    cream: Cream, zones: list[ZonePlan], screening: Screening, knowledge: KnowledgeBase
) -> str:
    allergies = screening.facts.allergies
    if not isinstance(allergies, Known):
        return "allergies are not known, so no cream is planned"
    for substance, _ in cream.components:
        reason = allergy_to(substance, allergies.value, knowledge)
        if reason:
            return f"no cream: {reason}"
        if any(may_mean(other, substance, knowledge) for other in allergies.value.other):
            return "no cream: an allergy that the program cannot check may mean it"
    if any(set(knowledge.regions_around(zone.zone.region)) & set(cream.not_in) for zone in zones):
        return "no cream: it is not put on this region"
    against = cream_rules(tuple(name for name, _ in cream.components), screening, knowledge)
    if against:
        return f"no cream: {against}"
    for fact in cream.not_with:
        answer = screening.effective.answer(fact)
        label = knowledge.facts[fact].label
        if not isinstance(answer, Known):
            return f"no cream: not answered: {knowledge.facts[fact].question}"
        if answer.value is not False:
            return f"no cream: {label}"
    if not all(applies_to_option(cream.applies_when, zone.option, knowledge) for zone in zones):
        return "no cream: it is not meant for this site or technique"
    unmeasured = [zone for zone in zones if zone.area is None]
    if unmeasured:
        return "no cream is worked out: the area is not known; enter area_cm2"
    return ""


def _summed(values: Iterable[Quantity], parts: Iterable[Planned]) -> Planned:
    total = Quantity.of(0, Unit.CM2)
    for value in values:
        total += value
    citations = tuple(dict.fromkeys(item for part in parts for item in part.citations))
    return computed(total, *citations, note="all zones with cream together")


def _mass(cream: Cream, area: Planned) -> Planned:
    per_area = cream.mass_per_area
    low, high = (
        Quantity(end.amount_in(Unit.G_PER_CM2) * area.value.amount_in(Unit.CM2), Unit.G)
        for end in (per_area.low, per_area.high)
    )
    return Planned(
        value=low,
        low=low,
        high=high,
        kind=per_area.kind,
        citations=(per_area.citation, *area.citations),
        note=f"{per_area} on {area.value}",
    )


def _label_checks(cream: Cream, mass: Planned, area: Planned) -> tuple[LabelCheck, ...]:
    limits = (
        ("mass", mass.value, cream.largest_mass),
        ("area", area.value, cream.largest_area),
        ("time", cream.waiting.low, cream.longest_time),
    )
    return tuple(
        LabelCheck(what=what, planned=value, limit=limit.low, citation=limit.citation)
        for what, value, limit in limits
        if not isinstance(limit, Unknown)
    )


def _absorbed(cream: Cream, zones: list[ZonePlan], knowledge: KnowledgeBase) -> ClinicalNumber:
    """The share with the highest upper end: of each zone its own entries, else the general ones."""
    general = [item.share for item in cream.absorption if not item.regions]
    shares = []
    for zone in zones:
        around = set(knowledge.regions_around(zone.zone.region))
        shares += [item.share for item in cream.absorption if set(item.regions) & around] or general
    return max(shares, key=lambda share: share.high.amount)


def _doses(cream: Cream, mass: Planned, share: ClinicalNumber) -> tuple[Dose, ...]:
    """The largest dose that may be absorbed of each component: mass x strength x upper share."""
    return tuple(
        Dose(
            substance=substance,
            volume=Quantity.of(0, Unit.ML),
            amount=Quantity(
                mass.value.amount_in(Unit.G)
                * strength.value.amount_in(Unit.MG_PER_G)
                * share.high.amount_in(Unit.FRACTION),
                Unit.MG,
            ),
            citation=share.citation,
        )
        for substance, strength in cream.components
    )
