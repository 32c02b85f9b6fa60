"""Codes of the second factor: asked at sign-in, asked again, and typed to make a new one."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.adapter import tell_failure, tell_lockout
from mesoplan.web.accounts.models import User

WIDGET = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class _Once:
    """A code counts once, for as long as its number would be taken, and a wrong one is recorded."""

    user: User

    def clean_code(self) -> str:
        """The code, if it is right and was not used yet.

        Raises:
            ValidationError: it is not, or too many were wrong.
        """
        try:
            code = str(super().clean_code())  # type: ignore[misc]
        except ValidationError as error:
            if error.code == "incorrect_code":
                tell_failure("second-factor.fail", self.user)
            else:
                tell_lockout(self.user.username)
            raise
        lasts = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        digits = "".join(character for character in code if character.isalnum())
        if not cache.add(f"second-factor-code-{self.user.pk}-{digits}", "", timeout=lasts):
            tell_failure("second-factor.fail", self.user)
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_Once, AuthenticateForm):  # type: ignore[misc]
    """The code of the app, or a recovery code, at sign-in."""

    code = forms.CharField(label=_("Code"), widget=forms.TextInput(attrs=WIDGET))


class CodeAgainForm(_Once, ReauthenticateForm):  # type: ignore[misc]
    """The same, asked again before something that matters."""

    code = forms.CharField(label=_("Code"), widget=forms.TextInput(attrs=WIDGET))


class NewSecondFactorForm(_Once, ActivateTOTPForm):  # type: ignore[misc]
    """The code of a new second factor, which proves that the app has its secret.

    The secret waits encrypted in the browser session, and stays the same until it is used: a page
    that is loaded again still fits what was scanned.
    """

    code = forms.CharField(label=_("Code that the app shows"), widget=forms.TextInput(attrs=WIDGET))

    def __init__(self, *arguments: Any, user: User, **options: Any) -> None:  # noqa: ANN401
        forms.Form.__init__(self, *arguments, **options)
        self.user = user
        self.secret = waiting_secret(context.request)

    @property
    def spaced_secret(self) -> str:
        """The secret in groups of four, to be typed into an app without a camera."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


def waiting_secret(request: HttpRequest) -> str:
    """The secret of the second factor that is being made in this browser session."""
    sealed = request.session.get(SECRET_SESSION_KEY)
    if sealed:
        return str(decrypt(sealed))
    secret = str(generate_totp_secret())
    request.session[SECRET_SESSION_KEY] = encrypt(secret)
    return secret


def is_own_password(user: User, password: str) -> bool:
    """Whether this is the person's password; wrong ones count towards the lockout.

    Raises:
        ValidationError: too many were wrong.
    """
    return bool(get_account_adapter().reauthenticate(user, password))
