"""What needs somebody today, in a constant number of queries whatever the number of rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.models import Consent, Course, PlanVersion, PlanWithdrawal, Session, Task
from mesoplan.web.courses.queries.worklist import ContactRow, contact_rows, open_contacts_of
from mesoplan.web.patients.models import Patient

SHOWN = 8
"""Rows of a section, until all are asked for."""

ALL = 200
"""Rows of a section at most."""

_PATIENT = ("patient__code", "patient__given_name", "patient__family_name", "patient__birth_date")
_COURSE = ("session__course__code", "session__course__title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some rows; ``is_cut`` where there are more."""

    name: str
    rows: tuple[Any, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow:
    """A course with its next step: ``state`` is a code, ``url`` the name of the page."""

    course: Course
    state: str
    url: str
    day: date | None = None
    is_overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The page of today. Sections that the person may not see are empty."""

    day: date
    tasks: Section = field(default_factory=lambda: Section(name="tasks"))
    running: Section = field(default_factory=lambda: Section(name="running"))
    sessions: Section = field(default_factory=lambda: Section(name="sessions"))
    contacts: Section = field(default_factory=lambda: Section(name="contacts"))
    drafts: Section = field(default_factory=lambda: Section(name="drafts"))
    has_patients: bool = True

    @property
    def is_quiet(self) -> bool:
        """Whether nothing needs anybody."""
        sections = (self.tasks, self.running, self.sessions, self.contacts, self.drafts)
        return not any(section.rows for section in sections)


def today_page(clinic: Clinic, user: User, *, whole: str = "") -> Today:
    """What needs this person today; ``whole`` is the section that is shown to its end."""
    day = local_today(clinic)
    may = user.permissions
    sees_charts, follows = Permission.SEE_CHART in may, Permission.FOLLOW_UP in may

    def section(name: str, rows: QuerySet[Any]) -> Section:
        most = ALL if name == whole else SHOWN
        found = list(rows[: most + 1])
        return Section(name=name, rows=tuple(found[:most]), is_cut=len(found) > most)

    shown: dict[str, Section] = {}
    if follows:
        shown["tasks"] = section("tasks", _tasks(clinic))
        asked = section(
            "contacts",
            open_contacts_of(clinic).filter(due__lte=day).order_by("latest", "due", "pk"),
        )
        rows: tuple[ContactRow, ...] = contact_rows(asked.rows, day)
        shown["contacts"] = Section(name="contacts", rows=rows, is_cut=asked.is_cut)
    if sees_charts:
        shown["running"] = section("running", _running(clinic))
        due = section("sessions", _due(clinic, day))
        shown["sessions"] = Section(
            name="sessions",
            rows=tuple(_due_row(course, day) for course in due.rows),
            is_cut=due.is_cut,
        )
        drafts = section("drafts", _drafts(clinic))
        shown["drafts"] = Section(
            name="drafts",
            rows=tuple(_draft_row(course) for course in drafts.rows),
            is_cut=drafts.is_cut,
        )
    sees_patients = Permission.SEE_PATIENTS in may
    has_patients = not sees_patients or Patient.objects.filter(clinic=clinic).exists()
    return Today(day=day, has_patients=has_patients, **shown)


def _tasks(clinic: Clinic) -> QuerySet[Task]:
    """Open tasks, the urgent ones first, then the longest due."""
    order = Case(
        When(urgency="urgent", then=Value(0)),
        When(urgency="call", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return (
        Task.objects.filter(clinic=clinic, sealed_at=None)
        .select_related("patient", "session__course", "contact")
        .only("code", "kind", "text", "urgency", "due", *_PATIENT, *_COURSE, "contact__code")
        .order_by(order, "due", "pk")
    )


def _running(clinic: Clinic) -> QuerySet[Session]:
    return (
        Session.objects.filter(course__patient__clinic=clinic, sealed_at=None)
        .select_related("course__patient", "begun_by")
        .only(
            "code",
            "number",
            "begun_at",
            "begun_by__name",
            "course__code",
            "course__title",
            *(f"course__{name}" for name in _PATIENT),
        )
        .order_by("begun_at")
    )


def _courses(clinic: Clinic) -> QuerySet[Course]:
    return (
        Course.objects.filter(patient__clinic=clinic)
        .exclude(state=Course.State.CLOSED)
        .select_related("patient")
        .only("code", "title", "state", "changed_at", *_PATIENT)
    )


def _planned(courses: QuerySet[Course]) -> QuerySet[Course]:
    """Courses with a plan in force; ``newest`` is its key."""
    newest = PlanVersion.objects.filter(course=OuterRef("pk")).order_by("-number")
    return (
        courses.annotate(newest=Subquery(newest.values("pk")[:1]))
        .filter(newest__isnull=False)
        .filter(~Exists(PlanWithdrawal.objects.filter(plan=OuterRef("newest"))))
    )


def _consented() -> Exists:
    """Whether the consent to the plan in force is signed and not withdrawn."""
    return Exists(
        Consent.objects.filter(
            plan=OuterRef("newest"), sealed_at__isnull=False, decision="consented", withdrawal=None
        )
    )


def _due(clinic: Clinic, day: date) -> QuerySet[Course]:
    """Courses whose next session is proposed for today or before, and those ready for the first."""
    sessions = Session.objects.filter(course=OuterRef("pk")).order_by("-number")
    given = sessions.filter(sealed_at__isnull=False, abandoned_because="")
    return (
        _planned(_courses(clinic))
        .filter(~Exists(sessions.filter(sealed_at=None)))
        .annotate(proposed=Subquery(given.values("next_date")[:1]), was_given=Exists(given))
        .filter(Q(proposed__lte=day) | Q(_consented(), was_given=False))
        .order_by(F("proposed").asc(nulls_last=True), "pk")
    )


def _due_row(course: Course, day: date) -> CourseRow:
    proposed: date | None = getattr(course, "proposed", None)
    return CourseRow(
        course=course,
        state="due" if proposed else "ready",
        url="session",
        day=proposed,
        is_overdue=proposed is not None and proposed < day,
    )


def _drafts(clinic: Clinic) -> QuerySet[Course]:
    """Requests without a released plan, and plans without a consent, the newest first."""
    courses = _courses(clinic)
    waiting = _planned(courses).filter(~_consented()).values("pk")
    return courses.filter(Q(state=Course.State.REQUEST) | Q(pk__in=waiting)).order_by("-changed_at")


def _draft_row(course: Course) -> CourseRow:
    if course.state == Course.State.REQUEST:
        return CourseRow(course=course, state="request", url="request")
    return CourseRow(course=course, state="consent", url="consent")
