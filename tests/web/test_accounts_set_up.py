"""The first run: one clinic, one policy, one physician, all at once or not at all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client

from mesoplan.web.accounts.actions.clinic import AlreadySetUpError, ClinicData, set_up
from mesoplan.web.accounts.actions.people import NewPerson
from mesoplan.web.accounts.mapping import knowledge
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Permission, Role
from mesoplan.web.accounts.set_up_code import is_set_up_code, make_set_up_code
from mesoplan.web.audit.models import Event
from tests.lib.addresses import addresses
from tests.lib.clinic import PASSWORD, PIN
from tests.lib.second_factor import code_of

pytestmark = pytest.mark.django_db

ENTERED = {
    "clinic-name": "Clinica Esempio",
    "clinic-address": "Via Esempio 1\n00100 Roma",
    "clinic-telephone": "+39 06 0000 0000",
    "clinic-emergency_number": "112",
    "clinic-time_zone": "Europe/Rome",
    "clinic-paper": "a4",
    "policy-policy": "it",
    "person-name": "Dr Anna Rossi",
    "person-profession": "Dermatologist",
    "person-username": "anna.rossi",
    "person-password1": PASSWORD,
    "person-password2": PASSWORD,
    "person-pin": PIN,
}


def shown_secret(page: str) -> str:
    [secret] = re.findall(r'class="secret">([A-Z2-7 ]+)<', page)
    return str(secret).replace(" ", "")


def test_without_a_clinic_every_page_leads_to_set_up() -> None:
    client = Client()
    for address in addresses():
        if address.permission is Permission.ANYONE:
            continue
        values = dict.fromkeys(address.parameters, "AAAAAAAAAAAAAAAA") | {"number": 1}
        response = client.get(address.path(values))
        assert (response.status_code, response["Location"]) == (302, "/set-up"), address.route
    assert client.get("/sign-in")["Location"] == "/set-up"


def test_set_up_ends_signed_in_as_physician_and_owner_before_the_second_factor() -> None:
    client = Client()
    assert client.get("/set-up").status_code == 200
    response = client.post("/set-up", ENTERED)
    assert (response.status_code, response["Location"]) == (302, "/")
    clinic, user = Clinic.objects.get(), User.objects.get()
    assert (clinic.name, clinic.policy, clinic.time_zone) == (
        "Clinica Esempio",
        "it",
        "Europe/Rome",
    )
    assert user.role_names == (Role.OWNER, Role.PHYSICIAN)
    assert client.get("/")["Location"] == "/account/second-factor"
    assert list(Event.objects.values_list("action", "by")) == [
        ("clinic.set-up", "anna.rossi"),
        ("sign-in", "anna.rossi"),
    ]


def test_the_second_factor_is_confirmed_and_the_codes_are_shown_once_and_then_comes_today() -> None:
    client = Client()
    client.post("/set-up", ENTERED)
    page = client.get("/account/second-factor").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    secret = shown_secret(page)
    # A page that is loaded again fits what was scanned.
    assert shown_secret(client.get("/account/second-factor").content.decode()) == secret
    wrong = client.post("/account/second-factor", {"code": "000000"})
    assert wrong.status_code == 422
    right = client.post("/account/second-factor", {"code": code_of(secret)})
    assert right["Location"] == "/account/recovery-codes"
    shown = client.get("/account/recovery-codes").content.decode()
    codes = re.findall(r"<li>(\d{4} \d{4})</li>", shown)
    assert len(set(codes)) == 10
    again = client.get("/account/recovery-codes").content.decode()
    assert not any(code in again for code in codes)
    assert client.post("/account/recovery-codes")["Location"] == "/account/recovery-codes"
    assert client.post("/account/recovery-codes", {"kept": "1"})["Location"] == "/"
    assert client.get("/").status_code == 200


def test_what_is_wrong_is_said_and_nothing_is_saved() -> None:
    client = Client()
    for key, wrong, says in (
        ("clinic-time_zone", "Rome", "Select a valid choice"),
        ("policy-policy", "", "Choose the policy"),
        ("person-username", "anna rossi", "no space"),
        ("person-password1", "too short", "too short"),
        ("person-password2", "another password", "not the same"),
        ("person-pin", "123", "at least 4 digits"),
        ("person-pin", "12a4", "nothing else"),
        ("person-pin", "1234", "tried first"),
        ("person-pin", "7777", "tried first"),
        ("person-pin", "9876", "tried first"),
    ):
        entered = {**ENTERED, key: wrong}
        if key == "person-password1":
            entered["person-password2"] = wrong
        response = client.post("/set-up", entered)
        page = response.content.decode()
        assert response.status_code == 422, key
        assert says in page
        assert "Via Esempio 1" in page
        assert PASSWORD not in page
    assert (Clinic.objects.count(), User.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_no_policy_is_chosen_for_anybody_and_each_shows_what_it_allows_with_its_source() -> None:
    page = Client().get("/set-up").content.decode()
    assert "checked" not in page
    for policy in knowledge().policies.values():
        assert policy.mixing_line.text.replace("'", "&#x27;") in page
        source = knowledge().sources[policy.mixing_line.citation.id]
        assert source.title.replace("'", "&#x27;") in page
        for unknown in policy.unknown:
            assert unknown.replace("'", "&#x27;") in page


def test_when_there_is_a_clinic_set_up_does_not_exist(clinic: Clinic) -> None:
    client = Client()
    assert client.get("/set-up").status_code == 404
    assert client.post("/set-up", ENTERED).status_code == 404
    assert list(Clinic.objects.all()) == [clinic]


def test_of_two_who_set_up_at_once_the_slower_is_told() -> None:
    quick, slow = Client(), Client()
    quick.get("/set-up")
    slow.get("/set-up")
    quick.post("/set-up", ENTERED)
    response = slow.post("/set-up", {**ENTERED, "person-username": "luca.bianchi"})
    assert response.status_code == 409
    assert "Somebody was quicker" in response.content.decode()
    assert [user.username for user in User.objects.all()] == ["anna.rossi"]


def test_the_second_set_up_in_the_same_moment_writes_nothing() -> None:
    """Both were past the look whether there is a clinic; the action itself looks again."""
    wanted: dict[str, Any] = {
        "clinic": ClinicData(
            name="Clinica Esempio",
            address="Via Esempio 1",
            telephone="1",
            emergency_number="112",
            time_zone="Europe/Rome",
            paper="a4",
            idle_minutes=10,
        ),
        "policy": "default",
        "password": PASSWORD,
        "pin": PIN,
    }
    for name in ("anna.rossi", "luca.bianchi"):
        person = NewPerson(name=name, profession="", username=name, roles=(Role.OWNER,))
        if name == "anna.rossi":
            set_up(first=person, **wanted)
        else:
            with pytest.raises(AlreadySetUpError):
                set_up(first=person, **wanted)
    assert Clinic.objects.count() == 1
    assert User.objects.count() == 1


def test_password_and_pin_are_kept_as_argon2_hashes_and_the_secret_is_encrypted() -> None:
    client = Client()
    client.post("/set-up", ENTERED)
    secret = shown_secret(client.get("/account/second-factor").content.decode())
    assert secret not in str(dict(client.session))
    client.post("/account/second-factor", {"code": code_of(secret)})
    user = User.objects.get()
    assert user.password.startswith("argon2$argon2id$")
    assert user.pin.startswith("argon2$argon2id$")
    for row in Authenticator.objects.all():
        assert secret not in str(row.data)
        assert (
            all(code not in str(row.data) for code in row.wrap().get_unused_codes())
            if (row.type == Authenticator.Type.RECOVERY_CODES)
            else True
        )
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_in_the_demonstration_no_second_factor_is_asked(settings: Any) -> None:
    settings.DEMONSTRATION = True
    client = Client()
    client.post("/set-up", ENTERED)
    assert client.get("/").status_code == 200


@pytest.mark.hazard("H-022")
def test_from_the_network_nobody_takes_the_clinic_without_the_code(settings: Any) -> None:
    settings.ASKS_SET_UP_CODE = True
    client = Client()
    assert "terminal" in client.get("/set-up").content.decode()
    # Nobody has started it here: there is no code yet, so none is right.
    for entered in ({}, {"set-up-code": ""}, {"set-up-code": "AAAA-AAAA"}):
        assert client.post("/set-up", {**ENTERED, **entered}).status_code == 422
    code = make_set_up_code()
    assert make_set_up_code() == code
    wrong = code.translate(str.maketrans("ABC234", "DEF567"))[:-1]
    response = client.post("/set-up", {**ENTERED, "set-up-code": wrong})
    assert response.status_code == 422
    assert "sign by sign" in response.content.decode()
    assert not Clinic.objects.exists()
    typed = code.lower().replace("-", " ")
    assert client.post("/set-up", {**ENTERED, "set-up-code": typed}).status_code == 302
    assert Clinic.objects.count() == 1
    assert not is_set_up_code(code)


def test_on_the_computer_itself_no_code_is_asked() -> None:
    assert "terminal" not in Client().get("/set-up").content.decode()
