"""Emergency cards as PDF, to hang on the wall or to print for one person: one page each.

The first three steps and their doses stand in large type. A dose for one person stands there only
where weight and age allow it; else the rule for each kilogram, and a line to fill in by hand. The
sources stand short in the foot of each card and in full on the last pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from mesoplan.documents.emergency_words import (
    NOT_KNOWN,
    again,
    for_person,
    most,
    people,
    person,
    signed_sentence,
    stated,
    strength,
    where,
)
from mesoplan.documents.pdf_sources import Sources
from mesoplan.documents.pdf_words import (
    Block,
    Run,
    Runs,
    clean,
    day,
    line_break,
    soft,
    strong,
    tag,
    unknown,
    verbatim,
    words,
)
from mesoplan.documents.typesetting import NOTICE, Paper, typeset
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.source import ClinicalNumber

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.emergencies import EmergencyStep
    from mesoplan.planning.emergency import CardDose, CardDrug, EmergencyCard
    from mesoplan.vocabulary.source import Source, Statement

TEMPLATE = "emergency.typ"

LARGE_STEPS = 3
"""So many steps stand in the largest type."""

SHORT_RELEASE = 12
LONGEST_NUMBER = 24
LONGEST_LABEL = 60
_LONGEST_TITLE = 44

_BLANK_MM = 18


def write_emergency_cards(
    cards: tuple[EmergencyCard, ...],
    knowledge: KnowledgeBase,
    *,
    emergency_number: str,
    printed_on: date,
    clinic: str = "",
    patient_label: str = "",
    paper: Paper = "a4",
) -> bytes:
    """The cards as PDF/UA, one page each, then their sources.

    ``emergency_number`` is the number that this clinic calls; left empty, a line to fill in by
    hand stands there. ``patient_label`` stands on cards for one person.

    Raises:
        ClinicalInputError: no card, or cards of another release of the knowledge base.
    """
    if not cards or any(card.knowledge_release != knowledge.release for card in cards):
        raise ClinicalInputError(
            expected="one card or more, of this release of the knowledge base",
            came=[card.emergency.id for card in cards],
        )
    sources = Sources.of(knowledge)
    pages = [_page(card, sources) for card in cards]
    names = ", ".join(card.emergency.label for card in cards)
    content = {
        "title": clean(f"Emergency card: {names}"),
        "number": clean(_shortened(emergency_number, LONGEST_NUMBER)),
        "clinic": clean(_shortened(clinic, LONGEST_LABEL)),
        "patient": clean(_shortened(patient_label, LONGEST_LABEL)),
        "day": day(printed_on),
        "release": knowledge.release[:SHORT_RELEASE],
        "notice": NOTICE,
        "cards": [
            {**page, "sources": _foot(card, sources)}
            for page, card in zip(pages, cards, strict=True)
        ],
        "signed": clean(f"{signed_sentence(cards)} Dashed frames: not signed."),
        "sources": sources.block(()),
        "places": dict(sources.several_places()),
        "paper": paper,
    }
    at = datetime(printed_on.year, printed_on.month, printed_on.day, tzinfo=UTC)
    return typeset(content, at=at, template=TEMPLATE)


def _shortened(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _page(card: EmergencyCard, sources: Sources) -> dict[str, Any]:
    record = card.emergency
    steps = _steps(card, sources)
    return {
        "label": clean(record.label),
        "person": clean(person(card)),
        "call": sources.said(record.call),
        "first": steps[:LARGE_STEPS],
        "rest": steps[LARGE_STEPS:],
        "signs": [sources.said(sign) for sign in record.signs],
        "drugs": [_drug(drug, sources) for drug in card.drugs],
        "kit": [sources.said(item.says) for item in card.kit],
        "afterwards": [sources.said(item.says) for item in record.afterwards],
        "differences": [sources.said(item) for item in record.differences],
        "not-known": [[words(text)] for text in record.not_known],
    }


def _steps(card: EmergencyCard, sources: Sources) -> list[Block]:
    drugs = {drug.drug.id: drug for drug in card.drugs}
    told: set[str] = set()
    found = []
    for place, step in enumerate(card.emergency.steps, 1):
        new = step.drug and step.drug not in told
        told.add(step.drug)
        doses = [_large(dose) for dose in drugs[step.drug].lead] if new else []
        found.append({"number": str(place), "runs": _said(step, sources), "doses": doses})
    return found


def _said(step: EmergencyStep, sources: Sources) -> Runs:
    statement: Statement = step.says
    return sources.said(statement)


def _large(dose: CardDose) -> Runs:
    """A dose beneath its step: whose, how much, where, in what time."""
    rule = dose.rule
    if isinstance(rule.amount, Unknown):
        return [unknown(f"dose {NOT_KNOWN}")]
    meant = people(rule)
    head = f"{rule.purpose}, {meant}: " if meant else f"{rule.purpose}: "
    runs: Runs = [words(head), strong(for_person(dose) or stated(dose))]
    if rule.needs_weight and isinstance(dose.dose, Unknown):
        runs += [words(" = "), _blank()]
    over = f" {again(rule)}," if isinstance(rule.over, ClinicalNumber) else ""
    return [*runs, words(f"{over} {where(rule)}")]


def _blank() -> Run:
    return {"is": "blank", "mm": _BLANK_MM}


def _drug(drug: CardDrug, sources: Sources) -> dict[str, Any]:
    record = drug.drug
    held: Runs = [] if drug.kit else [tag("not in the kit"), soft(f" {record.not_in_kit}")]
    label: Runs = [strong(record.label)]
    if isinstance(record.strength, ClinicalNumber):
        label += [words(f" {strength(record.strength)} "), sources.stated(record.strength)]
    cautions = [sources.said(caution) for caution in record.cautions]
    return {
        "head": [*label, words(". "), *sources.said(record.when), words(" "), *held],
        "rows": [_row(dose, sources) for dose in drug.doses]
        or [[[unknown("no dose was read for this person")], [], [], []]],
        "cautions": cautions,
    }


def _row(dose: CardDose, sources: Sources) -> list[Runs]:
    """Whose and where; as stated; for this person; again, and the most."""
    rule = dose.rule
    meant = people(rule)
    whose: Runs = [words(f"{rule.purpose}, {meant}" if meant else rule.purpose)]
    limits = "; ".join(text for text in (again(rule), most(dose), rule.note) if text)
    if isinstance(rule.amount, Unknown):
        marks = [sources.mark(*(number.citation for number in rule.numbers))]
        return [whose, [unknown(stated(dose))], [], [words(limits), *marks]]
    whose += [line_break(), soft(where(rule))]
    mine = for_person(dose)
    if mine:
        for_one: Runs = [strong(mine)]
    elif rule.needs_weight:
        for_one = [_blank()]
    else:
        for_one = [soft(dose.dose.reason)] if isinstance(dose.dose, Unknown) else []
    others = [number.citation for number in rule.numbers if number.citation != rule.amount.citation]
    return [
        whose,
        [words(f"{stated(dose)} "), sources.stated(rule.amount)],
        for_one,
        [words(limits), *([sources.mark(*others)] if others else [])],
    ]


def _foot(card: EmergencyCard, sources: Sources) -> Runs:
    """The sources of one card in short, by their numbers."""
    cited = {citation.id for citation in card.emergency.citations}
    cited |= {item.says.citation.id for item in card.kit}
    parts = [
        f"{number} {_name(sources.knowledge.sources[source])}"
        for number, source in enumerate(sources.places, 1)
        if source in cited
    ]
    return [verbatim(" · ".join(parts), weight="soft")]


def _name(source: Source) -> str:
    """Who and when: enough to find the entry on the last page."""
    authors: Iterable[str] = source.author.split(" and ") if source.author else ()
    surnames = [author.split(",")[0] for author in authors]
    if surnames:
        who = _shortened(surnames[0], _LONGEST_TITLE)
        who += " and others" if len(surnames) > 1 else ""
    else:
        who = _shortened(source.title or source.id, _LONGEST_TITLE)
    return f"{who} {source.year}".strip()
