"""The screening of a course: findings explained, questions answered in place, overrides."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mesoplan.web.accounts.access import ClinicRequest, is_fragment, requires
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
    questions_on_page,
    screening_page,
)
from mesoplan.web.courses.views.page import course_context
from mesoplan.web.gestures.actions import Overwritten, redo, undo, write
from mesoplan.web.gestures.posted import posted
from mesoplan.web.gestures.telling import tell_overwritten
from mesoplan.web.patients.models import Speaker
from mesoplan.web.patients.queries import answers_journal
from mesoplan.web.patients.views.speaker import SPEAKER, chosen_speaker, kept_speaker, no_speaker


@requires(Permission.SEE_CHART)
@require_safe
def screening_view(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The screening of a course as it stands."""
    course = open_course(code=code, by=request.user, page="screening")
    return _shown(request, course)


@requires(Permission.ASK)
@require_POST
def screening_answer(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Answers to the questions of the page, written among the patient's answers."""
    course = course_of(code, request.user)
    patient, sent = course.patient, posted(request.POST)
    journal, said_by = answers_journal(patient), chosen_speaker(request, patient)
    shown = journal.shown(sent.seen)
    entry = read_answers(
        request.POST,
        asked=questions_on_page(course, shown),
        shown=shown,
        posted=sent,
        at=local_today(patient.clinic),
    )
    values = sent.touched(entry.values, shown)
    if said_by is None and (values or entry.errors):
        unsaid = Entry(errors={SPEAKER: no_speaker()}, typed=entry.typed)
        return _shown(request, course, status=422, entry=unsaid)
    overwritten: tuple[Overwritten, ...] = ()
    if said_by is not None and values:
        overwritten = write(
            journal=journal,
            values=values,
            by=request.user,
            sent=sent,
            said_by=said_by,
        ).overwritten
    if entry.errors:
        return _shown(request, course, status=422, entry=entry, overwritten=overwritten)
    return _answer(request, course, overwritten)


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
    if not is_fragment(request):
        tell_overwritten(request, overwritten)
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
    errors = dict(entry.errors) if entry else {}
    speaker_error = errors.pop(SPEAKER, "")
    page = screening_page(course, errors=errors, typed=entry.typed if entry else None)
    context = course_context(
        course, request.user, current="screening", draft=page.draft, plan=page.plan
    )
    context |= {
        "page": page,
        "overwritten": overwritten,
        "speakers": Speaker.choices,
        "said_by": kept_speaker(request, course.patient),
        "speaker_error": speaker_error,
    }
    template = "courses/screening_parts.html" if is_fragment(request) else "courses/screening.html"
    return render(request, template, context, status=status)
