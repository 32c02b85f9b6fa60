"""Which audit events to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.queries import AuditFilter
from mesoplan.web.accounts.words import ACTIONS
from mesoplan.web.codes import CODE_LENGTH

if TYPE_CHECKING:
    UserChoiceField = forms.ModelChoiceField[User]
else:
    UserChoiceField = forms.ModelChoiceField


class PersonField(UserChoiceField):
    """Somebody, by name."""

    def label_from_instance(self, obj: User) -> str:
        """The name that colleagues know."""
        return obj.name


class AuditFilterForm(forms.Form):
    """By person, by what was done, by day of the clinic, by patient (a code)."""

    person = PersonField(
        label=_("Person"),
        queryset=User.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("Everybody"),
    )
    action = forms.ChoiceField(label=_("What was done"), required=False)
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    patient = forms.SlugField(required=False, max_length=CODE_LENGTH, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, clinic: Clinic, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **options)
        person, action = self.fields["person"], self.fields["action"]
        if isinstance(person, PersonField):
            person.queryset = clinic.users.order_by("name")
        if isinstance(action, forms.ChoiceField):
            words = sorted((str(word), name) for name, word in ACTIONS.items())
            action.choices = [("", _("Everything")), *((name, word) for word, name in words)]

    def wanted(self) -> AuditFilter:
        """What was asked for; the form is valid."""
        return AuditFilter(**{key: value for key, value in self.cleaned_data.items() if value})
