"""The list of patients, who a patient is, and her documents."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.patients.actions import file_document
from mesoplan.web.patients.models import Document, Patient
from tests.lib.clinic import a_clinic, a_course, a_patient, a_user, signed_in
from tests.lib.pages import page_text

pytestmark = pytest.mark.django_db

NEW: dict[str, str] = {
    "family_name": "Nygård",
    "given_name": "Hanne",
    "birth_date": "3.2.1975",
    "sex": "female",
    "telephone": "+47 22 11 22 33",
}


@pytest.fixture
def client(physician: User) -> Client:
    return signed_in(physician)


def saved(client: Client, patient: Patient, **changes: Any) -> Any:
    """The form of a patient's identity, sent as its page shows it, with changes."""
    shown = {
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "birth_date": patient.birth_date and patient.birth_date.strftime("%d.%m.%Y"),
        "sex": patient.sex,
        "gender": patient.gender,
        "telephone": patient.telephone,
        "email": patient.email,
        "language": patient.language,
    }
    data = {f"initial-{name}": value or "" for name, value in shown.items()}
    data |= {name: value or "" for name, value in (shown | changes).items()}
    return client.post(f"/patients/{patient.code}/identity", data)


def test_the_list_says_who_when_born_how_old_and_how_to_be_reached(
    client: Client, clinic: Clinic, physician: User
) -> None:
    patient = a_patient(clinic, physician)
    a_course(patient, physician)
    text = page_text(client.get("/patients").content)
    today = local_today(clinic)
    years = today.year - 1980 - ((today.month, today.day) < (3, 14))
    for words in ("Marta Lindqvist", f"14 Mar 1980, {years} years", "+39 06 1234 5678", "Request"):
        assert words in text


def test_a_search_is_posted_and_an_address_searches_nothing(
    client: Client, clinic: Clinic, physician: User
) -> None:
    a_patient(clinic, physician)
    a_patient(clinic, physician, family_name="Solberg", telephone="")
    found = page_text(client.post("/patients", {"q": "lindqvits"}).content)
    assert "Lindqvist" in found
    assert "Solberg" not in found
    asked = page_text(client.get("/patients?q=lindqvist").content)
    assert "Solberg" in asked


def test_what_htmx_asks_while_somebody_types_is_the_list_alone(
    client: Client, clinic: Clinic, physician: User
) -> None:
    a_patient(clinic, physician)
    answer = client.post("/patients", {"q": "mar"}, headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith('<section id="found"')
    assert b"<html" not in answer.content


def test_the_front_desk_sees_who_is_a_patient_and_nothing_of_her_chart(
    clinic: Clinic, physician: User
) -> None:
    patient = a_patient(clinic, physician)
    a_course(patient, physician)
    desk = signed_in(a_user(clinic, Role.FRONT_DESK, name="Frida Desk"))
    texts = [page_text(desk.get(f"/patients{rest}").content) for rest in ("", f"/{patient.code}")]
    assert all("Lindqvist" in text for text in texts)
    for word in ("Neck pain", "Allergies", "phototype", "questions that matter", "Request"):
        assert all(word not in text for text in texts)


def test_the_list_asks_the_database_as_often_for_many_patients_as_for_few(
    client: Client, clinic: Clinic, physician: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/patients")
        return len(asked)

    a_course(a_patient(clinic, physician), physician)
    queries()
    few = queries()
    for _ in range(12):
        a_course(a_patient(clinic, physician), physician)
    assert queries() == few


def test_a_new_patient_gets_the_next_record_number_and_leaves_a_trace(client: Client) -> None:
    answer = client.post("/patients/new", NEW)
    patient = Patient.objects.get()
    assert answer["Location"] == f"/patients/{patient.code}"
    assert (patient.record_number, patient.birth_date) == (1, date(1975, 2, 3))
    event = Event.objects.get(action="patient.register")
    assert (event.patient, event.detail) == (patient.code, {})


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("31.2.1980", "no such day"),
        ("3/14/1980", "The day stands first"),
        ("14.3.80", "four digits"),
        ("yesterday", "14.3.1980"),
        ("1.1.1850", "120"),
        (None, "future"),
        ("9" * 10_000, "14.3.1980"),
    ],
)
def test_a_birth_date_that_cannot_be_is_refused_and_what_was_typed_stays(
    client: Client, clinic: Clinic, typed: str | None, says: str
) -> None:
    day = local_today(clinic) + timedelta(days=1)
    text = typed or f"{day.day}.{day.month}.{day.year}"
    answer = client.post("/patients/new", NEW | {"birth_date": text})
    assert answer.status_code == 422
    assert not Patient.objects.exists()
    assert says in page_text(answer.content)
    assert f'value="{text}"'.encode() in answer.content


@pytest.mark.parametrize(
    "typed", ["14.3.1980", "14/03/1980", "14-3-1980", "1980-03-14", "14 March 1980", "14. 3. 1980"]
)
def test_a_birth_date_is_taken_in_the_forms_people_write(client: Client, typed: str) -> None:
    client.post("/patients/new", NEW | {"birth_date": typed})
    assert Patient.objects.get().birth_date == date(1980, 3, 14)


def test_nothing_is_chosen_for_the_sex_and_without_it_nothing_is_saved(client: Client) -> None:
    assert b" checked" not in client.get("/patients/new").content
    answer = client.post("/patients/new", NEW | {"sex": ""})
    assert answer.status_code == 422
    assert not Patient.objects.exists()


@pytest.mark.hazard("H-017")
def test_a_patient_who_may_be_there_already_is_shown_before_anybody_is_registered(
    client: Client, clinic: Clinic, physician: User
) -> None:
    known = a_patient(clinic, physician)
    typed = NEW | {"family_name": "Lindkvist", "given_name": "Martha", "birth_date": "14.3.1980"}
    answer = client.post("/patients/new", typed)
    assert answer.status_code == 409
    assert f'href="/patients/{known.code}"'.encode() in answer.content
    assert Patient.objects.count() == 1
    other = client.post("/patients/new", typed | {"despite": "made-up"})
    assert other.status_code == 409
    client.post("/patients/new", typed | {"despite": known.code})
    assert Patient.objects.count() == 2
    event = Event.objects.filter(action="patient.register").last()
    assert event is not None
    assert event.detail == {"similar": [known.code]}


def test_the_same_form_sent_twice_registers_one_patient(client: Client) -> None:
    client.post("/patients/new", NEW)
    assert client.post("/patients/new", NEW).status_code == 409
    assert Patient.objects.count() == 1


def test_a_patient_of_another_clinic_is_nobody_similar(client: Client) -> None:
    elsewhere = a_clinic(name="Elsewhere")
    other = a_user(elsewhere, Role.PHYSICIAN, name="Dr Else Where")
    a_patient(elsewhere, other, family_name="Nygård", given_name="Hanne")
    assert client.post("/patients/new", NEW).status_code == 302


@pytest.mark.hazard("H-017")
def test_a_change_of_identity_is_kept_with_both_sides(
    client: Client, clinic: Clinic, physician: User
) -> None:
    patient = a_patient(clinic, physician)
    answer = saved(client, patient, family_name="Solberg", birth_date="15.3.1980")
    assert answer["Location"] == f"/patients/{patient.code}"
    event = Event.objects.get(action="patient.change")
    assert event.detail == {
        "family_name": {"before": "Lindqvist", "after": "Solberg"},
        "birth_date": {"before": "1980-03-14", "after": "1980-03-15"},
    }
    patient.refresh_from_db()
    assert patient.name == "Marta Solberg"


@pytest.mark.hazard("H-017")
def test_only_what_was_changed_on_the_page_is_taken(
    client: Client, clinic: Clinic, physician: User
) -> None:
    """Two people change one patient at the same time, each another field: both changes stand."""
    patient = a_patient(clinic, physician)
    shown = Patient.objects.get()
    saved(client, patient, telephone="+47 22 99 88 77")
    saved(client, shown, family_name="Solberg")
    patient.refresh_from_db()
    assert (patient.family_name, patient.telephone) == ("Solberg", "+47 22 99 88 77")


def test_a_form_that_changes_nothing_writes_nothing(
    client: Client, clinic: Clinic, physician: User
) -> None:
    saved(client, a_patient(clinic, physician))
    assert not Event.objects.filter(action="patient.change").exists()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=25,
)
@given(names=st.lists(st.text(max_size=120), min_size=6, max_size=6))
def test_any_text_in_any_field_is_taken_clean_or_refused(client: Client, names: list[str]) -> None:
    fields = ("family_name", "given_name", "gender", "telephone", "email", "birth_date")
    answer = client.post("/patients/new", NEW | dict(zip(fields, names, strict=True)))
    assert answer.status_code in {302, 409, 422}
    if answer.status_code == 302:
        page = client.get(answer["Location"])
        assert page.status_code == 200
        kept = Patient.objects.latest("pk")
        assert kept.family_name
        assert "\x00" not in kept.name


def test_a_script_in_a_name_is_text(client: Client) -> None:
    client.post("/patients/new", NEW | {"family_name": "<script>alert(1)</script>"})
    for page in ("/patients", f"/patients/{Patient.objects.get().code}"):
        content = client.get(page).content
        assert b"<script>alert" not in content
        assert b"&lt;script&gt;alert" in content


def test_a_document_is_opened_with_a_trace_under_a_name_that_tells_nothing(
    client: Client, clinic: Clinic, physician: User
) -> None:
    patient = a_patient(clinic, physician)
    page = file_document(
        patient=patient,
        kind=Document.Kind.PLAN,
        subject="plan x",
        content=b"%PDF-1.7 page",
        by=physician,
    )
    answer = client.get(f"/documents/{page.code}")
    assert answer.content == b"%PDF-1.7 page"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    day = local_today(clinic).isoformat()
    assert answer["Content-Disposition"] == f'attachment; filename="plan-{day}.pdf"'
    event = Event.objects.get(action="document.read")
    assert (event.subject, event.patient) == (f"document {page.code}", patient.code)


def test_opening_a_patient_moves_her_to_the_head_of_the_list_and_leaves_a_trace(
    client: Client, clinic: Clinic, physician: User
) -> None:
    first = a_patient(clinic, physician, family_name="Solberg", telephone="")
    a_patient(clinic, physician)
    assert page_text(client.get("/patients").content).index("Lindqvist") < page_text(
        client.get("/patients").content
    ).index("Solberg")
    client.get(f"/patients/{first.code}")
    text = page_text(client.get("/patients").content)
    assert text.index("Solberg") < text.index("Lindqvist")
    assert Event.objects.filter(action="patient.read", patient=first.code).count() == 1
