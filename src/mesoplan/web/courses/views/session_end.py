"""A session that ends: finalised, ended without treatment; then as paper, with amendments."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.course import open_course
from mesoplan.web.courses.actions.session_end import (
    NotCompleteError,
    NotEndedError,
    amend,
    end_untreated,
    finalise,
)
from mesoplan.web.courses.models import AmendmentReason, NotTreatedReason, Session
from mesoplan.web.courses.queries.session import find_session, state_of
from mesoplan.web.courses.queries.session_page import SessionPage
from mesoplan.web.courses.queries.session_paper import paper_of
from mesoplan.web.courses.views.page import course_context


@requires(Permission.FINALISE)
@require_http_methods(["GET", "POST"])
def session_finalise(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Ask once more, with what will stand as not recorded; then seal."""
    session = find_session(code=code, by=request.user)
    if session.sealed_at is not None:
        return redirect("session-record", session.code)
    if request.method == "POST":
        try:
            finalise(session=session, by=request.user)
        except NotCompleteError:
            return _ask(request, session, status=409)
        return redirect("session-record", session.code)
    return _ask(request, session)


@requires(Permission.FINALISE)
@require_POST
def session_untreated(request: ClinicRequest, /, code: str) -> HttpResponse:
    """End the session without treatment, with the reason."""
    session = find_session(code=code, by=request.user)
    try:
        end_untreated(
            session=session,
            by=request.user,
            reason=request.POST.get("reason", ""),
            words=request.POST.get("words", ""),
        )
    except NotEndedError as error:
        return _ask(request, session, status=422, ended_error=error.why.label)
    return redirect("session-record", session.code)


@requires(Permission.SEE_CHART)
@require_safe
def session_record(request: ClinicRequest, /, code: str) -> HttpResponse:
    """A finalised session as paper; one that is open is recorded on its own page."""
    session = find_session(code=code, by=request.user)
    if session.sealed_at is None:
        return redirect("session", session.course.code)
    return _paper(request, session)


@requires(Permission.FINALISE)
@require_POST
def session_amend(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Add an amendment to a finalised session."""
    session = find_session(code=code, by=request.user)
    if session.sealed_at is None:
        return redirect("session", session.course.code)
    reason, text = request.POST.get("reason", ""), request.POST.get("text", "")
    try:
        amend(session=session, by=request.user, reason=reason, text=text)
    except NotEndedError as error:
        told = {"error": error.why.label, "reason": reason, "text": text}
        return _paper(request, session, status=422, amended=told)
    return redirect("session-record", session.code)


def _ask(
    request: ClinicRequest, session: Session, *, status: int = 200, ended_error: object = ""
) -> HttpResponse:
    open_course(code=session.course.code, by=request.user, page="session-finalise")
    state = state_of(session)
    context = course_context(session.course, request.user, current="session", plan=session.plan)
    context |= {
        "page": SessionPage(state=state),
        "session": session,
        "state": state,
        "ended_error": ended_error,
        "not_treated_reasons": NotTreatedReason.choices,
    }
    return render(request, "courses/session_finalise.html", context, status=status)


def _paper(
    request: ClinicRequest,
    session: Session,
    *,
    status: int = 200,
    amended: dict[str, object] | None = None,
) -> HttpResponse:
    open_course(code=session.course.code, by=request.user, page="session-record")
    context = course_context(session.course, request.user, current="session", plan=session.plan)
    context |= {
        "session": session,
        "paper": paper_of(session),
        "amended": amended or {},
        "amendment_reasons": AmendmentReason.choices,
    }
    return render(request, "courses/session_paper.html", context, status=status)
