"""People of a clinic: added, changed, closed and opened by its owner."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.test import Client

from mesoplan.web.accounts.actions import people
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from tests.lib.clinic import PASSWORD, a_clinic, a_user, signed_in
from tests.lib.second_factor import code_of, give_password, sign_in

LUCA = {
    "name": "Luca Bianchi",
    "profession": "Nurse",
    "username": "luca.bianchi",
    "roles": ["nurse", "assistant"],
}


def owner(user: User) -> Client:
    """A browser in which the owner has just proved to be the owner."""
    client = signed_in(user)
    client.post("/account/prove", {"password": PASSWORD})
    return client


def change(client: Client, person: User, do: str) -> Any:
    return client.post(f"/clinic/people/{person.code}/change", {"do": do})


def add_luca(client: Client) -> str:
    """Add him; his one-time password."""
    page = client.get(client.post("/clinic/people/new", LUCA)["Location"]).content.decode()
    [password] = re.findall(r'class="secret">([A-Z0-9-]{19})<', page)
    return str(password)


def test_the_owner_proves_to_be_the_owner_before_touching_people(physician: User) -> None:
    client = signed_in(physician)
    for path in ("/clinic/people/new", f"/clinic/people/{physician.code}"):
        assert client.get(path)["Location"].startswith("/account/prove")
        assert client.post(path, LUCA)["Location"].startswith("/account/prove")
    assert change(client, physician, "deactivate")["Location"].startswith("/account/prove")
    assert User.objects.count() == 1


def test_a_person_is_added_with_a_password_that_is_shown_once(physician: User) -> None:
    client = owner(physician)
    response = client.post("/clinic/people/new", LUCA)
    user = User.objects.get(username="luca.bianchi")
    address = f"/clinic/people/{user.code}/password"
    assert response["Location"] == address
    session = str(dict(client.session))
    shown = client.get(address)
    password = shown.context["password"]
    assert re.fullmatch(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}", password)
    assert password not in session
    again = client.get(address)
    assert again.context["password"] == ""
    assert password not in again.content.decode()
    assert user.role_names == (Role.ASSISTANT, Role.NURSE)
    assert (user.clinic, user.profession) == (physician.clinic, "Nurse")
    event = Event.objects.get(action="person.add")
    assert (event.by, event.subject) == (physician.username, f"user {user.code}")
    assert event.detail == {"roles": ["assistant", "nurse"]}


def test_one_time_passwords_differ(physician: User) -> None:
    found = {people.give_one_time_password(person=physician, by=physician) for _ in range(5)}
    assert len(found) == 5


def test_the_first_sign_in_asks_for_password_pin_and_second_factor(physician: User) -> None:
    once = add_luca(owner(physician))
    user = User.objects.get(username="luca.bianchi")
    client = Client()
    assert give_password(client, user, once)["Location"] == "/"
    assert client.get("/")["Location"] == "/welcome"
    for entered, says in (
        ({"password1": once, "password2": once, "pin": "8315"}, "that you were given"),
        ({"password1": PASSWORD, "password2": "x", "pin": "8315"}, "not the same"),
        ({"password1": PASSWORD, "password2": PASSWORD, "pin": ""}, "required"),
    ):
        response = client.post("/welcome", entered)
        assert response.status_code == 422
        assert says in response.content.decode()
    response = client.post(
        "/welcome", {"password1": PASSWORD, "password2": PASSWORD, "pin": "8315"}
    )
    assert response["Location"] == "/"
    assert client.get("/")["Location"] == "/account/second-factor"
    # Without being asked for the password that was typed a moment ago.
    secret = client.get("/account/second-factor").context["form"].secret
    client.post("/account/second-factor", {"code": code_of(secret)})
    assert client.get("/").status_code == 200
    assert client.get("/welcome")["Location"] == "/"
    assert give_password(Client(), user, once).status_code == 422
    assert give_password(Client(), user, PASSWORD)["Location"] == "/sign-in/code"


@pytest.mark.parametrize(
    ("key", "wrong", "says"),
    [
        ("username", "DR.ANNA.ROSSI", "already"),
        ("username", "l b", "no space"),
        ("name", "", "required"),
        ("roles", [], "at least one role"),
        ("roles", ["emperor"], "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_a_new_person_is_said(
    physician: User, key: str, wrong: Any, says: str
) -> None:
    response = owner(physician).post("/clinic/people/new", {**LUCA, key: wrong})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert User.objects.count() == 1


def test_the_database_holds_that_a_user_name_is_had_once(physician: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        a_user(physician.clinic, Role.NURSE, username=physician.username.upper())


@pytest.mark.hazard("H-022")
def test_roles_hold_from_the_next_page_on(physician: User, assistant: User) -> None:
    browser = signed_in(assistant)
    assert browser.get("/clinic/audit").status_code == 403
    client = owner(physician)
    response = client.post(f"/clinic/people/{assistant.code}", {"roles": ["assistant", "owner"]})
    assert response["Location"] == f"/clinic/people/{assistant.code}"
    assert browser.get("/clinic/audit").status_code == 200
    client.post(f"/clinic/people/{assistant.code}", {"roles": ["assistant"]})
    assert browser.get("/clinic/audit").status_code == 403
    details = [event.detail for event in Event.objects.filter(action="person.roles")]
    assert details == [
        {"before": ["assistant"], "roles": ["assistant", "owner"]},
        {"before": ["assistant", "owner"], "roles": ["assistant"]},
    ]


@pytest.mark.parametrize(
    ("kept", "lost"), [("physician", "Owner"), ("owner", "Physician"), ("nurse", "Owner")]
)
def test_the_last_owner_and_the_last_physician_keep_their_role(
    physician: User, kept: str, lost: str
) -> None:
    client = owner(physician)
    response = client.post(f"/clinic/people/{physician.code}", {"roles": [kept]})
    assert response.status_code == 422
    assert f"Nobody else in the clinic has the role {lost}" in response.content.decode()
    assert User.objects.get().role_names == (Role.OWNER, Role.PHYSICIAN)
    assert not Event.objects.filter(action="person.roles").exists()


def test_the_last_owner_cannot_be_closed_and_one_of_two_can(physician: User) -> None:
    client = owner(physician)
    change(client, physician, "deactivate")
    assert User.objects.get().is_active
    message = client.get(f"/clinic/people/{physician.code}").content.decode()
    assert "Nobody else in the clinic has the role" in message
    second = a_user(physician.clinic, Role.OWNER, Role.PHYSICIAN, name="Dr Ida Berg")
    change(client, second, "deactivate")
    assert not User.objects.get(pk=second.pk).is_active
    # Who is closed does not count as another owner.
    change(client, physician, "deactivate")
    assert User.objects.get(pk=physician.pk).is_active


def test_owners_of_other_clinics_do_not_count(physician: User) -> None:
    a_user(a_clinic(), Role.OWNER, Role.PHYSICIAN, name="Dr Ida Berg")
    with pytest.raises(people.LastOfRoleError):
        people.deactivate(person=physician, by=physician)


@pytest.mark.hazard("H-022")
def test_who_is_closed_is_out_at_once_and_old_browsers_stay_out(
    physician: User, assistant: User
) -> None:
    browser = signed_in(assistant)
    assert browser.get("/account").status_code == 200
    client = owner(physician)
    change(client, assistant, "deactivate")
    assert browser.get("/account").status_code == 302
    change(client, assistant, "activate")
    assert browser.get("/account").status_code == 302
    assert sign_in(Client(), assistant)["Location"] == "/"
    done = Event.objects.filter(action__startswith="person.").values_list("action", flat=True)
    assert list(done) == ["person.deactivate", "person.activate"]


def test_a_lost_second_factor_is_taken_away_and_made_anew_at_the_next_sign_in(
    physician: User, assistant: User
) -> None:
    browser = signed_in(assistant)
    browser.get("/account")
    change(owner(physician), assistant, "reset-second-factor")
    assert not Authenticator.objects.filter(user=assistant).exists()
    assert browser.get("/account")["Location"].startswith("/sign-in")
    client = Client()
    assert give_password(client, assistant)["Location"] == "/"
    assert client.get("/")["Location"] == "/account/second-factor"
    # The password was typed a moment ago and is not asked again.
    assert client.get("/account/second-factor").status_code == 200
    event = Event.objects.get(action="second-factor.reset")
    assert (event.by, event.subject) == (physician.username, f"user {assistant.code}")


def test_a_forgotten_password_is_replaced_by_one_for_once(physician: User, assistant: User) -> None:
    browser = signed_in(assistant)
    client = owner(physician)
    response = change(client, assistant, "give-password")
    password = client.get(response["Location"]).context["password"]
    assert browser.get("/account").status_code == 302
    assert give_password(Client(), assistant).status_code == 422
    newcomer = Client()
    give_password(newcomer, assistant, password)
    newcomer.post("/sign-in/code", {"code": code_of()})
    assert newcomer.get("/")["Location"] == "/welcome"


@pytest.mark.parametrize("do", ["reset-second-factor", "give-password"])
def test_the_owner_changes_the_own_secrets_on_the_own_page_alone(physician: User, do: str) -> None:
    client = owner(physician)
    assert change(client, physician, do)["Location"] == "/account"
    assert Authenticator.objects.filter(user=physician).exists()
    assert give_password(Client(), physician)["Location"] == "/sign-in/code"


def test_an_act_that_does_not_exist_is_a_bad_request(physician: User, assistant: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(physician)
    client.post("/account/prove", {"password": PASSWORD})
    assert change(client, assistant, "promote").status_code == 400


def test_everybody_reads_the_clinic_and_only_the_owner_finds_what_changes_it(
    physician: User, assistant: User
) -> None:
    for user, may in ((physician, True), (assistant, False)):
        page = signed_in(user).get("/clinic").content.decode()
        assert "Via Esempio 1" in page
        assert "Luca Bianchi" in page
        for path in ("/clinic/data", "/clinic/policy", "/clinic/audit", "/clinic/people/"):
            assert (f'href="{path}' in page) is may


def test_the_list_of_people_needs_the_same_queries_however_many_they_are(
    clinic: Clinic, physician: User, django_assert_num_queries: Any
) -> None:
    client = signed_in(physician)
    client.get("/clinic")
    counts = []
    for number in range(2):
        for each in range(3):
            a_user(clinic, Role.NURSE, Role.ASSISTANT, name=f"Person {number} {each}")
        with django_assert_num_queries(6, exact=True) as found:
            client.get("/clinic")
        counts.append(len(found.captured_queries))
    assert counts[0] == counts[1]


def test_clinic_and_policy_are_changed_by_the_owner_and_recorded(physician: User) -> None:
    client = signed_in(physician)
    entered = {
        "name": "Clinica Nuova",
        "address": "Via Esempio 1, 00100 Roma",
        "telephone": "+39 06 0000 0000",
        "emergency_number": "118",
        "time_zone": "Europe/Rome",
        "paper": "letter",
        "idle_minutes": "5",
    }
    assert client.post("/clinic/data", {**entered, "idle_minutes": "0"}).status_code == 422
    assert client.post("/clinic/data", {**entered, "time_zone": "Mars/Base"}).status_code == 422
    assert client.post("/clinic/data", entered)["Location"] == "/clinic"
    clinic = Clinic.objects.get()
    assert (clinic.name, clinic.emergency_number, clinic.idle_minutes) == (
        "Clinica Nuova",
        "118",
        5,
    )
    assert client.post("/clinic/policy", {"policy": "mars"}).status_code == 422
    assert client.post("/clinic/policy", {"policy": "fr"})["Location"] == "/clinic"
    assert Clinic.objects.get().policy == "fr"
    changed, chosen = Event.objects.all()
    assert set(changed.detail) == {"name", "emergency_number", "paper", "idle_minutes"}
    assert chosen.detail == {"before": "default", "policy": "fr"}


def test_a_policy_that_the_knowledge_base_has_no_more_is_said(physician: User) -> None:
    Clinic.objects.update(policy="atlantis")
    page = signed_in(physician).get("/clinic").content.decode()
    assert "The policy atlantis is not in the knowledge base any more" in page


def test_an_owner_who_lost_everything_comes_back_by_the_computer_itself(
    physician: User, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody else is owner: no page could help her."""
    other = signed_in(physician)
    call_command("reset_account", physician.username.upper())
    found = re.search(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){3}", capsys.readouterr().out)
    assert found
    assert other.get("/account").status_code == 302
    client = Client()
    assert give_password(client, physician).status_code == 422
    assert give_password(client, physician, found[0])["Location"] == "/"
    assert client.get("/")["Location"] == "/welcome"
    client.post(
        "/welcome",
        {"password1": "own words once more", "password2": "own words once more", "pin": "4793"},
    )
    assert client.get("/")["Location"] == "/account/second-factor"
    event = Event.objects.get(action="account.reset")
    assert (event.by, event.subject) == ("", f"user {physician.code}")
    assert event.clinic == physician.clinic.code


def test_only_an_account_that_is_there_and_open_is_reset(clinic: Clinic, physician: User) -> None:
    closed = a_user(clinic, Role.NURSE, name="Nora Greco", is_active=False)
    for name, says in (("nobody", "nobody signs in"), (closed.username, "is closed")):
        with pytest.raises(CommandError, match=says):
            call_command("reset_account", name)
    assert not Event.objects.filter(action="account.reset").exists()
    assert physician.must_change_password is False
