"""Who signs in: password and second factor, the lockout, what is recorded of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import encrypt
from cryptography.fernet import InvalidToken
from django.conf import settings as site_settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from mesoplan.web.accounts import adapter
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from tests.lib.clinic import PASSWORD, TOTP_SECRET, a_clinic, a_user, signed_in
from tests.lib.second_factor import code_of, give_password, sign_in

WRONG = "wrong horse battery staple"


def actions() -> list[str]:
    return list(Event.objects.order_by("number").values_list("action", flat=True))


def is_signed_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The seconds that have passed for the rate limits; they go by when a test says so."""

    class Clock:
        def __init__(self) -> None:
            self.passed = 0.0
            real = ratelimit.time.time
            monkeypatch.setattr(ratelimit.time, "time", lambda: real() + self.passed)

    return Clock()


def test_password_and_code_sign_in_and_the_person_lands_where_she_wanted(physician: User) -> None:
    client = Client()
    to_sign_in = client.get("/clinic?x=1")
    assert to_sign_in["Location"] == "/sign-in?next=%2Fclinic%3Fx%3D1"
    response = client.post(
        to_sign_in["Location"], {"login": physician.username, "password": PASSWORD}
    )
    assert response["Location"] == "/sign-in/code"
    assert not is_signed_in(client)
    response = client.post("/sign-in/code", {"code": code_of()})
    assert response["Location"] == "/clinic?x=1"
    assert is_signed_in(client)
    assert actions() == ["sign-in"]
    event = Event.objects.get()
    assert (event.by, event.detail) == (physician.username, {"second_factor": "totp"})


@pytest.mark.parametrize(
    "outside",
    [
        "https://example.com/",
        "//example.com/",
        "///example.com/",
        "http://localhost/clinic",
        "http://testserver/clinic",
        "\\\\example.com",
        "/\\example.com",
        "javascript:alert(1)",
    ],
)
def test_no_address_leads_out_of_the_site(physician: User, outside: str) -> None:
    client = Client()
    client.post("/sign-in", {"login": physician.username, "password": PASSWORD, "next": outside})
    response = client.post("/sign-in/code", {"code": code_of(), "next": outside})
    assert response["Location"] == "/"
    response = client.post("/sign-out", {"next": outside})
    assert response["Location"] == "/sign-in"


def test_capitals_of_the_user_name_do_not_matter(physician: User) -> None:
    physician.username = physician.username.upper()
    assert give_password(Client(), physician)["Location"] == "/sign-in/code"


@pytest.mark.hazard("H-022")
def test_the_browser_session_gets_another_key_at_sign_in(physician: User) -> None:
    client = Client()
    give_password(client, physician)
    before = client.session.session_key
    client.post("/sign-in/code", {"code": code_of()})
    assert is_signed_in(client)
    assert client.session.session_key != before


def test_what_a_browser_session_held_for_one_person_is_gone_for_the_next(
    physician: User, assistant: User
) -> None:
    client = signed_in(physician)
    session = client.session
    session["kept"] = {"path": "/", "pairs": []}
    session["locked"] = True
    session.save()
    client.post("/sign-out")
    sign_in(client, assistant)
    assert "kept" not in client.session
    assert "locked" not in client.session
    assert client.get("/account").context["user"] == assistant


@pytest.mark.hazard("H-022")
def test_the_sixth_try_is_refused_even_with_the_right_password(physician: User) -> None:
    client = Client()
    for _ in range(5):
        response = give_password(client, physician, WRONG)
        assert response.status_code == 422
        assert "not right" in response.content.decode()
    response = give_password(client, physician)
    assert response.status_code == 422
    assert "closed for up to 15 minutes" in response.content.decode()
    assert actions() == ["sign-in.fail"] * 5 + ["sign-in.lockout"]
    # Told once, however often it is tried.
    give_password(client, physician)
    assert actions()[5:] == ["sign-in.lockout"]


def test_after_a_quarter_of_an_hour_the_name_is_open_again(physician: User, clock: Any) -> None:
    client = Client()
    for _ in range(5):
        give_password(client, physician, WRONG)
    clock.passed = 14 * 60
    assert give_password(client, physician).status_code == 422
    clock.passed = 15 * 60 + 1
    assert give_password(client, physician).status_code == 302


def test_the_message_and_the_setting_speak_of_the_same_time() -> None:
    [rate] = [
        each
        for each in ratelimit.parse_rates(site_settings.ACCOUNT_RATE_LIMITS["login_failed"])
        if each.per == "key"
    ]
    assert (rate.amount, rate.duration) == (5, adapter.LOCKOUT_SECONDS)
    assert f"{adapter.LOCKOUT_SECONDS // 60} minutes" in str(adapter.TOO_MANY)


def test_one_locked_name_locks_nobody_else(physician: User, assistant: User) -> None:
    client = Client()
    for _ in range(6):
        give_password(client, physician, WRONG)
    assert give_password(client, assistant).status_code == 302


@pytest.mark.parametrize("hosts", [["localhost", "127.0.0.1", "testserver"], None])
def test_another_name_or_port_of_the_site_begins_no_new_count(
    physician: User, hosts: list[str] | None
) -> None:
    """The library counted by host and user name; each port in a header began a new count."""
    for number in range(5):
        host = hosts[number % 3] if hosts else f"localhost:{8000 + number}"
        client = Client(headers={"host": host})
        assert give_password(client, physician, WRONG).status_code == 422
    response = give_password(Client(headers={"host": "localhost:9"}), physician)
    assert "15 minutes" in response.content.decode()


def test_a_name_that_nobody_has_looks_the_same_and_is_not_recorded(clinic: Clinic) -> None:
    client = Client()
    typed = "my password in the wrong field"
    response = client.post("/sign-in", {"login": typed, "password": WRONG})
    assert response.status_code == 422
    assert "not right" in response.content.decode()
    event = Event.objects.get()
    assert (event.action, event.by, event.subject) == ("sign-in.fail", "", "")
    assert event.clinic == clinic.code
    assert typed not in str(event.detail)


def test_a_failed_sign_in_names_the_user_it_was_tried_for(physician: User) -> None:
    give_password(Client(), physician, WRONG)
    event = Event.objects.get()
    assert (event.by, event.subject) == ("", f"user {physician.code}")


@pytest.mark.hazard("H-022")
def test_wrong_codes_are_counted_and_lock_too(physician: User) -> None:
    client = Client()
    give_password(client, physician)
    for _ in range(5):
        response = client.post("/sign-in/code", {"code": "000000"})
        assert response.status_code == 422
        assert "This code is not right" in response.content.decode()
    response = client.post("/sign-in/code", {"code": code_of()})
    assert "15 minutes" in response.content.decode()
    assert actions() == ["second-factor.fail"] * 5 + ["sign-in.lockout"]
    assert not is_signed_in(client)


@pytest.mark.hazard("H-022")
def test_a_code_of_the_app_counts_once(physician: User) -> None:
    code = code_of()
    assert sign_in(Client(), physician, code)["Location"] == "/"
    other = Client()
    response = sign_in(other, physician, code)
    assert "used already" in response.content.decode()
    assert not is_signed_in(other)


def test_a_code_stays_used_for_as_long_as_its_number_would_be_taken(physician: User) -> None:
    """The library forgets a code after half a minute, but takes it for one and a half."""
    code = code_of(steps=1)
    assert sign_in(Client(), physician, code)["Location"] == "/"
    own = totp.TOTP(Authenticator.objects.get(user=physician))
    cache.delete(own._get_used_cache_key(code))
    assert "used already" in sign_in(Client(), physician, code).content.decode()


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_differ_by_one_step(
    physician: User, monkeypatch: pytest.MonkeyPatch, steps: int, *, is_taken: bool
) -> None:
    now = 1_795_334_915.0
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: now))
    client = Client()
    sign_in(client, physician, code_of(at=now, steps=steps))
    assert is_signed_in(client) is is_taken


def test_the_code_that_confirmed_a_second_factor_does_not_sign_in_again(physician: User) -> None:
    Authenticator.objects.all().delete()
    client = Client()
    give_password(client, physician)
    page = client.get("/account/second-factor")
    code = code_of(page.context["form"].secret)
    client.post("/account/second-factor", {"code": code})
    assert "used already" in sign_in(Client(), physician, code).content.decode()


def test_a_recovery_code_signs_in_once(physician: User) -> None:
    codes = a_set_of_recovery_codes(physician)
    client = Client()
    assert sign_in(client, physician, codes[3])["Location"] == "/"
    assert Event.objects.get(action="sign-in").detail == {"second_factor": "recovery_codes"}
    assert client.get("/account").context["codes_left"] == 9
    again = Client()
    sign_in(again, physician, codes[3])
    assert not is_signed_in(again)
    cache.clear()
    sign_in(again, physician, codes[3])
    assert not is_signed_in(again)
    sign_in(again, physician, codes[4])
    assert is_signed_in(again)


def a_set_of_recovery_codes(user: User) -> list[str]:
    row = Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.RECOVERY_CODES,
        data={"seed": encrypt("00" * 40), "used_mask": 0},
    )
    codes: list[str] = row.wrap().get_unused_codes()
    return codes


def test_secrets_lie_encrypted_under_the_key_of_this_installation(settings: Any) -> None:
    sealed = encrypt(TOTP_SECRET)
    assert TOTP_SECRET not in sealed
    assert adapter.SecondFactorAdapter().decrypt(sealed) == TOTP_SECRET
    settings.SECRET_KEY = "the key of another installation"  # noqa: S105 - fictional
    adapter._cipher.cache_clear()
    try:
        with pytest.raises(InvalidToken):
            adapter.SecondFactorAdapter().decrypt(sealed)
    finally:
        adapter._cipher.cache_clear()


def test_a_new_second_factor_takes_the_place_of_the_old_one(physician: User) -> None:
    client = Client()
    sign_in(client, physician)
    page = client.get("/account/second-factor")
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert client.post("/account/second-factor", {"code": "000000"}).status_code == 422
    assert Authenticator.objects.get().wrap().validate_code(code_of(steps=1))
    response = client.post("/account/second-factor", {"code": code_of(secret)})
    assert response["Location"] == "/account/recovery-codes"
    row = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert adapter.SecondFactorAdapter().decrypt(row.data["secret"]) == secret
    event = Event.objects.get(action="second-factor.make")
    assert event.detail == {"replaced": "yes"}


def test_new_recovery_codes_end_the_old_ones(physician: User) -> None:
    old = a_set_of_recovery_codes(physician)
    client = Client()
    sign_in(client, physician)
    assert b"10 codes are left" in client.get("/account/recovery-codes/new").content
    response = client.post("/account/recovery-codes/new")
    assert response["Location"] == "/account/recovery-codes"
    new = client.get("/account/recovery-codes").context["unused_codes"]
    assert not set(old) & set(new)
    assert "recovery-codes.make" in actions()
    other = Client()
    sign_in(other, physician, old[0])
    assert not is_signed_in(other)


def test_after_five_minutes_the_password_is_asked_again_before_a_new_second_factor(
    physician: User,
) -> None:
    client = signed_in(physician)
    response = client.get("/account/second-factor")
    assert response["Location"] == "/account/prove?next=%2Faccount%2Fsecond-factor"
    wrong = client.post(response["Location"], {"password": WRONG})
    assert wrong.status_code == 422
    right = client.post(response["Location"], {"password": PASSWORD})
    assert right["Location"] == "/account/second-factor"
    assert client.get("/account/second-factor").status_code == 200


def test_proving_oneself_too_often_in_a_minute_ends_in_a_page_of_our_own(physician: User) -> None:
    client = signed_in(physician)
    for _ in range(10):
        assert client.post("/account/prove", {"password": WRONG}).status_code == 422
    response = client.post("/account/prove", {"password": WRONG})
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()


def test_who_signs_out_is_out_and_it_is_recorded(physician: User) -> None:
    client = signed_in(physician)
    assert client.get("/sign-out").status_code == 200
    assert is_signed_in(client)
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert not is_signed_in(client)
    assert Event.objects.get().action == "sign-out"


def test_between_password_and_code_one_can_begin_again_as_somebody_else(
    physician: User, assistant: User
) -> None:
    client = Client()
    give_password(client, physician)
    assert client.get("/sign-in")["Location"] == "/sign-in/code"
    client.post("/sign-out")
    assert client.get("/sign-in").status_code == 200
    sign_in(client, assistant)
    assert client.get("/account").context["user"] == assistant


def test_who_was_deactivated_is_told_so_after_the_right_password_only(physician: User) -> None:
    User.objects.filter(pk=physician.pk).update(is_active=False)
    client = Client()
    wrong = give_password(client, physician, WRONG)
    assert "closed" not in wrong.content.decode()
    response = give_password(client, physician)
    assert response["Location"] == "/sign-in"
    assert "This account is closed" in client.get("/sign-in").content.decode()
    assert actions() == ["sign-in.fail", "sign-in.fail"]


def test_in_the_demonstration_a_second_factor_is_not_asked_for(
    physician: User, settings: Any
) -> None:
    settings.DEMONSTRATION = True
    client = Client()
    assert give_password(client, physician)["Location"] == "/"
    assert is_signed_in(client)


def test_times_and_language_are_those_of_clinic_and_person(clinic: Clinic) -> None:
    tokyo = a_clinic(name="Tokyo", time_zone="Asia/Tokyo")
    for place, offset in ((clinic, 1), (tokyo, 9)):
        user = a_user(place, Role.OWNER, name=f"Owner {offset}", language="it")
        client = Client()
        sign_in(client, user)
        response = client.get("/clinic/audit")
        [event] = response.context["page"].events
        local = (event.at.hour + offset) % 24
        assert f"{local:02d}:{event.at:%M:%S}" in response.content.decode()
        assert 'lang="it"' in response.content.decode()
        # The next request in this process knows nothing of it.
        assert timezone.get_current_timezone_name() == "UTC"
    assert 'lang="en"' in Client().get("/sign-in").content.decode()
