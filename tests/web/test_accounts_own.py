"""The own account: profile, PIN, password, languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from mesoplan.web.accounts.models import User
from mesoplan.web.audit.models import Event
from mesoplan.web.languages import translated
from tests.lib.clinic import PASSWORD, PIN, signed_in
from tests.lib.second_factor import give_password

NEW = "another battery of staples"
PROFILE = {"name": "Dr Anna Rossi", "profession": "Dermatologist", "theme": "dark", "language": ""}


def test_a_profile_is_saved_and_the_page_is_dark_from_then_on(physician: User) -> None:
    client = signed_in(physician)
    assert 'data-theme="dark"' not in client.get("/account").content.decode()
    assert client.post("/account", PROFILE)["Location"] == "/account"
    page = client.get("/account").content.decode()
    assert 'data-theme="dark"' in page
    assert "Dermatologist" in page
    event = Event.objects.get()
    assert (event.action, event.detail) == (
        "account.change",
        {"profession": "Dermatologist", "theme": "dark"},
    )
    client.post("/account", PROFILE)
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("key", "wrong"), [("name", ""), ("theme", "sepia"), ("language", "tlh"), ("language", "fr")]
)
def test_a_profile_that_makes_no_sense_is_not_saved(physician: User, key: str, wrong: str) -> None:
    response = signed_in(physician).post("/account", {**PROFILE, key: wrong})
    assert response.status_code == 422
    assert not Event.objects.exists()


def test_the_pages_speak_only_languages_with_a_translation(tmp_path: Path) -> None:
    assert [code for code, _ in translated(tmp_path)] == ["en"]
    catalogue = tmp_path / "pt" / "LC_MESSAGES" / "django.mo"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    assert [code for code, _ in translated(tmp_path)] == ["en", "pt"]


def test_a_new_pin_needs_the_password(physician: User) -> None:
    client = signed_in(physician)
    wrong = client.post("/account/pin", {"password": NEW, "pin": "8315"})
    assert wrong.status_code == 422
    weak = client.post("/account/pin", {"password": PASSWORD, "pin": "1111"})
    assert weak.status_code == 422
    physician.refresh_from_db()
    assert check_password(PIN, physician.pin)
    right = client.post("/account/pin", {"password": PASSWORD, "pin": "8315"})
    assert right["Location"] == "/account"
    physician.refresh_from_db()
    assert check_password("8315", physician.pin)
    assert [event.action for event in Event.objects.all()] == ["sign-in.fail", "pin.change"]


def test_guessing_the_password_for_a_new_pin_ends_in_the_lockout(physician: User) -> None:
    client = signed_in(physician)
    for _ in range(5):
        client.post("/account/pin", {"password": NEW, "pin": "8315"})
    response = client.post("/account/pin", {"password": PASSWORD, "pin": "8315"})
    assert "15 minutes" in response.content.decode()
    assert "15 minutes" in give_password(Client(), physician).content.decode()


def change_password(client: Client, old: str = PASSWORD, new: str = NEW) -> Any:
    return client.post(
        "/account/password", {"oldpassword": old, "password1": new, "password2": new}
    )


def test_guessing_the_password_for_a_new_one_ends_in_the_lockout(physician: User) -> None:
    client = signed_in(physician)
    for _ in range(5):
        assert change_password(client, old=NEW).status_code == 422
    assert "15 minutes" in give_password(Client(), physician).content.decode()
    told = list(Event.objects.values_list("action", flat=True))
    assert told == [*["sign-in.fail"] * 5, "sign-in.lockout"]


def test_another_password_signs_out_every_other_browser(physician: User) -> None:
    here, there = signed_in(physician), signed_in(physician)
    assert change_password(here)["Location"] == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert give_password(Client(), physician).status_code == 422
    assert give_password(Client(), physician, NEW).status_code == 302
    assert Event.objects.filter(action="password.change", by=physician.username).count() == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (NEW, NEW, "not your password"),
        (PASSWORD, "short", "too short"),
        (PASSWORD, "dr.anna.rossi", "too similar"),
        (PASSWORD, "123456789012345", "entirely numeric"),
    ],
)
def test_a_password_that_cannot_be_taken_changes_nothing(
    physician: User, old: str, new: str, says: str
) -> None:
    client, other = signed_in(physician), signed_in(physician)
    response = change_password(client, old, new)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert other.get("/account").status_code == 200
    assert not Event.objects.exclude(action="sign-in.fail").exists()


def test_who_is_signed_in_stands_on_every_page(physician: User) -> None:
    client = signed_in(physician)
    for path in ("/account", "/clinic", "/clinic/audit"):
        page = client.get(path).content.decode()
        assert f'<span class="nav__name">{physician.name}</span>' in page
    assert physician.initials == "AR"


def test_pages_load_nothing_but_own_files_and_hold_no_script_or_style(physician: User) -> None:
    client = signed_in(physician)
    paths = (
        "/account",
        "/account/pin",
        "/account/password",
        "/clinic",
        "/clinic/data",
        "/clinic/policy",
        "/clinic/audit",
        "/sign-out",
    )
    for path in paths:
        response = client.get(path)
        page = response.content.decode()
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store" or "no-cache" in response["Cache-Control"]
        assert "style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert "onclick" not in page
        assert page.count("<h1") == 1
