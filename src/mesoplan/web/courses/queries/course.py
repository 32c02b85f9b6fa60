"""Reads of a course: its request as it stands, and the plan that is in force."""

from __future__ import annotations

from django.http import Http404

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.models import Course, CourseGesture, PlanVersion
from mesoplan.web.gestures.actions import Journal
from mesoplan.web.gestures.sheet import Sheet, sheet_of

CHANGING = "change"
"""Key of the request: code of the released plan that is being changed; the draft starts from it."""


def course_of(code: str, user: User) -> Course:
    """The course of that code in this person's clinic. For writes: a page opens it (actions).

    Raises:
        Http404: there is no such course in this clinic.
    """
    found = (
        Course.objects.select_related("patient__clinic")
        .filter(code=code, patient__clinic=user.clinic)
        .first()
    )
    if found is None:
        raise Http404
    return found


def request_journal(course: Course) -> Journal:
    """The gestures on the request of a course."""
    return Journal(
        table=CourseGesture,
        field="course",
        owner=course,
        clinic=course.patient.clinic.code,
        patient=course.patient.code,
    )


def request_sheet(course: Course) -> Sheet:
    """The request of a course as it stands."""
    return request_journal(course).sheet()


def current_plan(course: Course) -> PlanVersion | None:
    """The plan that is in force: the newest released one, unless it was withdrawn."""
    newest = (
        course.plans.select_related("withdrawal", "withdrawal__by", "released_by", "document")
        .defer("document__content")
        .order_by("-number")
        .first()
    )
    return None if newest is None or hasattr(newest, "withdrawal") else newest


def has_left_draft(course: Course, user: User, current: PlanVersion | None) -> bool:
    """Whether this person has just left a draft of the plan in force, and can come back to it."""
    rows = list(request_journal(course).rows())
    if current is None or not rows or rows[-1].by_id != user.pk or rows[-1].undoes is not None:
        return False
    before = sheet_of(row for row in rows if row.batch != rows[-1].batch)
    is_left = sheet_of(rows).value(CHANGING) is None
    return (
        is_left and course.state != Course.State.CLOSED and before.value(CHANGING) == current.code
    )


def is_open(course: Course, sheet: Sheet, current: PlanVersion | None) -> bool:
    """Whether the request can be edited: nothing released yet, or the plan is being changed."""
    if course.state == Course.State.CLOSED:
        return False
    return current is None or sheet.value(CHANGING) == current.code
