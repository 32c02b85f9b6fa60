"""What all pages of a course share."""

from __future__ import annotations

from typing import Any

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.mapping.draft import Draft
from mesoplan.web.courses.models import Course, PlanVersion
from mesoplan.web.courses.queries.banner import course_banner
from mesoplan.web.courses.queries.course import current_plan
from mesoplan.web.courses.queries.steps import steps


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
    plan = plan or current_plan(course)
    return {
        "section": "patients",
        "patient": course.patient,
        "banner": course_banner(course, plan),
        "course": course,
        "may": {permission.value: True for permission in user.permissions},
        "steps": steps(course, current=current, draft=draft, plan=plan),
    }
