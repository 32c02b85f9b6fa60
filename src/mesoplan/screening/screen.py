"""The door of the room: facts and request against cited rules; unknown is never safe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.conditions import ProgramCheck
from mesoplan.knowledge.schema.policies import Permission, Policy
from mesoplan.screening.applies import (
    Option,
    applies_to_option,
    applies_to_patient,
    looks_at_option,
)
from mesoplan.screening.checks import OPTION_CHECKS, check_option, check_patient
from mesoplan.screening.conditions import Evaluation, Place, evaluate, later_by
from mesoplan.screening.effective import (
    MEASURED_BY,
    Derived,
    Disagreement,
    EffectiveFacts,
    carried_over,
    effective_facts,
)
from mesoplan.screening.options import candidates
from mesoplan.vocabulary.answer import Known, Truth
from mesoplan.vocabulary.errors import UnknownNameError
from mesoplan.vocabulary.finding import (
    Clearing,
    MissingAnswer,
    Outcome,
    Override,
    Result,
    Scope,
    Strength,
    Verdict,
    worst,
)
from mesoplan.vocabulary.patient import PatientFacts

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.rules import Rule
    from mesoplan.vocabulary.request import Request

BLOCKING = frozenset({Verdict.DEFERRED, Verdict.CONTRAINDICATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A way to treat a zone that was looked at and not taken, with the findings against it."""

    option: Option
    findings: tuple[Result, ...]


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
        ClinicalInputError: birth after ``at``.
        EmptyRuleSetError: no rule applied at all.
    """
    day = at.date() if isinstance(at, datetime) else at
    policy = _policy(request.policy, knowledge)
    if previous is not None:
        facts = carried_over(facts, previous.facts, knowledge, same_day=previous.at == day)
    effective = effective_facts(facts, knowledge, policy, day)
    room = _Room(knowledge, request, policy, effective, day)
    options: list[Option] = []
    set_aside: list[SetAside] = []
    results = [*room.patient_results()]
    for number, zone in enumerate(request.zones, 1):
        chosen, chosen_results, refused = room.choose(candidates(number, zone, knowledge))
        options.append(chosen)
        set_aside += refused
        results += chosen_results
        results += room.site_results(chosen)
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
        missing=_missing(ordered, effective, knowledge),
        options=tuple(options),
        set_aside=tuple(set_aside),
        derived=effective.derived,
        disagreements=effective.disagreements,
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


@dataclass(frozen=True, slots=True)
class _Room:
    """Everything that rules look at, held together for one screening."""

    knowledge: KnowledgeBase
    request: Request
    policy: Policy
    effective: EffectiveFacts
    at: date

    def rules(self) -> Iterator[Rule]:
        for rule in self.knowledge.rules.values():
            if applies_to_patient(rule.applies_when, self.effective, self.policy.id):
                yield rule

    def patient_results(self) -> Iterator[Result]:
        """Rules that look at the patient and the request, not at what would be given."""
        bare = [
            candidates(number, zone, self.knowledge)[0]
            for number, zone in enumerate(self.request.zones, 1)
        ]
        for rule in self.rules():
            if rule.scope is Scope.SITE or _is_about_option(rule):
                continue
            if any(applies_to_option(rule.applies_when, item, self.knowledge) for item in bare):
                yield self.result(rule, self.evaluate(rule, None), "")

    def site_results(self, option: Option) -> Iterator[Result]:
        """Rules that look at the skin of one zone."""
        for rule in self.rules():
            if rule.scope is not Scope.SITE:
                continue
            if applies_to_option(rule.applies_when, option, self.knowledge):
                region = self.knowledge.regions[option.zone.region].label
                subject = f"{region}, {option.zone.side.value}"
                yield self.result(rule, self.evaluate(rule, option), subject)

    def option_results(self, option: Option) -> tuple[Result, ...]:
        """Rules that look at what would be given in one zone."""
        return tuple(
            self.result(rule, self.evaluate(rule, option), _subject(rule, option, self.knowledge))
            for rule in self.rules()
            if rule.scope is not Scope.SITE
            and _is_about_option(rule)
            and applies_to_option(rule.applies_when, option, self.knowledge)
        )

    def choose(
        self, options: tuple[Option, ...]
    ) -> tuple[Option, tuple[Result, ...], list[SetAside]]:
        """The first option that no rule bars, or else the first; with those set aside before."""
        refused: list[SetAside] = []
        first: tuple[Option, tuple[Result, ...]] | None = None
        for option in options:
            results = self.option_results(option)
            against = tuple(item for item in results if item.verdict_after_override in BLOCKING)
            if not against:
                return option, results, refused
            first = first or (option, results)
            refused.append(SetAside(option=option, findings=against))
        if first is None:
            message = "a zone without any candidate"
            raise AssertionError(message)
        return (*first, refused[1:])

    def evaluate(self, rule: Rule, option: Option | None) -> Evaluation:
        if isinstance(rule.when, ProgramCheck):
            check = rule.when.check
            if option is None or check not in OPTION_CHECKS:
                return check_patient(check, self.effective)
            return check_option(
                check,
                option,
                self.effective,
                self.policy,
                self.request.practitioner,
                self.knowledge,
            )
        place = None
        if option is not None:
            regions = self.knowledge.regions_touching(option.zone.region)
            place = Place(regions, option.zone.side)
        return evaluate(
            rule.when,
            rule.numbers,
            facts=self.effective,
            policy=self.policy,
            at=self.at,
            place=place,
        )

    def result(self, rule: Rule, evaluation: Evaluation, subject: str) -> Result:
        """One of cleared, finding, unanswered; with the override that the request records."""
        outcome = _OUTCOMES[evaluation.truth]
        overridable = (
            outcome is Outcome.FINDING
            and rule.strength is Strength.RELATIVE
            and not rule.never_overridable
            and self.policy.overrides is Permission.ALLOWED
        )
        return Result(
            rule=rule.id,
            outcome=outcome,
            verdict=_contribution(rule.verdict, outcome),
            strength=rule.strength,
            scope=rule.scope,
            message=rule.message,
            subject=subject,
            because=evaluation.because,
            missing=evaluation.missing if outcome is Outcome.UNANSWERED else (),
            positions=rule.positions,
            clears=self.clearing(rule) if outcome is Outcome.FINDING else None,
            overridable=overridable,
            overridden=self.override(rule) if overridable else None,
        )

    def override(self, rule: Rule) -> Override | None:
        for override in self.request.overrides:
            reason = self.knowledge.override_reasons.get(override.reason)
            fits = reason is not None and (not reason.rules or rule.id in reason.rules)
            if override.rule == rule.id and fits and override.by.strip():
                return override
        return None

    def clearing(self, rule: Rule) -> Clearing | None:
        """What ends the finding, with the date where the date fact and the wait are known."""
        if rule.clears is None:
            return None
        on = citation = None
        if rule.clears.wait:
            number = rule.numbers[rule.clears.wait]
            citation = number.citation
            since = self.effective.answer(rule.clears.after_fact)
            if isinstance(since, Known) and isinstance(since.value, date):
                on = later_by(since.value, number.high)
        return Clearing(what=rule.clears.what, on=on, citation=citation)


_OUTCOMES = {
    Truth.TRUE: Outcome.FINDING,
    Truth.FALSE: Outcome.CLEARED,
    Truth.UNKNOWN: Outcome.UNANSWERED,
}


def _contribution(verdict: Verdict, outcome: Outcome) -> Verdict:
    """What a result adds to the verdict.

    ============= =============== ============= =============
    rule gives    finding         unanswered    cleared
    ============= =============== ============= =============
    caution       caution         caution       eligible
    deferred      deferred        undetermined  eligible
    contraindic.  contraindicated undetermined  eligible
    ============= =============== ============= =============
    """
    if outcome is Outcome.CLEARED:
        return Verdict.ELIGIBLE
    if outcome is Outcome.FINDING or verdict is Verdict.CAUTION:
        return verdict
    return Verdict.UNDETERMINED


def _is_about_option(rule: Rule) -> bool:
    check = rule.when.check if isinstance(rule.when, ProgramCheck) else None
    return check in OPTION_CHECKS or looks_at_option(rule.applies_when)


def _subject(rule: Rule, option: Option, knowledge: KnowledgeBase) -> str:
    """What an option rule speaks of: the matching substances, or mixture, or technique."""
    when = rule.applies_when
    names = [
        knowledge.substances[name].label
        for name in option.substances()
        if name in when.components
        or set(knowledge.substances[name].groups) & set(when.component_groups)
    ]
    if names:
        return ", ".join(names)
    if rule.scope is Scope.MIXTURE and option.mixture:
        return option.mixture.label
    if option.technique and rule.scope is not Scope.PATIENT:
        return f"{option.indication.label}, {option.technique.label.lower()}"
    return option.indication.label


def _missing(
    results: Iterable[Result], effective: EffectiveFacts, knowledge: KnowledgeBase
) -> tuple[MissingAnswer, ...]:
    rules: dict[str, list[str]] = {}
    for result in results:
        for fact in result.missing:
            for asked in MEASURED_BY.get(fact, (fact,)):
                if result.rule not in rules.setdefault(asked, []):
                    rules[asked].append(result.rule)
    return tuple(
        MissingAnswer(fact=fact, question=_question(fact, effective, knowledge), rules=tuple(found))
        for fact, found in rules.items()
    )


def _question(fact: str, effective: EffectiveFacts, knowledge: KnowledgeBase) -> str:
    if fact in knowledge.facts:
        return knowledge.facts[fact].question
    recorded = effective.recorded
    if fact == "allergies.other" and isinstance(recorded.allergies, Known):
        return _uncheckable("allergy", recorded.allergies.value.other)
    if fact == "medications.other" and isinstance(recorded.medications, Known):
        return _uncheckable("medicine", recorded.medications.value.other)
    return _OTHER_QUESTIONS[fact]


_OTHER_QUESTIONS = {
    "practitioner": "Who would give the treatment?",
    "technique": "By which technique would it be given?",
    "site": "What is on the skin there? Record the finding with its region and side.",
}


def _uncheckable(what: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(names)
    return (
        f"The {what} {listed} is not in the knowledge base and cannot be checked by the program. "
        "Does it matter for this treatment?"
    )
