"""Nobody reaches what is not theirs: every address of the site, tried by everybody.

The tests walk the addresses that the resolver knows, so a page that is added tomorrow is tried as
well. What a new page must do here: state its permission, and, where its address has a new kind of
code or parameter, say below which row that names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from mesoplan.web.accounts.gate import (
    EMERGENCY,
    HAND_OVER,
    LOCKED,
    WHILE_LOCKED,
    WITH_ONE_TIME_PASSWORD,
    WITHOUT_SECOND_FACTOR,
)
from mesoplan.web.accounts.models import Clinic, User, UserRole
from mesoplan.web.accounts.roles import Permission, Role, permissions_of
from mesoplan.web.courses.actions.consent import begin_consent
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.actions.task import TaskKind, open_task
from mesoplan.web.courses.models import Contact, Reaction
from mesoplan.web.patients.models import Patient
from tests.lib.addresses import Address, addresses
from tests.lib.clinic import TOTP_SECRET, a_clinic, a_patient, a_released_plan

OPEN_TO_ANYONE = {
    "health",
    "certificate",
    "certificate-file",
    "set-up",
    "account_login",
    "account_logout",
    "mfa_authenticate",
}
"""The only pages without sign-in; a new one is written here on purpose."""

METHODS = ("get", "post")
pytestmark = pytest.mark.django_db

ALL = addresses()
GUARDED = [address for address in ALL if address.permission is not Permission.ANYONE]

PARAMETERS: dict[str, Any] = {
    "rule": "urticaria",
    "number": 1,
    "name": "anaphylaxis",
    "screen": "pregnant",
}
"""What stands in an address beside codes of rows."""

NO_CODE = "AAAAAAAAAAAAAAAA"

SURNAME = b"Lindqvist"
"""Of the patient of all these rows."""


Rows = dict[str, str]
"""Codes of rows, by how an address begins for its ``code``, by name for its other codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Two clinics in which everything is there once."""

    clinic: Clinic
    patient: Patient
    rows: Rows
    elsewhere: Clinic
    rows_elsewhere: Rows


def values_of(address: Address, rows: Rows) -> dict[str, Any]:
    """These rows for the codes of an address, and its other parameters."""
    values: dict[str, Any] = {}
    for name in address.parameters:
        found = [
            code
            for key, code in rows.items()
            if (name == "code" and address.route.startswith(key)) or name == key
        ]
        known = [*found, *([PARAMETERS[name]] if name in PARAMETERS else [])]
        assert known, f"{address.route}: say in rows_of, or in PARAMETERS, what {name} names"
        values[name] = known[0]
    return values


def codes_in(address: Address) -> list[str]:
    """Its parameters that are codes of rows."""
    return [name for name in address.parameters if name not in PARAMETERS]


def nothing(address: Address) -> dict[str, Any]:
    """Codes that no row has: enough where the gate must answer before anything is looked up."""
    return {name: PARAMETERS.get(name, NO_CODE) for name in address.parameters}


@cache
def hashed_once() -> str:
    """One hash for everybody here: nobody types a password."""
    return make_password("not typed by anybody")


def somebody(clinic: Clinic, *roles: Role, **columns: Any) -> User:
    """A person with these roles and a second factor."""
    name = f"person-{User.objects.count()}"
    user = User.objects.create(
        **{
            "clinic": clinic,
            "username": name,
            "name": name,
            "password": hashed_once(),
            "created_at": timezone.now(),
            **columns,
        }
    )
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in roles)
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(TOTP_SECRET)}
    )
    return user


def rows_of(clinic: Clinic, patient: Patient, by: User) -> Rows:
    """A row of every kind that an address names by its code."""
    plan = a_released_plan(patient, by)
    session = begin_session(course=plan.course, by=by)
    due = date(2026, 11, 24)
    contact = Contact.objects.create(
        clinic=clinic, patient=patient, session=session, what="call", due=due, latest=due
    )
    task = open_task(
        session=session, kind=TaskKind.TRY_AGAIN, urgency="call", due=due, by=by, contact=contact
    )
    reaction = Reaction.objects.create(
        patient=patient,
        session=session,
        words="bruise",
        zone=1,
        cause="needle",
        severity="mild",
        at=timezone.now(),
        by=by,
    )
    return {
        "patients/": patient.code,
        "courses/": plan.course.code,
        "sessions/": session.code,
        "contacts/": contact.code,
        "tasks/": task.code,
        "reactions/": reaction.code,
        "documents/": plan.document.code,
        "consent": begin_consent(course=plan.course, by=by).code,
        "clinic/people/": by.code,
    }


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:  # noqa: ARG001
    """Made once: each test takes back what it did, this takes back all at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        clinics = a_clinic(), a_clinic(name="Klinikk Eksempel")
        people = [somebody(clinic, *Role) for clinic in clinics]
        patients = [a_patient(clinic, by) for clinic, by in zip(clinics, people, strict=True)]
        mine, theirs = map(rows_of, clinics, patients, people)
        yield World(
            clinic=clinics[0],
            patient=patients[0],
            rows=mine,
            elsewhere=clinics[1],
            rows_elsewhere=theirs,
        )
        transaction.set_rollback(True)


def browser(user: User | None, **session: Any) -> Client:
    """A browser in which that person is signed in, with this in its session."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    if session:
        stored = client.session
        stored.update(session)
        stored.save()
    return client


def named(address: Address) -> str:
    return address.name or address.route


def test_every_page_states_what_it_needs() -> None:
    silent = [address.route for address in ALL if address.permission is None]
    assert silent == []


def test_every_address_has_a_name_of_its_own() -> None:
    names = [address.name for address in ALL]
    assert "" not in names
    assert sorted(names) == sorted(set(names))


def test_the_pages_without_sign_in_are_those_that_are_written_down() -> None:
    open_pages = {address.name for address in ALL if address.permission is Permission.ANYONE}
    assert open_pages == OPEN_TO_ANYONE


@pytest.mark.hazard("H-022")
@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", GUARDED, ids=named)
def test_without_sign_in_every_page_leads_to_sign_in(address: Address, method: str) -> None:
    path = address.path(nothing(address))
    response = getattr(browser(None), method)(path)
    assert response.status_code == 302
    assert response["Location"].partition("?")[0] == "/sign-in"
    assert response.content == b""


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("address", GUARDED, ids=named)
def test_htmx_is_told_to_leave_the_page_and_that_nothing_was_saved(address: Address) -> None:
    path = address.path(nothing(address))
    response = browser(None).post(path, headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/sign-in"


@pytest.mark.hazard("H-022")
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("address", GUARDED, ids=named)
def test_a_role_opens_exactly_the_pages_that_the_table_of_permissions_says(
    world: World, address: Address, role: Role
) -> None:
    assert address.permission is not None
    may = address.permission in permissions_of([role])
    path = address.path(values_of(address, world.rows) if may else nothing(address))
    user = somebody(world.clinic, role)
    shown = browser(user).get(path)
    assert shown.status_code < 500
    assert (shown.status_code == 403) is not may
    if not may:
        assert browser(user).post(path).status_code == 403


@pytest.mark.hazard("H-022")
@pytest.mark.parametrize(
    ("address", "code"),
    [(each, code) for each in ALL for code in codes_in(each)],
    ids=lambda value: value if isinstance(value, str) else named(value),
)
def test_a_row_of_another_clinic_is_not_there(world: World, address: Address, code: str) -> None:
    stranger = browser(somebody(world.elsewhere, *Role))
    own = values_of(address, world.rows_elsewhere)
    foreign = address.path({**own, code: values_of(address, world.rows)[code]})
    absent = address.path({**own, code: NO_CODE})
    found = set()
    for method in METHODS:
        for headers in ({}, {"HX-Request": "true"}):
            response = getattr(stranger, method)(foreign, headers=headers)
            nowhere = getattr(stranger, method)(absent, headers=headers)
            # A page that takes one method says so before it looks for the row.
            assert response.status_code in {404, 405}
            assert response.content == nowhere.content
            assert response.status_code == nowhere.status_code
            found.add(response.status_code)
    assert 404 in found


@pytest.mark.hazard("H-022")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", GUARDED, ids=named)
def test_a_locked_screen_shows_nothing_but_the_way_back(
    world: World, address: Address, method: str
) -> None:
    client = browser(somebody(world.clinic, *Role), **{LOCKED: True})
    response = getattr(client, method)(address.path(values_of(address, world.rows)))
    if address.name in WHILE_LOCKED | EMERGENCY:
        assert SURNAME not in response.content
    else:
        assert (response.status_code, response["Location"]) == (302, "/unlock")
        assert response.content == b""


@pytest.mark.parametrize("name", sorted(EMERGENCY))
def test_an_emergency_card_of_a_patient_stays_locked(world: World, name: str) -> None:
    user = somebody(world.clinic, *Role)
    [address] = [each for each in ALL if each.name == name]
    path = f"{address.path(nothing(address))}?for={world.patient.code}"
    response = browser(user, **{LOCKED: True}).get(path)
    assert (response.status_code, response["Location"]) == (302, "/unlock")


@pytest.mark.hazard("H-022")
@pytest.mark.parametrize(
    "address", [each for each in ALL if not each.is_("in_hand_over")], ids=named
)
def test_while_a_patient_holds_the_tablet_only_her_pages_open(
    world: World, address: Address
) -> None:
    client = browser(somebody(world.clinic, *Role), **{HAND_OVER: "a-hand-over"})
    response = client.get(address.path(nothing(address)))
    assert (response.status_code, response["Location"]) == (302, "/hand-over")


@pytest.mark.hazard("H-022")
@pytest.mark.parametrize("address", GUARDED, ids=named)
def test_without_a_second_factor_every_page_leads_to_making_one(
    world: World, address: Address
) -> None:
    user = somebody(world.clinic, *Role)
    Authenticator.objects.all().delete()
    response = browser(user).get(address.path(nothing(address)))
    leads = response.status_code == 302 and response["Location"] == "/account/second-factor"
    assert leads is (address.name not in WITHOUT_SECOND_FACTOR)


@pytest.mark.parametrize("address", GUARDED, ids=named)
def test_with_a_one_time_password_every_page_leads_to_an_own_one(
    world: World, address: Address
) -> None:
    user = somebody(world.clinic, *Role, must_change_password=True)
    response = browser(user).get(address.path(nothing(address)))
    leads = response.status_code == 302 and response["Location"] == "/welcome"
    assert leads is (address.name not in WITH_ONE_TIME_PASSWORD)


@pytest.mark.hazard("H-022")
@pytest.mark.parametrize("address", GUARDED, ids=named)
def test_who_was_deactivated_is_out_at_once(world: World, address: Address) -> None:
    user = somebody(world.clinic, *Role)
    client = browser(user)
    assert client.get("/account").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    response = client.get(address.path(nothing(address)))
    assert response.status_code == 302
    assert response["Location"].partition("?")[0] == "/sign-in"


def test_the_pages_of_the_library_that_are_not_used_do_not_exist(world: World) -> None:
    client = browser(somebody(world.clinic, *Role))
    for path in (
        "/signup/",
        "/accounts/signup/",
        "/password/reset/",
        "/email/",
        "/confirm-email/",
        "/inactive/",
        "/totp/deactivate/",
        "/recovery-codes/download/",
    ):
        assert client.get(path).status_code == 404, path
    known = {address.name for address in ALL if address.name.startswith(("account_", "mfa_"))}
    assert known == {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
    }
