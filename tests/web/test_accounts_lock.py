"""The lock of the screen: by hand, by time, opened by the PIN; nothing is lost behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from mesoplan.web.accounts import gate
from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.gate import HAND_OVER, KEPT, LOCKED, RETURN_TO, SEEN
from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Permission, Role
from mesoplan.web.audit.models import Event
from tests.lib.clinic import PASSWORD, PIN, a_user, signed_in
from tests.lib.second_factor import sign_in

WRONG_PIN = "9085"


def idle(client: Client, minutes: float) -> None:
    """Nobody touches this browser for so long."""
    session = client.session
    session[SEEN] = (timezone.now() - timedelta(minutes=minutes)).isoformat()
    session.save()


def is_locked(client: Client) -> bool:
    return client.get("/account").status_code == 302


@pytest.mark.hazard("H-022")
def test_lock_and_pin_lead_back_to_the_page(physician: User) -> None:
    client = signed_in(physician)
    response = client.post("/lock", {"page": "/clinic/audit?day=2026-11-22"})
    assert response["Location"] == "/unlock"
    assert is_locked(client)
    page = client.get("/unlock").content.decode()
    assert physician.name in page
    response = client.post("/unlock", {"pin": PIN})
    # The page that was asked for last, while it was locked.
    assert response["Location"] == "/account"
    assert not is_locked(client)


def test_the_page_that_was_locked_comes_back(physician: User) -> None:
    client = signed_in(physician)
    client.post("/lock", {"page": "/clinic/audit?day=2026-11-22"})
    assert client.post("/unlock", {"pin": PIN})["Location"] == "/clinic/audit?day=2026-11-22"


def test_the_page_comes_back_when_page_and_server_lock_in_the_same_moment(physician: User) -> None:
    """The server had locked before it looked at the page, and forgot where the person was."""
    client = signed_in(physician)
    client.get("/clinic")
    idle(client, physician.clinic.idle_minutes + 0.1)
    client.post("/lock", {"page": "/clinic"})
    # Another tab comes later and changes nothing.
    client.post("/lock", {"page": "/account"})
    assert client.post("/unlock", {"pin": PIN})["Location"] == "/clinic"


@pytest.mark.hazard("H-022")
def test_a_request_that_is_still_running_does_not_open_the_screen_again(physician: User) -> None:
    """It has the session as it was before the lock, and saves all of it when it ends."""
    client = signed_in(physician)
    running = client.session
    assert running.items()
    client.post("/lock", {"page": "/clinic"})
    running[SEEN] = timezone.now().isoformat()
    running.save()
    assert is_locked(client)
    # Whoever finds it locked opens it, and the session is the one that it was.
    assert client.session.session_key == running.session_key
    client.post("/unlock", {"pin": PIN})
    assert not is_locked(client)


def test_the_page_comes_back_though_a_request_was_still_running(physician: User) -> None:
    client = signed_in(physician)
    running = client.session
    assert running.items()
    client.post("/lock", {"page": "/clinic"})
    running[SEEN] = timezone.now().isoformat()
    running.save()
    assert client.post("/unlock", {"pin": PIN})["Location"] == "/clinic"


def test_locking_again_does_not_give_more_tries(physician: User) -> None:
    client = signed_in(physician)
    client.post("/lock")
    for _ in range(2):
        client.post("/unlock", {"pin": WRONG_PIN})
        client.post("/lock")
    assert client.post("/unlock", {"pin": WRONG_PIN})["Location"] == "/sign-in"


@pytest.mark.parametrize("page", ["https://example.com/", "//example.com", "javascript:x", ""])
def test_no_page_outside_comes_back(physician: User, page: str) -> None:
    client = signed_in(physician)
    client.post("/lock", {"page": page})
    assert client.post("/unlock", {"pin": PIN})["Location"] == "/"


@pytest.mark.parametrize("address", ["http://[x", "https://example.com:x/clinic", "\\\\x"])
def test_what_is_no_address_is_no_place_to_come_back_to(physician: User, address: str) -> None:
    client = signed_in(physician)
    client.post("/lock", {"page": "/clinic"})
    client.post("/clinic/data", {}, headers={"HX-Request": "true", "HX-Current-URL": address})
    assert client.post("/unlock", {"pin": PIN})["Location"] == "/clinic"


def test_another_tab_looks_at_the_address_of_the_lock(physician: User) -> None:
    client = signed_in(physician)
    assert client.get("/lock")["Location"] == "/unlock"
    assert client.get("/unlock")["Location"] == "/"
    client.post("/lock")
    assert client.get("/lock")["Location"] == "/unlock"
    assert client.get("/unlock").status_code == 200


@pytest.mark.hazard("H-022")
def test_three_wrong_pins_end_the_browser_session(physician: User) -> None:
    client = signed_in(physician)
    client.post("/lock")
    for _ in range(2):
        response = client.post("/unlock", {"pin": WRONG_PIN})
        assert response.status_code == 422
        assert "not your PIN" in response.content.decode()
    response = client.post("/unlock", {"pin": WRONG_PIN})
    assert response["Location"] == "/sign-in"
    assert "Three wrong PINs" in client.get("/sign-in").content.decode()
    assert client.post("/unlock", {"pin": PIN})["Location"].startswith("/sign-in")
    assert sign_in(client, physician)["Location"] == "/"
    assert [event.action for event in Event.objects.all()] == [
        *["lock.fail"] * 3,
        "lock.end",
        "sign-in",
    ]


def test_a_right_pin_begins_the_count_anew(physician: User) -> None:
    client = signed_in(physician)
    for _ in range(3):
        client.post("/lock")
        for _ in range(2):
            client.post("/unlock", {"pin": WRONG_PIN})
        client.post("/unlock", {"pin": PIN})
        assert not is_locked(client)


def test_wrong_pins_in_two_tabs_at_once_are_counted_together(physician: User) -> None:
    """A count in the browser session could be read by many requests before one writes it."""
    client = signed_in(physician)
    client.post("/lock")
    before = dict(client.session)
    for _ in range(2):
        client.post("/unlock", {"pin": WRONG_PIN})
        session = client.session
        session.update(before)
        session.save()
    assert client.post("/unlock", {"pin": WRONG_PIN})["Location"] == "/sign-in"


@pytest.mark.hazard("H-022")
def test_a_pin_of_somebody_else_does_not_unlock(physician: User, clinic: Any) -> None:
    from django.contrib.auth.hashers import make_password

    a_user(clinic, Role.NURSE, name="Luca Bianchi", pin=make_password("2580"))
    client = signed_in(physician)
    client.post("/lock")
    assert client.post("/unlock", {"pin": "2580"}).status_code == 422


def test_without_a_pin_only_signing_in_again_opens(clinic: Any) -> None:
    user = a_user(clinic, Role.NURSE, pin="")
    client = signed_in(user)
    client.post("/lock")
    assert "no PIN yet" in client.get("/unlock").content.decode()
    for pin in ("", "0", PIN):
        assert client.post("/unlock", {"pin": pin}).status_code == 422
    assert is_locked(client)


def test_somebody_else_signs_in_without_seeing_the_page(physician: User, assistant: User) -> None:
    client = signed_in(physician)
    client.post("/lock", {"page": "/clinic/audit"})
    assert client.post("/sign-out")["Location"] == "/sign-in"
    sign_in(client, assistant)
    assert RETURN_TO not in client.session
    assert client.get("/").status_code == 200
    assert client.get("/clinic/audit").status_code == 403


@pytest.mark.hazard("H-022")
def test_the_server_locks_after_the_idle_time_of_the_clinic(physician: User) -> None:
    client = signed_in(physician)
    assert not is_locked(client)
    idle(client, physician.clinic.idle_minutes - 0.5)
    assert not is_locked(client)
    idle(client, physician.clinic.idle_minutes + 0.1)
    assert is_locked(client)
    # It stays locked, whatever is asked for.
    assert is_locked(client)


def test_each_act_begins_the_idle_time_anew(physician: User) -> None:
    client = signed_in(physician)
    for _ in range(3):
        idle(client, physician.clinic.idle_minutes - 1)
        assert not is_locked(client)


def test_pages_read_in_quick_order_are_no_write_each(
    physician: User, django_assert_num_queries: Any
) -> None:
    client = signed_in(physician)
    client.get("/account/pin")
    with django_assert_num_queries(4) as found:  # session, user, clinic, roles
        client.get("/account/pin")
    assert all(query["sql"].startswith("SELECT") for query in found.captured_queries)


@requires(Permission.SIGNED_IN, passive=True)
def asked_by_the_page(request: ClinicRequest, /) -> HttpResponse:  # noqa: ARG001
    """As a page that asks for what others change."""
    return HttpResponse("what others did")


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch) -> str:
    """An address that a page asks by itself."""
    from django.urls import clear_url_caches, path

    from mesoplan.web.project import urls

    monkeypatch.setattr(
        urls, "urlpatterns", [*urls.urlpatterns, path("asks", asked_by_the_page, name="asks")]
    )
    clear_url_caches()
    return "/asks"


def test_what_the_page_asks_by_itself_is_nobodys_presence(physician: User, asks: str) -> None:
    client = signed_in(physician)
    idle(client, physician.clinic.idle_minutes - 0.2)
    seen = client.session[SEEN]
    assert client.get(asks).content == b"what others did"
    assert client.session[SEEN] == seen


def test_what_the_page_asks_by_itself_is_locked_all_the_same(physician: User, asks: str) -> None:
    client = signed_in(physician)
    client.get("/clinic")
    idle(client, physician.clinic.idle_minutes + 0.1)
    response = client.get(asks)
    assert (response.status_code, response["Location"]) == (302, "/unlock")
    assert client.session[LOCKED]
    # It is no page to come back to.
    assert client.post("/unlock", {"pin": PIN})["Location"] == "/"


def test_a_part_of_a_page_answers_401_and_the_page_comes_back(physician: User) -> None:
    client = signed_in(physician)
    idle(client, physician.clinic.idle_minutes + 1)
    page = "http://testserver/clinic?x=1"
    response = client.post(
        "/account", {"name": "X"}, headers={"HX-Request": "true", "HX-Current-URL": page}
    )
    assert (response.status_code, response["HX-Redirect"]) == (401, "/unlock")
    assert response.content == b""
    assert KEPT not in client.session
    assert client.post("/unlock", {"pin": PIN})["Location"] == "/clinic?x=1"


def test_a_form_that_was_sent_to_a_locked_screen_is_kept_and_sent_again(physician: User) -> None:
    client = signed_in(physician)
    idle(client, physician.clinic.idle_minutes + 1)
    entered = {
        "name": "Dr Anna <Rossi>",
        "profession": 'of "skin"',
        "theme": "dark",
        "language": "",
    }
    response = client.post("/account", entered)
    assert response["Location"] == "/unlock"
    physician.refresh_from_db()
    assert physician.theme == "light"
    assert client.post("/unlock", {"pin": PIN})["Location"] == "/unlock/kept"
    page = client.get("/unlock/kept")
    sent = dict(page.context["kept"]["pairs"])
    assert (page.context["kept"]["path"], sent) == ("/account", entered)
    assert "Dr Anna &lt;Rossi&gt;" in page.content.decode()
    assert client.post("/account", sent)["Location"] == "/account"
    physician.refresh_from_db()
    assert (physician.name, physician.theme) == ("Dr Anna <Rossi>", "dark")
    # It was seen: the next unlocking leads to the page.
    client.post("/lock", {"page": "/clinic"})
    assert client.post("/unlock", {"pin": PIN})["Location"] == "/clinic"


def test_a_kept_form_can_be_let_go(physician: User) -> None:
    client = signed_in(physician)
    client.post("/lock")
    client.post("/account", {"name": "Somebody"}, headers={"referer": "http://testserver/account"})
    client.post("/unlock", {"pin": PIN})
    assert client.post("/unlock/kept")["Location"] == "/account"
    assert client.get("/unlock/kept")["Location"] == "/"


@pytest.mark.parametrize("field", sorted(gate.NEVER_KEPT))
def test_no_password_pin_or_code_is_kept(physician: User, field: str) -> None:
    client = signed_in(physician)
    client.post("/lock")
    client.post("/account/pin", {field: "a secret", "other": "x"})
    assert KEPT not in client.session
    assert "a secret" not in str(dict(client.session))


def test_a_form_that_is_too_long_is_not_kept(physician: User) -> None:
    client = signed_in(physician)
    client.post("/lock")
    client.post("/account", {"name": "x" * gate.KEPT_LENGTH})
    assert KEPT not in client.session


def test_the_tablet_comes_back_when_who_handed_it_over_was_signed_out(physician: User) -> None:
    """Neither sign-in nor hand-over could be opened: each led to the other."""
    client = signed_in(physician)
    session = client.session
    session[HAND_OVER] = "a-hand-over"
    session.save()
    User.objects.filter(pk=physician.pk).update(is_active=False)
    response = client.get("/patients")
    assert response["Location"].startswith("/sign-in")
    assert client.get("/sign-in").status_code == 200


def test_a_locked_screen_is_still_that_of_the_person_who_locked_it(
    physician: User, assistant: User
) -> None:
    client = signed_in(physician)
    client.post("/lock")
    response = client.post("/sign-in", {"login": assistant.username, "password": PASSWORD})
    assert response["Location"] == "/"
    assert is_locked(client)
