"""The clinic: its data and policy, read by everybody and changed by the owner."""

from __future__ import annotations

from dataclasses import fields

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.actions.clinic import ClinicData, change_clinic, choose_policy
from mesoplan.web.accounts.forms.clinic import PAPERS, ClinicDataForm, PolicyForm
from mesoplan.web.accounts.mapping import policy_of
from mesoplan.web.accounts.queries import people
from mesoplan.web.accounts.roles import Permission


@requires(Permission.SIGNED_IN)
@require_safe
def clinic(request: ClinicRequest) -> HttpResponseBase:
    """The clinic, its policy and its people."""
    user = request.user
    shown = {
        "section": "clinic",
        "clinic": request.clinic,
        "paper": dict(PAPERS).get(request.clinic.paper, request.clinic.paper),
        "policy": policy_of(request.clinic.policy),
        "people": people(request.clinic),
        "may_change": user.may(Permission.MANAGE_CLINIC),
        "may_manage_people": user.may(Permission.MANAGE_USERS),
        "may_see_audit": user.may(Permission.SEE_AUDIT),
        "may_export": user.may(Permission.EXPORT_CLINIC),
    }
    return render(request, "accounts/clinic.html", shown)


@requires(Permission.MANAGE_CLINIC)
@require_http_methods(["GET", "POST"])
def clinic_data(request: ClinicRequest) -> HttpResponseBase:
    """Name, address, telephone numbers, time zone, paper, idle time."""
    stored = {item.name: getattr(request.clinic, item.name) for item in fields(ClinicData)}
    form = ClinicDataForm(request.POST if request.method == "POST" else None, initial=stored)
    if form.is_valid():
        change_clinic(clinic=request.clinic, data=form.data_of_clinic(), by=request.user)
        messages.success(request, gettext("The clinic is saved."))
        return redirect("clinic")
    shown = {"section": "clinic", "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/clinic_data.html", shown, status=status)


@requires(Permission.MANAGE_CLINIC)
@require_http_methods(["GET", "POST"])
def clinic_policy(request: ClinicRequest) -> HttpResponseBase:
    """Choose the policy that plans follow from now on."""
    stored = {"policy": request.clinic.policy}
    form = PolicyForm(request.POST if request.method == "POST" else None, initial=stored)
    if form.is_valid():
        policy = form.cleaned_data["policy"]
        choose_policy(clinic=request.clinic, policy=policy, by=request.user)
        messages.success(request, gettext("Plans follow this policy from now on."))
        return redirect("clinic")
    shown = {"section": "clinic", "policy": form}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/clinic_policy.html", shown, status=status)
