"""The screening of a course: findings explained, questions answered in place, overrides."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.course import open_course
from mesoplan.web.courses.actions.request import (
    SealedRequestError,
    end_override,
    override_finding,
)
from mesoplan.web.courses.forms.request import Entry
from mesoplan.web.courses.forms.screening import OverrideEntry, read_answers, read_override
from mesoplan.web.courses.mapping.findings import FindingCard, override_reasons
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import course_of
from mesoplan.web.courses.queries.screening import (
    finding_to_override,
    open_questions,
    screening_page,
)
from mesoplan.web.courses.views.page import course_context
from mesoplan.web.gestures.actions import Overwritten, redo, undo, write
from mesoplan.web.gestures.posted import posted
from mesoplan.web.patients.queries import answers_journal

SPEAKERS = frozenset({"patient", "companion", "document"})
"""Who may have given an answer, beside the person who enters it."""


@requires(Permission.SEE_CHART)
@require_safe
def screening_view(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The screening of a course as it stands."""
    course = open_course(code=code, by=request.user, page="screening")
    return _shown(request, course)


@requires(Permission.ASK)
@require_POST
def screening_answer(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Answers to open questions, written among the patient's answers."""
    course = course_of(code, request.user)
    sent = posted(request.POST)
    said_by = request.POST.get("said_by", "")
    entry = read_answers(
        request.POST,
        asked=open_questions(course),
        posted=sent,
        at=local_today(course.patient.clinic),
    )
    if entry.errors:
        return _shown(request, course, status=422, entry=entry)
    written = write(
        journal=answers_journal(course.patient),
        values=entry.values,
        by=request.user,
        batch=sent.batch,
        seen=sent.seen,
        said_by=said_by if said_by in SPEAKERS else "",
    )
    return _answer(request, course, written.overwritten)


@requires(Permission.ASK)
@require_POST
def screening_undo(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Take back this person's last answer of the patient, or the last undo."""
    course = course_of(code, request.user)
    act = redo if "redo" in request.POST else undo
    act(journal=answers_journal(course.patient), by=request.user)
    return _answer(request, course)


@requires(Permission.DECIDE)
def override(request: ClinicRequest, /, code: str, rule: str) -> HttpResponse:
    """Confirm the override of one finding, with its reason."""
    course = open_course(code=code, by=request.user, page="override")
    card = finding_to_override(course, rule)
    if card is None:
        raise Http404
    if request.method != "POST":
        return _confirm(request, course, card, OverrideEntry(reason="", note=""))
    entry = read_override(request.POST, card)
    if entry.error:
        return _confirm(request, course, card, entry, status=422)
    try:
        override_finding(
            course=course, rule=rule, reason=entry.reason, note=entry.note, by=request.user
        )
    except SealedRequestError:
        return _shown(request, course, status=409)
    return redirect("screening", course.code)


@requires(Permission.DECIDE)
@require_POST
def override_end(request: ClinicRequest, /, code: str, rule: str) -> HttpResponse:
    """Take an override back."""
    course = course_of(code, request.user)
    try:
        end_override(course=course, rule=rule, by=request.user)
    except SealedRequestError:
        return _shown(request, course, status=409)
    return redirect("screening", course.code)


def _confirm(
    request: ClinicRequest,
    course: Course,
    card: FindingCard,
    entry: OverrideEntry,
    *,
    status: int = 200,
) -> HttpResponse:
    context = course_context(course, request.user, current="screening")
    context |= {"card": card, "entry": entry, "reasons": override_reasons(card.rule)}
    return render(request, "courses/override.html", context, status=status)


def _answer(
    request: ClinicRequest, course: Course, overwritten: tuple[Overwritten, ...] = ()
) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("screening", course.code)
    return _shown(request, course, overwritten=overwritten)


def _shown(
    request: ClinicRequest,
    course: Course,
    *,
    status: int = 200,
    entry: Entry | None = None,
    overwritten: tuple[Overwritten, ...] = (),
) -> HttpResponse:
    page = screening_page(
        course, errors=entry.errors if entry else None, typed=entry.typed if entry else None
    )
    context = course_context(
        course, request.user, current="screening", draft=page.draft, plan=page.plan
    )
    said_by = request.POST.get("said_by", "patient")
    context |= {"page": page, "overwritten": overwritten, "said_by": said_by}
    is_fragment = bool(request.headers.get("HX-Request"))
    template = "courses/screening_parts.html" if is_fragment else "courses/screening.html"
    return render(request, template, context, status=status)
