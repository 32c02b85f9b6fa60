"""The consent to a plan: read, explained, signed, sealed; and taken back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mesoplan.web.accounts.access import ClinicRequest, is_fragment, requires
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.consent import (
    ClosedConsentError,
    NotSealedError,
    begin_consent,
    edit_consent,
    print_draft,
    redo_consent,
    seal_consent,
    undo_consent,
    withdraw_consent,
)
from mesoplan.web.courses.actions.course import open_course
from mesoplan.web.courses.forms.consent import read_consent, read_withdrawal
from mesoplan.web.courses.forms.request import Entry
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.consent import shown, state_of
from mesoplan.web.courses.queries.consent_page import ConsentPage, consent_page, version_of
from mesoplan.web.courses.queries.course import course_of, current_plan
from mesoplan.web.courses.queries.plan import changed_since
from mesoplan.web.courses.views.page import course_context
from mesoplan.web.gestures.actions import Overwritten
from mesoplan.web.gestures.posted import posted
from mesoplan.web.gestures.telling import tell_overwritten

CLOSED = 409
"""The page that a form was sent from does not stand any more."""


@requires(Permission.SEE_CHART)
@require_safe
def consent_view(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The consent to the plan in force; ``view=patient`` for reading without navigation."""
    course = open_course(code=code, by=request.user, page="consent")
    if request.GET.get("view") == "patient":
        return _reading(request, course)
    plan = current_plan(course)
    is_outdated = plan is not None and changed_since(course, plan).is_anything
    return _shown(request, course, is_outdated=is_outdated)


@requires(Permission.SEE_CHART)
@require_safe
def consent_sealed(request: ClinicRequest, /, code: str, consent: str) -> HttpResponse:
    """One sealed consent as paper, to whichever plan."""
    course = open_course(code=code, by=request.user, page="consent")
    return _shown(request, course, consent=consent)


@requires(Permission.SEE_CHART, passive=True)
@require_safe
def consent_live(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Asked by the page itself: nothing where nothing has changed, else the form again."""
    course = course_of(code, request.user)
    if request.GET.get("version", "") == version_of(course, state_of(course)):
        return HttpResponse(status=204)
    course = open_course(code=code, by=request.user, page="consent")
    return _shown(request, course, is_part=True)


@requires(Permission.CONSENT)
@require_POST
def consent_edit(request: ClinicRequest, /, code: str) -> HttpResponse:
    """One gesture on the consent, or a whole form of it."""
    course = course_of(code, request.user)
    state, sent = state_of(course), posted(request.POST)
    if state is None:
        return _shown(request, course, status=CLOSED)
    entry = read_consent(
        request.POST, state=state, shown=shown(state, sent.seen), posted=sent, by=request.user
    )
    overwritten: tuple[Overwritten, ...] = ()
    try:
        if entry.values or not entry.errors:
            overwritten = edit_consent(
                course=course,
                plan=request.POST.get("plan", ""),
                consent=request.POST.get("consent", ""),
                values=entry.values,
                by=request.user,
                sent=sent,
            ).overwritten
    except ClosedConsentError:
        return _shown(request, course, status=CLOSED)
    if entry.errors:
        # What is right is kept all the same: only the wrong field is entered once more.
        return _shown(request, course, status=422, entry=entry, overwritten=overwritten)
    if not is_fragment(request):
        tell_overwritten(request, overwritten)
        return redirect("consent", course.code)
    return _shown(request, course, overwritten=overwritten)


@requires(Permission.CONSENT)
@require_POST
def consent_undo(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Take back the last gesture on the consent, or the last undo."""
    course = course_of(code, request.user)
    act = redo_consent if "redo" in request.POST else undo_consent
    try:
        act(course=course, by=request.user)
    except ClosedConsentError:
        return _shown(request, course, status=CLOSED)
    return _shown(request, course) if is_fragment(request) else redirect("consent", course.code)


@requires(Permission.CONSENT)
@require_POST
def consent_new(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Another consent, after one that was declined or withdrawn."""
    course = course_of(code, request.user)
    try:
        begin_consent(course=course, by=request.user)
    except ClosedConsentError:
        return _shown(request, course, status=CLOSED)
    return redirect("consent", course.code)


@requires(Permission.CONSENT)
def consent_finalise(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Confirm what is sealed, and seal exactly that."""
    course = open_course(code=code, by=request.user, page="consent-finalise")
    error = ""
    if request.method == "POST":
        try:
            seal_consent(
                course=course,
                plan=request.POST.get("plan", ""),
                consent=request.POST.get("consent", ""),
                seen=posted(request.POST).seen or 0,
                by=request.user,
            )
        except ClosedConsentError:
            return _shown(request, course, status=CLOSED)
        except NotSealedError as refused:
            error = str(refused.why.label)
        else:
            return redirect("consent", course.code)
    page = consent_page(course, request.user)
    if page.open is None:
        return _shown(request, course)
    return _confirm(request, course, "courses/consent_finalise.html", page=page, error=error)


@requires(Permission.FOLLOW_UP)
def consent_withdraw(request: ClinicRequest, /, code: str, consent: str) -> HttpResponse:
    """Record that the patient takes her consent back."""
    course = open_course(code=code, by=request.user, page="consent-withdraw")
    page = consent_page(course, request.user, code=consent)
    if page.sealed is None:
        raise Http404
    entry = read_withdrawal(request.POST, course=course)
    if request.method == "POST" and not entry.errors:
        try:
            withdraw_consent(consent=page.sealed.consent, by=request.user, **entry.values)
        except NotSealedError as refused:
            entry.refuse("at", str(refused.why.label), request.POST.get("at", ""))
        else:
            return redirect("consent-sealed", course.code, consent)
    template = "courses/consent_withdraw.html"
    return _confirm(request, course, template, page=page, entry=entry)


@requires(Permission.SEE_CHART)
@require_safe
def consent_print(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The consent as it stands, on paper with blanks to fill in and to sign."""
    course = open_course(code=code, by=request.user, page="consent-print")
    state = state_of(course)
    if state is None:
        raise Http404
    return _pdf(print_draft(state=state, by=request.user))


def _pdf(content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": 'inline; filename="consent.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _confirm(
    request: ClinicRequest,
    course: Course,
    template: str,
    *,
    page: ConsentPage,
    **more: Any,  # noqa: ANN401 - what the template shows beside
) -> HttpResponse:
    is_wrong = bool(more.get("error")) or bool(getattr(more.get("entry"), "errors", None))
    context = course_context(course, request.user, current="consent", plan=page.plan)
    context |= {"page": page, **more}
    return render(request, template, context, status=422 if is_wrong else 200)


def _reading(request: ClinicRequest, course: Course) -> HttpResponse:
    page = consent_page(course, request.user)
    context = {"course": course, "patient": course.patient, "page": page}
    return render(request, "courses/consent_reading.html", context)


def _shown(
    request: ClinicRequest,
    course: Course,
    *,
    status: int = 200,
    consent: str = "",
    entry: Entry | None = None,
    is_part: bool = False,
    **more: Any,  # noqa: ANN401 - what the template shows beside
) -> HttpResponse:
    page = consent_page(
        course,
        request.user,
        code=consent,
        ask="ask" in request.GET,
        errors=entry.errors if entry else None,
        typed=entry.typed if entry else None,
    )
    if consent and page.sealed is None:
        raise Http404
    context = course_context(course, request.user, current="consent", plan=page.plan)
    context |= {"page": page, "is_closed": status == CLOSED, **more}
    parts = is_part or is_fragment(request)
    template = "courses/consent_parts.html" if parts else "courses/consent.html"
    return render(request, template, context, status=status)
