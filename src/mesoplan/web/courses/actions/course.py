"""All writes of a course as a whole, and its reading, which leaves a trace as well."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import course_of
from mesoplan.web.courses.queries.session import open_session
from mesoplan.web.patients.models import Patient

LONGEST_REASON = 60
"""Characters of ``Course.closed_because``."""


class NotClosedError(Exception):
    """The course was not closed, and ``why``."""

    class Why(models.TextChoices):
        """What stands in the way."""

        REASON = "reason", _("Say why the course ends.")
        LONG = "long", _("Shorter: at most 60 characters.")
        SESSION = "session", _("A session is still being recorded. Finalise it first, or end it.")

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)


@transaction.atomic
def start_course(*, patient: Patient, by: User) -> Course:
    """A new course of this patient, with the next number and an empty request."""
    locked = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
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
    """End a course, with the reason; what was recorded stays.

    Raises:
        NotClosedError: no reason or a long one, or a session of the course is open: nothing could
            be entered in it or finalised any more.
    """
    locked = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    if locked.state == Course.State.CLOSED:
        return
    if not reason:
        raise NotClosedError(NotClosedError.Why.REASON)
    if len(reason) > LONGEST_REASON:
        raise NotClosedError(NotClosedError.Why.LONG)
    if open_session(locked) is not None:
        raise NotClosedError(NotClosedError.Why.SESSION)
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
