"""Emergency cards as PDF, to hang on the wall or to print for one person: one page each.

The first three steps and their doses stand in large type. A dose for one person stands there only
where weight and age allow it; else the rule for each kilogram, and a line to fill in by hand.
Behind the cards follow every dose with its limits, the kit, where sources differ, what is not
known, and the sources in full; each card has them short in its foot.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from mesoplan.documents.emergency_words import (
    ROUTES,
    again,
    ends,
    for_person,
    in_all,
    most,
    people,
    person,
    signed_sentence,
    stated,
    where,
)
from mesoplan.documents.pdf_sources import Sources
from mesoplan.documents.pdf_words import (
    Block,
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
from mesoplan.knowledge.schema.emergencies import DoseBasis
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.source import ClinicalNumber

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.planning.emergency import CardDose, CardDrug, EmergencyCard
    from mesoplan.vocabulary.source import Source

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
        ClinicalInputError: no card, cards of another release of the knowledge base, or a number
            that is too long to be printed whole.
    """
    number = " ".join(emergency_number.split())
    if len(number) > LONGEST_NUMBER:
        raise ClinicalInputError(
            expected=f"an emergency number of at most {LONGEST_NUMBER} characters",
            came=number,
            key="emergency_number",
        )
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
        "number": clean(number),
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
        "afterwards": [sources.said(item.says) for item in record.afterwards],
        "not-known": [[words(text)] for text in record.not_known],
        "back": {
            "doses": [
                row
                for drug in card.drugs
                for row in (_row(drug, dose, sources) for dose in drug.doses)
            ],
            "kit": [sources.said(item.says) for item in card.kit],
            "differences": [sources.said(item) for item in record.differences],
        },
    }


def _steps(card: EmergencyCard, sources: Sources) -> list[Block]:
    """The steps in order; a drug's leading doses stand beneath the first step that gives it."""
    drugs = {drug.drug.id: drug for drug in card.drugs}
    told: set[str] = set()
    found = []
    for place, step in enumerate(card.emergency.steps, 1):
        doses: list[Runs] = []
        if step.drug and step.drug not in told:
            told.add(step.drug)
            lead = drugs[step.drug].lead
            doses = [_large(dose) for dose in lead if isinstance(dose.rule.amount, ClinicalNumber)]
        found.append({"number": str(place), "runs": sources.said(step.says), "doses": doses})
    return found


def _large(dose: CardDose) -> Runs:
    """A dose beneath its step: whose, how much, in what time, where."""
    rule = dose.rule
    runs: Runs = [words(f"{_whose(dose)}: "), *_amount(dose)]
    if isinstance(rule.over, ClinicalNumber):
        runs.append(words(f" over {ends(rule.over)}"))
    return [*runs, words(f", {where(rule)}")]


def _whose(dose: CardDose) -> str:
    return ", ".join(text for text in (dose.rule.purpose, people(dose.rule)) if text)


def _amount(dose: CardDose) -> Runs:
    """For this person; else as stated, with a line to fill in where the weight is wanting."""
    mine = for_person(dose)
    if mine:
        return [strong(mine)]
    runs: Runs = [strong(stated(dose))]
    if dose.rule.basis is DoseBasis.PER_KILOGRAM:
        runs += [words(" = "), {"is": "blank", "mm": _BLANK_MM}]
    return runs


def _drug(drug: CardDrug, sources: Sources) -> dict[str, Any]:
    """A drug on the front: the leading doses, what other sources state, what to heed."""
    record = drug.drug
    head: Runs = [strong(record.label)]
    if isinstance(record.strength, ClinicalNumber):
        head += [words(f" {ends(record.strength)} "), sources.stated(record.strength)]
    head += [words(". "), *sources.said(record.when)]
    if not drug.kit:
        head += [tag("not in the kit")]
    others = [dose for dose in drug.doses if dose not in drug.lead]
    return {
        "head": head,
        "lines": [_line(dose, sources) for dose in drug.lead]
        or [[unknown("no dose was read for this person")]],
        "also": [[soft("also stated: "), *_short(dose, sources)] for dose in others],
        "cautions": [sources.said(caution) for caution in record.cautions],
    }


def _line(dose: CardDose, sources: Sources) -> Runs:
    rule = dose.rule
    if isinstance(rule.amount, Unknown):
        return [unknown(stated(dose))]
    limits = "; ".join(text for text in (again(rule), in_all(dose)) if text)
    runs: Runs = [words(f"{_whose(dose)}: "), *_amount(dose), words(f", {where(rule)}")]
    return [*runs, words(f"; {limits} " if limits else " "), sources.stated(rule.amount)]


def _short(dose: CardDose, sources: Sources) -> Runs:
    rule = dose.rule
    if isinstance(rule.amount, Unknown):
        marks = sources.mark(*(number.citation for number in rule.numbers))
        return [words(", ".join(text for text in (stated(dose), again(rule)) if text)), marks]
    per_kilogram = rule.basis is DoseBasis.PER_KILOGRAM
    mine = f" = {for_person(dose)}" if per_kilogram and for_person(dose) else ""
    text = f"{_whose(dose)}, {stated(dose)}{mine}, {ROUTES[rule.route]} "
    return [words(text), sources.stated(rule.amount)]


def _row(drug: CardDrug, dose: CardDose, sources: Sources) -> list[Runs]:
    """One dose on the back: which, as stated, for this person, again, the most, with what note."""
    rule = dose.rule
    which: Runs = [strong(drug.drug.label), line_break(), words(_whose(dose))]
    limits = "; ".join(text for text in (again(rule), most(dose), rule.note) if text)
    if isinstance(rule.amount, Unknown):
        marks = [sources.mark(*(number.citation for number in rule.numbers))]
        return [which, [unknown(stated(dose))], [], [words(limits), *marks]]
    cited = rule.amount.citation
    others = [number.citation for number in rule.numbers if number.citation != cited]
    reason = dose.dose.reason if isinstance(dose.dose, Unknown) else ""
    return [
        [*which, line_break(), soft(where(rule))],
        [words(f"{stated(dose)} "), sources.stated(rule.amount)],
        [strong(for_person(dose))] if for_person(dose) else [unknown(reason)],
        [words(limits), sources.mark(*others)],
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
