"""The clinic: who it is, and which policy it follows."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.actions.clinic import ClinicData
from mesoplan.web.accounts.mapping import policies
from mesoplan.web.accounts.models import Clinic
from mesoplan.web.accounts.set_up_code import is_set_up_code

PAPERS = (("a4", _("A4")), ("letter", _("Letter")))
REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
"""The regions of the time zone database; what it has beside them are old names."""

IDLE_LEAST = 1
IDLE_MOST = 60


@cache
def time_zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The time zones of the world by region, named by their places."""
    names = sorted(available_timezones())
    return tuple(
        (
            region,
            tuple(
                (name, name.partition("/")[2].replace("_", " ").replace("/", ", "))
                for name in names
                if name.startswith(f"{region}/")
            ),
        )
        for region in REGIONS
    )


class ClinicForm(forms.Form):
    """What stands on the clinic's papers, and what its people need at hand."""

    name = forms.CharField(label=_("Name of the clinic"), max_length=200)
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("As it is printed on documents."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    telephone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        help_text=_("The number that patients call after a treatment."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    emergency_number = forms.CharField(
        label=_("Emergency number"),
        max_length=20,
        help_text=_("What staff dial for an ambulance. It stands on the emergency card."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"))
    paper = forms.ChoiceField(label=_("Paper"), choices=PAPERS, widget=forms.RadioSelect)

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        field = self.fields["time_zone"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose")), *time_zones()]

    def data_of_clinic(self) -> ClinicData:
        """What was entered; the form is valid."""
        entered = {"idle_minutes": Clinic().idle_minutes, **self.cleaned_data}
        return ClinicData(**entered)


class ClinicDataForm(ClinicForm):
    """The same, with what is chosen later."""

    idle_minutes = forms.IntegerField(
        label=_("Lock the screen after"),
        min_value=IDLE_LEAST,
        max_value=IDLE_MOST,
        help_text=_("Minutes in which nobody touched it."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class PolicyForm(forms.Form):
    """The policy that plans of this clinic follow. Nothing is chosen for anybody."""

    policy = forms.ChoiceField(
        label=_("Policy"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the policy that your clinic follows.")},
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.shown = policies()
        field = self.fields["policy"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(policy.id, policy.label) for policy in self.shown]


class SetUpCodeForm(forms.Form):
    """The code that whoever started Mesoplan sees: nobody else in the network takes the clinic."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("It stands in the terminal in which Mesoplan was started."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        """The code of this installation.

        Raises:
            ValidationError: it is another.
        """
        code = str(self.cleaned_data["code"])
        if not is_set_up_code(code):
            raise ValidationError(gettext("This is not the code. Compare it sign by sign."))
        return code
