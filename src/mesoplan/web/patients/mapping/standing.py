"""Where a patient's questions stand: which are open, which need not be asked, what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.utils.translation import gettext as _

from mesoplan.knowledge.schema.conditions import ProgramCheck, facts_of
from mesoplan.knowledge.schema.policies import Policy
from mesoplan.knowledge.schema.rules import Rule
from mesoplan.screening.applies import applies_to_patient
from mesoplan.screening.conditions import evaluate
from mesoplan.screening.effective import EffectiveFacts, effective_facts
from mesoplan.screening.questions import asked_for
from mesoplan.vocabulary.answer import Known, NotApplicable
from mesoplan.web.accounts.mapping import knowledge
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping.questions import key_of
from mesoplan.web.patients.mapping.tables import recorded
from mesoplan.web.patients.models import Patient

FITTED = ("allergies", "medications", "weight", "height", "phototype")
"""Facts that every plan is fitted to, whatever rules read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    """What follows from other answers, and why. ``disagrees`` with what was recorded."""

    value: bool
    because: str
    disagrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the questions stand, by the keys of their gestures.

    ``open`` are questions that some rule needs for this patient, whatever is requested, and that
    nobody has answered; ``needed`` are these and those that are answered. ``silent`` need not be
    asked of this patient, and why. ``refused`` are answers that this release of the knowledge base
    does not take.
    """

    open: frozenset[str]
    needed: frozenset[str]
    silent: Mapping[str, str]
    follows: Mapping[str, Follows]
    refused: frozenset[str]


def standing(patient: Patient, answers: Sheet, *, at: date) -> Standing:
    """Where the questions of a patient stand on a day, under the policy of the clinic."""
    taken = recorded(patient, answers, at=at)
    policy = policy_of(patient)
    facts = effective_facts(taken.facts, knowledge(), policy, at)
    speaking = [
        rule for rule in _rules() if applies_to_patient(rule.applies_when, facts, policy.id)
    ]
    open_facts = _open_facts(speaking, facts, policy, at)
    read = {asked for rule in speaking for fact in facts_of(rule.when) for asked in _asked(fact)}
    answered = {fact for fact in read | set(FITTED) if _is_answered(fact, facts)}
    return Standing(
        open=_keys(open_facts),
        needed=_keys(open_facts | answered),
        silent=MappingProxyType(dict(_silent(speaking, facts, policy))),
        follows=MappingProxyType(dict(_follows(facts))),
        refused=frozenset(taken.refused),
    )


def policy_of(patient: Patient) -> Policy:
    """The policy of the patient's clinic; the default one where the base no longer has it."""
    policies = knowledge().policies
    return policies.get(patient.clinic.policy, policies["default"])


def _rules() -> Iterator[Rule]:
    for rule in knowledge().rules.values():
        if not isinstance(rule.when, ProgramCheck):
            yield rule


def _keys(facts: set[str]) -> frozenset[str]:
    return frozenset(key_of()[fact] for fact in facts if fact in key_of())


def _is_answered(fact: str, facts: EffectiveFacts) -> bool:
    return isinstance(facts.answer(fact), (Known, NotApplicable))


def _asked(fact: str) -> tuple[str, ...]:
    """The fact, or the ones that are asked instead of it."""
    definition = knowledge().facts.get(fact)
    return definition.asked_as or (fact,) if definition else (fact,)


def _open_facts(speaking: list[Rule], facts: EffectiveFacts, policy: Policy, at: date) -> set[str]:
    missing = {fact for fact in FITTED if not _is_answered(fact, facts)}
    for rule in speaking:
        missing |= set(evaluate(rule.when, rule.numbers, facts=facts, policy=policy, at=at).missing)
    return {asked for fact in missing for asked in asked_for(fact, facts, knowledge())}


def _silent(
    speaking: list[Rule], facts: EffectiveFacts, policy: Policy
) -> Iterator[tuple[str, str]]:
    """Questions that only rules read which are silent for this patient, and why they are."""
    heard = {fact for rule in speaking for fact in facts_of(rule.when)}
    why: dict[str, str] = {}
    for rule in _rules():
        if rule in speaking or (
            rule.applies_when.policies and policy.id not in rule.applies_when.policies
        ):
            continue
        for fact in facts_of(rule.when):
            if fact not in heard:
                why.setdefault(fact, _why_silent(rule, facts))
    why |= dict(_settled(facts))
    for fact, because in why.items():
        if fact in key_of():
            yield key_of()[fact], because


def _why_silent(rule: Rule, facts: EffectiveFacts) -> str:
    for fact in rule.applies_when.needs:
        answer = facts.answer(fact)
        if isinstance(answer, Known) and answer.value is False:
            return answer.by or _("recorded: %(what)s, no") % {
                "what": knowledge().facts[fact].label
            }
    return _("the recorded sex is another")


def _settled(facts: EffectiveFacts) -> Iterator[tuple[str, str]]:
    """Facts that decide whether rules speak at all, where they follow from others already.

    What could only say the same need not be asked either.
    """
    deciding = {fact for rule in _rules() for fact in rule.applies_when.needs}
    derived = {item.fact: item for item in facts.derived if item.fact in deciding}
    for fact, item in derived.items():
        yield fact, item.because
    for derivation in knowledge().derivations.values():
        follows = derived.get(derivation.fact)
        if follows is not None and follows.value is derivation.gives:
            for fact in facts_of(derivation.when):
                if fact in key_of() and not _is_answered(fact, facts) and fact not in FITTED:
                    yield fact, follows.because


def _follows(facts: EffectiveFacts) -> Iterator[tuple[str, Follows]]:
    disagreeing = {item.fact for item in facts.disagreements}
    for item in facts.derived:
        if item.fact in key_of():
            yield (
                key_of()[item.fact],
                Follows(value=item.value, because=item.because, disagrees=item.fact in disagreeing),
            )
