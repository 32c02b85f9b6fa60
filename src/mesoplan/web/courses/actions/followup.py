"""All writes of follow-up: who is to be asked, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.courses.mapping.session_plan import follow_up_days
from mesoplan.web.courses.models import Contact, Session


@transaction.atomic
def open_contacts(*, session: Session, treated_at: datetime, by: User) -> list[Contact]:
    """Every time that the patient is to be asked after a session, as its plan says.

    Days are counted on the clinic's calendar from the day of the treatment, so that a change of
    the clocks moves none of them.
    """
    patient = session.course.patient
    clinic = patient.clinic
    day = treated_at.astimezone(ZoneInfo(clinic.time_zone)).date()
    contacts = [
        Contact.objects.create(
            clinic=clinic,
            patient=patient,
            session=session,
            what=item.what,
            due=day + timedelta(days=item.due_days),
            latest=day + timedelta(days=item.latest_days),
        )
        for item in follow_up_days(session.plan.decision)
    ]
    record(
        action="contact.open",
        by=by.username,
        clinic=clinic.code,
        subject=f"session {session.code}",
        patient=patient.code,
        detail={"contacts": [contact.code for contact in contacts]},
    )
    return contacts
