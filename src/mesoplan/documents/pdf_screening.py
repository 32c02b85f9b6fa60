"""The patient and the screening on the printed sheet: verdict, findings, what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mesoplan.documents.pdf_sources import Sources
from mesoplan.documents.pdf_words import (
    Block,
    Runs,
    capital,
    clean,
    day,
    heading,
    in_words,
    joined,
    paragraph,
    points,
    soft,
    strong,
    table,
    unknown,
    verdict,
    words,
)
from mesoplan.vocabulary.answer import Answer, Known, NotApplicable, Unknown
from mesoplan.vocabulary.finding import MissingAnswer, Outcome, Result, Strength, Verdict
from mesoplan.vocabulary.patient import Allergies, FactType, Medications, Sex, Side
from mesoplan.vocabulary.quantity import Quantity

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.screening import Screening
    from mesoplan.vocabulary.request import Zone

SIDES = {
    Side.LEFT: "left",
    Side.RIGHT: "right",
    Side.BOTH: "both sides",
    Side.MIDLINE: "midline",
}
_NO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
BANNER_FACTS = (
    ("anticoagulant_therapy", ""),
    ("pregnant", "can_become_pregnant"),
    ("breastfeeding", "can_breastfeed"),
)
"""Facts at the head of the sheet, each with the fact that can make it a question in vain."""


def place_of(zone: Zone, knowledge: KnowledgeBase) -> str:
    """The region and side of a zone in words."""
    return f"{knowledge.regions[zone.region].label.lower()}, {SIDES[zone.side]}"


def fact_label(fact: str, knowledge: KnowledgeBase) -> str:
    """The label of a fact, or its id as words where it is no fact of the base."""
    definition = knowledge.facts.get(fact)
    return definition.label if definition else capital(re.sub(r"[_.]", " ", fact))


_FACT_ID = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")


def with_labels(sentence: str, knowledge: KnowledgeBase) -> str:
    """A sentence of the program in which fact ids give way to their labels."""

    def label(found: re.Match[str]) -> str:
        definition = knowledge.facts.get(found.group())
        return definition.label.lower() if definition else found.group().replace("_", " ")

    return _FACT_ID.sub(label, sentence)


# --- The patient ------------------------------------------------------------------------------


def patient_block(screening: Screening, knowledge: KnowledgeBase, label: str) -> Block:
    """Who it is, and what everyone in the room must know first; unknown stands as unknown."""
    facts, effective = screening.facts, screening.effective
    cells: list[tuple[str, Runs]] = [
        ("Patient", [strong(label)] if label.strip() else [{"is": "blank", "mm": 45}]),
        ("Born", _born(facts.birth_date, effective.answer("age"))),
        ("Sex (body model)", _sex(facts.sex)),
        ("Weight", _answer(facts.answer("weight"))),
        ("Height", _answer(facts.answer("height"))),
        ("Phototype", _answer(facts.answer("phototype"))),
        ("Allergies", _allergies(facts.allergies, knowledge)),
        ("Medicines", _medicines(facts.medications, knowledge)),
    ]
    cells += [
        (knowledge.facts[fact].label, _answer(effective.answer(fact)))
        for fact, gate in BANNER_FACTS
        if fact in knowledge.facts and not _is_known_no(effective.answer(gate))
    ]
    return {
        "is": "facts",
        "cells": [{"label": clean(name), "runs": runs} for name, runs in cells],
    }


def _is_known_no(answer: Answer[object]) -> bool:
    return isinstance(answer, Known) and answer.value is False


def _born(birth: Answer[object], age: Answer[object]) -> Runs:
    match birth, age:
        case Known(value=born), Known(value=Quantity() as years):
            return [words(_dated(str(born))), soft(f" {in_words(years)}")]
        case _:
            return [unknown("unknown")]


def _sex(sex: Sex) -> Runs:
    return [unknown("unknown")] if sex is Sex.UNKNOWN else [words(sex.value)]


def _answer(answer: Answer[object]) -> Runs:
    match answer:
        case Known(value=Quantity() as quantity):
            return [words(in_words(quantity))]
        case Known(value=bool() as yes):
            return [words("yes" if yes else "no")]
        case Known(value=other):
            return [words(_dated(str(other)))]
        case NotApplicable(reason=reason):
            return [words("does not apply"), soft(f" {reason}")]
        case Unknown():
            return [unknown("unknown")]


def _dated(text: str) -> str:
    from datetime import date

    return _NO_DATE.sub(lambda found: day(date.fromisoformat(found.group())), text)


def _allergies(answer: Answer[Allergies], knowledge: KnowledgeBase) -> Runs:
    match answer:
        case Known(value=found):
            if found.none_known:
                return [words("none known")]
            labels = [knowledge.substances[name].label for name in found.substances]
            labels += [knowledge.groups[name].label for name in found.groups]
            return [strong(", ".join([*labels, *found.other]) or "none named")]
        case Unknown() | NotApplicable():
            return [unknown("unknown")]


def _medicines(answer: Answer[Medications], knowledge: KnowledgeBase) -> Runs:
    match answer:
        case Known(value=found):
            if found.none:
                return [words("none")]
            labels = [
                knowledge.medicines[name].label if name in knowledge.medicines else name
                for name in found.names
            ]
            codes = [f"ATC {code}" for code in found.atc]
            return [strong(", ".join([*labels, *codes, *found.other]) or "none named")]
        case Unknown() | NotApplicable():
            return [unknown("unknown")]


# --- The verdict ------------------------------------------------------------------------------


def verdict_block(screening: Screening) -> Block:
    """The verdict: shape, word, and in one line what it rests on."""
    counts = {
        outcome: sum(1 for item in screening.results if item.outcome is outcome)
        for outcome in Outcome
    }
    line = (
        f"{_counted(len(screening.results), 'rule')} looked at: "
        f"{counts[Outcome.FINDING]} with a finding, {counts[Outcome.UNANSWERED]} not answered, "
        f"{counts[Outcome.CLEARED]} cleared."
    )
    runs: Runs = [words(line)]
    if screening.verdict_after_override is not None:
        level = screening.verdict_after_override.value
        runs += [{"is": "break"}, words("After override: "), verdict(level, capital(level))]
    word = capital(screening.verdict.value)
    until = _deferred_until(screening)
    if until:
        word = f"Deferred to {until}"
    return {"is": "hero", "level": screening.verdict.value, "word": clean(word), "runs": runs}


def _deferred_until(screening: Screening) -> str:
    """The last day of the deferrals, where it is known for each of them."""
    if screening.verdict is not Verdict.DEFERRED:
        return ""
    dates = [
        item.clears.on if item.clears else None
        for item in screening.findings
        if item.verdict is Verdict.DEFERRED
    ]
    known = [when for when in dates if when is not None]
    return day(max(known)) if known and len(known) == len(dates) else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


# --- Findings ---------------------------------------------------------------------------------


def screening_blocks(screening: Screening, sources: Sources) -> Iterator[Block]:
    """Every finding and every rule that waits for an answer, worst first; then the cleared."""
    knowledge = sources.knowledge
    yield heading(1, "Screening")
    open_results = [item for item in screening.results if item.outcome is not Outcome.CLEARED]
    if not open_results:
        yield paragraph(words("No rule gave a finding and every answer was there."))
    for item in screening.findings:
        yield _finding(item, sources)
    waiting = [item for item in open_results if item.outcome is Outcome.UNANSWERED]
    if waiting:
        yield heading(2, "Rules that wait for an answer")
        yield table(
            ("Rule", "Waits for", "Until then", "Sources"),
            ("rest", "54", "34", "24"),
            (_waiting(item, sources) for item in waiting),
        )
    for aside in screening.set_aside:
        option = aside.option
        if option.mixture is not None and option.technique is not None:
            why = "; ".join(item.message for item in aside.findings)
            yield paragraph(
                strong(f"Set aside in zone {option.number}. "),
                words(f"{option.mixture.label}, {option.technique.label.lower()}: {why}"),
            )
    yield from _disagreements(screening, knowledge)
    cleared = [item for item in screening.results if item.outcome is Outcome.CLEARED]
    if cleared:
        labels = dict.fromkeys(knowledge.rules[item.rule].label for item in cleared)
        yield paragraph(
            strong(f"Looked at and cleared ({len(cleared)}). "), soft("; ".join(labels))
        )


def derived_blocks(screening: Screening, knowledge: KnowledgeBase) -> Iterator[Block]:
    """Facts that were not asked because they follow from other answers."""
    if screening.derived:
        items: list[Runs] = [
            [
                words(f"{fact_label(item.fact, knowledge)}: {'yes' if item.value else 'no'}"),
                soft(f" because {with_labels(item.because, knowledge)}"),
            ]
            for item in screening.derived
        ]
        yield heading(2, "What follows from other answers")
        yield points(items)


def _disagreements(screening: Screening, knowledge: KnowledgeBase) -> Iterator[Block]:
    for gap in screening.disagreements:
        recorded, derived = (
            "yes" if is_yes else "no" for is_yes in (gap.recorded, gap.derived.value)
        )
        yield paragraph(
            strong("Answers disagree. "),
            words(
                f"{fact_label(gap.fact, knowledge)}: answered {recorded}, but "
                f"{with_labels(gap.derived.because, knowledge)} gives {derived}. "
                "The worse one holds."
            ),
        )


def _finding(item: Result, sources: Sources) -> Block:
    knowledge = sources.knowledge
    lines: list[tuple[str, Runs]] = []
    if item.because:
        reasons = (f"{fact_label(fact, knowledge)}: {_dated(said)}" for fact, said in item.because)
        lines.append(("Because", [words("; ".join(reasons))]))
    lines.append(("Strength", [words(_strength(item))]))
    if item.clears is not None:
        lines.append(("Clears", _clears(item, sources)))
    if item.overridden is not None:
        lines.append(("Overridden", _override(item, knowledge)))
    lines.append(_positions(item, sources))
    word = capital(item.verdict.value)
    if item.clears is not None and item.clears.on is not None:
        word = f"{word} to {day(item.clears.on)}"
    subject = f" ({item.subject})" if item.subject else ""
    return {
        "is": "finding",
        "level": item.verdict.value,
        "word": clean(word),
        "title": clean(f"{item.message}{subject}"),
        "lines": [{"label": name, "runs": runs} for name, runs in lines],
    }


def _waiting(item: Result, sources: Sources) -> list[Runs]:
    """A rule that nobody has answered: what it looks for, what it needs, what it counts as."""
    asked = ", ".join(fact_label(fact, sources.knowledge) for fact in item.missing)
    subject = f" ({item.subject})" if item.subject else ""
    label = sources.knowledge.rules[item.rule].label
    return [
        [words(f"{label}{subject}")],
        [unknown(asked or "an answer")],
        [verdict(item.verdict.value, capital(item.verdict.value))],
        [sources.mark(*item.citations)],
    ]


def _strength(item: Result) -> str:
    if item.strength is Strength.ABSOLUTE:
        return "absolute: it stands, and no override is possible"
    if item.overridden is not None:
        return "relative"
    if item.overridable:
        return "relative: a physician may override it with a coded reason"
    return "relative"


def _clears(item: Result, sources: Sources) -> Runs:
    if item.clears is None:
        return []
    runs: Runs = [words(item.clears.what)]
    if item.clears.on is not None:
        runs.append(strong(f"; from {day(item.clears.on)}"))
    if item.clears.citation is not None:
        runs.append(sources.mark(item.clears.citation))
    return runs


def _override(item: Result, knowledge: KnowledgeBase) -> Runs:
    if item.overridden is None:
        return []
    reason = knowledge.override_reasons.get(item.overridden.reason)
    why = reason.label if reason else item.overridden.reason
    return [
        strong(f"by {item.overridden.by}"),
        words(f": {why}. The verdict stays; for the plan this counts as "),
        verdict("caution", "Caution"),
    ]


def _positions(item: Result, sources: Sources) -> tuple[str, Runs]:
    """The sources: one line where they agree, each with its own verdict where they differ."""
    if len({(own.verdict, own.strength) for own in item.positions}) <= 1:
        groups: list[Runs] = [
            [*([words(f"{own.says} ")] if own.says else []), sources.mark(own.citation)]
            for own in item.positions
        ]
        return "Sources", joined(groups, " ")
    runs: Runs = []
    for own in item.positions:
        if runs:
            runs.append({"is": "break"})
        said = f". {own.says}" if own.says else ""
        runs += [
            verdict(own.verdict.value, capital(own.verdict.value)),
            words(f", {own.strength.value}{said} "),
            sources.mark(own.citation),
        ]
    return "Sources differ", runs


# --- What is missing --------------------------------------------------------------------------


def missing_blocks(missing: tuple[MissingAnswer, ...], knowledge: KnowledgeBase) -> Iterator[Block]:
    """Every missing answer as a blank to fill in."""
    if not missing:
        return
    yield heading(1, "Answers still missing")
    yield paragraph(
        soft("Unknown is never read as no. Each answer is needed before it is settled.")
    )
    yield {"is": "blanks", "items": [_blank(item, knowledge) for item in missing]}


def _blank(item: MissingAnswer, knowledge: KnowledgeBase) -> dict[str, object]:
    definition = knowledge.facts.get(item.fact)
    boxes: list[str] = []
    unit = ""
    if definition is not None and definition.type is FactType.BOOLEAN:
        boxes = ["yes", "no", "not known"]
    elif definition is not None and definition.type is FactType.CHOICE:
        boxes = [*(definition.choices.values() or definition.choices), "not known"]
    elif definition is not None and definition.unit is not None:
        unit = definition.unit.symbol
    elif definition is not None and definition.type is FactType.DATE:
        unit = "day, month, year"
    rules = [knowledge.rules[name].label for name in item.rules if name in knowledge.rules]
    why = f"For: {'; '.join(dict.fromkeys(rules))}" if rules else ""
    return {
        "question": clean(item.question),
        "boxes": [clean(box) for box in boxes],
        "unit": clean(unit),
        "needs-line": definition is None or definition.type is not FactType.BOOLEAN,
        "why": clean(why),
    }
