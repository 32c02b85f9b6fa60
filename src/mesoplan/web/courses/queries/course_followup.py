"""The follow-up of a course: its contacts, open and closed, and its reactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.courses.mapping.followup import URGENCIES, CheckKind, kind_of
from mesoplan.web.courses.models import Contact, Course, Session
from mesoplan.web.courses.queries.reactions import ReactionView, reactions_of_course

MOST_SHOWN = 60
"""Contacts of each list on the page; the export has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """A contact of the course. ``words`` say what came out."""

    contact: Contact
    kind: CheckKind
    is_overdue: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFollowUp:
    """What is to be asked, what was said, and the reactions. ``last`` is the newest session."""

    open: tuple[ContactView, ...]
    closed: tuple[ContactView, ...]
    reactions: tuple[ReactionView, ...]
    last: Session | None


def course_follow_up(course: Course) -> CourseFollowUp:
    """The follow-up of a course, in a constant number of queries."""
    today = local_today(course.patient.clinic)
    rows = (
        Contact.objects.filter(session__course=course)
        .select_related("session", "sealed_by")
        .only(
            "code",
            "what",
            "due",
            "latest",
            "outcome",
            "sealed_at",
            "session__number",
            "sealed_by__name",
        )
    )
    last = (
        Session.objects.filter(course=course, abandoned_because="")
        .only("code", "number", "sealed_at", "course_id")
        .first()
    )
    return CourseFollowUp(
        open=_views(rows.filter(sealed_at=None).order_by("due", "pk"), today),
        closed=_views(rows.filter(sealed_at__isnull=False).order_by("-sealed_at"), today),
        reactions=reactions_of_course(course),
        last=last,
    )


def _views(rows: QuerySet[Contact], today: date) -> tuple[ContactView, ...]:
    return tuple(
        ContactView(
            contact=row,
            kind=kind_of(row.what),
            is_overdue=row.sealed_at is None and row.latest < today,
            words=str(URGENCIES.get(row.outcome, "")),
        )
        for row in rows[:MOST_SHOWN]
    )
