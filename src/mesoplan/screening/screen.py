"""The door of the room: facts and request against cited rules; unknown is never safe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mesoplan.screening.applies import Option
from mesoplan.screening.effective import (
    Derived,
    Disagreement,
    EffectiveFacts,
    carried_over,
    effective_facts,
)
from mesoplan.screening.entry import check_facts
from mesoplan.screening.options import candidates
from mesoplan.screening.questions import missing_answers
from mesoplan.screening.room import Room, SetAside
from mesoplan.vocabulary.errors import ClinicalInputError, UnknownNameError
from mesoplan.vocabulary.finding import MissingAnswer, Outcome, Override, Result, Verdict, worst
from mesoplan.vocabulary.patient import PatientFacts

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.policies import Policy
    from mesoplan.vocabulary.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedOverride:
    """An override that did not take effect, and why."""

    override: Override
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What screening gave.

    ``results`` holds one result per applicable rule and subject, worst first. ``options`` is the
    way of treating each zone that the results speak of: the first one that no rule bars, or else
    the first. ``verdict`` never changes by an override; ``verdict_after_override`` stands beside
    it where at least one was accepted, and is never better than caution.
    """

    at: date
    policy: str
    knowledge_release: str
    facts: PatientFacts
    request: Request
    results: tuple[Result, ...]
    missing: tuple[MissingAnswer, ...]
    options: tuple[Option, ...]
    set_aside: tuple[SetAside, ...]
    derived: tuple[Derived, ...]
    disagreements: tuple[Disagreement, ...]
    refused_overrides: tuple[RefusedOverride, ...]
    effective: EffectiveFacts
    verdict: Verdict
    verdict_after_override: Verdict | None

    @property
    def findings(self) -> tuple[Result, ...]:
        """The results that are findings, worst first."""
        return tuple(item for item in self.results if item.outcome is Outcome.FINDING)

    @property
    def decides(self) -> Verdict:
        """The verdict that decides whether a plan may be made: after overrides, if there are."""
        return self.verdict_after_override or self.verdict


def screen(
    facts: PatientFacts,
    request: Request,
    knowledge: KnowledgeBase,
    *,
    at: date,
    previous: Screening | None = None,
) -> Screening:
    """Evaluate every applicable rule of the base.

    ``at`` is the day of the decision (of an aware ``datetime`` its local day). With ``previous``
    this is a re-screening: ``facts`` holds what was answered today, earlier answers are carried
    over where they still hold, and so only what can have changed is missing.

    Raises:
        UnknownNameError: policy, indication, region, technique or mixture not in the base.
        ClinicalInputError: birth after ``at``; an answer of the wrong type or to no fact; an
            earlier screening that lies later or is of somebody else.
        EmptyRuleSetError: no rule applied at all.
    """
    day = at.date() if isinstance(at, datetime) else at
    policy = _policy(request.policy, knowledge)
    check_facts(facts, knowledge)
    if previous is not None:
        if previous.at > day:
            raise ClinicalInputError(
                expected=f"a day not before the earlier screening, {previous.at}", came=str(day)
            )
        facts = carried_over(facts, previous.facts, knowledge, same_day=previous.at == day)
    effective = effective_facts(facts, knowledge, policy, day)
    room = Room(knowledge, request, policy, effective, day)
    choices = [
        room.choose(candidates(number, zone, knowledge))
        for number, zone in enumerate(request.zones, 1)
    ]
    options = tuple(option for option, _, _ in choices)
    results = [*room.patient_results()]
    for option, own, _ in choices:
        beside = _given_beside(option, options, knowledge)
        results += _updated(own, room.with_given_today(beside).option_results(option))
        results += room.site_results(option)
    ordered = sorted(
        dict.fromkeys(results), key=lambda item: (-item.verdict.severity, item.rule, item.subject)
    )
    overridden = any(item.overridden for item in ordered)
    return Screening(
        at=day,
        policy=policy.id,
        knowledge_release=knowledge.release,
        facts=facts,
        request=request,
        results=tuple(ordered),
        missing=missing_answers(ordered, effective, knowledge),
        options=options,
        set_aside=tuple(aside for _, _, refused in choices for aside in refused),
        derived=effective.derived,
        disagreements=effective.disagreements,
        refused_overrides=_refused_overrides(request, ordered),
        effective=effective,
        verdict=worst(item.verdict for item in ordered),
        verdict_after_override=(
            worst(item.verdict_after_override for item in ordered) if overridden else None
        ),
    )


def _policy(name: str, knowledge: KnowledgeBase) -> Policy:
    if name not in knowledge.policies:
        raise UnknownNameError(
            expected=f"a policy, one of {', '.join(knowledge.policies)}", came=name, key="policy"
        )
    return knowledge.policies[name]


def cream_rules(substances: tuple[str, ...], screening: Screening, knowledge: KnowledgeBase) -> str:
    """Why a cream with these substances is not put on, or the empty text.

    Every rule about the substances must be cleared: an open question is no yes.
    """
    policy = knowledge.policies[screening.policy]
    room = Room(knowledge, screening.request, policy, screening.effective, screening.at)
    return room.against_substances(substances)


def _updated(own: Iterable[Result], later: Iterable[Result]) -> list[Result]:
    """The results, each replaced by the later one of the same rule and subject."""
    found = {(item.rule, item.subject): item for item in own}
    found |= {(item.rule, item.subject): item for item in later}
    return list(found.values())


def _given_beside(
    option: Option, options: tuple[Option, ...], knowledge: KnowledgeBase
) -> tuple[str, ...]:
    """ATC codes of the substances that other zones of the session get and this one does not."""
    others = {
        name
        for other in options
        if other.number != option.number
        for name in other.substances()
        if name not in option.substances()
    }
    return tuple(sorted(code.code for name in others for code in knowledge.substances[name].atc))


def _refused_overrides(request: Request, results: Iterable[Result]) -> tuple[RefusedOverride, ...]:
    found = {item.rule: item for item in results}
    refused = []
    for override in request.overrides:
        result = found.get(override.rule)
        if result is None:
            why = "the rule does not apply here"
        elif result.outcome is Outcome.CLEARED:
            why = "the rule is cleared; there is nothing to override"
        elif result.outcome is Outcome.UNANSWERED:
            why = "the question is not answered; an answer is needed, not an override"
        elif not result.overridable:
            why = "the finding stands: it is absolute, or the policy allows no override"
        elif result.overridden is None:
            why = "only a physician overrides, with a reason that fits the rule"
        else:
            continue
        refused.append(RefusedOverride(override=override, why=why))
    return tuple(refused)
