"""People who work in the clinic: the first, and those whom the owner adds."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.actions.people import NewPerson
from mesoplan.web.accounts.forms.fields import NewPasswordForm, PinField
from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Role

USERNAME = re.compile(r"[\w.@+-]{3,150}")

ROLE_HINTS = {
    Role.PHYSICIAN: _("Plans, decides, explains and takes consent, treats, finalises."),
    Role.NURSE: _("Plans, takes consent, records treatment. Does not release or finalise."),
    Role.ASSISTANT: _("Asks the questions and records treatment."),
    Role.FRONT_DESK: _("Finds and registers patients. Sees no chart."),
    Role.OWNER: _("Answers for people, clinic, policy, audit and export. Sees no chart."),
    Role.REVIEWER: _("Reads the knowledge base. Sees no patient."),
}
"""What a role does, for whoever gives it."""


class PersonForm(forms.Form):
    """Who somebody is, and the name for signing in."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As it stands on documents, with the title."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    profession = forms.CharField(
        label=_("Profession"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("For signing in; letters, digits and . @ + - _. Not a patient's name."),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_username(self) -> str:
        """A name that nobody has, whatever its capitals.

        Raises:
            ValidationError: it is taken, or has other signs.
        """
        username = str(self.cleaned_data["username"])
        if not USERNAME.fullmatch(username):
            raise ValidationError(gettext("At least 3 letters, digits or . @ + - _, and no space."))
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(gettext("Somebody signs in with this name already."))
        return username

    def person(self, *roles: Role) -> NewPerson:
        """Who was entered; the form is valid."""
        return NewPerson(
            name=self.cleaned_data["name"],
            profession=self.cleaned_data["profession"],
            username=self.cleaned_data["username"],
            roles=roles,
        )


class FirstPersonForm(PersonForm, NewPasswordForm):
    """The physician who sets the clinic up and owns it."""

    pin = PinField()

    def owner(self) -> User:
        """Somebody of that name."""
        return User(username=self.cleaned_data.get("username", ""))


class RolesForm(forms.Form):
    """What somebody may do."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role.")},
    )

    def chosen(self) -> tuple[Role, ...]:
        """The roles; the form is valid."""
        return tuple(Role(role) for role in self.cleaned_data["roles"])

    def hinted(self) -> list[tuple[Any, Any]]:
        """Each choice with what the role does."""
        return [(box, ROLE_HINTS[Role(box.data["value"])]) for box in self["roles"].subwidgets]


class NewPersonForm(RolesForm, PersonForm):
    """Somebody new; the program makes a password that is used once."""

    field_order = ("name", "profession", "username", "roles")
