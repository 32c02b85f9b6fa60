"""The answers that are missing, each with its question and the rules that need it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mesoplan.screening.effective import EffectiveFacts
from mesoplan.vocabulary.answer import Known
from mesoplan.vocabulary.finding import MissingAnswer, Result

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase


def missing_answers(
    results: Iterable[Result], effective: EffectiveFacts, knowledge: KnowledgeBase
) -> tuple[MissingAnswer, ...]:
    """The open questions of the results, each once, in the order of the results."""
    rules: dict[str, list[str]] = {}
    for result in results:
        for fact in result.missing:
            for asked in asked_for(fact, effective, knowledge):
                if result.rule not in rules.setdefault(asked, []):
                    rules[asked].append(result.rule)
    return tuple(
        MissingAnswer(fact=fact, question=_question(fact, effective, knowledge), rules=tuple(found))
        for fact, found in rules.items()
    )


def questions(
    facts: Iterable[str], effective: EffectiveFacts, knowledge: KnowledgeBase
) -> tuple[str, ...]:
    """What to ask for these facts, each question once."""
    asked = (name for fact in facts for name in asked_for(fact, effective, knowledge))
    return tuple(dict.fromkeys(_question(name, effective, knowledge) for name in asked))


def asked_for(fact: str, effective: EffectiveFacts, knowledge: KnowledgeBase) -> tuple[str, ...]:
    """The fact itself, or the open answers that it follows from."""
    definition = knowledge.facts.get(fact)
    instead = definition.asked_as if definition else ()
    still_open = tuple(name for name in instead if not isinstance(effective.answer(name), Known))
    return still_open or (fact,)


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
    "medications.atc": (
        "An ATC code is too short to tell: which medicine is it? Give the code of seven characters."
    ),
    "site": "What is on the skin there? Record the finding with its region and side.",
}


def _uncheckable(what: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(names)
    return (
        f"The {what} {listed} is not in the knowledge base and cannot be checked by the program. "
        "Does it matter for this treatment?"
    )
