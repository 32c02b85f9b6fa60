"""The list of patients with its search, and who a patient is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mesoplan.web.accounts.access import ClinicRequest, is_fragment, requires
from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.patients.actions import change_identity, open_patient, register_patient
from mesoplan.web.patients.forms import IdentityForm
from mesoplan.web.patients.models import Patient
from mesoplan.web.patients.queries.people import (
    found_patients,
    last_patients,
    rows_of,
    similar_patients,
)
from mesoplan.web.patients.search import LONGEST_SEARCH


@requires(Permission.SEE_PATIENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def patient_list(request: ClinicRequest, /) -> HttpResponse:
    """The patients last opened, or those that a search means. A search is never in the address."""
    sought = request.POST.get("q", "")[:LONGEST_SEARCH]
    page = (
        found_patients(request.clinic, sought)
        if sought.strip()
        else last_patients(request.clinic, after=request.GET.get("after", ""))
    )
    template = "patients/found.html" if is_fragment(request) else "patients/list.html"
    rows = rows_of(page, today=local_today(request.clinic))
    context = {"section": "patients", "page": page, "rows": rows, "sought": sought}
    context |= {"sees_charts": request.user.may(Permission.SEE_CHART)}
    context |= {"may_add": request.user.may(Permission.EDIT_PATIENTS)}
    return render(request, template, context)


@requires(Permission.EDIT_PATIENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def patient_new(request: ClinicRequest, /) -> HttpResponse:
    """Register a patient; whoever may be the same person is shown first."""
    data = request.POST if request.method == "POST" else None
    form = IdentityForm(data, today=local_today(request.clinic))
    if not form.is_valid():
        return _identity_page(request, form, status=422 if form.is_bound else 200)
    similar = similar_patients(request.clinic, form.identity())
    if not _were_shown(request, similar):
        return _identity_page(request, form, similar=similar, status=409)
    patient = register_patient(
        clinic=request.clinic, identity=form.identity(), by=request.user, despite=similar
    )
    return redirect("patient", patient.code)


@requires(Permission.EDIT_PATIENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Who a patient is, to be changed."""
    patient = open_patient(code=code, by=request.user, page="identity")
    data = request.POST if request.method == "POST" else None
    form = IdentityForm(data, today=local_today(request.clinic), patient=patient)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _identity_page(request, form, patient=patient, status=status)
    similar = similar_patients(request.clinic, form.identity(), but=patient)
    if form.has_changed() and not _were_shown(request, similar):
        return _identity_page(request, form, patient=patient, similar=similar, status=409)
    change_identity(patient=patient, changes=form.changes(), by=request.user, despite=similar)
    return redirect("patient", patient.code)


def _were_shown(request: ClinicRequest, similar: tuple[Patient, ...]) -> bool:
    """Whether each of them was on the page from which the person goes on knowingly."""
    return {one.code for one in similar} <= set(request.POST.getlist("despite"))


def _identity_page(
    request: ClinicRequest,
    form: IdentityForm,
    *,
    status: int,
    patient: Patient | None = None,
    similar: tuple[Patient, ...] = (),
) -> HttpResponse:
    context = {"section": "patients", "form": form, "patient": patient, "similar": similar}
    return render(request, "patients/identity.html", context, status=status)
