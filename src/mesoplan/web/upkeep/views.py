"""The readable copy, handed over in the browser."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.accounts.views.people import EVERY_APP
from mesoplan.web.patients.queries.people import patient_of
from mesoplan.web.upkeep.export import export_to_download


@requires(Permission.EXPORT_PATIENT)
@require_POST
def export_patient(request: ClinicRequest, code: str) -> HttpResponseBase:
    """Everything about one patient. The name of the file says her record number alone."""
    patient = patient_of(code=code, by=request.user)
    file = export_to_download(clinic=request.clinic, by=request.user.username, patient=patient)
    name = f"mesoplan-patient-{patient.record_number:06}.zip"
    return FileResponse(file, as_attachment=True, filename=name)


@requires(Permission.EXPORT_CLINIC)
@require_POST
def export_clinic(request: ClinicRequest) -> HttpResponseBase:
    """Everything about everybody; whoever takes it away proves who it is first."""
    raise_if_reauthentication_required(request, app=EVERY_APP)
    file = export_to_download(clinic=request.clinic, by=request.user.username)
    return FileResponse(file, as_attachment=True, filename="mesoplan-clinic.zip")
