"""The screening on the printed sheet: verdict, findings, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mesoplan.documents.pdf_patient import dated, fact_label, with_labels
from mesoplan.documents.pdf_sources import Sources
from mesoplan.documents.pdf_words import (
    Block,
    Runs,
    capital,
    clean,
    day,
    heading,
    joined,
    lead,
    paragraph,
    points,
    soft,
    strong,
    table,
    unknown,
    verdict,
    words,
)
from mesoplan.vocabulary.finding import MissingAnswer, Outcome, Result, Strength, Verdict
from mesoplan.vocabulary.patient import FactType

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.screening import Screening

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
        reasons = (f"{fact_label(fact, knowledge)}: {dated(said)}" for fact, said in item.because)
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
    yield lead(soft("Unknown is never read as no. Each answer is needed before it is settled."))
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
