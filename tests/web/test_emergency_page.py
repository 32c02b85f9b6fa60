"""The emergency cards: two taps from any page, with doses only where weight and age are known."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.gestures.actions import write
from mesoplan.web.patients.mapping import knowledge
from mesoplan.web.patients.models import Patient
from mesoplan.web.patients.queries import answers_journal
from tests.lib.clinic import a_clinic, a_patient, a_user, signed_in

pytestmark = pytest.mark.django_db

CARDS = sorted(knowledge().emergencies)


def weighed(clinic: Clinic, by: User, kilograms: str) -> Patient:
    patient = a_patient(clinic, by)
    write(journal=answers_journal(patient), values={"patient.weight_kg": kilograms}, by=by)
    return patient


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("card", CARDS)
def test_every_role_opens_every_card(clinic: Clinic, role: Role, card: str) -> None:
    client = signed_in(a_user(clinic, role))
    page = client.get(reverse("emergency")).content.decode()
    address = reverse("emergency-one", args=[card])
    assert f'href="{address}"' in page
    assert knowledge().emergencies[card].label in client.get(address).content.decode()


@pytest.mark.parametrize("card", CARDS)
def test_a_card_has_every_step_in_order(clinic: Clinic, physician: User, card: str) -> None:
    assert clinic.pk
    page = signed_in(physician).get(reverse("emergency-one", args=[card])).content.decode()
    from html import unescape

    text = unescape(page)
    places = [text.index(step.says.text) for step in knowledge().emergencies[card].steps]
    assert places == sorted(places)


@pytest.mark.hazard("H-016")
def test_without_a_weight_no_dose_is_worked_out(clinic: Clinic, physician: User) -> None:
    patient = a_patient(clinic, physician)
    address = reverse("emergency-one", args=["local-anaesthetic-toxicity"])
    page = signed_in(physician).get(f"{address}?for={patient.code}").content.decode()
    assert "mL/kg" in page
    assert "weight not recorded" in page or "weight not known" in page


@pytest.mark.hazard("H-016")
@pytest.mark.parametrize("kilograms", ["48", "62.5", "104"])
def test_with_a_weight_the_volume_is_the_rule_times_the_weight(
    clinic: Clinic, physician: User, kilograms: str
) -> None:
    """The first bolus of lipid emulsion, worked out here a second time from the data."""
    patient = weighed(clinic, physician, kilograms)
    address = reverse("emergency-one", args=["local-anaesthetic-toxicity"])
    page = signed_in(physician).get(f"{address}?for={patient.code}").content.decode()
    (lipid,) = (
        drug
        for drug in knowledge().emergencies["local-anaesthetic-toxicity"].drugs
        if "lipid" in drug.id
    )
    per_kg = next(dose for dose in lipid.doses if dose.needs_weight).amount
    from mesoplan.vocabulary.source import ClinicalNumber

    assert isinstance(per_kg, ClinicalNumber)
    exact = per_kg.low.amount * Decimal(kilograms)
    digits = f"{exact:f}".replace(".", "")[:3].rstrip("0") or "0"
    shown = f"{exact.normalize():f}"[: len(digits) + (1 if "." in f"{exact.normalize():f}" else 0)]
    assert shown in page


def test_cards_for_a_patient_leave_a_trace(clinic: Clinic, physician: User) -> None:
    patient = weighed(clinic, physician, "70")
    signed_in(physician).get(f"{reverse('emergency')}?for={patient.code}")
    event = Event.objects.latest("number")
    assert (event.action, event.patient) == ("patient.read", patient.code)


def test_the_front_desk_sees_cards_but_nobody_s_weight(clinic: Clinic, physician: User) -> None:
    patient = weighed(clinic, physician, "70")
    desk = a_user(clinic, Role.FRONT_DESK, name="Eva Verdi")
    page = signed_in(desk).get(f"{reverse('emergency')}?for={patient.code}").content.decode()
    assert "Lindqvist" not in page


def test_a_patient_of_another_clinic_is_not_found(clinic: Clinic, physician: User) -> None:
    patient = weighed(clinic, physician, "70")
    stranger = a_user(a_clinic(), Role.PHYSICIAN, name="Dr Fremd")
    answer = signed_in(stranger).get(f"{reverse('emergency')}?for={patient.code}")
    assert answer.status_code == 404


def test_the_cards_are_printed_for_this_patient(clinic: Clinic, physician: User) -> None:
    patient = weighed(clinic, physician, "70")
    answer = signed_in(physician).get(f"{reverse('emergency-print')}?for={patient.code}")
    assert answer["Content-Type"] == "application/pdf"
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Lindqvist" in text
    assert clinic.emergency_number in text


def test_an_unknown_emergency_is_not_found(clinic: Clinic, physician: User) -> None:
    assert clinic.pk
    for name in ("emergency-one", "emergency-print-one"):
        assert signed_in(physician).get(reverse(name, args=["toothache"])).status_code == 404
