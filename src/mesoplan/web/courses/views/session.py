"""A session while it is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mesoplan.web.accounts.access import ClinicRequest, is_fragment, requires
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.course import open_course
from mesoplan.web.courses.actions.reactions import record_reaction
from mesoplan.web.courses.actions.rescreening import answer_today, confirm_unchanged
from mesoplan.web.courses.actions.session import (
    NotBegunError,
    OtherZonesError,
    SealedSessionError,
    begin_session,
    follow_plan,
    redo_session,
    undo_session,
    write_computed,
    write_session,
)
from mesoplan.web.courses.forms.request import Entry
from mesoplan.web.courses.forms.screening import read_answers
from mesoplan.web.courses.forms.session import read_session
from mesoplan.web.courses.forms.session_reaction import read_reaction
from mesoplan.web.courses.mapping.plan_doses import LIMIT_AT, ticks
from mesoplan.web.courses.models import Course, Session
from mesoplan.web.courses.queries.course import course_of
from mesoplan.web.courses.queries.session import (
    SessionState,
    find_session,
    open_session,
    session_journal,
    state_of,
)
from mesoplan.web.courses.queries.session_begin import begin_page
from mesoplan.web.courses.queries.session_page import SessionPage
from mesoplan.web.courses.views.page import course_context
from mesoplan.web.gestures.actions import Overwritten, Written
from mesoplan.web.gestures.posted import posted
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.gestures.telling import tell_overwritten


@requires(Permission.SEE_CHART)
@require_safe
def session_view(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The session that is being recorded; where none is, what the next one would stand on."""
    course = course_of(code, request.user)
    session = open_session(course)
    if session is not None:
        return shown(request, session)
    open_course(code=code, by=request.user, page="session")
    context = course_context(course, request.user, current="session")
    return render(request, "courses/session_begin.html", context | {"page": begin_page(course)})


@requires(Permission.TREAT)
@require_POST
def session_begin(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Begin the next session, as planned or like an earlier one."""
    course = course_of(code, request.user)
    like = request.POST.get("like", "")
    other = get_object_or_404(Session, code=like, course=course) if like else None
    try:
        begin_session(course=course, by=request.user, like=other)
    except NotBegunError as error:
        messages.error(request, str(error.why.label))
    return redirect("session", course.code)


@requires(Permission.TREAT)
@require_POST
def session_edit(request: ClinicRequest, /, code: str) -> HttpResponse:
    """One gesture, one tap that says several things, or a whole form."""
    session = find_session(code=code, by=request.user)
    sent, state = posted(request.POST), state_of(session)
    before = session_journal(session).shown(sent.seen)
    read = read_session(request.POST, state=state, shown=before, posted=sent)
    written = None
    try:
        if read.entry.values:
            written = write_session(
                session=session,
                values=read.entry.values,
                by=request.user,
                sent=sent if read.tap is None else replace(sent, batch=None),
            )
        if read.tap is not None and not read.entry.errors:
            write_computed(session=session, compute=read.tap, by=request.user, sent=sent)
    except SealedSessionError:
        return _ended(request, session, read.entry)
    if read.entry.errors:
        # What is right is kept all the same: nine entries are not lost to a tenth.
        overwritten = written.overwritten if written else ()
        return shown(
            request,
            session,
            status=422,
            entry=read.entry,
            before=state,
            overwritten=overwritten,
        )
    return _answer(request, session, before=state, written=written)


@requires(Permission.TREAT)
@require_POST
def session_undo(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Take back this person's last gesture, or the last undo."""
    session = find_session(code=code, by=request.user)
    state = state_of(session)
    act = redo_session if "redo" in request.POST else undo_session
    try:
        act(session=session, by=request.user)
    except SealedSessionError:
        return _ended(request, session)
    return _answer(request, session, before=state)


@requires(Permission.SEE_CHART, passive=True)
@require_safe
def session_live(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Asked by the page itself: nothing where nothing has changed, else the session again."""
    session = find_session(code=code, by=request.user)
    version = SEALED if session.sealed_at is not None else state_of(session).version
    if request.GET.get("version", "") == version:
        return HttpResponse(status=204)
    if version == SEALED:
        return _ended(request, session, Entry())
    return shown(request, session, is_part=True)


@requires(Permission.TREAT)
@require_POST
def session_rescreen(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Nothing changed since last time, or the answer to one question of the day."""
    session = find_session(code=code, by=request.user)
    sent, state = posted(request.POST), state_of(session)
    asked = tuple(item.ask for item in state.rescreening.asked)
    # Asked anew for this session: what an earlier day did not know is said anew too.
    nothing = Sheet(entries={}, version=0)
    entry = read_answers(request.POST, asked=asked, shown=nothing, posted=sent, at=state.day)
    try:
        if entry.values:
            answer_today(session=session, values=entry.values, by=request.user, sent=sent)
        is_unchanged = "unchanged" in request.POST and sent.speaks_of("unchanged")
        if is_unchanged and not entry.errors:
            confirm_unchanged(session=session, by=request.user, sent=sent)
    except SealedSessionError:
        return _ended(request, session)
    if entry.errors:
        return shown(request, session, status=422, entry=entry, before=state)
    return _answer(request, session, before=state)


@requires(Permission.TREAT)
@require_POST
def session_reaction(request: ClinicRequest, /, code: str) -> HttpResponse:
    """A reaction that is seen during the session."""
    session = find_session(code=code, by=request.user)
    if session.sealed_at is not None:
        return _ended(request, session)
    read = read_reaction(request.POST, state=state_of(session))
    if read.seen is None:
        return shown(request, session, status=422, reaction=read)
    record_reaction(session=session, seen=read.seen, by=request.user)
    return _answer(request, session)


@requires(Permission.TREAT)
@require_POST
def session_follow_plan(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Go on with the plan that is in force now."""
    session = find_session(code=code, by=request.user)
    try:
        follow_plan(session=session, by=request.user)
    except SealedSessionError:
        return _ended(request, session)
    except OtherZonesError:
        return shown(request, session, status=409, has_other_zones=True)
    return _answer(request, session)


SEALED = "sealed"
"""Version of a finalised session, as the page that says so sends it."""


def _answer(
    request: ClinicRequest,
    session: Session,
    *,
    before: SessionState | None = None,
    written: Written | None = None,
) -> HttpResponse:
    """To htmx the parts of the page; to a browser without scripts the page."""
    overwritten: tuple[Overwritten, ...] = written.overwritten if written else ()
    if not is_fragment(request):
        tell_overwritten(request, overwritten)
        return redirect("session", session.course.code)
    return shown(request, session, before=before, overwritten=overwritten)


def _ended(request: ClinicRequest, session: Session, entry: Entry | None = None) -> HttpResponse:
    """Somebody has finalised the session meanwhile: the page turns to paper.

    What came too late is shown, so that it can be added as an amendment.
    """
    session = find_session(code=session.code, by=request.user)
    is_part = is_fragment(request) or request.method != "POST"
    if not is_part and entry is None:
        return redirect("session-record", session.code)
    open_course(code=session.course.code, by=request.user, page="session")
    lost = [(key, value) for key, value in entry.values.items() if value] if entry else []
    context: dict[str, Any] = {"session": session, "lost": lost}
    if not is_part:
        context |= course_context(session.course, request.user, current="session")
    template = "courses/session_ended.html" if is_part else "courses/session_ended_page.html"
    return render(request, template, context, status=409 if request.method == "POST" else 200)


def shown(
    request: ClinicRequest,
    session: Session,
    *,
    status: int = 200,
    entry: Entry | None = None,
    is_part: bool = False,
    before: SessionState | None = None,
    **more: Any,  # noqa: ANN401 - what the template shows beside
) -> HttpResponse:
    """The page of a session as it stands.

    That it was looked at is recorded, except after a gesture that left its own trace: then
    something is there that was not ``before``.
    """
    session = find_session(code=session.code, by=request.user)
    course: Course = session.course
    state = state_of(session)
    if before is None or before.entered == state.entered:
        open_course(code=course.code, by=request.user, page="session")
    context = course_context(course, request.user, current="session", plan=session.plan)
    context |= {
        "page": SessionPage(
            state=state,
            errors=entry.errors if entry else {},
            typed=entry.typed if entry else {},
        ),
        "session": session,
        "state": state,
        "sheet": state.sheet,
        "now": timezone.now(),
        "ticks": ticks(),
        "limit_at": LIMIT_AT,
        **more,
    }
    as_part = is_part or is_fragment(request)
    template = "courses/session_parts.html" if as_part else "courses/session.html"
    return render(request, template, context, status=status)
