"""The first page of an installation: clinic, policy, first physician."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.actions.clinic import AlreadySetUpError, set_up
from mesoplan.web.accounts.forms.clinic import ClinicForm, PolicyForm, SetUpCodeForm
from mesoplan.web.accounts.forms.people import FirstPersonForm
from mesoplan.web.accounts.gate import needs_set_up
from mesoplan.web.accounts.roles import Permission, Role
from mesoplan.web.accounts.set_up_code import forget_set_up_code

BEGUN = "set_up"
"""In the browser session: this browser was shown the page while there was no clinic."""


@requires(Permission.ANYONE)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def set_up_page(request: ClinicRequest) -> HttpResponseBase:
    """The page, as long as there is no clinic; whoever was slower than another is told."""
    if not needs_set_up():
        if request.method == "POST" and request.session.get(BEGUN):
            return render(request, "accounts/set_up_taken.html", status=409)
        raise Http404
    request.session[BEGUN] = True
    entered = request.POST if request.method == "POST" else None
    clinic = ClinicForm(entered, prefix="clinic")
    policy = PolicyForm(entered, prefix="policy")
    person = FirstPersonForm(entered, prefix="person")
    code = SetUpCodeForm(entered, prefix="set-up") if settings.ASKS_SET_UP_CODE else None
    forms = {"code": code, "clinic": clinic, "policy": policy, "person": person}
    if entered is None:
        return render(request, "accounts/set_up.html", forms)
    # Each is looked at, so that all that is wrong is said at once.
    is_whole = [form.is_valid() for form in forms.values() if form is not None]
    if not all(is_whole):
        return render(request, "accounts/set_up.html", forms, status=422)
    try:
        owner = set_up(
            clinic=clinic.data_of_clinic(),
            policy=policy.cleaned_data["policy"],
            first=person.person(Role.PHYSICIAN, Role.OWNER),
            password=person.cleaned_data["password1"],
            pin=person.cleaned_data["pin"],
        )
    except AlreadySetUpError:
        return render(request, "accounts/set_up_taken.html", status=409)
    forget_set_up_code()
    perform_login(request, owner)
    return redirect("today")
