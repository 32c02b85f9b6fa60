"""An emergency card as text for people: who is called, what is done in order, then the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mesoplan.documents.emergency_words import (
    again,
    for_person,
    lead,
    most,
    people,
    person,
    signed_sentence,
    stated,
    strength,
    where,
)
from mesoplan.documents.text_screening import DISCLAIMER, SHORT_RELEASE, wrapped
from mesoplan.knowledge.schema.emergencies import DoseBasis
from mesoplan.vocabulary.answer import Unknown

if TYPE_CHECKING:
    from mesoplan.planning.emergency import CardDose, CardDrug, EmergencyCard
    from mesoplan.vocabulary.source import Statement


def emergency_text(card: EmergencyCard) -> str:
    """The card; the source of each line stands behind it in brackets."""
    record = card.emergency
    lines = [
        record.label.upper(),
        "",
        *wrapped(f"CALL: {_said(record.call)}", ""),
        *_section("DO", _steps(card)),
        *_section("RECOGNISE", _items(record.signs)),
        *_section("DRUGS", (line for drug in card.drugs for line in _drug(drug))),
        *_section(
            "IN THE EMERGENCY KIT",
            (line for item in card.kit for line in wrapped(_said(item.says), "  - ")),
        ),
        *_section(
            "AFTERWARDS",
            (line for item in record.afterwards for line in wrapped(_said(item.says), "  - ")),
        ),
        *_section("WHERE SOURCES DIFFER", _items(record.differences)),
        *_section(
            "NOT KNOWN", (line for item in record.not_known for line in wrapped(item, "  - "))
        ),
        "",
        *wrapped(person(card) + ".", ""),
        signed_sentence((card,)),
        f"knowledge {card.knowledge_release[:SHORT_RELEASE]}",
        DISCLAIMER,
        "",
    ]
    return "\n".join(lines)


def _section(head: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", head, *found] if found else []


def _items(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        yield from wrapped(_said(statement), "  - ")


def _said(statement: Statement) -> str:
    return f"{statement.text} [{statement.citation.id}]"


def _steps(card: EmergencyCard) -> Iterator[str]:
    drugs = {drug.drug.id: drug for drug in card.drugs}
    told: set[str] = set()
    for place, step in enumerate(card.emergency.steps, 1):
        yield from wrapped(_said(step.says), f"  {place:>2}. ")
        if step.drug and step.drug not in told:
            told.add(step.drug)
            drug = drugs[step.drug]
            for dose in drug.lead:
                yield from wrapped(f"{drug.drug.label}: {lead(dose)}", "        ")


def _drug(drug: CardDrug) -> Iterator[str]:
    record = drug.drug
    yield f"  {record.label}"
    yield from wrapped(_said(record.when), "    when      ")
    if strength(record.strength):
        yield f"    strength  {strength(record.strength)}"
    held = drug.kit.id if drug.kit else f"NOT IN THE KIT: {record.not_in_kit}"
    yield from wrapped(held, "    kit       ")
    for dose in drug.doses:
        yield from _dose(dose)
    if not drug.doses:
        yield "    dose      none was read for this person"
    for caution in record.cautions:
        yield from wrapped(_said(caution), "    caution   ")


def _dose(dose: CardDose) -> Iterator[str]:
    rule = dose.rule
    meant = people(rule)
    head = f"{rule.purpose}, {meant}" if meant else rule.purpose
    source = f" [{rule.numbers[0].citation.id}]" if rule.numbers else ""
    way = "" if isinstance(rule.amount, Unknown) else f", {where(rule)}"
    yield from wrapped(f"{head}: {stated(dose)}{way}{source}", "    dose      ")
    mine = for_person(dose)
    if mine and rule.basis is DoseBasis.PER_KILOGRAM:
        yield from wrapped(f"for this person {mine}", "              ")
    for text in (again(rule), most(dose), rule.note):
        if text:
            yield from wrapped(text, "              ")
