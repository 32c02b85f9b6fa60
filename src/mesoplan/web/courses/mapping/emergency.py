"""Emergency cards as a page shows them, for one patient or for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mesoplan.documents.emergency_card import write_emergency_cards
from mesoplan.documents.emergency_words import again, lead, person, signed_sentence, stated
from mesoplan.planning import EmergencyCard, emergency_card, emergency_cards
from mesoplan.planning.emergency import CardDrug, Measured
from mesoplan.vocabulary.answer import Known, Unknown
from mesoplan.vocabulary.errors import ClinicalInputError, UnknownNameError
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.web.accounts.models import Clinic
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.days import age_on
from mesoplan.web.patients.mapping import knowledge
from mesoplan.web.patients.models import Patient

LARGE_STEPS = 3
"""So many steps stand in the largest type, as on paper."""

NOBODY = Unknown("for nobody in particular")
"""Weight and age of a card that hangs on the wall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Weight and age of the person that a card is for."""

    weight: Measured = NOBODY
    age: Measured = NOBODY


def person_of(patient: Patient, answers: Sheet, *, at: date) -> Person:
    """Weight and age as they were answered; what was not stays unknown."""
    weight = answers.value("patient.weight_kg")
    born = patient.birth_date
    return Person(
        weight=_weight(weight) if isinstance(weight, str) else Unknown("weight not recorded"),
        age=Unknown("birth date not recorded") if born is None else _age(born, at),
    )


def _weight(text: str) -> Measured:
    return Known(Quantity(Decimal(text), Unit.KG))


def _age(born: date, at: date) -> Measured:
    return Known(Quantity(Decimal(age_on(born, at)), Unit.YEAR))


def cards_for(person: Person) -> tuple[EmergencyCard, ...]:
    """Every card, in the order in which they hang on the wall."""
    return emergency_cards(knowledge(), weight=person.weight, age=person.age)


def card_for(name: str, person: Person) -> EmergencyCard | None:
    """One card, or ``None`` where there is no emergency of that name."""
    try:
        return emergency_card(name, knowledge(), weight=person.weight, age=person.age)
    except UnknownNameError:
        return None


def shown(card: EmergencyCard) -> dict[str, Any]:
    """What the page of one card says, in its order."""
    record = card.emergency
    steps = list(_steps(card))
    return {
        "id": record.id,
        "label": record.label,
        "person": person(card),
        "call": record.call.text,
        "first": steps[:LARGE_STEPS],
        "rest": steps[LARGE_STEPS:],
        "signs": [item.text for item in record.signs],
        "drugs": [_drug(drug) for drug in card.drugs],
        "afterwards": [item.says.text for item in record.afterwards],
        "differences": [item.text for item in record.differences],
        "not_known": list(record.not_known),
        "kit": [item.says.text for item in card.kit],
        "signed": signed_sentence((card,)),
        "sources": sorted({item.citation.id for item in (*record.signs, record.call)}),
    }


def _steps(card: EmergencyCard) -> Iterator[dict[str, Any]]:
    """Each step; a dose stands with the first step that names its drug."""
    drugs = {drug.drug.id: drug for drug in card.drugs}
    for number, step in enumerate(card.emergency.steps, 1):
        drug = drugs.pop(step.drug, None) if step.drug else None
        doses = [f"{drug.drug.label}: {lead(dose)}" for dose in drug.lead] if drug else []
        yield {"number": number, "text": step.says.text, "doses": doses}


def _drug(drug: CardDrug) -> dict[str, Any]:
    return {
        "label": drug.drug.label,
        "when": drug.drug.when.text,
        "doses": [
            {"stated": stated(dose), "again": again(dose.rule), "source": _source(dose.rule.amount)}
            for dose in drug.doses
        ],
        "cautions": [item.text for item in drug.drug.cautions],
        "kit": drug.kit.says.text if drug.kit else "",
    }


def _source(amount: object) -> str:
    citation = getattr(amount, "citation", None)
    return citation.id if citation is not None else ""


def cards_pdf(
    cards: tuple[EmergencyCard, ...], *, clinic: Clinic, label: str, printed_on: date
) -> bytes:
    """The cards on paper. An emergency number that is too long to print is left to be written."""
    number = clinic.emergency_number
    try:
        return _pdf(cards, clinic, number, label, printed_on)
    except ClinicalInputError:
        return _pdf(cards, clinic, "", label, printed_on)


def _pdf(
    cards: tuple[EmergencyCard, ...], clinic: Clinic, number: str, label: str, printed_on: date
) -> bytes:
    return write_emergency_cards(
        cards,
        knowledge(),
        emergency_number=number,
        printed_on=printed_on,
        clinic=clinic.name,
        patient_label=label,
        paper="us-letter" if clinic.paper == "us-letter" else "a4",
    )
