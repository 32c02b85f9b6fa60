"""A fictional patient about whom everything is there: closed, sealed and printed."""

from __future__ import annotations

from datetime import date

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.actions.contact import close_contact, no_answer, write_contact
from mesoplan.web.courses.actions.reactions import note_reaction
from mesoplan.web.courses.actions.session_end import amend
from mesoplan.web.courses.models import Contact
from mesoplan.web.courses.queries.followup import contact_page
from mesoplan.web.patients.models import Patient
from tests.lib.clinic import a_finalised_session, a_patient, a_released_plan
from tests.lib.consenting import a_sealed_consent

WORDS = "a blue spot as large as a hand"
"""What the patient called by telephone."""


def a_treated_patient(clinic: Clinic, by: User, **columns: str | date) -> Patient:
    """Consent, a finalised session with an amendment, and a contact that told of a reaction."""
    patient = a_patient(clinic, by, **columns)
    plan = a_released_plan(patient, by)
    a_sealed_consent(plan.course, by)
    session = a_finalised_session(plan, by)
    amend(session=session, by=by, reason="forgotten", text=f"{patient.family_name} came late")
    contact = Contact.objects.filter(session=session).order_by("due")[0]
    no_answer(contact=contact, by=by)
    values = {f"flag.{row.flag.reaction}": "no" for row in contact_page(contact).flags}
    words = f"{WORDS}, says {patient.family_name}"
    write_contact(
        contact=contact, values={**values, "other": words, "other.severity": "mild"}, by=by
    )
    close_contact(contact=contact, by=by)
    note_reaction(code=patient.reactions.get().code, outcome="resolved", text="is gone", by=by)
    return patient
