"""The facts that rules read: recorded answers joined with what follows from other answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from mesoplan.knowledge.schema.facts import AskedAgain, PositiveMeans
from mesoplan.screening.conditions import Evaluation, evaluate, later_by
from mesoplan.vocabulary.answer import Answer, Known, NotApplicable, Truth, Unknown
from mesoplan.vocabulary.errors import ClinicalInputError, KnowledgeError
from mesoplan.vocabulary.patient import (
    NOT_ASKED,
    NOTHING_FOUND,
    Allergies,
    FactValue,
    PatientFacts,
    Sex,
)
from mesoplan.vocabulary.quantity import Quantity, Unit

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.policies import Policy

Held = TypeVar("Held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A fact that follows from other answers, and why."""

    fact: str
    value: bool
    because: str
    derivation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A recorded answer and a derivation that contradict each other; the worse one holds."""

    fact: str
    recorded: bool
    derived: Derived


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveFacts:
    """What the rules read. ``recorded`` is kept as it was said."""

    recorded: PatientFacts
    answers: Mapping[str, Answer[FactValue]]
    allergy_groups: tuple[str, ...] = ()
    medicine_codes: tuple[str, ...] = ()
    given_today: tuple[str, ...] = ()
    derived: tuple[Derived, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    def answer(self, fact: str) -> Answer[FactValue]:
        """The answer that holds."""
        return self.answers.get(fact, NOT_ASKED)


def effective_facts(
    facts: PatientFacts, knowledge: KnowledgeBase, policy: Policy, at: date
) -> EffectiveFacts:
    """Recorded answers, computed measurements, and derivations until nothing new follows.

    Raises:
        ClinicalInputError: the birth date lies after ``at``.
    """
    answers = dict(facts.answers) | _computed(facts, at)
    if any(site.finding != NOTHING_FOUND for site in facts.sites):
        answers["skin_problem_at_site"] = Known(value=True, by="inspection")
    current = EffectiveFacts(
        recorded=facts,
        answers=MappingProxyType(answers),
        allergy_groups=_allergy_groups(facts, knowledge),
        medicine_codes=_medicine_codes(facts, knowledge),
    )
    for _ in range(len(knowledge.derivations) + 1):
        following = _once(current, knowledge, policy, at)
        if following.derived == current.derived:
            return following
        current = following
    raise KnowledgeError(
        expected="derivations that settle", came=[item.derivation for item in current.derived]
    )


def _medicine_codes(facts: PatientFacts, knowledge: KnowledgeBase) -> tuple[str, ...]:
    if not isinstance(facts.medications, Known):
        return ()
    taken = facts.medications.value
    of_names = (code for name in taken.names for code in knowledge.medicines[name].atc)
    return tuple(dict.fromkeys([*taken.atc, *of_names]))


def _allergy_groups(facts: PatientFacts, knowledge: KnowledgeBase) -> tuple[str, ...]:
    if not isinstance(facts.allergies, Known):
        return ()
    named = facts.allergies.value
    of_substances = (
        group for name in named.substances for group in knowledge.substances[name].groups
    )
    return tuple(dict.fromkeys([*named.groups, *of_substances]))


def _once(
    current: EffectiveFacts, knowledge: KnowledgeBase, policy: Policy, at: date
) -> EffectiveFacts:
    derived: dict[str, Derived] = {}
    for derivation in knowledge.derivations.values():
        result: Evaluation = evaluate(
            derivation.when, derivation.numbers, facts=current, policy=policy, at=at
        )
        if result.truth is not Truth.TRUE:
            continue
        new = Derived(
            fact=derivation.fact,
            value=derivation.gives,
            because=derivation.because,
            derivation=derivation.id,
        )
        old = derived.get(derivation.fact)
        if old is None or _is_worse(knowledge, derivation.fact, new.value, old.value):
            derived[derivation.fact] = new
    return _joined(current, derived, knowledge)


def _joined(
    current: EffectiveFacts, derived: Mapping[str, Derived], knowledge: KnowledgeBase
) -> EffectiveFacts:
    answers = dict(current.answers)
    disagreements = []
    for fact, item in derived.items():
        recorded = current.recorded.answer(fact)
        if isinstance(recorded, Known) and isinstance(recorded.value, bool):
            if recorded.value is not item.value:
                disagreements.append(Disagreement(fact=fact, recorded=recorded.value, derived=item))
            if _is_worse(knowledge, fact, item.value, recorded.value):
                answers[fact] = Known(item.value, by=item.because)
        else:
            answers[fact] = Known(item.value, by=item.because)
    return replace(
        current,
        answers=MappingProxyType(answers),
        derived=tuple(derived.values()),
        disagreements=tuple(disagreements),
    )


def _is_worse(knowledge: KnowledgeBase, fact: str, new: bool, old: bool) -> bool:  # noqa: FBT001
    """Whether the new answer is the worse one: yes where yes is the concern."""
    if new is old:
        return False
    return new is (knowledge.facts[fact].positive_means is not PositiveMeans.REASSURANCE)


def _computed(facts: PatientFacts, at: date) -> dict[str, Answer[FactValue]]:
    computed: dict[str, Answer[FactValue]] = {"sex": _sex(facts)}
    match facts.birth_date:
        case Known(value=birth):
            if birth > at:
                raise ClinicalInputError(
                    expected=f"a birth date not after {at.isoformat()}",
                    came=birth.isoformat(),
                    key="patient.birth_date",
                )
            years = at.year - birth.year
            if later_by(birth, Quantity.of(years, Unit.YEAR)) > at:
                years -= 1
            computed["birth_date"] = Known(birth)
            computed["age"] = Known(Quantity.of(years, Unit.YEAR))
        case Unknown() | NotApplicable():
            computed["birth_date"] = computed["age"] = NOT_ASKED
    computed["allergies"] = _list_answer(facts.allergies)
    computed["medications"] = _list_answer(facts.medications)
    height, weight = facts.answer("height"), facts.answer("weight")
    if isinstance(height, Known) and isinstance(weight, Known):
        computed["body_mass_index"] = _body_mass_index(height.value, weight.value)
    return computed


def _sex(facts: PatientFacts) -> Answer[FactValue]:
    return NOT_ASKED if facts.sex is Sex.UNKNOWN else Known(facts.sex.value)


def _list_answer(answer: Answer[object]) -> Answer[FactValue]:
    match answer:
        case Known(value=value, by=by, said_at=said_at):
            none = getattr(value, "none_known", False) or getattr(value, "none", False)
            return Known("none" if none else "listed", by=by, said_at=said_at)
        case Unknown() | NotApplicable():
            return answer


def _body_mass_index(height: FactValue, weight: FactValue) -> Answer[FactValue]:
    if not isinstance(height, Quantity) or not isinstance(weight, Quantity):
        return NOT_ASKED
    metres = height.amount_in(Unit.M)
    index = weight.amount_in(Unit.KG) / (metres * metres)
    return Known(Quantity(index, Unit.KG_PER_M2))


def carried_over(
    facts: PatientFacts, earlier: PatientFacts, knowledge: KnowledgeBase, *, same_day: bool
) -> PatientFacts:
    """Today's answers, with earlier ones added where they still hold.

    An answer to a fact that is asked again at each session holds for the day it was given; all
    others hold for the course. What is known today wins; what is said to be unknown today takes
    an earlier reassurance away, and leaves an earlier concern standing. An allergy that was once
    named stays.

    Raises:
        ClinicalInputError: the earlier screening is of somebody else.
    """
    _same_person(facts, earlier)

    def holds(fact: str) -> bool:
        definition = knowledge.facts.get(fact)
        return same_day or (
            definition is not None and definition.asked_again is AskedAgain.EACH_COURSE
        )

    answers = {fact: answer for fact, answer in earlier.answers.items() if holds(fact)}
    for fact, answer in facts.answers.items():
        if not isinstance(answer, Unknown) or not _is_concern(answers.get(fact)):
            answers[fact] = answer
    return replace(
        facts,
        birth_date=_later(facts.birth_date, earlier.birth_date),
        sex=earlier.sex if facts.sex is Sex.UNKNOWN else facts.sex,
        answers=MappingProxyType(answers),
        girths=facts.girths or earlier.girths,
        allergies=_allergies(facts.allergies, earlier.allergies, still_holds=holds("allergies")),
        medications=_later(
            facts.medications, earlier.medications if holds("medications") else NOT_ASKED
        ),
        sites=facts.sites or (earlier.sites if same_day else ()),
    )


def _later(today: Answer[Held], earlier: Answer[Held]) -> Answer[Held]:
    return earlier if isinstance(today, Unknown) else today


def _is_concern(answer: Answer[FactValue] | None) -> bool:
    return isinstance(answer, Known) and answer.value is True


def _allergies(
    today: Answer[Allergies], earlier: Answer[Allergies], *, still_holds: bool
) -> Answer[Allergies]:
    """Today's allergies and every one that was named before."""
    if not isinstance(earlier, Known) or earlier.value.none_known:
        return _later(today, earlier if still_holds else NOT_ASKED)
    if not isinstance(today, Known):
        return earlier if still_holds else today
    one, other = today.value, earlier.value
    joined = Allergies(
        substances=tuple(dict.fromkeys([*one.substances, *other.substances])),
        groups=tuple(dict.fromkeys([*one.groups, *other.groups])),
        other=tuple(dict.fromkeys([*one.other, *other.other])),
    )
    return replace(today, value=joined)


def _same_person(facts: PatientFacts, earlier: PatientFacts) -> None:
    for key, now, before in (
        ("patient.birth_date", facts.birth_date, earlier.birth_date),
        ("patient.sex", _sex(facts), _sex(earlier)),
    ):
        if isinstance(now, Known) and isinstance(before, Known) and now.value != before.value:
            raise ClinicalInputError(
                expected=f"the same as in the earlier screening, {before.value}",
                came=str(now.value),
                key=key,
            )
