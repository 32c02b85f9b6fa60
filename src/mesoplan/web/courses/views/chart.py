"""The chart of a patient: a course as a timeline, and its summary on paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.course import open_course
from mesoplan.web.courses.mapping.followup import OUTCOMES
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.chart import COURSES_SHOWN, chart, courses_of
from mesoplan.web.courses.queries.course_followup import course_follow_up
from mesoplan.web.courses.views.page import course_context
from mesoplan.web.patients.actions import open_patient
from mesoplan.web.patients.queries.chart import chart as patient_chart

LONGEST_NUMBER = 6
"""Digits of the number of a session at most; more is no number."""


@requires(Permission.SEE_PATIENTS)
@require_safe
def patient_view(request: ClinicRequest, /, code: str) -> HttpResponse:
    """One patient: the chart of the newest course, and who she is; the latter alone by role."""
    opened = open_patient(code=code, by=request.user, page="patient")
    every = request.GET.get("documents") == "all"
    about = patient_chart(opened, request.user, every_document=every)
    context: dict[str, Any] = {
        "section": "patients",
        "patient": opened,
        "chart": about,
        "banner": about.banner,
    }
    if about.courses:
        course = about.courses[0]
        course.patient = opened
        context |= {
            "course": course,
            "course_chart": chart(course),
            "courses": about.courses[:COURSES_SHOWN],
            "may": {permission.value: True for permission in request.user.permissions},
            "can_follow_up": request.user.may(Permission.FOLLOW_UP),
        }
    return render(request, "courses/patient.html", context)


@requires(Permission.SEE_CHART)
@require_safe
def chart_view(request: ClinicRequest, /, code: str) -> HttpResponse:
    """A course as a timeline."""
    course = open_course(code=code, by=request.user, page="chart")
    return render(request, "courses/chart.html", chart_context(request, course))


@requires(Permission.SEE_CHART)
@require_safe
def summary(request: ClinicRequest, /, code: str) -> HttpResponse:
    """A course on paper: what was planned, given, told and scored."""
    course = open_course(code=code, by=request.user, page="summary")
    context = chart_context(request, course) | {"follow": course_follow_up(course)}
    return render(request, "courses/summary.html", context)


def chart_context(request: ClinicRequest, course: Course) -> dict[str, Any]:
    """What the chart of a course shows; ``?before=`` pages to earlier sessions."""
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) <= LONGEST_NUMBER
    shown = chart(course, before=int(before) if is_number else None)
    return course_context(course, request.user, current="chart") | {
        "chart": shown,
        "courses": courses_of(course.patient),
        "can_follow_up": request.user.may(Permission.FOLLOW_UP),
        "outcomes": OUTCOMES.items(),
    }
