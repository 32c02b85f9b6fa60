"""The chart of a course: what happened and what is planned, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.courses.mapping.chart import ChartScale, PlanShape, chart_scale, plan_shape
from mesoplan.web.courses.mapping.followup import kind_of
from mesoplan.web.courses.mapping.words import label_of
from mesoplan.web.courses.models import (
    Consent,
    Contact,
    Course,
    PlanVersion,
    Reaction,
    Session,
    Task,
)
from mesoplan.web.courses.queries.chart_drawing import Drawing, drawing, planned_sessions
from mesoplan.web.courses.queries.course import current_plan
from mesoplan.web.courses.queries.reactions import ReactionView, reaction_views
from mesoplan.web.courses.queries.session import treated_sessions
from mesoplan.web.courses.queries.timeline import ScorePoint

DRAWN = 12
"""Sessions on one drawing; earlier ones are on a page of their own."""

CONTACTS_DRAWN = 200
REACTIONS_DRAWN = 40
COURSES_SHOWN = 20
TASKS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session in the table twin of the drawing. ``scale`` is the label of what was scored on."""

    code: str
    number: int
    day: date
    is_open: bool
    was_given: bool
    score: Decimal | None
    scale: str
    differences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """A check in the table twin. ``score`` is what was told on the scale of the drawing."""

    code: str
    when: str
    due: date
    outcome: str
    session: int
    score: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The last score against the first. ``inside``: less than what can be told from noise.

    ``inside`` is ``None`` where nobody knows how much that is, or there is one score only.
    """

    first: Decimal
    last: Decimal
    difference: Decimal
    is_down: bool
    inside: bool | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The one next act. ``name`` is the address, ``words`` what the button says, a code."""

    words: str
    name: str
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The chart of one course."""

    course: Course
    drawing: Drawing | None
    rows: tuple[SessionRow, ...]
    checks: tuple[CheckRow, ...]
    reactions: tuple[ReactionView, ...]
    scale: ChartScale | None
    change: Change | None
    shape: PlanShape | None
    treated: int
    last: Session | None
    last_day: date | None
    next_date: date | None
    next_step: NextStep
    is_consented: bool
    repeat: str
    earlier: int
    is_first_page: bool
    tasks: tuple[Task, ...]
    today: date

    @property
    def next_number(self) -> int:
        """The number of the next session in the plan."""
        return self.treated + 1

    @property
    def is_overdue(self) -> bool:
        """Whether the proposed day of the next session is past."""
        return self.next_date is not None and self.next_date < self.today


def courses_of(patient: Any) -> list[Course]:  # noqa: ANN401 - a row of patients
    """The newest courses of a patient, for the switcher."""
    return list(
        patient.courses.only("code", "number", "title", "state", "patient_id")[:COURSES_SHOWN]
    )


def chart(course: Course, *, before: int | None = None) -> Chart:
    """The chart of a course; ``before`` draws the sessions with smaller numbers."""
    zone = ZoneInfo(course.patient.clinic.time_zone)
    today = local_today(course.patient.clinic)
    found = _sessions(course, before, zone)
    shown, more = found[:DRAWN][::-1], len(found) > DRAWN
    plan = current_plan(course)
    shape = plan_shape(plan.decision) if plan else None
    treated = treated_sessions(course).count()
    last = treated_sessions(course).defer("verification").first()
    running = next((row for row in found if row["sealed_at"] is None), None)
    is_first = before is None
    next_date = _next_date(course, plan, last, treated, zone)
    is_consented = (
        plan is not None
        and Consent.objects.filter(
            plan=plan, sealed_at__isnull=False, decision="consented", withdrawal__isnull=True
        ).exists()
    )
    reactions = _reactions([row["id"] for row in shown])
    contacts = _contacts([row["id"] for row in shown])
    first = _first_score(course)
    scale = chart_scale(plan.decision, first[0]) if plan and first else None
    points = _points(shown, contacts, scale, zone)
    return Chart(
        course=course,
        drawing=drawing(
            course=course,
            shown=shown,
            planned=planned_sessions(shape, treated, next_date) if is_first else [],
            contacts=contacts,
            reactions=reactions,
            points=points,
            scale=scale,
            first=first[1] if first else None,
            today=today,
            zone=zone,
        ),
        rows=tuple(_row(row) for row in reversed(shown)),
        checks=tuple(_check(row, scale) for row in contacts),
        reactions=reaction_views(reactions),
        scale=scale,
        change=_change(first[1] if first else None, points, scale),
        shape=shape,
        treated=treated,
        last=last,
        last_day=date.fromisoformat(last.record["day"]) if last and last.record else None,
        next_date=next_date,
        next_step=_next_step(course, plan, shape, running, treated, is_consented=is_consented),
        is_consented=is_consented,
        repeat=last.code if last and running is None and is_consented else "",
        earlier=shown[0]["number"] if more and shown else 0,
        is_first_page=is_first,
        tasks=tuple(
            Task.objects.filter(session__course=course, sealed_at=None).select_related("contact")[
                :TASKS_SHOWN
            ]
        ),
        today=today,
    )


def _sessions(course: Course, before: int | None, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The newest sessions. ``day`` is that of the record, until there is one that of the start."""
    rows = Session.objects.filter(course=course)
    if before is not None:
        rows = rows.filter(number__lt=before)
    columns = (
        "id",
        "code",
        "number",
        "begun_at",
        "scale",
        "score",
        "differences",
        "abandoned_because",
        "sealed_at",
    )
    found = rows.order_by("-number").values(*columns, recorded=F("record__day"))[: DRAWN + 1]
    return [{**row, "day": _day(row, zone)} for row in found]


def _day(row: Mapping[str, Any], zone: ZoneInfo) -> date:
    if row["recorded"]:
        return date.fromisoformat(row["recorded"])
    begun: datetime = row["begun_at"]
    return begun.astimezone(zone).date()


def _contacts(sessions: list[int]) -> list[dict[str, Any]]:
    columns = ("code", "what", "due", "outcome", "sealed_at", "session__number")
    rows = Contact.objects.filter(session__in=sessions).order_by("due", "pk")
    return list(rows.values(*columns, scores=F("triage__scores"))[:CONTACTS_DRAWN])


def _reactions(sessions: list[int]) -> list[Reaction]:
    rows = (
        Reaction.objects.filter(session__in=sessions)
        .select_related("by", "session")
        .only(
            "code",
            "name",
            "words",
            "cause",
            "severity",
            "began_on",
            "at",
            "zone",
            "lot",
            "device",
            "by__name",
            "session__number",
        )
        .prefetch_related("notes__by")
    )
    return list(rows[:REACTIONS_DRAWN])


def _first_score(course: Course) -> tuple[str, Decimal] | None:
    """Scale and value of the first score of the course."""
    rows = Session.objects.filter(course=course, score__isnull=False).order_by("number")
    found = rows.values_list("scale", "score").first()
    return None if found is None or found[1] is None else (found[0], found[1])


def _row(row: Mapping[str, Any]) -> SessionRow:
    return SessionRow(
        code=row["code"],
        number=row["number"],
        day=row["day"],
        is_open=row["sealed_at"] is None,
        was_given=row["sealed_at"] is not None and not row["abandoned_because"],
        score=row["score"],
        scale=label_of("scales", row["scale"]) if row["scale"] else "",
        differences=row["differences"],
    )


def _check(row: Mapping[str, Any], scale: ChartScale | None) -> CheckRow:
    return CheckRow(
        code=row["code"],
        when=kind_of(row["what"]).when,
        due=row["due"],
        outcome=row["outcome"] if row["sealed_at"] else "",
        session=row["session__number"],
        score=_told(row, scale),
    )


def _told(row: Mapping[str, Any], scale: ChartScale | None) -> Decimal | None:
    """What was told at a contact on the scale of the course."""
    told = (row["scores"] or {}).get(scale.name) if scale and row["sealed_at"] else None
    return None if told is None else Decimal(told)


def _points(
    shown: list[dict[str, Any]],
    contacts: list[dict[str, Any]],
    scale: ChartScale | None,
    zone: ZoneInfo,
) -> tuple[ScorePoint, ...]:
    """The scores on the scale of the course, of sessions and of contacts, in order of time."""
    if scale is None:
        return ()
    found = [
        ScorePoint(day=row["day"], value=row["score"], is_session=True)
        for row in shown
        if row["score"] is not None and row["scale"] == scale.name
    ]
    for row in contacts:
        told = _told(row, scale)
        if told is not None:
            day = row["sealed_at"].astimezone(zone).date()
            found.append(ScorePoint(day=day, value=told, is_session=False))
    return tuple(sorted(found, key=lambda point: point.day))


def _change(
    first: Decimal | None, points: tuple[ScorePoint, ...], scale: ChartScale | None
) -> Change | None:
    if first is None or scale is None or not points:
        return None
    last = points[-1].value
    difference = abs(last - first)
    known = scale.noise is not None and len(points) > 1
    return Change(
        first=first.normalize(),
        last=last.normalize(),
        difference=difference.normalize(),
        is_down=last < first,
        inside=difference < scale.noise if known and scale.noise is not None else None,
        count=len(points),
    )


def _next_date(
    course: Course, plan: PlanVersion | None, last: Session | None, treated: int, zone: ZoneInfo
) -> date | None:
    """The day that is proposed for the next session; the release of the plan for the first."""
    if course.state == Course.State.CLOSED or plan is None:
        return None
    if last is not None:
        return last.next_date
    return plan.released_at.astimezone(zone).date() if not treated else None


def _next_step(
    course: Course,
    plan: PlanVersion | None,
    shape: PlanShape | None,
    running: Mapping[str, Any] | None,
    treated: int,
    *,
    is_consented: bool,
) -> NextStep:
    if running is not None:
        return NextStep(words="continue", name="session", number=treated + 1)
    if course.state == Course.State.CLOSED:
        return NextStep(words="closed", name="follow-up")
    if plan is None:
        has_plan = course.state != Course.State.REQUEST
        return NextStep(
            words="replan" if has_plan else "request", name="plan" if has_plan else "request"
        )
    if shape is not None and treated >= shape.sessions:
        return NextStep(words="follow-up", name="follow-up")
    if not is_consented:
        return NextStep(words="consent", name="consent")
    return NextStep(words="begin", name="session", number=treated + 1)
