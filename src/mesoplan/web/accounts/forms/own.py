"""The own account: name, theme, language, password, PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.forms.fields import NewPasswordForm, PinField
from mesoplan.web.accounts.forms.second_factor import is_own_password
from mesoplan.web.accounts.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

THEMES = (("light", _("Light")), ("dark", _("Dark")))


class ProfileForm(forms.Form):
    """Who I am on documents, and how pages look to me."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As it stands on documents. What is signed already keeps the name it has."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    profession = forms.CharField(
        label=_("Profession"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES, widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_("Others appear here when Mesoplan is translated into them."),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        field = self.fields["language"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("As the browser asks")), *settings.LANGUAGES]


def own_password(user: User, password: str) -> str:
    """What was typed, if it is the person's own password.

    Raises:
        ValidationError: it is another, or too many were wrong.
    """
    if not is_own_password(user, password):
        raise ValidationError(gettext("This is not your password."))
    return password


class PinForm(forms.Form):
    """A new PIN, for whoever knows the password."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    pin = PinField(label=_("New quick PIN"))

    def __init__(self, *arguments: Any, user: User, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **options)
        self.user = user

    def clean_password(self) -> str:
        """The person's own password.

        Raises:
            ValidationError: it is another, or too many were wrong.
        """
        return own_password(self.user, self.cleaned_data["password"])


class FirstSignInForm(NewPasswordForm):
    """An own password in place of the one that the owner was shown, and a PIN."""

    pin = PinField()

    field_order = ("password1", "password2", "pin")

    def __init__(self, *arguments: Any, user: User, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **options)
        self.user = user

    def owner(self) -> User:
        """The person herself."""
        return self.user

    def clean(self) -> dict[str, Any]:
        """The new password is another one."""
        cleaned = super().clean()
        if self.user.check_password(cleaned.get("password1") or ""):
            self.add_error("password1", gettext("This is the password that you were given."))
        return cleaned


class OwnPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """The library's form with our words."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        in_our_words(
            self,
            oldpassword=_("Present password"),
            password1=_("New password"),
            password2=_("New password again"),
        )
        self.fields["password1"].help_text = _(
            "At least 12 characters. A few words in a row are good."
        )

    def clean_oldpassword(self) -> str:
        """The person's own password.

        Raises:
            ValidationError: it is another, or too many were wrong.
        """
        return own_password(self.user, self.cleaned_data["oldpassword"])


class SignInForm(LoginForm):  # type: ignore[misc]
    """The library's form with our words."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        in_our_words(self, login=_("User name"), password=_("Password"))
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The library's form with our words."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        in_our_words(self, password=_("Password"))


def in_our_words(form: forms.Form, **labels: str | StrPromise) -> None:
    """Labels in place of the library's, which repeats them inside the fields."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].help_text = ""
        form.fields[name].widget.attrs.pop("placeholder", None)


class UnlockForm(forms.Form):
    """The quick PIN."""

    pin = forms.CharField(
        label=_("Quick PIN"),
        widget=forms.PasswordInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "autofocus": True,
                "class": "digits",
            }
        ),
    )
