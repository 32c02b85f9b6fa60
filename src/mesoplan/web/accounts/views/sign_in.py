"""The pages of the sign-in library that are in use, in our own words.

Who may open them stands in ``gate.BORROWED``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from allauth.account.views import ReauthenticateView as PasswordAgainView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from mesoplan.web.accounts.actions.own import note_own
from mesoplan.web.accounts.forms.own import OwnPasswordForm, PasswordAgainForm, SignInForm
from mesoplan.web.accounts.gate import needs_set_up
from mesoplan.web.accounts.queries import totp_of

no_secrets = method_decorator(sensitive_post_parameters(), name="dispatch")


class _Refusing:
    """What was typed wrongly comes back with the status that says so."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """The page with what is wrong under each field."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


@no_secrets
class SignIn(_Refusing, LoginView):  # type: ignore[misc]
    """User name and password; before there is a clinic, the way to set it up."""

    template_name = "accounts/sign_in.html"
    form_class = SignInForm

    def dispatch(self, request: HttpRequest, *names: Any, **codes: Any) -> HttpResponseBase:  # noqa: ANN401
        """To set-up first."""
        if needs_set_up():
            return redirect("set-up")
        response: HttpResponseBase = super().dispatch(request, *names, **codes)
        return response


class SignOut(LogoutView):  # type: ignore[misc]
    """Sign out; by POST, so that no link does it."""

    template_name = "accounts/sign_out.html"


@no_secrets
class SecondStep(_Refusing, AuthenticateView):  # type: ignore[misc]
    """The code of the app or a recovery code, after the password."""

    template_name = "accounts/second_step.html"


@no_secrets
class PasswordAgain(_Refusing, PasswordAgainView):  # type: ignore[misc]
    """The password once more, before something that matters."""

    template_name = "accounts/password_again.html"
    form_class = PasswordAgainForm


@no_secrets
class CodeAgain(_Refusing, CodeAgainView):  # type: ignore[misc]
    """A code once more."""

    template_name = "accounts/code_again.html"


@no_secrets
class OwnPassword(_Refusing, PasswordChangeView):  # type: ignore[misc]
    """Another password; sessions of other browsers end with it."""

    template_name = "accounts/own_password.html"
    form_class = OwnPasswordForm

    def form_valid(self, form: Form) -> HttpResponse:
        """The change and its event, or neither."""
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            note_own("password.change", self.request.user)
        return response


@no_secrets
@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class SecondFactor(_Refusing, ActivateTOTPView):  # type: ignore[misc]
    """Make a second factor, or another in its place."""

    template_name = "accounts/second_factor.html"

    def dispatch(self, request: HttpRequest, *names: Any, **codes: Any) -> HttpResponseBase:  # noqa: ANN401
        """The library sends who has one to a page that takes it away; here it is replaced."""
        response: HttpResponseBase = super(ActivateTOTPView, self).dispatch(
            request, *names, **codes
        )
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:  # noqa: ANN401 - a view's own
        """Whether there is one that ends."""
        found: dict[str, Any] = super().get_context_data(**context)
        return {**found, "present": totp_of(self.request.user)}

    def form_valid(self, form: Form) -> HttpResponse:
        """The new one, the end of the old one, and the event: all or none."""
        user = self.request.user
        with transaction.atomic():
            ended, _ = Authenticator.objects.filter(
                user=user, type=Authenticator.Type.TOTP
            ).delete()
            response: HttpResponse = super().form_valid(form)
            note_own("second-factor.make", user, {"replaced": "yes" if ended else "no"})
        return response

    def get_success_url(self) -> str:
        """To the recovery codes where they are new, else back."""
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "account")


class RecoveryCodes(ViewRecoveryCodesView):  # type: ignore[misc]
    """The recovery codes, shown once."""

    template_name = "accounts/recovery_codes.html"

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """They are kept; go on."""
        if request.POST.get("kept"):
            return redirect("today")
        return redirect("mfa_view_recovery_codes")


class NewRecoveryCodes(GenerateRecoveryCodesView):  # type: ignore[misc]
    """New recovery codes in place of the old ones."""

    template_name = "accounts/new_recovery_codes.html"

    def form_valid(self, form: Form) -> HttpResponse:
        """The new ones and their event, or neither."""
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            note_own("recovery-codes.make", self.request.user)
        return response
