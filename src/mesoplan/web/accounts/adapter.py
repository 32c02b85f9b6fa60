"""How the sign-in library behaves here: nobody signs herself up, secrets lie encrypted."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache as shared_cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.drawing import code_drawing
from mesoplan.web.accounts.gate import HAND_OVER, KEPT, RETURN_TO, SECOND_FACTOR, is_of_this_site
from mesoplan.web.accounts.gate import present as note_presence
from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.queries import only_clinic
from mesoplan.web.audit.actions import record

LOCKOUT_SECONDS = 15 * 60
"""How long a name stays closed at most; the setting of the library says the same."""

OF_ONE_PERSON = (HAND_OVER, KEPT, RETURN_TO, SECOND_FACTOR)
"""What a browser session holds for one person and not for the next."""

TOO_MANY = _("Too many wrong tries. Signing in under this name is closed for up to 15 minutes.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the owner of the clinic, never by a visitor."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The user name or the password is not right."),
        "too_many_login_attempts": TOO_MANY,
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """No."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only a path of this site is a page to go on to."""
        return is_of_this_site(url)

    def add_message(self, *_: object, **__: object) -> None:
        """The library's own messages say what the next page shows anyway."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, after all factors; recorded with the factor that was used."""
        records = get_authentication_records(request, user)
        used = [record.get("type", "") for record in records if record["method"] == "mfa"]
        with transaction.atomic():
            super().login(request, user)
            record(
                action="sign-in",
                by=user.username,
                clinic=user.clinic.code,
                subject=f"user {user.code}",
                detail={"second_factor": used[-1] if used else ""},
            )
        for key in OF_ONE_PERSON:
            request.session.pop(key, None)
        note_presence(request)
        # Who has just signed in need not prove it again before the second factor is made.
        record_authentication(request, user, "password", reauthenticated=True)

    def logout(self, request: HttpRequest) -> None:
        """Sign out."""
        user = request.user
        if isinstance(user, User):
            with transaction.atomic():
                record(
                    action="sign-out",
                    by=user.username,
                    clinic=user.clinic.code,
                    subject=f"user {user.code}",
                )
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401
        """Refuse a name that was tried wrongly too often.

        Raises:
            ValidationError: it was; also for the right password.
        """
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            tell_lockout(str(credentials.get("username", "")))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401, ARG002
        """A wrong password or an unknown name. The name is recorded only where it is a user's.

        What was typed into the field for the name can be a password.
        """
        tell_failure("sign-in.fail", _user_named(str(credentials.get("username", ""))))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Who was deactivated is told so, after the right password."""
        tell_failure("sign-in.fail", user)
        messages.error(
            request, gettext("This account is closed. The owner of the clinic can open it again.")
        )
        return redirect(settings.LOGIN_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        """Back to the own account."""
        return reverse("account")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ANN401, ARG002
        """Wrong tries are counted by name alone.

        The library adds the host as the browser gives it, with its port: each invented port would
        begin a count of its own.
        """
        return str(credentials.get("username", "")).lower()


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are encrypted under the key of the installation, which lies outside the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it was used already."),
    }

    def encrypt(self, text: str) -> str:
        """The text as Fernet writes it."""
        return _cipher().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """The text again.

        Raises:
            cryptography.fernet.InvalidToken: it was encrypted by another installation.
        """
        return _cipher().decrypt(encrypted_text.encode("ascii")).decode()

    def build_totp_svg(self, url: str) -> SafeString:
        """The QR code as a drawing without any style of its own."""
        return code_drawing(url)

    def is_mfa_enabled(self, user: User, types: list[str] | None = None) -> bool:
        """Whether a second factor is asked of this person; in the demonstration it is not."""
        return not settings.DEMONSTRATION and bool(super().is_mfa_enabled(user, types))


def tell_failure(action: str, user: User | None) -> None:
    """Record that somebody failed to prove to be this user, or a user that does not exist."""
    with transaction.atomic():
        record(
            action=action,
            by="",
            clinic=only_clinic() if user is None else user.clinic.code,
            subject="" if user is None else f"user {user.code}",
        )


def tell_lockout(username: str) -> None:
    """Record that a name is closed: once for as long as it can be."""
    user = _user_named(username)
    if shared_cache.add(f"lockout-{user.pk if user else 'unknown'}", "", timeout=LOCKOUT_SECONDS):
        tell_failure("sign-in.lockout", user)


@cache
def _cipher() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mesoplan second factor")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))


def _user_named(username: str) -> User | None:
    return User.objects.select_related("clinic").filter(username__iexact=username).first()
