"""Fictional clinics, their people and patients, as rows; made as the product makes them."""

from __future__ import annotations

from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User, UserRole
from mesoplan.web.accounts.roles import Role
from mesoplan.web.patients.models import Patient

PASSWORD = "correct horse battery staple"  # noqa: S105 - everybody in tests has the same
PIN = "4711"


def a_clinic(**columns: Any) -> Clinic:
    """A clinic in Rome under the default policy."""
    return Clinic.objects.create(
        **{
            "name": "Clinica Esempio",
            "address": "Via Esempio 1, 00100 Roma",
            "telephone": "+39 06 0000 0000",
            "emergency_number": "112",
            "policy": "default",
            "time_zone": "Europe/Rome",
            "created_at": timezone.now(),
            **columns,
        }
    )


def a_user(clinic: Clinic, *roles: Role, name: str = "Dr Anna Rossi", **columns: Any) -> User:
    """A person of that clinic with a password, a PIN and a second factor."""
    from django.contrib.auth.hashers import make_password

    user = User(
        **{
            "clinic": clinic,
            "username": name.lower().replace(" ", "."),
            "name": name,
            "created_at": timezone.now(),
            "pin": make_password(PIN),
            **columns,
        }
    )
    user.set_password(PASSWORD)
    user.save()
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in roles)
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    return user


def a_patient(clinic: Clinic, by: User, **columns: Any) -> Patient:
    """Marta Lindqvist, 46, unless told otherwise; found under her name as the product makes it."""
    from mesoplan.web.patients.actions import Identity, register_patient

    known: dict[str, Any] = {
        "family_name": "Lindqvist",
        "given_name": "Marta",
        "birth_date": date(1980, 3, 14),
        "sex": "female",
        "telephone": "+39 06 1234 5678",
    }
    return register_patient(clinic=clinic, by=by, identity=Identity(**(known | columns)))


def signed_in(user: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client
