"""What surrounds the injections on the printed sheet: cream, sessions, readiness, aftercare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mesoplan.documents.pdf_sources import Sources, note_of
from mesoplan.documents.pdf_words import (
    Block,
    Runs,
    capital,
    day,
    heading,
    in_words,
    lead,
    line_break,
    paragraph,
    points,
    soft,
    span,
    strong,
    table,
    unknown,
    value,
    window,
    words,
)
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Unit

if TYPE_CHECKING:
    from mesoplan.mixture import Dose
    from mesoplan.planning.values import (
        Anaesthesia,
        Line,
        Plan,
        Planned,
        RedFlag,
        ScaleUse,
    )
    from mesoplan.vocabulary.source import Statement

_URGENCY = {
    "urgent": "Urgent now",
    "call": "Call within a day",
    # The sign itself may be expected; a red flag answered with yes never is (planning/triage.py).
    "expected": "Call within a day",
}


def statement_list(
    title: str, statements: Iterable[Statement], sources: Sources, *, level: int = 1
) -> Iterator[Block]:
    """A heading and one point a statement, or nothing where there is none."""
    items = [sources.said(item) for item in statements]
    if items:
        yield heading(level, title)
        yield points(items)


def _checklist(
    title: str, lines: Iterable[Line], sources: Sources, *, marker: str = "check"
) -> Iterator[Block]:
    items: list[Runs] = []
    for line in lines:
        time: Runs = [strong(f"{in_words(line.time)}: ")] if line.time is not None else []
        items.append([*time, *sources.said(line.says)])
    if items:
        yield heading(2, title)
        yield points(items, marker=marker)


# --- Before -----------------------------------------------------------------------------------


def anaesthesia_blocks(anaesthesia: Anaesthesia, sources: Sources) -> Iterator[Block]:
    """The cream with mass, area and waiting time; what may be absorbed; the label's own limits."""
    yield heading(1, "Anaesthesia")
    if anaesthesia.cream is None:
        yield paragraph(strong("No cream. "), words(_why_no_cream(anaesthesia.reason)))
    else:
        yield lead(strong(anaesthesia.cream.label))
        numbers = (
            ("Mass of cream", anaesthesia.mass),
            ("On an area of", anaesthesia.area),
            ("Waiting time before the session", anaesthesia.waiting),
            ("Share that may be absorbed", anaesthesia.absorbed_share),
        )
        yield table(
            ("What", "Planned", "Range, and how it came about", "Source"),
            ("46", "26", "rest", "36"),
            (_row(name, number, sources) for name, number in numbers),
        )
    if anaesthesia.doses:
        yield paragraph(
            words("At most absorbed, counted in the totals: "),
            *_absorbed(anaesthesia.doses, sources),
        )
    if anaesthesia.label_checks:
        yield table(
            ("Limit of the label", "Planned", "At most", "Kept", "Source"),
            ("46", ">26", ">26", "rest", "36"),
            (
                [
                    [words(f"{capital(check.what)} of the cream")],
                    [value(check.planned)],
                    [value(check.limit)],
                    [words("yes") if check.is_kept else strong("no, it is passed")],
                    [sources.mark(check.citation)],
                ]
                for check in anaesthesia.label_checks
            ),
        )
    if anaesthesia.cream is not None:
        yield from statement_list("Cautions", anaesthesia.cream.cautions, sources, level=2)
    yield from statement_list("What sources say about waiting", anaesthesia.said, sources, level=2)


def _why_no_cream(reason: str) -> str:
    """The reason as a sentence of its own, after the words that say there is no cream."""
    said = capital(reason.removeprefix("no cream").removeprefix(":").strip())
    return said if said.endswith((".", "?")) else f"{said}."


def _row(name: str, number: Planned | None, sources: Sources) -> list[Runs]:
    if number is None:
        return [[words(name)], [unknown("not known")], [], []]
    ends: Runs = [span(number.low, number.high)] if number.low != number.high else []
    gap = "; " if ends and number.note else ""
    return [
        [words(name)],
        [{**value(number.value), "is": "strong-value"}],
        [*ends, *note_of(f"{gap}{number.note}")],
        [sources.planned(number)],
    ]


def _absorbed(doses: Iterable[Dose], sources: Sources) -> Runs:
    runs: Runs = []
    for dose in doses:
        label = sources.knowledge.substances[dose.substance].label.lower()
        amount = (
            unknown("dose not known")
            if isinstance(dose.amount, Unknown)
            else {**value(dose.amount), "is": "strong-value"}
        )
        gap = "; " if runs else ""
        runs += [words(f"{gap}{label} "), amount, sources.mark(dose.citation)]
    return runs


def session_blocks(plan: Plan, sources: Sources) -> Iterator[Block]:
    """The visits with their dates, what must be ready, and how long the patient is observed."""
    yield heading(1, "Sessions")
    minutes = plan.session_minutes
    yield lead(
        words("One session takes "),
        {**span(minutes.low.to(Unit.MIN), minutes.high.to(Unit.MIN)), "is": "strong-value"},
        *note_of(f" ({minutes.note})" if minutes.note else ""),
        words(" "),
        sources.planned(minutes),
    )
    yield table(
        ("Session", "Date", "Zones", "Done on, by"),
        ("20", "50", "40", "rest"),
        (
            [
                [words(str(item.number))],
                [strong(day(item.date))],
                [words(", ".join(str(number) for number in item.zones))],
                [{"is": "blank", "mm": 50}],
            ]
            for item in plan.sessions
        ),
    )
    yield from statement_list("Maintenance", plan.maintenance, sources, level=2)
    yield heading(1, "Before each session")
    yield from _checklist("Ready", plan.readiness, sources)
    yield from _checklist("Emergency kit", plan.emergency_kit, sources)
    yield from _checklist("The patient, beforehand", plan.before, sources, marker="dot")
    yield from _checklist("Observation", (plan.observation,), sources)


# --- After ------------------------------------------------------------------------------------


def after_blocks(plan: Plan, sources: Sources) -> Iterator[Block]:
    """What is expected and when, what is not, aftercare and checks."""
    regions = sources.knowledge.regions
    yield heading(1, "After the session")
    if plan.expected_reactions:
        yield heading(2, "Expected reactions")
        yield table(
            ("Reaction", "Where", "Expected after the session", "Source"),
            ("60", "40", "rest", "24"),
            (
                [
                    [words(item.label)],
                    [
                        words(regions[item.region].label),
                        *([soft(" said to be commoner here")] if item.commoner_here else []),
                    ],
                    [window(item.start, item.end)],
                    [sources.mark(item.citation)],
                ]
                for item in plan.expected_reactions
            ),
        )
        yield paragraph(
            soft("Later than its window, or anything that is not listed: call within a day.")
        )
    if plan.red_flags:
        yield heading(2, "Red flags, asked at every check")
        yield table(
            ("Question", "If yes", "What to do"),
            ("66", "34", "rest"),
            (_red_flag(flag, sources) for flag in plan.red_flags),
        )
    yield from _checklist("Aftercare", plan.aftercare, sources, marker="dot")
    yield from statement_list("Advice", plan.advice, sources, level=2)
    if plan.follow_up:
        yield heading(2, "Follow-up")
        yield table(
            ("After the last session", "What is asked", "Done on, by"),
            ("40", "rest", "36"),
            (
                [
                    [span(item.due, item.latest)],
                    sources.said(item.what),
                    [{"is": "blank", "mm": 30}],
                ]
                for item in plan.follow_up
            ),
        )


def _red_flag(flag: RedFlag, sources: Sources) -> list[Runs]:
    actions: Runs = []
    for action in flag.actions:
        if actions:
            actions.append(line_break())
        actions += sources.said(action)
    return [
        [words(flag.question)],
        [{"is": "triage", "urgent": flag.urgency == "urgent", "text": _URGENCY[flag.urgency]}],
        actions,
    ]


def outcome_blocks(plan: Plan, sources: Sources) -> Iterator[Block]:
    """How the result is measured, and when the course ends for want of one."""
    yield heading(1, "How the result is measured")
    if plan.scales:
        yield table(
            ("Scale", "When", "Below this it is not called a change", "Source"),
            ("60", "40", "rest", "24"),
            (_scale(item, sources) for item in plan.scales),
        )
    yield from statement_list("Stop rule", plan.stop_rules, sources, level=2)


def _scale(item: ScaleUse, sources: Sources) -> list[Runs]:
    name: Runs = [words(item.label)]
    if item.named_only:
        name.append(soft(" named only; its licence is the reader's to obtain"))
    change: Runs
    if isinstance(item.smallest_change, Unknown):
        change = [unknown("not known"), soft(f" {item.smallest_change.reason}")]
    else:
        change = [value(item.smallest_change)]
    return [name, [words(item.when)], change, [sources.mark(item.citation)]]
