"""What is drawn of a course over time: its plans, sessions, checks, reactions and scores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F

from mesoplan.web.courses.mapping.chart import ChartScale, PlanShape
from mesoplan.web.courses.models import Course, Reaction
from mesoplan.web.courses.queries.timeline import (
    Axis,
    ScoreDrawing,
    ScorePoint,
    Spot,
    axis_of,
    bars,
    is_crowded,
    score_drawing,
    spots,
    squares,
)

PLANS_DRAWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A released plan on the line, with the verdict it was released on."""

    x: str
    mark_x: str
    number: int
    day: date
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Everything on the line."""

    axis: Axis
    now: str
    decisions: tuple[Decision, ...]
    sessions: tuple[Spot, ...]
    is_crowded: bool
    checks_done: str
    checks_planned: str
    reactions: str
    score: ScoreDrawing | None


def drawing(  # noqa: PLR0913 - everything on the line
    *,
    course: Course,
    shown: list[dict[str, Any]],
    planned: list[tuple[date, int, bool]],
    contacts: list[dict[str, Any]],
    reactions: list[Reaction],
    points: tuple[ScorePoint, ...],
    scale: ChartScale | None,
    first: Decimal | None,
    today: date,
    zone: ZoneInfo,
) -> Drawing | None:
    """Everything on the line; ``None`` where neither a plan nor a session is there."""
    plans = _plans(course)
    given = [
        (row["day"], row["number"], row["sealed_at"] is not None)
        for row in shown
        if not row["abandoned_because"]
    ]
    happened = shown[0]["day"] if shown else None
    released = [
        (row, _day(row["released_at"], zone))
        for row in plans
        if happened is None or _day(row["released_at"], zone) >= happened - timedelta(days=60)
    ]
    if not released and not given:
        return None
    spans = [_span(reaction, zone) for reaction in reactions]
    days = [
        today,
        *(day for day, _, _ in (*given, *planned)),
        *(day for _, day in released),
        *(row["due"] for row in contacts),
        *(day for span in spans for day in span),
    ]
    axis = axis_of(days)
    return Drawing(
        axis=axis,
        now=axis.at(today),
        decisions=tuple(
            Decision(
                x=axis.at(day),
                mark_x=f"{axis.x(day) - 10:.1f}",
                number=row["number"],
                day=day,
                verdict=row["after"] or row["verdict"],
            )
            for row, day in released
        ),
        sessions=spots(axis, [*given, *planned]),
        is_crowded=is_crowded(axis, (day for day, _, _ in (*given, *planned))),
        checks_done=squares(axis, (row["due"] for row in contacts if row["sealed_at"])),
        checks_planned=squares(axis, (row["due"] for row in contacts if not row["sealed_at"])),
        reactions=bars(axis, spans),
        score=score_drawing(axis, points, scale, first=first)
        if scale and points and first is not None
        else None,
    )


def planned_sessions(
    shape: PlanShape | None, treated: int, next_date: date | None
) -> list[tuple[date, int, bool]]:
    """The sessions that the plan still has, each as many days after the one before as it says."""
    if shape is None:
        return []
    found: list[tuple[date, int, bool]] = []
    day = next_date
    for number in range(treated + 1, shape.sessions + 1):
        if day is None:
            # No date was agreed: nothing is drawn that nobody proposed.
            break
        found.append((day, number, False))
        gap = shape.gaps[number - 1] if number - 1 < len(shape.gaps) else None
        day = None if gap is None else day + timedelta(days=gap)
    return found


def _plans(course: Course) -> list[dict[str, Any]]:
    rows = course.plans.order_by("-number").values(
        "number",
        "released_at",
        verdict=F("decision__screening__verdict"),
        after=F("decision__screening__verdict_after_override"),
    )
    return [dict(row) for row in rows[:PLANS_DRAWN]][::-1]


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _span(reaction: Reaction, zone: ZoneInfo) -> tuple[date, date]:
    """From its first day to the last that was noted; how long it lasted else is not known."""
    begin = reaction.began_on or _day(reaction.at, zone)
    notes = [_day(note.at, zone) for note in reaction.notes.all()]
    return begin, max([begin, *notes])
