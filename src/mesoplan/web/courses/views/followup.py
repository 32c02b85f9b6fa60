"""Follow-up: who is to be asked, the phone script, its end, and the tasks that come of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mesoplan.web.accounts.access import ClinicRequest, is_fragment, requires
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.contact import (
    NoSessionError,
    NotToldError,
    SealedContactError,
    close_contact,
    give_up,
    no_answer,
    open_contact,
    redo_contact,
    report_by_patient,
    undo_contact,
    write_contact,
)
from mesoplan.web.courses.actions.course import open_course
from mesoplan.web.courses.actions.task import close_task
from mesoplan.web.courses.forms.followup import read_contact
from mesoplan.web.courses.forms.request import Entry
from mesoplan.web.courses.mapping.followup import CAUSES, OUTCOMES, SEVERITIES
from mesoplan.web.courses.models import Task
from mesoplan.web.courses.queries.course import course_of
from mesoplan.web.courses.queries.course_followup import course_follow_up
from mesoplan.web.courses.queries.followup import contact_journal, contact_of, contact_page
from mesoplan.web.courses.queries.worklist import worklist
from mesoplan.web.courses.views.page import course_context
from mesoplan.web.gestures.actions import Overwritten
from mesoplan.web.gestures.posted import posted
from mesoplan.web.gestures.telling import tell_overwritten

LONGEST_REASON = 300


@requires(Permission.FOLLOW_UP)
@require_safe
def follow_ups(request: ClinicRequest, /) -> HttpResponse:
    """Who is to be asked how it went, by day."""
    kind, after = request.GET.get("kind", ""), request.GET.get("after", "")
    found = worklist(request.clinic, kind=kind, after=after)
    return render(request, "courses/follow_ups.html", {"section": "today", "list": found})


@requires(Permission.SEE_CHART)
@require_safe
def follow_up(request: ClinicRequest, /, code: str) -> HttpResponse:
    """All contacts and reactions of a course."""
    course = open_course(code=code, by=request.user, page="follow-up")
    context = course_context(course, request.user, current="follow-up")
    context |= {
        "page": course_follow_up(course),
        "outcomes": OUTCOMES.items(),
        "can_follow_up": request.user.may(Permission.FOLLOW_UP),
    }
    return render(request, "courses/follow_up.html", context)


@requires(Permission.FOLLOW_UP)
@require_POST
def course_report(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The patient calls by herself."""
    course = course_of(code, request.user)
    try:
        contact = report_by_patient(course=course, by=request.user)
    except NoSessionError:
        messages.error(request, _("Nothing was given in this course yet."))
        return redirect("follow-up", course.code)
    return redirect("contact", contact.code)


@requires(Permission.FOLLOW_UP)
@require_safe
def contact_view(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The script of one contact; closed, what was said."""
    contact = open_contact(code=code, by=request.user)
    return _shown(request, contact.code)


@requires(Permission.FOLLOW_UP)
@require_POST
def contact_edit(request: ClinicRequest, /, code: str) -> HttpResponse:
    """One gesture on the script, or the whole of it."""
    contact = contact_of(code, request.user)
    sent = posted(request.POST)
    shown = contact_journal(contact).shown(sent.seen)
    entry = read_contact(request.POST, page=contact_page(contact), shown=shown, posted=sent)
    try:
        written = write_contact(contact=contact, values=entry.values, by=request.user, sent=sent)
    except SealedContactError:
        return _shown(request, code, status=409)
    if entry.errors:
        # What is right is kept all the same: a red flag is not lost to a score that is not.
        overwritten = written.overwritten
        return _shown(request, code, status=422, entry=entry, overwritten=overwritten)
    return _answer(request, code, written.overwritten)


@requires(Permission.FOLLOW_UP)
@require_POST
def contact_undo(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Take back this person's last gesture, or the last undo."""
    contact = contact_of(code, request.user)
    act = redo_contact if "redo" in request.POST else undo_contact
    try:
        act(contact=contact, by=request.user)
    except SealedContactError:
        return _shown(request, code, status=409)
    return _answer(request, code)


@requires(Permission.FOLLOW_UP)
@require_POST
def contact_close(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Close the contact with its triage."""
    contact = contact_of(code, request.user)
    try:
        close_contact(contact=contact, by=request.user)
    except NotToldError as error:
        entry = Entry(errors={key: _("Choose how severe it is.") for key in error.keys})
        return _shown(request, code, status=422, entry=entry)
    return redirect("contact", code)


@requires(Permission.FOLLOW_UP)
@require_POST
def contact_no_answer(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Nobody answered: to be tried again."""
    contact = contact_of(code, request.user)
    try:
        no_answer(contact=contact, by=request.user, sent=posted(request.POST))
    except SealedContactError:
        return _shown(request, code, status=409)
    messages.info(request, _("Kept. A task to try again is open."))
    return redirect("contact", code)


@requires(Permission.FOLLOW_UP)
@require_POST
def contact_give_up(request: ClinicRequest, /, code: str) -> HttpResponse:
    """End a contact in which nobody could be reached."""
    contact = contact_of(code, request.user)
    words = request.POST.get("words", "").strip()
    if not words or len(words) > LONGEST_REASON:
        text = _("Say what was tried.") if not words else _("At most 300 characters.")
        return _shown(request, code, status=422, entry=Entry(errors={"words": text}))
    give_up(contact=contact, words=words, by=request.user)
    return redirect("contact", code)


@requires(Permission.FOLLOW_UP)
@require_POST
def task_done(request: ClinicRequest, /, code: str) -> HttpResponse:
    """A task is done."""
    get_object_or_404(Task, code=code, clinic=request.clinic)
    because = request.POST.get("because", "").strip()
    if because:
        close_task(code=code, because=because, by=request.user)
    else:
        messages.error(request, _("Say what was done."))
    return redirect("today")


def _answer(
    request: ClinicRequest, code: str, overwritten: tuple[Overwritten, ...] = ()
) -> HttpResponse:
    """To htmx the parts of the page; to a browser without scripts the page."""
    if not is_fragment(request):
        tell_overwritten(request, overwritten)
        return redirect("contact", code)
    return _shown(request, code, overwritten=overwritten)


def _shown(
    request: ClinicRequest,
    code: str,
    *,
    status: int = 200,
    entry: Entry | None = None,
    **more: Any,  # noqa: ANN401 - what the template shows beside
) -> HttpResponse:
    contact = contact_of(code, request.user)
    context = course_context(contact.session.course, request.user, current="follow-up")
    context |= {
        "page": contact_page(
            contact, errors=entry.errors if entry else None, typed=entry.typed if entry else None
        ),
        "contact": contact,
        "severities": SEVERITIES.items(),
        "causes": CAUSES.items(),
        **more,
    }
    template = "courses/contact_parts.html" if is_fragment(request) else "courses/contact.html"
    return render(request, template, context, status=status)
