"""Pages that belong to no one noun."""

from __future__ import annotations

from importlib.metadata import version

from django.db import DatabaseError, connection
from django.http import HttpResponse

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.roles import Permission


@requires(Permission.ANYONE, in_hand_over=True)
def health(request: ClinicRequest, /) -> HttpResponse:  # noqa: ARG001
    """Whether the site can read its database: for a watching program; says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM audit_head")
            cursor.fetchone()
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse(f"ok, Mesoplan {version('mesoplan')}\n", content_type="text/plain")
