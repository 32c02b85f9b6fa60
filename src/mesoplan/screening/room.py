"""Evaluates rules for one screening, and chooses the way in which each zone would be treated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from mesoplan.knowledge.limits import needs_weight
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
from mesoplan.screening.effective import EffectiveFacts
from mesoplan.screening.options import candidates
from mesoplan.screening.questions import questions
from mesoplan.vocabulary.answer import Known, Truth
from mesoplan.vocabulary.finding import (
    Clearing,
    Outcome,
    Override,
    Result,
    Scope,
    Strength,
    Verdict,
)
from mesoplan.vocabulary.request import Practitioner

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


@dataclass(frozen=True, slots=True)
class Room:
    """Everything that rules look at, held together for one screening."""

    knowledge: KnowledgeBase
    request: Request
    policy: Policy
    effective: EffectiveFacts
    at: date

    def with_given_today(self, codes: tuple[str, ...]) -> Room:
        """The same room where medicines of these ATC codes are given in other zones."""
        return replace(self, effective=replace(self.effective, given_today=codes))

    def rules(self) -> Iterator[Rule]:
        """The rules that speak for this patient under this policy."""
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

    def against_substances(self, substances: tuple[str, ...]) -> str:
        """The first rule about one of the substances that holds, else all open questions."""
        groups = {group for name in substances for group in self.knowledge.substances[name].groups}
        missing: list[str] = []
        for rule in self.rules():
            when = rule.applies_when
            speaks = set(when.components) & set(substances) or set(when.component_groups) & groups
            if not speaks or isinstance(rule.when, ProgramCheck):
                continue
            evaluation = self.evaluate(rule, None)
            if evaluation.truth is Truth.TRUE:
                return rule.label
            if evaluation.truth is Truth.UNKNOWN:
                missing += evaluation.missing
        if needs_weight(substances, self.policy, self.knowledge) and not isinstance(
            self.effective.answer("weight"), Known
        ):
            missing.append("weight")
        asked = questions(missing, self.effective, self.knowledge)
        return f"not answered: {' '.join(asked)}" if asked else ""

    def choose(
        self, options: tuple[Option, ...]
    ) -> tuple[Option, tuple[Result, ...], list[SetAside]]:
        """The first option that no rule bars, with those set aside before it.

        Where every option is barred it is the first, and the findings against all of them are
        results: nothing that stands in the way may vanish.
        """
        refused: list[SetAside] = []
        results: list[Result] = []
        for option in options:
            own = self.option_results(option)
            against = tuple(item for item in own if item.verdict_after_override in BLOCKING)
            if not against:
                return option, own, refused
            results += against if results else own
            refused.append(SetAside(option=option, findings=against))
        return options[0], tuple(results), []

    def evaluate(self, rule: Rule, option: Option | None) -> Evaluation:
        """The truth of a rule, for the patient or for one option."""
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
            place = Place(
                around=self.knowledge.regions_around(option.zone.region),
                touching=self.knowledge.regions_touching(option.zone.region),
                side=option.zone.side,
            )
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
        """The override that the request records for a rule; only a physician's counts."""
        if self.request.practitioner is not Practitioner.PHYSICIAN:
            return None
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
                end = later_by(since.value, number.high)
                on = end if end > self.at else None
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
