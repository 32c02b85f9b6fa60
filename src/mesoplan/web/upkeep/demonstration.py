"""The demonstration: a clinic of fictional people, made through the same actions as a real one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from mesoplan.web.accounts.actions.clinic import ClinicData, set_up
from mesoplan.web.accounts.actions.people import NewPerson
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.actions import record
from mesoplan.web.courses.actions.course import start_course
from mesoplan.web.courses.actions.plan import release_plan
from mesoplan.web.courses.actions.request import edit_request
from mesoplan.web.courses.queries.plan import draft
from mesoplan.web.gestures.actions import write
from mesoplan.web.patients.actions import Identity, register_patient
from mesoplan.web.patients.mapping.questions import Kind, groups
from mesoplan.web.patients.queries import answers_journal

USERNAME = "demo"
PIN = "0000"

CLINIC = ClinicData(
    name="Demonstration clinic",
    address="Example Street 1",
    telephone="+00 000 000 000",
    emergency_number="112",
    time_zone="Europe/Paris",
    paper="a4",
    idle_minutes=30,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A fictional patient: who she is, what she answered otherwise than no, and her request."""

    identity: Identity
    answers: Mapping[str, Any]
    request: Mapping[str, Any]
    is_released: bool = False


def _request(indication: str, region: str) -> dict[str, Any]:
    return {
        "practitioner": "physician",
        "zone.1.indication": indication,
        "zone.1.region": region,
        "zone.1.side": "both",
    }


EXAMPLES = (
    Example(
        identity=Identity(
            family_name="Lindqvist",
            given_name="Marta",
            birth_date=date(1980, 3, 14),
            sex="female",
            telephone="+00 000 000 001",
        ),
        answers={
            "patient.height_cm": "168",
            "patient.weight_kg": "62",
            "patient.phototype": "2",
        },
        request=_request("neck-pain", "neck"),
        is_released=True,
    ),
    Example(
        identity=Identity(
            family_name="Aydın",
            given_name="Elif",
            birth_date=date(1992, 6, 2),
            sex="female",
            telephone="+00 000 000 002",
        ),
        # Nobody has asked about medicines yet: the screening says what is missing.
        answers={
            "patient.height_cm": "164",
            "patient.weight_kg": "58",
            "patient.phototype": "4",
            "medications": None,
        },
        request=_request("melasma", "cheek"),
    ),
    Example(
        identity=Identity(
            family_name="Okafor",
            given_name="Samuel",
            birth_date=date(1969, 11, 30),
            sex="male",
            telephone="+00 000 000 003",
        ),
        answers={
            "patient.height_cm": "181",
            "patient.weight_kg": "88",
            "patient.phototype": "6",
            "medications": {"names": ["warfarin"]},
            "facts.anticoagulant_therapy": True,
        },
        request=_request("neck-pain", "neck"),
    ),
)


def demonstrate() -> str:
    """Make the demonstration if it is not there; the new password of its physician.

    Whoever starts it gets a password of her own and the PIN that is printed; the password before
    opens nothing any more.
    """
    password = secrets.token_urlsafe(9)
    with transaction.atomic():
        if Clinic.objects.exists():
            user = User.objects.get(username=USERNAME)
            user.set_password(password)
            user.pin = make_password(PIN)
            user.must_change_password, user.is_active = False, True
            user.save(update_fields=["password", "pin", "must_change_password", "is_active"])
            _tell(user)
            return password
        user = set_up(
            clinic=CLINIC,
            policy="default",
            first=NewPerson(
                name="Dr Example",
                profession="Physician",
                username=USERNAME,
                roles=(Role.PHYSICIAN, Role.OWNER),
            ),
            password=password,
            pin=PIN,
        )
        for example in EXAMPLES:
            _add(example, user)
        _tell(user)
    return password


def _tell(user: User) -> None:
    record(
        action="demonstration.start",
        by="",
        clinic=user.clinic.code,
        subject=f"user {user.code}",
    )


def _add(example: Example, by: User) -> None:
    patient = register_patient(clinic=by.clinic, identity=example.identity, by=by)
    answers = {**_all_no(), **example.answers}
    write(journal=answers_journal(patient), values=answers, by=by, said_by="patient")
    course = start_course(patient=patient, by=by)
    edit_request(course=course, values=example.request, by=by)
    if example.is_released:
        release_plan(course=course, seen=draft(course).digest, by=by)


def _all_no() -> dict[str, Any]:
    """Every question that can be answered with no, answered so: somebody who is well."""
    asked = [question for group in groups() for question in group.questions]
    answers: dict[str, Any] = {
        question.key: False for question in asked if question.kind is Kind.YES_NO
    }
    return {**answers, "allergies": {"none_known": True}, "medications": {"none": True}}
