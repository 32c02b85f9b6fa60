"""All writes of people by the owner of the clinic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User, UserRole
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.actions import record
from mesoplan.web.codes import new_code, spoken_code

PASSWORD_GROUPS = 4
"""Of four signs each, in a one-time password."""

NEEDED = (Role.OWNER, Role.PHYSICIAN)
"""Roles that a clinic cannot be without."""


class LastOfRoleError(Exception):
    """The clinic would be left without anybody of that role."""

    def __init__(self, role: Role) -> None:
        super().__init__(role.value)
        self.role = role


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody who is to sign in from now on."""

    name: str
    profession: str
    username: str
    roles: tuple[Role, ...]


def add_row(
    *, clinic: Clinic, person: NewPerson, password: str, pin: str, is_one_time: bool = False
) -> User:
    """The rows of a person, with hashes of password and PIN. An empty PIN is none."""
    user = User(
        clinic=clinic,
        name=person.name,
        profession=person.profession,
        username=person.username,
        pin=make_password(pin) if pin else "",
        must_change_password=is_one_time,
        created_at=timezone.now(),
    )
    user.set_password(password)
    user.save(force_insert=True)
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in person.roles)
    return user


@transaction.atomic
def add_person(*, clinic: Clinic, person: NewPerson, by: User) -> tuple[User, str]:
    """Somebody new, and the password that opens the account once."""
    password = spoken_code(PASSWORD_GROUPS)
    user = add_row(clinic=clinic, person=person, password=password, pin="", is_one_time=True)
    _record("person.add", user, by, {"roles": _sorted(person.roles)})
    return user, password


@transaction.atomic
def change_roles(*, person: User, roles: Iterable[Role], by: User) -> None:
    """What somebody may do from the next page on.

    Raises:
        LastOfRoleError: nobody else is owner, or physician.
    """
    locked = _locked(person)
    before = {Role(role) for role in locked.role_names}
    after = set(roles)
    if before == after:
        return
    _keep_needed(locked, losing=before - after)
    UserRole.objects.filter(user=locked, role__in=before - after).delete()
    UserRole.objects.bulk_create(UserRole(user=locked, role=role) for role in after - before)
    _record("person.roles", locked, by, {"before": _sorted(before), "roles": _sorted(after)})


@transaction.atomic
def deactivate(*, person: User, by: User) -> None:
    """Close an account: all its browser sessions end at once, and what the person did stays.

    Raises:
        LastOfRoleError: nobody else is owner, or physician.
    """
    locked = _locked(person)
    if not locked.is_active:
        return
    _keep_needed(locked, losing={Role(role) for role in locked.role_names})
    locked.is_active = False
    locked.stamp = new_code()
    locked.save(update_fields=["is_active", "stamp"])
    _record("person.deactivate", locked, by)


@transaction.atomic
def activate(*, person: User, by: User) -> None:
    """Open a closed account again; the person signs in as before."""
    locked = _locked(person)
    if locked.is_active:
        return
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    _record("person.activate", locked, by)


@transaction.atomic
def reset_second_factor(*, person: User, by: User) -> None:
    """Take away a second factor that is lost, with its recovery codes, and end all sessions.

    A new one is made at the next sign-in.
    """
    locked = _locked(person)
    Authenticator.objects.filter(user=locked).delete()
    locked.stamp = new_code()
    locked.save(update_fields=["stamp"])
    _record("second-factor.reset", locked, by)


@transaction.atomic
def give_one_time_password(*, person: User, by: User) -> str:
    """A password that opens the account once, in place of one that is forgotten."""
    locked = _locked(person)
    password = spoken_code(PASSWORD_GROUPS)
    locked.set_password(password)
    locked.must_change_password = True
    locked.stamp = new_code()
    locked.save(update_fields=["password", "must_change_password", "stamp"])
    _record("password.reset", locked, by)
    return password


@transaction.atomic
def reset_account(*, person: User) -> str:
    """A password that opens the account once, and no second factor, from the computer itself.

    For whoever nobody in the clinic can help: the only owner, without telephone and recovery codes.
    """
    locked = _locked(person)
    Authenticator.objects.filter(user=locked).delete()
    password = spoken_code(PASSWORD_GROUPS)
    locked.set_password(password)
    locked.must_change_password = True
    locked.stamp = new_code()
    locked.save(update_fields=["password", "must_change_password", "stamp"])
    _record("account.reset", locked, None)
    return password


def _locked(person: User) -> User:
    """The person's row, after every other change of people in this clinic is through."""
    Clinic.objects.select_for_update(no_key=True).get(pk=person.clinic_id)
    return (
        User.objects.select_for_update(of=("self",), no_key=True)
        .select_related("clinic")
        .get(pk=person.pk)
    )


def _keep_needed(person: User, *, losing: set[Role]) -> None:
    for role in NEEDED:
        if role not in losing or not person.is_active:
            continue
        others = UserRole.objects.filter(
            role=role, user__clinic=person.clinic, user__is_active=True
        ).exclude(user=person)
        if not others.exists():
            raise LastOfRoleError(role)


def _sorted(roles: Iterable[Role]) -> list[str]:
    return sorted(role.value for role in roles)


def _record(
    action: str, person: User, by: User | None, detail: Mapping[str, object] | None = None
) -> None:
    record(
        action=action,
        by="" if by is None else by.username,
        clinic=person.clinic.code,
        subject=f"user {person.code}",
        detail=detail,
    )
