"""Today: what needs somebody, each one tap from its next step."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.queries.today import today_page


@requires(Permission.SIGNED_IN)
@require_safe
def today(request: ClinicRequest, /) -> HttpResponse:
    """What needs this person today."""
    page = today_page(request.clinic, request.user, whole=request.GET.get("all", ""))
    context = {
        "section": "today",
        "page": page,
        "sees_patients": request.user.may(Permission.SEE_PATIENTS),
        "edits_patients": request.user.may(Permission.EDIT_PATIENTS),
        "sees_charts": request.user.may(Permission.SEE_CHART),
        "follows_up": request.user.may(Permission.FOLLOW_UP),
    }
    return render(request, "courses/today.html", context)
