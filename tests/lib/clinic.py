"""Fictional clinics, their people and patients, as rows; made as the product makes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User, UserRole
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.models import Course, PlanVersion, Session
from mesoplan.web.patients.models import Patient

PASSWORD = "correct horse battery staple"  # noqa: S105 - everybody in tests has the same
PIN = "4711"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 - the second factor of everybody in tests


@cache
def hashed(secret: str) -> str:
    """The Argon2 hash of a secret, worked out once: it is slow on purpose."""
    return make_password(secret)


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
    user = User(
        **{
            "clinic": clinic,
            "username": name.lower().replace(" ", "."),
            "name": name,
            "created_at": timezone.now(),
            "pin": hashed(PIN),
            "password": hashed(PASSWORD),
            **columns,
        }
    )
    user.save()
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in roles)
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(TOTP_SECRET)}
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


def a_patient_of(clinic: Clinic, by: User, document: Mapping[str, Any]) -> Patient:
    """The patient of a case document, with every answer that it holds."""
    told = document.get("patient", {})
    patient = a_patient(
        clinic, by, birth_date=told.get("birth_date"), sex=told.get("sex", "unknown")
    )
    answered(patient, by, document)
    return patient


def answered(patient: Patient, by: User, document: Mapping[str, Any]) -> None:
    """Everything that a case document says of a patient, entered as gestures of the intake.

    Birth date and sex stand in the patient's row and are not touched.
    """
    from mesoplan.web.gestures.actions import write
    from mesoplan.web.patients.queries import answers_journal

    values: dict[str, Any] = {
        f"facts.{name}": value for name, value in document.get("facts", {}).items()
    }
    told = document.get("patient", {})
    for name in ("height_cm", "weight_kg", "phototype"):
        if name in told:
            values[f"patient.{name}"] = told[name]
    values |= {f"girths.{name}": value for name, value in told.get("girths_cm", {}).items()}
    values |= {name: document[name] for name in ("allergies", "medications") if name in document}
    for site in document.get("site", []):
        values[f"site.{site['region']}.{site.get('side', 'both')}.{site['finding']}"] = True
    write(
        journal=answers_journal(patient),
        values={key: _as_json(value) for key, value in values.items()},
        by=by,
        said_by="patient",
    )


def _as_json(value: Any) -> Any:
    """A value of a case document as a gesture holds it: numbers and days as text."""
    if isinstance(value, Mapping):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return value
    return str(value) if isinstance(value, (int, Decimal)) else value


def a_course(patient: Patient, by: User, document: Mapping[str, Any] | None = None) -> Course:
    """A course with the request of a case document: neck pain by a physician, unless told."""
    from mesoplan.web.courses.actions.course import start_course
    from mesoplan.web.courses.actions.request import edit_request
    from mesoplan.web.courses.mapping.request import request_values
    from tests.lib.people import HEALTHY

    course = start_course(patient=patient, by=by)
    edit_request(course=course, values=request_values(document or HEALTHY), by=by)
    return course


def a_released_plan(patient: Patient, by: User) -> PlanVersion:
    """The plan of a healthy patient with neck pain, lidocaine, every question answered no.

    ``by`` is a physician; ``version.course`` is the course.
    """
    from mesoplan.web.courses.actions.plan import release_plan
    from mesoplan.web.courses.queries.plan import draft
    from mesoplan.web.patients.mapping import knowledge
    from tests.lib.people import healthy_document

    document = healthy_document(knowledge())
    answered(patient, by, document)
    course = a_course(patient, by, document)
    return release_plan(course=course, seen=draft(course).digest, by=by)


def a_consent(plan: PlanVersion, by: User) -> None:
    """A signed consent to a plan, as a row; who wants it as it is taken does that by itself."""
    from mesoplan.web.courses.models import Consent

    Consent.objects.create(
        plan=plan,
        created_at=timezone.now(),
        decision="consented",
        record={},
        document=plan.document,
        sealed_at=timezone.now(),
        sealed_by=by,
    )


def a_finalised_session(plan: PlanVersion, by: User, *, score: str = "6") -> Session:
    """The next session of a plan of one zone, given as planned and finalised.

    ``by`` is a physician; ``score`` is the pain before. A consent is signed where there is none.
    """
    from mesoplan.web.courses.actions.rescreening import confirm_unchanged
    from mesoplan.web.courses.actions.session import begin_session, write_computed, write_session
    from mesoplan.web.courses.actions.session_end import finalise
    from mesoplan.web.courses.queries.session import state_of
    from mesoplan.web.courses.queries.session_taps import as_planned

    if not plan.consents.filter(decision="consented").exists():
        a_consent(plan, by)
    session = begin_session(course=plan.course, by=by)
    ended = timezone.now()
    values: dict[str, Any] = {
        "ready.identity-and-plan": True,
        "score.nrs-pain.before": score,
        "observation.on": (ended - timedelta(minutes=30)).isoformat(),
        "observation.off": ended.isoformat(),
    }
    state = state_of(session)
    for lot in state.lots:
        values |= {f"{lot.key}.text": "LD 2231 A", f"{lot.key}.expiry": "2099-12-31"}
    if state.number > 1:
        values["reason.early.text"] = "the patient travels"
    write_session(session=session, values=values, by=by)
    confirm_unchanged(session=session, by=by)
    write_computed(session=session, compute=lambda state: as_planned(state.plan.zones[0]), by=by)
    return finalise(session=session, by=by)
