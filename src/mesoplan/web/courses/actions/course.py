"""All writes of a course as a whole, and its reading, which leaves a trace as well."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import course_of
from mesoplan.web.patients.models import Patient


@transaction.atomic
def start_course(*, patient: Patient, by: User) -> Course:
    """A new course of this patient, with the next number and an empty request."""
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    newest = locked.courses.aggregate(newest=Max("number"))["newest"] or 0
    now = timezone.now()
    course = Course.objects.create(
        patient=patient, number=newest + 1, created_at=now, created_by=by, changed_at=now
    )
    _note(course, action="course.start", by=by)
    return course


@transaction.atomic
def open_course(*, code: str, by: User, page: str) -> Course:
    """The course of that code in this person's clinic; that it was looked at is recorded.

    Raises:
        Http404: there is no such course in this clinic.
    """
    found = course_of(code, by)
    _note(found, action="course.read", by=by, page=page)
    return found


@transaction.atomic
def close_course(*, course: Course, reason: str, by: User) -> None:
    """End a course, with the reason; what was recorded stays."""
    locked = Course.objects.select_for_update().get(pk=course.pk)
    if locked.state == Course.State.CLOSED:
        return
    locked.state, locked.closed_because = Course.State.CLOSED, reason
    locked.changed_at = timezone.now()
    locked.save(update_fields=["state", "closed_because", "changed_at"])
    _note(course, action="course.close", by=by, reason=reason)
    course.refresh_from_db(fields=["state", "closed_because", "changed_at"])


def _note(course: Course, *, action: str, by: User, **detail: str) -> None:
    record(
        action=action,
        by=by.username,
        clinic=course.patient.clinic.code,
        subject=f"course {course.code}",
        patient=course.patient.code,
        detail=detail,
    )
