"""Who a patient is, as it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mesoplan.web.languages import SPOKEN
from mesoplan.web.patients.actions import Identity
from mesoplan.web.patients.days import LONGEST, UnreadableDayError, read_day
from mesoplan.web.patients.mapping.identity import birth_date_refused
from mesoplan.web.patients.models import Patient
from mesoplan.web.patients.names import clean

SEXES = (("female", _("Female")), ("male", _("Male")), ("unknown", _("Not known")))


class LineField(forms.CharField):
    """One line of text, without what cannot be seen."""

    def to_python(self, value: object) -> str:
        """The line in one form; an empty one is the empty text."""
        return clean("" if value is None else str(value))


class DayField(forms.Field):
    """A day as people write it; shown as 14.3.1980."""

    def to_python(self, value: object) -> date | None:
        """The day, nothing where nothing was typed.

        Raises:
            ValidationError: it is no day.
        """
        text = clean(str(value or ""))
        if not text or isinstance(value, date):
            return value if isinstance(value, date) else None
        try:
            return read_day(text)
        except UnreadableDayError as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: object) -> object:
        """The day as it stands in the box."""
        return f"{value.day}.{value.month}.{value.year}" if isinstance(value, date) else value


def _text(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", **attributes})


class IdentityForm(forms.Form):
    """A new patient, or the identity of one.

    The form of a patient who is known carries what it showed, so that only what was changed on it
    is taken, whatever others have changed meanwhile.
    """

    family_name = LineField(label=_("Family name"), max_length=100, widget=_text())
    given_name = LineField(label=_("Given name"), max_length=100, required=False, widget=_text())
    birth_date = DayField(
        label=_("Birth date"),
        required=False,
        help_text=_("Day, month, year: 14.3.1980 or 14/03/1980."),
        widget=_text(maxlength=str(LONGEST)),
    )
    sex = forms.ChoiceField(label=_("Sex for rules and body tables"), choices=SEXES)
    gender = LineField(
        label=_("Gender, in own words"), max_length=60, required=False, widget=_text()
    )
    telephone = LineField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TelInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("Not asked")), *SPOKEN],
        required=False,
        widget=forms.Select,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        today: date,
        patient: Patient | None = None,
    ) -> None:
        shown = None
        if patient is not None:
            shown = {name: getattr(patient, name) for name in self.base_fields}
        super().__init__(data, initial=shown)
        self.today = today
        for field in self.fields.values():
            field.show_hidden_initial = patient is not None

    def sex_as_shown(self) -> str:
        """The hidden field with the sex that the page showed; empty for a new patient."""
        return self["sex"].as_hidden(only_initial=True) if self.initial else ""

    def clean_birth_date(self) -> date | None:
        """Not in the future, and not longer ago than people live."""
        day: date | None = self.cleaned_data["birth_date"]
        if day is None:
            return None
        if day > self.today:
            raise ValidationError(gettext("This day is in the future."))
        if expected := birth_date_refused(day, at=self.today):
            raise ValidationError(gettext("Expected: %(what)s.") % {"what": expected})
        return day

    def clean_telephone(self) -> str:
        """Whatever is written, it has digits."""
        telephone: str = self.cleaned_data["telephone"]
        if telephone and not any(char.isdecimal() for char in telephone):
            raise ValidationError(gettext("A telephone has digits."))
        return telephone

    def identity(self) -> Identity:
        """Who was entered."""
        return Identity(**{name: self.cleaned_data[name] for name in Identity.__slots__})

    def changes(self) -> dict[str, Any]:
        """What was changed on the page since it was shown."""
        return {name: self.cleaned_data[name] for name in self.changed_data}
