"""A new course, and its request: zones, each with what is to be treated and where."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from mesoplan.web.accounts.access import ClinicRequest, is_fragment, requires
from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.course import (
    NotClosedError,
    close_course,
    open_course,
    start_course,
)
from mesoplan.web.courses.actions.request import (
    SealedRequestError,
    edit_request,
    redo_request,
    repeat_zones,
    undo_request,
)
from mesoplan.web.courses.forms.request import Entry, read_request
from mesoplan.web.courses.mapping.choices import indication_groups
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import course_of, request_journal
from mesoplan.web.courses.queries.request import request_page
from mesoplan.web.courses.views.page import course_context
from mesoplan.web.gestures.actions import Written
from mesoplan.web.gestures.posted import posted
from mesoplan.web.gestures.telling import tell_overwritten
from mesoplan.web.patients.actions import open_patient
from mesoplan.web.patients.queries import banner

LONGEST_NUMBER = 3
"""Digits of the number of a zone at most; more is no number."""


@requires(Permission.PLAN)
def course_new(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Ask for a new course of this patient: with an empty request, or as an old one."""
    patient = open_patient(code=code, by=request.user, page="course-new")
    if request.method == "POST":
        like = request.POST.get("like", "")
        other = get_object_or_404(Course, code=like, patient=patient) if like else None
        course = start_course(patient=patient, by=request.user)
        if other is not None:
            repeat_zones(course=course, other=other, by=request.user)
        return redirect("request", course.code)
    others = patient.courses.exclude(title="")
    context = {
        "section": "patients",
        "patient": patient,
        "banner": banner(patient),
        "others": others,
    }
    return render(request, "courses/course_new.html", context)


@requires(Permission.SEE_CHART)
@require_safe
def request_view(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The request of a course."""
    course = open_course(code=code, by=request.user, page="request")
    return _shown(request, course)


@requires(Permission.PLAN)
@require_POST
def request_edit(request: ClinicRequest, /, code: str) -> HttpResponse:
    """One gesture on the request, or the whole form."""
    course = course_of(code, request.user)
    sent, journal = posted(request.POST), request_journal(course)
    entry = read_request(
        request.POST,
        sheet=journal.sheet(),
        shown=journal.shown(sent.seen),
        posted=sent,
        at=local_today(course.patient.clinic),
    )
    written = None
    if not entry.errors:
        try:
            written = edit_request(
                course=course,
                values=entry.values,
                by=request.user,
                sent=sent,
            )
        except SealedRequestError:
            return _shown(request, course, status=409)
    return _answer(request, course, entry, written)


@requires(Permission.PLAN)
@require_POST
def request_undo(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Take back the last gesture on the request, or the last undo."""
    course = course_of(code, request.user)
    act = redo_request if "redo" in request.POST else undo_request
    try:
        act(course=course, by=request.user)
    except SealedRequestError:
        return _shown(request, course, status=409)
    return _answer(request, course)


@requires(Permission.PLAN)
@require_POST
def course_repeat(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Take over the zones of another course of this patient."""
    course = course_of(code, request.user)
    other = get_object_or_404(Course, code=request.POST.get("like", ""), patient=course.patient)
    try:
        repeat_zones(course=course, other=other, by=request.user)
    except SealedRequestError:
        return _shown(request, course, status=409)
    return _answer(request, course)


@requires(Permission.PLAN)
@require_POST
def course_close(request: ClinicRequest, /, code: str) -> HttpResponse:
    """End the course with a reason."""
    course = course_of(code, request.user)
    reason = request.POST.get("reason", "").strip()
    try:
        close_course(course=course, reason=reason, by=request.user)
    except NotClosedError as error:
        why = error.why.label
        return _shown(request, course, status=422, close_error=why, close_reason=reason)
    return redirect("request", course.code)


@requires(Permission.PLAN)
@require_safe
def indications(request: ClinicRequest, /) -> HttpResponse:
    """The indications that a search finds, as choices of the zone of that number."""
    zone = request.GET.get("zone", "")
    context = {
        "groups": indication_groups(request.GET.get("q", "")),
        "zone": zone if _is_zone(zone) else "1",
    }
    return render(request, "courses/request_indications.html", context)


def _is_zone(text: str) -> bool:
    """Whether this is the number of a zone."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


def _answer(
    request: ClinicRequest,
    course: Course,
    entry: Entry | None = None,
    written: Written | None = None,
) -> HttpResponse:
    """The form with what is wrong; to htmx the form; to a browser without scripts the page."""
    if entry is not None and entry.errors:
        return _shown(request, course, status=422, entry=entry)
    overwritten = written.overwritten if written else ()
    if not is_fragment(request):
        tell_overwritten(request, overwritten)
        return redirect("request", course.code)
    return _shown(request, course, overwritten=overwritten)


def _shown(
    request: ClinicRequest,
    course: Course,
    *,
    status: int = 200,
    entry: Entry | None = None,
    **more: Any,  # noqa: ANN401 - what the template shows beside
) -> HttpResponse:
    add, change = "add" in request.GET, request.GET.get("change", "")
    page = request_page(
        course,
        add=add,
        change=int(change) if _is_zone(change) else 0,
        errors=entry.errors if entry else None,
        typed=entry.typed if entry else None,
    )
    context = course_context(course, request.user, current="request") | {"page": page, **more}
    template = "courses/request_parts.html" if is_fragment(request) else "courses/request.html"
    return render(request, template, context, status=status)
