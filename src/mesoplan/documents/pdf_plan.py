"""The printed plan and the printed refusal as content: blocks of runs, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesoplan.documents.pdf_care import (
    after_blocks,
    anaesthesia_blocks,
    outcome_blocks,
    session_blocks,
    statement_list,
)
from mesoplan.documents.pdf_patient import patient_block, place_of, with_labels
from mesoplan.documents.pdf_screening import (
    derived_blocks,
    missing_blocks,
    screening_blocks,
    verdict_block,
)
from mesoplan.documents.pdf_sources import Sources
from mesoplan.documents.pdf_words import (
    Block,
    Runs,
    capital,
    clean,
    day,
    heading,
    in_words,
    lead,
    paragraph,
    soft,
    strong,
    table,
    value,
    verbatim,
    words,
)
from mesoplan.documents.pdf_zones import dose_table, group_rows, zone_blocks
from mesoplan.documents.sheet_values import SHORT_HASH
from mesoplan.documents.typesetting import NOTICE, TEXT_POINTS, HeadRow, Printed
from mesoplan.planning import Plan, Refusal
from mesoplan.planning.values import RefusalCode, RefusalReason
from mesoplan.vocabulary.quantity import Quantity, Unit

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase

SHORT_RELEASE = 12
"""So many hexadecimal digits of the knowledge release stand on paper."""

LONGEST_HEAD = 48
"""So many characters of the patient's label stand at the head of each page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Which released plan a page shows: its number in the course, and the hash of its content."""

    number: int
    fingerprint: str


def sheet(
    decision: Plan | Refusal,
    knowledge: KnowledgeBase,
    patient_label: str,
    released: Released | None = None,
) -> Printed:
    """Everything that the template draws, as plain values."""
    sources = Sources.of(knowledge)
    screening = decision.screening
    is_plan = isinstance(decision, Plan)
    zones = "; ".join(
        f"{option.indication.label}, {place_of(option.zone, knowledge)}"
        for option in screening.options
    )
    body = [
        *(_plan(decision, sources) if isinstance(decision, Plan) else _refusal(decision, sources)),
        heading(1, "Sources"),
        sources.block(decision.citations),
    ]
    policy = knowledge.policies[decision.policy]
    front = [
        patient_block(screening, knowledge, patient_label),
        verdict_block(screening),
    ]
    if sources.numbers_shown:
        front.append(paragraph(soft(sources.signed_sentence())))
    asked_by = screening.request.practitioner
    release = decision.knowledge_release[:SHORT_RELEASE]
    patient: Runs = [words("Patient "), {"is": "blank", "mm": 45}]
    if patient_label.strip():
        patient = [verbatim(shortened(patient_label))]
    return {
        "title": clean(f"{'Treatment plan' if is_plan else 'No plan'}: {zones}"),
        "subtitle": [
            words(f"{day(decision.at)} · asked for by: "),
            words(asked_by.value if asked_by else "not recorded"),
            words(f" · policy: {policy.label} · knowledge release {release}"),
        ],
        "head": [
            {
                "left": [strong("Treatment plan" if is_plan else "Reasoned refusal")],
                "right": [words(day(decision.at))],
            },
            {
                "left": patient,
                "right": [words(f"Policy: {policy.label} · Knowledge {release}")],
            },
        ],
        "alerts": [],
        "notice": NOTICE,
        "foot": _foot(released),
        "body": [*front, *body],
        "places": dict(sources.several_places()),
        "paper": "a4",
        "points": TEXT_POINTS,
    }


def _foot(released: Released | None) -> HeadRow:
    if released is None:
        return {"left": [], "right": []}
    return {
        "left": [soft(f"Plan {released.number} of this course")],
        "right": [soft(f"Content hash {released.fingerprint[:SHORT_HASH]}")],
    }


def shortened(label: str) -> str:
    """The patient as the head of each page has room for; the first page carries all of it."""
    line = " ".join(label.split())
    return line if len(line) <= LONGEST_HEAD else f"{line[: LONGEST_HEAD - 1]}…"


# --- The plan ---------------------------------------------------------------------------------


def _plan(plan: Plan, sources: Sources) -> Iterator[Block]:
    yield heading(1, "At a glance")
    yield {"is": "figures", "items": _figures(plan)}
    yield table(
        ("Zone", "What and where", "Technique", "In the syringe", "Points", "Volume", "Sessions"),
        ("10", "rest", "28", "44", ">15", ">16", ">19"),
        _glance(plan, sources),
    )
    yield heading(1, "Because it is this patient")
    yield table(
        ("Fact", "What it does"),
        ("58", "rest"),
        (
            [
                [words(capital(with_labels(item.fact, sources.knowledge)))],
                [words(capital(with_labels(item.effect, sources.knowledge)))],
            ]
            for item in plan.individualised
        ),
    )
    yield from screening_blocks(plan.screening, sources)
    yield from missing_blocks(plan.screening.missing, sources.knowledge)
    for zone in plan.zones:
        yield from zone_blocks(zone, sources)
    yield from _totals(plan, sources)
    yield from anaesthesia_blocks(plan.anaesthesia, sources)
    yield from session_blocks(plan, sources)
    yield from after_blocks(plan, sources)
    yield from outcome_blocks(plan, sources)
    yield from statement_list("Told to the patient before consent", plan.statements, sources)
    yield from statement_list("Alternatives", plan.alternatives, sources)
    yield from statement_list("What sources say where they differ", plan.practice, sources)
    yield {"is": "signature"}


def _figures(plan: Plan) -> list[dict[str, object]]:
    """The few numbers that the room needs, large."""
    number_of_points = sum(int(zone.points.value.amount) for zone in plan.zones)
    shown: list[tuple[str, Quantity]] = [
        ("volume in one session", plan.totals.volume),
        ("points in one session", Quantity.of(number_of_points, Unit.COUNT)),
        ("sessions", Quantity.of(len(plan.sessions), Unit.COUNT)),
    ]
    if plan.anaesthesia.waiting is not None:
        shown.append(("waiting time of the cream", plan.anaesthesia.waiting.low.to(Unit.MIN)))
    if plan.observation.time is not None:
        shown.append(("observation", plan.observation.time.to(Unit.MIN)))
    return [{"label": label, "run": value(quantity)} for label, quantity in shown]


def _glance(plan: Plan, sources: Sources) -> Iterator[list[Runs]]:
    for zone in plan.zones:
        where = place_of(zone.zone, sources.knowledge)
        sessions: Runs = [value(zone.sessions.value)]
        if zone.interval is not None:
            sessions.append(soft(f" every {in_words(zone.interval.value)}"))
        yield [
            [words(str(zone.option.number))],
            [strong(zone.indication.label), words(f", {where}")],
            [words(zone.technique.label)],
            [words(zone.mixture.mixture.label)],
            [value(zone.points.value)],
            [value(zone.total_volume.value)],
            sessions,
        ]


def _totals(plan: Plan, sources: Sources) -> Iterator[Block]:
    yield heading(1, "Totals of one session")
    if not plan.totals.doses:
        yield paragraph(words("Nothing is injected, and no cream is planned."))
        return
    yield lead(
        words("All zones and the cream together: "),
        {**value(plan.totals.volume), "is": "strong-value"},
        words(" injected. The bar runs to 125 %; the long mark is the limit."),
    )
    yield dose_table(plan.totals.doses, sources, with_volume=False)
    groups = group_rows(plan.totals.groups, sources)
    if groups:
        yield heading(2, "Limits that count together")
        head = ("Group", "Members", "Share of one limit", "Source")
        yield table(head, ("40", "rest", "42", "30"), groups)


# --- The refusal ------------------------------------------------------------------------------


def _refusal(refusal: Refusal, sources: Sources) -> Iterator[Block]:
    yield heading(1, "Why there is no plan")
    yield table(
        ("Code", "Reason", "Way out", "Source"),
        ("34", "rest", "50", "20"),
        (
            [
                [strong(reason.code.value)],
                [words(with_labels(reason.message, sources.knowledge))],
                _way_out(reason),
                [sources.mark(*reason.citations)] if reason.citations else [],
            ]
            for reason in refusal.reasons
        ),
    )
    yield from missing_blocks(refusal.missing, sources.knowledge)
    yield from statement_list("Advice that remains", refusal.advice, sources)
    yield from statement_list("What could be done instead", refusal.alternatives, sources)
    yield from screening_blocks(refusal.screening, sources)
    yield from derived_blocks(refusal.screening, sources.knowledge)


def _way_out(reason: RefusalReason) -> Runs:
    if reason.way_out:
        return [words(capital(reason.way_out))]
    if reason.code is RefusalCode.UNDETERMINED:
        return [words("An answer; the question stands below")]
    return [words("None that a source names")]
