"""Who saw and did what, for whoever answers for it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.actions.audit import verify_audit
from mesoplan.web.accounts.forms.audit import AuditFilterForm
from mesoplan.web.accounts.queries import AuditFilter, audit_page, last_verification
from mesoplan.web.accounts.roles import Permission


@requires(Permission.SEE_AUDIT)
@require_safe
def audit(request: ClinicRequest) -> HttpResponseBase:
    """Fifty events of the clinic, the newest first, and whether the chain is whole."""
    form = AuditFilterForm(request.GET, clinic=request.clinic)
    wanted = form.wanted() if form.is_valid() else AuditFilter()
    page = audit_page(clinic=request.clinic, wanted=wanted)
    kept = {key: value for key, value in request.GET.items() if key != "before" and value}
    shown = {
        "section": "clinic",
        "form": form,
        "page": page,
        "verification": last_verification(),
        "older": urlencode({**kept, "before": page.older}) if page.older else "",
        "newest": urlencode(kept) if wanted.before else None,
        "is_filtered": bool(kept),
        "patient": "",
        "only_patient": wanted.patient,
    }
    return render(request, "accounts/audit.html", shown, status=200 if form.is_valid() else 422)


@requires(Permission.SEE_AUDIT)
@require_POST
def verify(request: ClinicRequest) -> HttpResponseBase:
    """Verify the whole chain now."""
    report = verify_audit(by=request.user.username)
    if not report.is_unbroken:
        messages.error(request, gettext("The audit is broken: somebody was in the database."))
    return redirect("audit")
