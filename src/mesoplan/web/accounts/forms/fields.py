"""Fields that several forms of this app share."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.models import User

PIN_LEAST = 4
PIN_MOST = 12


class PinField(forms.CharField):
    """A new quick PIN: digits, and none that everybody tries first."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of a field
        defaults: dict[str, Any] = {
            "label": _("Quick PIN"),
            "help_text": _("Opens a locked screen. At least 4 digits, no row like 1234."),
            "max_length": PIN_MOST,
            "widget": forms.PasswordInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "class": "digits"}
            ),
        }
        super().__init__(**(defaults | options))

    def validate(self, value: str) -> None:
        """Refuse what is no PIN, or no secret.

        Raises:
            ValidationError: says what is wrong.
        """
        super().validate(value)
        if not (value.isascii() and value.isdecimal() and len(value) >= PIN_LEAST):
            raise ValidationError(gettext("A PIN has at least 4 digits and nothing else."))
        steps = {int(after) - int(before) for before, after in pairwise(value)}
        if len(steps) == 1 and steps <= {-1, 0, 1}:
            raise ValidationError(
                gettext("One digit repeated, or a row like 1234, is tried first by everybody.")
            )


class NewPasswordForm(forms.Form):
    """A new password, typed twice: nobody can send a forgotten one by mail."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters. A few words in a row are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def owner(self) -> User:
        """Whose password it will be: it must not be like the name for signing in."""
        return User()

    def clean(self) -> dict[str, Any]:
        """Both are the same, and no list of common passwords has it."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", gettext("The two passwords are not the same."))
        elif first:
            try:
                validate_password(first, self.owner())
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned
