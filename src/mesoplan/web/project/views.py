"""Pages that belong to no one noun."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpResponse
from django.shortcuts import render

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


@requires(Permission.ANYONE)
def certificate(request: ClinicRequest, /) -> HttpResponse:
    """How a tablet comes to trust this computer, with the fingerprint to compare."""
    found = x509.load_pem_x509_certificate(_authority())
    fingerprint = found.fingerprint(hashes.SHA256()).hex(":").upper()
    return render(request, "certificate.html", {"fingerprint": fingerprint})


@requires(Permission.ANYONE)
def certificate_file(request: ClinicRequest, /) -> HttpResponse:  # noqa: ARG001
    """The certificate authority of this computer, as tablets install it. Not its key."""
    answer = HttpResponse(_authority(), content_type="application/x-x509-ca-cert")
    answer["Content-Disposition"] = 'attachment; filename="mesoplan-authority.crt"'
    return answer


def _authority() -> bytes:
    place = Path(settings.DATA) / "https" / "authority.crt"
    if not place.exists():
        raise Http404
    return place.read_bytes()
