"""The plan of a course: the live draft, its release, and what comes after it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mesoplan.web.accounts.access import ClinicRequest, is_fragment, requires
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.course import open_course
from mesoplan.web.courses.actions.plan import NotReleasedError, release_plan, withdraw_plan
from mesoplan.web.courses.actions.request import (
    SealedRequestError,
    change_plan,
    edit_request,
    keep_plan,
    redo_request,
    restore_version,
    undo_request,
)
from mesoplan.web.courses.forms.plan import read_choice, read_wishes
from mesoplan.web.courses.forms.request import Entry
from mesoplan.web.courses.mapping.options import ways
from mesoplan.web.courses.mapping.plan_doses import LIMIT_AT
from mesoplan.web.courses.models import Course, PlanVersion
from mesoplan.web.courses.queries.comparison import compare_page
from mesoplan.web.courses.queries.course import (
    course_of,
    current_plan,
    has_left_draft,
    request_journal,
    request_sheet,
)
from mesoplan.web.courses.queries.plan import Wrong, draft, plan_page, plan_state
from mesoplan.web.courses.queries.wishes import refused_wishes
from mesoplan.web.courses.views.page import course_context
from mesoplan.web.gestures.actions import Written
from mesoplan.web.gestures.posted import posted
from mesoplan.web.gestures.telling import tell_overwritten


@requires(Permission.SEE_CHART)
@require_safe
def plan_view(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The draft where a plan is being made or changed, else the plan in force as paper."""
    course = open_course(code=code, by=request.user, page="plan")
    return _shown(request, course)


@requires(Permission.SEE_CHART)
@require_safe
def plan_version(request: ClinicRequest, /, code: str, number: int) -> HttpResponse:
    """One released version as paper, in force or not."""
    course = open_course(code=code, by=request.user, page="plan-version")
    get_object_or_404(PlanVersion, course=course, number=number)
    return _shown(request, course, number=number)


@requires(Permission.SEE_CHART, passive=True)
@require_safe
def plan_live(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Asked by the page itself: nothing where nothing has changed, else the plan again."""
    course = course_of(code, request.user)
    if request.GET.get("version", "") == plan_state(course):
        return HttpResponse(status=204)
    course = open_course(code=code, by=request.user, page="plan")
    return _shown(request, course, is_part=True)


@requires(Permission.PLAN)
@require_POST
def plan_edit(request: ClinicRequest, /, code: str) -> HttpResponse:
    """One wish within the protocol; one that leaves no plan is not taken."""
    course = course_of(code, request.user)
    journal, sent = request_journal(course), posted(request.POST)
    sheet = journal.sheet()
    entry = read_wishes(
        request.POST,
        sheet=sheet,
        shown=journal.shown(sent.seen),
        posted=sent,
        ways=ways(draft(course, request=sheet)),
    )
    for key, why in refused_wishes(course, sheet, entry.values).items():
        entry.refuse(key, why, entry.typed.get(key, ""))
    if entry.errors:
        return _shown(request, course, status=422, entry=entry)
    try:
        written = edit_request(course=course, values=entry.values, by=request.user, sent=sent)
    except SealedRequestError:
        return _shown(request, course, status=409)
    return _answer(request, course, written)


@requires(Permission.PLAN)
@require_POST
def plan_undo(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Take back the last gesture on the request or on its plan, or the last undo."""
    course = course_of(code, request.user)
    act = redo_request if "redo" in request.POST else undo_request
    try:
        act(course=course, by=request.user)
    except SealedRequestError:
        return _shown(request, course, status=409)
    return _answer(request, course)


@requires(Permission.DECIDE)
@require_POST
def plan_release(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Release exactly the draft that was seen, or say why not."""
    course = course_of(code, request.user)
    reason = request.POST.get("reason", "")[:300]
    try:
        release_plan(
            course=course, seen=request.POST.get("digest", ""), by=request.user, reason=reason
        )
    except NotReleasedError as error:
        return _shown(request, course, status=409, refused=error.why.label, reason=reason)
    return redirect("plan", course.code)


@requires(Permission.PLAN)
@require_POST
def plan_change(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Open a draft that starts from the plan in force, or leave it again (``keep``)."""
    course = course_of(code, request.user)
    version = _in_force(course)
    act = keep_plan if "keep" in request.POST else change_plan
    try:
        act(version=version, by=request.user)
    except SealedRequestError:
        return _shown(request, course, status=409)
    return redirect("plan", course.code)


@requires(Permission.DECIDE)
def plan_withdraw(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Take the plan in force out of use, with a reason."""
    course = open_course(code=code, by=request.user, page="plan-withdraw")
    version, error = _in_force(course), ""
    if request.method == "POST":
        try:
            withdraw_plan(
                version=version, reason=request.POST.get("reason", "")[:300], by=request.user
            )
        except NotReleasedError:
            error = _("Say why the plan is withdrawn.")
        else:
            return redirect("plan", course.code)
    context = course_context(course, request.user, current="plan", plan=version)
    context |= {"version": version, "error": error}
    return render(request, "courses/withdraw.html", context, status=422 if error else 200)


@requires(Permission.SEE_CHART)
@require_safe
def compare(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Two plans side by side."""
    course = open_course(code=code, by=request.user, page="compare")
    page = compare_page(
        course, left=request.GET.get("left", ""), right=request.GET.get("right", "")
    )
    context = course_context(course, request.user, current="plan") | {"page": page}
    return render(request, "courses/compare.html", context)


@requires(Permission.PLAN)
@require_POST
def plan_choose(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Make a column of the comparison the draft."""
    course = course_of(code, request.user)
    column = request.POST.get("column", "")
    sheet = request_sheet(course)
    try:
        if column.startswith("v"):
            version = next((one for one in course.plans.all() if f"v{one.number}" == column), None)
            if version is None:
                raise Http404
            restore_version(version=version, by=request.user)
        else:
            entry = read_choice(column, sheet=sheet, ways=ways(draft(course, request=sheet)))
            edit_request(course=course, values=entry.values, by=request.user)
    except SealedRequestError:
        return _shown(request, course, status=409)
    return redirect("plan", course.code)


def _in_force(course: Course) -> PlanVersion:
    version = current_plan(course)
    if version is None:
        raise Http404
    return version


def _answer(request: ClinicRequest, course: Course, written: Written | None = None) -> HttpResponse:
    overwritten = written.overwritten if written else ()
    if not is_fragment(request):
        tell_overwritten(request, overwritten)
        return redirect("plan", course.code)
    return _shown(request, course, overwritten=overwritten)


def _shown(
    request: ClinicRequest,
    course: Course,
    *,
    status: int = 200,
    number: int = 0,
    entry: Entry | None = None,
    is_part: bool = False,
    **more: Any,  # noqa: ANN401 - what the template shows beside
) -> HttpResponse:
    wrong = Wrong(errors=entry.errors, typed=entry.typed) if entry else None
    page = plan_page(course, number=number, wrong=wrong)
    context = course_context(
        course,
        request.user,
        current="plan",
        draft=page.draft if page.is_draft else None,
        plan=page.current,
    )
    has_left = page.is_current and has_left_draft(course, request.user, page.current)
    context |= {"page": page, "limit_at": LIMIT_AT, "has_left_draft": has_left, **more}
    parts = is_part or is_fragment(request)
    template = "courses/plan_parts.html" if parts else "courses/plan.html"
    return render(request, template, context, status=status)
