"""The audit as its readers see it, and what must never stand in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.accounts.words import ACTIONS, action_in_words
from mesoplan.web.audit.actions import record
from mesoplan.web.audit.models import Event
from tests.lib.clinic import PASSWORD, PIN, TOTP_SECRET, a_clinic, a_patient, a_user, signed_in
from tests.lib.recorded import recorded_actions
from tests.lib.second_factor import code_of, give_password, sign_in


def tell(clinic: Clinic, action: str, *, by: str = "", **more: Any) -> None:
    with transaction.atomic():
        record(action=action, by=by, clinic=clinic.code, **more)


def shown(client: Client, query: str = "") -> list[Any]:
    return list(client.get(f"/clinic/audit{query}").context["page"].events)


def test_every_action_of_the_program_has_plain_words() -> None:
    found = recorded_actions()
    assert {"sign-in", "sign-in.fail", "person.add", "patient.read", "gesture.undo"} <= found.whole
    assert found.whole - set(ACTIONS) == set()
    for beginning in found.beginnings:
        assert any(name.startswith(beginning) for name in ACTIONS), beginning


def test_an_action_of_another_version_is_named_as_it_was_recorded() -> None:
    assert action_in_words("moon.land") == "moon.land"


def test_fifty_events_stand_on_a_page_the_newest_first(clinic: Clinic, physician: User) -> None:
    for number in range(120):
        tell(clinic, "sign-in", by=physician.username, detail={"number": number})
    client = signed_in(physician)
    seen: list[int] = []
    query = ""
    pages = 0
    while True:
        response = client.get(f"/clinic/audit{query}")
        page = response.context["page"]
        seen += [event.number for event in page.events]
        pages += 1
        if page.older is None:
            break
        assert f"before={page.older}" in response.content.decode()
        query = f"?before={page.older}"
    assert pages == 3
    assert seen == sorted(Event.objects.values_list("number", flat=True), reverse=True)


def test_events_of_another_clinic_are_not_shown(clinic: Clinic, physician: User) -> None:
    other = a_clinic(name="Klinikk Eksempel")
    tell(other, "clinic.change", by="somebody")
    tell(clinic, "clinic.change", by=physician.username)
    assert [event.by for event in shown(signed_in(physician))] == [physician.name]


def test_events_are_found_by_person_action_and_patient(
    clinic: Clinic, physician: User, assistant: User
) -> None:
    patient = a_patient(clinic, assistant)
    tell(clinic, "person.roles", by=physician.username, subject=f"user {assistant.code}")
    tell(clinic, "lock.fail", by=physician.username)
    client = signed_in(physician)
    by_person = shown(client, f"?person={assistant.code}")
    assert [event.what for event in by_person] == ["Changed roles", "Registered a patient"]
    assert by_person[0].about == assistant.name
    assert [event.what for event in shown(client, "?action=lock.fail")] == ["Wrong PIN"]
    [of_patient] = shown(client, f"?patient={patient.code}")
    assert of_patient.patient == patient.code
    assert shown(client, f"?patient={patient.code}&action=lock.fail") == []


def test_a_day_is_the_clinics_own(clinic: Clinic, physician: User, monkeypatch: Any) -> None:
    """In Rome the 22nd of November begins at 23:00 UTC of the 21st."""
    begin = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    for at in (
        begin - timedelta(seconds=1),
        begin,
        begin + timedelta(hours=24) - timedelta(seconds=1),
        begin + timedelta(hours=24),
    ):
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        tell(clinic, "clinic.change", by=physician.username)
    monkeypatch.undo()
    found = shown(signed_in(physician), "?day=2026-11-22")
    assert [event.at for event in reversed(found)] == [
        begin,
        begin + timedelta(hours=24) - timedelta(seconds=1),
    ]


def test_what_makes_no_sense_in_the_address_is_said(physician: User) -> None:
    client = signed_in(physician)
    for query in ("day=yesterday", "action=x", "person=x", "before=x", "before=-1", "patient=a b"):
        assert client.get(f"/clinic/audit?{query}").status_code == 422


def test_the_audit_shows_nothing_that_was_entered(clinic: Clinic, physician: User) -> None:
    patient = a_patient(clinic, physician)
    tell(
        clinic,
        "gesture.write",
        by=physician.username,
        patient=patient.code,
        detail={"values": {"facts.pregnant": "certainly"}},
    )
    page = signed_in(physician).get("/clinic/audit").content.decode()
    assert "certainly" not in page
    assert patient.family_name not in page


def test_the_page_needs_the_same_queries_however_many_events_there_are(
    clinic: Clinic, physician: User, django_assert_num_queries: Any
) -> None:
    client = signed_in(physician)
    client.get("/clinic/audit")
    for _ in range(2):
        for _ in range(30):
            tell(clinic, "sign-in", by=physician.username, subject=f"user {physician.code}")
        with django_assert_num_queries(8, exact=True):
            client.get("/clinic/audit")


@pytest.fixture
def checkpoints_of_its_own(settings: Any, tmp_path: Path) -> None:
    """The file beside the database, which outlives the rows of a test."""
    settings.DATA = tmp_path


@pytest.mark.usefixtures("checkpoints_of_its_own")
def test_the_state_of_the_last_verification_is_shown(physician: User) -> None:
    client = signed_in(physician)
    assert "not verified yet" in client.get("/clinic/audit").content.decode()
    tell(physician.clinic, "clinic.change")
    assert client.post("/clinic/audit/verify")["Location"] == "/clinic/audit"
    page = client.get("/clinic/audit").content.decode()
    assert "1 event, none changed, missing or moved" in page
    event = Event.objects.get(action="audit.verify")
    assert (event.by, event.detail) == (
        physician.username,
        {"events": 1, "faults": 0, "found": []},
    )


@pytest.mark.usefixtures("checkpoints_of_its_own")
def test_a_fault_in_the_chain_is_shown(physician: User) -> None:
    for _ in range(2):
        tell(physician.clinic, "clinic.change")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_event_no_update")
        else:
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_event SET action = 'clinic.policy' WHERE number = 1")
    client = signed_in(physician)
    client.post("/clinic/audit/verify")
    page = client.get("/clinic/audit").content.decode()
    assert "1 fault" in page
    assert "1: was changed after it was written" in page


def test_no_password_pin_code_or_secret_stands_in_the_audit_or_in_a_log(
    physician: User, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    """Everything that is typed to sign in, sign others in and unlock, right and wrong."""
    caplog.set_level("DEBUG")
    secrets = {PASSWORD, PIN, TOTP_SECRET}
    client = Client()

    def type_in(path: str, **fields: str) -> Any:
        secrets.update(
            value
            for key, value in fields.items()
            if key not in {"login", "username", "name", "do", "roles", "kept"}
        )
        return client.post(path, fields)

    type_in("/sign-in", login="a password typed as a name", password="a wrong password 1")  # noqa: S106
    secrets.add("a password typed as a name")
    type_in("/sign-in", login=physician.username, password="a wrong password 2")  # noqa: S106
    give_password(client, physician)
    type_in("/sign-in/code", code="246802")
    type_in("/sign-in/code", code=code_of())
    page = client.get("/account/second-factor")
    secret = page.context["form"].secret
    secrets.add(secret)
    type_in("/account/second-factor", code="135791")
    type_in("/account/second-factor", code=code_of(secret))
    secrets.update(client.get("/account/recovery-codes").context["unused_codes"])
    type_in("/account/pin", password="a wrong password 3", pin="8315")  # noqa: S106
    type_in("/account/pin", password=PASSWORD, pin="8315")
    client.post("/lock")
    type_in("/unlock", pin="5926")
    type_in("/unlock", pin="8315")
    added = type_in(
        "/clinic/people/new", name="Luca Bianchi", username="luca.bianchi", roles="nurse"
    )
    once = client.get(added["Location"]).context["password"]
    secrets.add(once)
    luca = User.objects.get(username="luca.bianchi")
    client.post("/sign-out")
    give_password(client, luca, once)
    new = "luca's own long password"
    type_in("/welcome", password1=new, password2=new, pin="6174")
    physician.refresh_from_db()
    secrets |= {physician.password, physician.pin, User.objects.get(pk=luca.pk).password}
    assert Event.objects.count() >= 12
    written = json.dumps(
        [[event.action, event.by, event.subject, event.detail] for event in Event.objects.all()]
    )
    logged = caplog.text + "".join(capfd.readouterr())
    for one in secrets:
        assert one not in written
        assert one not in logged


def test_every_act_of_signing_in_leaves_its_event(physician: User) -> None:
    client = Client()
    give_password(client, physician, "wrong horse")
    sign_in(client, physician)
    client.post("/lock")
    client.post("/unlock", {"pin": "5926"})
    client.post("/unlock", {"pin": PIN})
    client.post("/sign-out")
    assert [event.action for event in Event.objects.all()] == [
        "sign-in.fail",
        "sign-in",
        "lock.fail",
        "lock.open",
        "sign-out",
    ]
    assert {event.clinic for event in Event.objects.all()} == {physician.clinic.code}


def test_an_assistant_does_not_see_the_audit(assistant: User, physician: User) -> None:
    assert signed_in(assistant).get("/clinic/audit").status_code == 403
    only_owner = a_user(physician.clinic, Role.OWNER, name="Ida Berg")
    assert signed_in(only_owner).get("/clinic/audit").status_code == 200
