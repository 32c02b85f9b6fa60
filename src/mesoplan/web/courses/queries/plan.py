"""Reads of plans: the draft as it stands."""

from __future__ import annotations

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.courses.mapping.draft import Draft, draft_of
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import request_sheet
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.queries import answers


def draft(course: Course, *, request: Sheet | None = None) -> Draft:
    """What the core says today to this course. ``request`` where it was read already."""
    return draft_of(
        course=course,
        answers=answers(course.patient),
        request=request or request_sheet(course),
        at=local_today(course.patient.clinic),
    )
