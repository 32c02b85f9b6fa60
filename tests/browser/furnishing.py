"""Makes the rows of the furnished clinic; runs inside its installation."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.models import Contact, PlanVersion
from mesoplan.web.patients.models import Patient
from tests.lib.clinic import (
    a_clinic,
    a_course,
    a_finalised_session,
    a_patient,
    a_patient_of,
    a_released_plan,
    a_user,
    answered,
    signed_in,
)
from tests.lib.consenting import a_sealed_consent
from tests.lib.people import healthy_document

PEOPLE: dict[str, tuple[str, tuple[Role, ...]]] = {
    "physician": ("Dr Anna Rossi", (Role.PHYSICIAN, Role.OWNER)),
    "colleague": ("Dr Ines Conti", (Role.PHYSICIAN,)),
    "nurse": ("Nora Greco", (Role.NURSE,)),
    "assistant": ("Luca Bianchi", (Role.ASSISTANT,)),
    "hander": ("Lia Fabbri", (Role.ASSISTANT,)),
    "desk": ("Pia Ferri", (Role.FRONT_DESK,)),
    "owner": ("Ugo Gallo", (Role.OWNER,)),
    "reviewer": ("Dr Rita Moretti", (Role.REVIEWER,)),
}


@transaction.atomic
def fill() -> dict[str, Any]:
    """Codes of rows and cookies of people, for `Furnished`."""
    clinic = a_clinic(idle_minutes=60)
    people = {who: a_user(clinic, *roles, name=name) for who, (name, roles) in PEOPLE.items()}
    codes = {"nurse": people["nurse"].code, **_courses(clinic, people["physician"])}
    cookies = {who: signed_in(user).cookies["mesoplan"].value for who, user in people.items()}
    return {"codes": codes, "cookies": cookies}


def _courses(clinic: Clinic, by: User) -> dict[str, str]:
    from mesoplan.web.patients.mapping import knowledge

    healthy = healthy_document(knowledge())

    def somebody(name: str) -> Patient:
        return a_patient(clinic, by, family_name=name, given_name="Elena", telephone="")

    def planned(name: str) -> PlanVersion:
        return a_released_plan(somebody(name), by)

    codes = {"unasked": somebody("Amato").code}
    for use in ("paper", "intake", "hand_over", "hand_over_2"):
        codes[use] = somebody(use.replace("_", "").title()).code
    asked = somebody("Bruno")
    answered(asked, by, healthy)
    codes["asked"] = asked.code
    codes["empty_course"] = _empty_course(asked, by)
    codes["draft"] = a_course(asked, by, healthy).code
    unanswered = somebody("Costa")
    codes["unanswered"] = a_course(unanswered, by, healthy).code
    codes["refused"] = _refused(clinic, by, healthy)
    codes["released"] = planned("Deluca").course.code
    consented = planned("Esposito")
    codes["consent"] = a_sealed_consent(consented.course, by).code
    codes["consented"] = consented.course.code
    running = planned("Fontana")
    a_sealed_consent(running.course, by)
    codes["running"] = running.course.code
    codes["running_session"] = begin_session(course=running.course, by=by).code
    for use in ("together", "killed"):
        version = planned(use.title())
        a_sealed_consent(version.course, by)
        codes[use] = version.course.code
        codes[f"{use}_session"] = begin_session(course=version.course, by=by).code
    codes |= _treated(planned("Giordano"), by)
    return codes


def _empty_course(patient: Patient, by: User) -> str:
    from mesoplan.web.courses.actions.course import start_course

    return start_course(patient=patient, by=by).code


def _refused(clinic: Clinic, by: User, healthy: dict[str, Any]) -> str:
    facts = {**healthy["facts"], "deep_vein_thrombosis": True}
    document = {**healthy, "facts": facts}
    return a_course(a_patient_of(clinic, by, document), by, document).code


def _treated(version: PlanVersion, by: User) -> dict[str, str]:
    session = a_finalised_session(version, by)
    a_finalised_session(version, by, score="4")
    contacts = list(Contact.objects.filter(session=session).order_by("due"))
    return {
        "treated": version.course.code,
        "treated_patient": version.course.patient.code,
        "session": session.code,
        "contact": contacts[0].code,
        "document": session.document.code if session.document else "",
    }
