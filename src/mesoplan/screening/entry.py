"""Checks a patient's facts at the door: every answer is to a fact of the base and of its type."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from mesoplan.knowledge.reading import nearest_name
from mesoplan.vocabulary.answer import Known
from mesoplan.vocabulary.errors import ClinicalInputError, UnknownNameError
from mesoplan.vocabulary.patient import FactType, PatientFacts
from mesoplan.vocabulary.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.facts import FactDefinition


def check_facts(facts: PatientFacts, knowledge: KnowledgeBase) -> None:
    """Refuse answers that no rule could read as meant.

    Raises:
        UnknownNameError: a fact, substance, group, medicine or region that the base does not have.
        ClinicalInputError: an answer of another type or unit than its fact.
    """
    _names("answers", facts.answers, knowledge.facts)
    for fact, answer in facts.answers.items():
        if isinstance(answer, Known) and not _fits(answer.value, knowledge.facts[fact]):
            raise ClinicalInputError(
                expected=f"a {knowledge.facts[fact].type.value}", came=answer.value, key=fact
            )
    if isinstance(facts.allergies, Known):
        _names("allergies.substances", facts.allergies.value.substances, knowledge.substances)
        _names("allergies.groups", facts.allergies.value.groups, knowledge.groups)
    if isinstance(facts.medications, Known):
        _names("medications.names", facts.medications.value.names, knowledge.medicines)
    _names("sites", (site.region for site in facts.sites), knowledge.regions)


def _names(key: str, names: Iterable[str], known: Mapping[str, Any]) -> None:
    for name in names:
        if name not in known:
            raise UnknownNameError(
                expected="a name of the knowledge base",
                came=name,
                key=key,
                nearest=nearest_name(name, known),
            )


def _fits(value: object, definition: FactDefinition) -> bool:
    match definition.type:
        case FactType.BOOLEAN:
            return isinstance(value, bool)
        case FactType.DATE:
            return isinstance(value, date)
        case FactType.CHOICE:
            return isinstance(value, str) and value in definition.choices
        case FactType.QUANTITY:
            unit = definition.unit
            return isinstance(value, Quantity) and (unit is None or value.unit.converts_to(unit))
