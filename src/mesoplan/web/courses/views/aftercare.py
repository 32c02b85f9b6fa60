"""The aftercare sheet of a session, to print."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.aftercare import give_aftercare
from mesoplan.web.courses.queries.session import find_session


@requires(Permission.SEE_CHART)
@require_POST
def aftercare(request: ClinicRequest, /, code: str) -> HttpResponse:
    """File the sheet and show it."""
    session = find_session(code=code, by=request.user)
    try:
        document = give_aftercare(session=session, by=request.user)
    except ValueError as error:
        raise Http404 from error
    answer = HttpResponse(bytes(document.content), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="aftercare.pdf"'
    return answer
