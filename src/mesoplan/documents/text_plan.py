"""A plan or a refusal as text for people: worst first, units beside every number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mesoplan.documents.text_screening import (
    footer,
    question_lines,
    screening_lines,
    worded,
    wrapped,
)
from mesoplan.knowledge.schema.mixtures import Preparation
from mesoplan.planning import Plan, Refusal
from mesoplan.planning.totals import percent
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Unit, plain
from mesoplan.vocabulary.source import Kind

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.planning.values import Anaesthesia, Line, Planned, PlannedComponent, ZonePlan
    from mesoplan.vocabulary.source import Citation, Statement


def decision_text(decision: Plan | Refusal, knowledge: KnowledgeBase) -> str:
    """A plan or a refusal, with the screening it rests on."""
    screening = decision.screening
    body = _plan(decision) if isinstance(decision, Plan) else _refusal(decision)
    lines = [
        *screening_lines(screening, knowledge),
        "",
        *body,
        "",
        *_sources(decision.citations, knowledge),
        "",
        *footer(screening),
        "",
    ]
    return "\n".join(lines)


def _refusal(refusal: Refusal) -> Iterator[str]:
    yield "NO PLAN"
    for reason in refusal.reasons:
        cited = ", ".join(citation.id for citation in reason.citations)
        tail = f" [{cited}]" if cited else ""
        yield from wrapped(f"{reason.code.value}: {reason.message}{tail}", "- ")
        if reason.way_out:
            yield from wrapped(f"way out: {reason.way_out}", "    ")
    if refusal.missing:
        yield ""
        yield "Answers still missing:"
        for item in refusal.missing:
            yield from question_lines(item)
    yield from _statements("Advice", refusal.advice)
    yield from _statements("Alternatives", refusal.alternatives)


def _plan(plan: Plan) -> Iterator[str]:
    yield "PLAN"
    for zone in plan.zones:
        yield ""
        yield from _zone(zone)
    yield ""
    yield f"TOTAL OF ONE SESSION: {plan.totals.volume}"
    for part in plan.totals.doses:
        yield from _component(part)
    for group in plan.totals.groups:
        yield f"  {group.group.replace('-', ' ')} together: {percent(group.share)} of one limit"
    yield ""
    yield "SESSIONS"
    for session in plan.sessions:
        zones = ", ".join(str(number) for number in session.zones)
        noun = "zone" if len(session.zones) == 1 else "zones"
        yield f"  {session.number}.  {session.date}  {noun} {zones}"
    minutes = plan.session_minutes
    yield (
        f"  each {plain(minutes.low.amount)} to {plain(minutes.high.amount)} min "
        f"[{_ids(minutes.citations)}]"
    )
    yield from _statements("Maintenance", plan.maintenance)
    yield ""
    yield from _anaesthesia(plan.anaesthesia)
    yield from _care(plan)
    yield ""
    yield "BECAUSE IT IS THIS PATIENT"
    for item in plan.individualised:
        yield from wrapped(f"{item.fact}: {item.effect}", "  - ")


def _zone(zone: ZonePlan) -> Iterator[str]:
    where = f"{zone.zone.region}, {zone.zone.side.value}"
    yield f"ZONE {zone.option.number}: {zone.indication.label}, {where}"
    yield f"  protocol     {zone.protocol.label} [{zone.protocol.citation.id}]"
    yield f"  technique    {zone.technique.label}"
    if zone.needle is not None and zone.depth is not None:
        gauge = f"{zone.needle.gauge.value}, " if zone.needle.gauge else "gauge not known, "
        yield f"  needle       {gauge}{_number(zone.needle.length)}"
        yield f"  inserted     {zone.needle.inserted.value} at {_number(zone.needle.angle)}"
        depth = zone.depth
        spread = "tip"
        if depth.low != depth.high:
            spread += (
                f"; {plain(depth.low.amount)} to {depth.high} over the angles of the technique"
            )
        yield f"  depth        {depth.value} ({spread}) [{_ids(depth.citations)}]"
    yield from wrapped(_layers(zone), "  tip lies in  ")
    yield f"  points       {_number(zone.points)}"
    if zone.points.note:
        yield from wrapped(zone.points.note, "               ")
    for word, number in (("spacing", zone.spacing), ("area", zone.area)):
        if number is not None:
            yield f"  {word:<12} {_number(number)}"
            if number.kind is Kind.ASSUMED and number.note:
                yield from wrapped(number.note, "               ")
    yield f"  per point    {_number(zone.volume_per_point)}"
    yield f"  in all       {zone.total_volume.value}"
    yield f"  sessions     {_number(zone.sessions)}"
    if zone.interval is not None:
        yield f"  interval     {_number(zone.interval)}"
    mixture = zone.mixture.mixture
    made = "" if mixture.preparation is Preparation.SINGLE else f", {mixture.preparation.value}"
    yield f"  mixture      {mixture.label}: {zone.mixture.verdict}{made}"
    for reason in zone.mixture.reasons:
        yield from wrapped(f"{reason.text} [{reason.citation.id}]", "               ")
    for part in zone.mixture.components:
        yield from _component(part)
    yield f"  evidence     {zone.grade.value} for this protocol"
    yield from wrapped(zone.indication.grade_because.text, "               ")
    for study in zone.studies:
        people = (
            "number not known"
            if isinstance(study.participants, Unknown)
            else f"n = {study.participants.value.amount}"
        )
        text = (
            f"{study.label}: {study.design}, {people}, against {study.comparator}: {study.result}"
        )
        if study.conflict:
            text += f" Conflict: {study.conflict}"
        yield from wrapped(f"{text} [{study.citation.id}]", "    - ")
    for note in zone.protocol.notes:
        yield from wrapped(f"{note.text} [{note.citation.id}]", "  note ")


def _layers(zone: ZonePlan) -> str:
    if zone.layers.unknown is not None:
        return f"not known: {zone.layers.unknown.reason}"
    shares = ", ".join(
        f"{layer.value} {percent(share)}" for layer, share in zone.layers.probabilities.items()
    )
    used = "; ".join(
        f"{entry.layer.value} {entry.mean} {entry.population} [{entry.mean.citation.id}]"
        for entry in zone.layers.used
    )
    return f"{shares} ({used})"


def _number(number: Planned) -> str:
    text = worded(number.value)
    if number.low != number.high:
        text += f" (range {plain(number.low.amount)} to {plain(number.high.amount)})"
    marks = [number.kind.value, *(citation.id for citation in number.citations)]
    return f"{text} [{', '.join(marks)}]"


def _component(part: PlannedComponent) -> Iterator[str]:
    dose = part.dose
    amount = str(dose.amount)
    if isinstance(dose.amount, Unknown):
        amount = f"dose not known: {dose.amount.reason}"
    volume = f" in {dose.volume}" if dose.volume.amount else ""
    yield from wrapped(f"{part.label}: {amount}{volume}", "    ")
    for share in part.shares:
        yield from wrapped(
            f"{percent(share.share)} of {share.stated} ({share.basis.value}, "
            f"{share.jurisdiction}) = {share.limit} [{share.stated.citation.id}]",
            "      ",
        )
    if part.limit_unknown:
        yield "      limit not known"


def _anaesthesia(anaesthesia: Anaesthesia) -> Iterator[str]:
    yield "ANAESTHESIA"
    if anaesthesia.cream is None or anaesthesia.mass is None or anaesthesia.waiting is None:
        yield from wrapped(anaesthesia.reason, "  ")
        return
    waiting = anaesthesia.waiting
    low, high = waiting.low.to(Unit.MIN), waiting.high.to(Unit.MIN)
    yield from wrapped(f"{anaesthesia.cream.label}: {_number(anaesthesia.mass)}", "  ")
    yield f"  on {_number(anaesthesia.area)}" if anaesthesia.area else "  area not known"
    span = plain(low.amount) if low == high else f"{plain(low.amount)} to {plain(high.amount)}"
    yield f"  {span} min before [{_ids(waiting.citations)}]"
    if anaesthesia.absorbed_share is not None:
        yield f"  absorbed share {_number(anaesthesia.absorbed_share)}"
    for dose in anaesthesia.doses:
        yield f"  {dose.substance}: at most {dose.amount} absorbed"
    for check in anaesthesia.label_checks:
        yield f"  label: {check.what} {check.planned}, at most {check.limit} [{check.citation.id}]"
    for statement in anaesthesia.said:
        yield from wrapped(f"{statement.text} [{statement.citation.id}]", "  - ")


def _care(plan: Plan) -> Iterator[str]:
    yield from _lines("Readiness", (*plan.readiness, plan.observation))
    yield from _lines("Emergency kit", plan.emergency_kit)
    yield from _lines("Before the session", plan.before)
    yield ""
    yield "EXPECTED REACTIONS"
    for item in plan.expected_reactions:
        more = "; said to be commoner here" if item.commoner_here else ""
        hours = f"{plain(item.start.amount)} to {plain(item.end.amount)} h"
        yield f"  {item.label}, {item.region}: {hours}{more} [{item.citation.id}]"
    yield ""
    yield "RED FLAGS, ASKED AT EVERY CHECK"
    for flag in plan.red_flags:
        yield from wrapped(f"{flag.question}  ({flag.urgency})", "  ! ")
    yield from _lines("Aftercare", plan.aftercare)
    yield from _statements("Advice", plan.advice)
    yield ""
    yield "FOLLOW-UP"
    for check in plan.follow_up:
        due = worded(check.latest)
        if check.due != check.latest:
            due = f"{plain(check.due.amount)} to {due}"
        yield from wrapped(f"after {due}: {check.what.text}", "  ")
    yield ""
    yield "SCALES AND STOP RULE"
    for scale in plan.scales:
        change = (
            "smallest change not known"
            if isinstance(scale.smallest_change, Unknown)
            else f"smallest change {scale.smallest_change}"
        )
        yield f"  {scale.label}: {scale.when}; {change}"
    yield from _statements("Stop rule", plan.stop_rules)
    yield from _statements("Consent statements", plan.statements)
    yield from _statements("Alternatives", plan.alternatives)
    yield from _statements("What sources say about practice", plan.practice)


def _lines(title: str, lines: Iterable[Line]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title.upper()
        for line in found:
            time = f" ({line.time})" if line.time else ""
            yield from wrapped(f"{line.says.text}{time} [{line.says.citation.id}]", "  - ")


def _statements(title: str, statements: Iterable[Statement]) -> Iterator[str]:
    found = list(statements)
    if found:
        yield ""
        yield title.upper()
        for item in found:
            yield from wrapped(f"{item.text} [{item.citation.id}]", "  - ")


def _sources(citations: Iterable[Citation], knowledge: KnowledgeBase) -> Iterator[str]:
    yield "SOURCES"
    for source in dict.fromkeys(citation.id for citation in citations):
        record = knowledge.sources[source]
        text = f"{source}: {record.label} {record.address} (read: {record.read})"
        yield from wrapped(" ".join(text.split()), "  ")


def _ids(citations: Iterable[Citation]) -> str:
    return ", ".join(dict.fromkeys(citation.id for citation in citations))
