"""The own account."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import app_settings
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.actions.own import change_pin, change_profile, complete_first_sign_in
from mesoplan.web.accounts.forms.own import FirstSignInForm, PinForm, ProfileForm
from mesoplan.web.accounts.queries import recovery_codes_left, totp_of
from mesoplan.web.accounts.roles import Permission


@requires(Permission.SIGNED_IN)
@require_http_methods(["GET", "POST"])
def account(request: ClinicRequest) -> HttpResponseBase:
    """Who I am, how I sign in, how pages look."""
    user = request.user
    shown = {key: getattr(user, key) for key in ("name", "profession", "theme", "language")}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=shown)
    if form.is_valid():
        change_profile(user=user, **form.cleaned_data)
        messages.success(request, gettext("Your account is saved."))
        return redirect("account")
    more = {
        "form": form,
        "totp": totp_of(user),
        "codes_left": recovery_codes_left(user),
        "codes_made": app_settings.RECOVERY_CODE_COUNT,
        "asks_second_factor": not settings.DEMONSTRATION,
    }
    return render(request, "accounts/account.html", more, status=422 if form.is_bound else 200)


@requires(Permission.SIGNED_IN)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def own_pin(request: ClinicRequest) -> HttpResponseBase:
    """Another quick PIN."""
    form = PinForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        change_pin(user=request.user, pin=form.cleaned_data["pin"])
        messages.success(request, gettext("Your new PIN opens the screen from now on."))
        return redirect("account")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/own_pin.html", {"form": form}, status=status)


@requires(Permission.SIGNED_IN)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def first_sign_in(request: ClinicRequest) -> HttpResponseBase:
    """An own password and PIN, at the first sign-in with a one-time password."""
    user = request.user
    if not user.must_change_password:
        return redirect("today")
    form = FirstSignInForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        complete_first_sign_in(
            user=user, password=form.cleaned_data["password1"], pin=form.cleaned_data["pin"]
        )
        update_session_auth_hash(request, user)
        record_authentication(request, user, "password", reauthenticated=True)
        return redirect("today")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/first_sign_in.html", {"form": form}, status=status)
