"""All writes of the own account."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import transaction

from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record


@transaction.atomic
def change_profile(*, user: User, name: str, profession: str, theme: str, language: str) -> None:
    """Name and profession for what is printed from now on; how pages look to this person."""
    entered = {"name": name, "profession": profession, "theme": theme, "language": language}
    changed = {key: value for key, value in entered.items() if getattr(user, key) != value}
    if not changed:
        return
    for key, value in changed.items():
        setattr(user, key, value)
    user.save(update_fields=list(changed))
    note_own("account.change", user, changed)


@transaction.atomic
def change_pin(*, user: User, pin: str) -> None:
    """Another quick PIN."""
    user.pin = make_password(pin)
    user.save(update_fields=["pin"])
    note_own("pin.change", user)


@transaction.atomic
def complete_first_sign_in(*, user: User, password: str, pin: str) -> None:
    """An own password in place of the one-time password, and a quick PIN."""
    user.set_password(password)
    user.pin = make_password(pin)
    user.must_change_password = False
    user.save(update_fields=["password", "pin", "must_change_password"])
    note_own("password.change", user)
    note_own("pin.change", user)


def note_own(action: str, user: User, detail: dict[str, str] | None = None) -> None:
    """Record what a person did with the own account; in the transaction of what it tells of."""
    record(
        action=action,
        by=user.username,
        clinic=user.clinic.code,
        subject=f"user {user.code}",
        detail=detail,
    )
