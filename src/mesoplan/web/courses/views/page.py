"""What all pages of a course share."""

from __future__ import annotations

from typing import Any

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.mapping.draft import Draft
from mesoplan.web.courses.models import Course, PlanVersion
from mesoplan.web.courses.queries.steps import steps
from mesoplan.web.patients import queries as patients


def course_context(
    course: Course,
    user: User,
    *,
    current: str,
    draft: Draft | None = None,
    plan: PlanVersion | None = None,
) -> dict[str, Any]:
    """Patient, banner, course and rail; ``current`` is the name of the page's address.

    ``may`` says what this person may do, so that a page shows no act that would be refused.
    """
    return {
        "section": "patients",
        "patient": course.patient,
        "banner": patients.banner(course.patient) if hasattr(patients, "banner") else {},
        "course": course,
        "may": {permission.value: True for permission in user.permissions},
        "steps": steps(course, current=current, draft=draft, plan=plan),
    }
