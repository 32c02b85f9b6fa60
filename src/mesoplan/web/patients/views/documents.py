"""Printed pages that were filed."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.patients.actions import open_document


@requires(Permission.SEE_CHART)
@require_safe
def document(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The page as it was given out. Its file name says what and when, not whose it is."""
    found = open_document(code=code, by=request.user)
    day = timezone.localdate(found.created_at)
    response = HttpResponse(bytes(found.content), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.kind}-{day.isoformat()}.pdf"'
    return response
