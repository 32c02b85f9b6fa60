"""Reactions that are recorded at any time, and how they went on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.course import open_course
from mesoplan.web.courses.actions.reactions import note_reaction, record_reaction
from mesoplan.web.courses.forms.reaction import ReadReaction, read_reaction
from mesoplan.web.courses.mapping.followup import CAUSES, OUTCOMES, SEVERITIES
from mesoplan.web.courses.mapping.reactions import reaction_choices
from mesoplan.web.courses.mapping.words import place_words
from mesoplan.web.courses.models import Course, Session
from mesoplan.web.courses.queries.reactions import reaction_of
from mesoplan.web.courses.views.page import course_context

LONGEST_NOTE = 1000


@requires(Permission.FOLLOW_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def reaction_new(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Record a reaction to a session of this course."""
    course = open_course(code=code, by=request.user, page="reaction-new")
    session = _session(course, request.POST.get("session") or request.GET.get("session", ""))
    if request.method != "POST":
        return _shown(request, course, session, ReadReaction(seen=None, typed={}))
    read = read_reaction(request.POST, session=session, today=local_today(request.clinic))
    if read.seen is None:
        return _shown(request, course, session, read, status=422)
    record_reaction(session=session, seen=read.seen, by=request.user)
    return redirect("follow-up", course.code)


@requires(Permission.FOLLOW_UP)
@require_POST
def reaction_note(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Add how a reaction went on."""
    reaction = reaction_of(code, request.user)
    outcome, text = request.POST.get("outcome", ""), request.POST.get("text", "").strip()
    if outcome not in OUTCOMES or len(text) > LONGEST_NOTE:
        messages.error(request, _("Choose an outcome; the words have at most 1000 characters."))
    else:
        note_reaction(code=code, outcome=outcome, text=text, by=request.user)
    return redirect("follow-up", reaction.session.course.code)


def _session(course: Course, code: str) -> Session:
    """The session of that code in this course, or its newest.

    Raises:
        Http404: there is none.
    """
    rows = Session.objects.filter(course=course).select_related("course__patient__clinic", "plan")
    found = rows.filter(code=code).first() if code else rows.filter(abandoned_because="").first()
    if found is None:
        raise Http404
    return found


def _shown(
    request: ClinicRequest,
    course: Course,
    session: Session,
    read: ReadReaction,
    *,
    status: int = 200,
) -> HttpResponse:
    zones = session.plan.decision["plan"]["zones"]
    context: dict[str, Any] = course_context(course, request.user, current="follow-up")
    context |= {
        "session": session,
        "sessions": course.sessions.filter(abandoned_because="").only("code", "number")[:20],
        "read": read,
        "names": reaction_choices(),
        "severities": SEVERITIES.items(),
        "causes": CAUSES.items(),
        "zones": [
            (str(zone["number"]), place_words(zone["region"], zone["side"])) for zone in zones
        ],
    }
    return render(request, "courses/reaction_new.html", context, status=status)
