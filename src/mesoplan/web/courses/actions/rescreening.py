"""All writes of the screening before a session: "nothing changed", and what did change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.actions.session import lock
from mesoplan.web.courses.mapping.rescreening import UNCHANGED, confirmation
from mesoplan.web.courses.models import Session
from mesoplan.web.courses.queries.session import session_journal, state_of
from mesoplan.web.gestures.actions import Written, write
from mesoplan.web.gestures.posted import UNSENT, Posted
from mesoplan.web.patients.models import Patient
from mesoplan.web.patients.queries import answers_journal


@transaction.atomic
def confirm_unchanged(*, session: Session, by: User, sent: Posted = UNSENT) -> Written:
    """The patient says that nothing (else) has changed: earlier answers hold today as well.

    Only questions that were answered before can be confirmed; the others stay open.

    Raises:
        SealedSessionError: the session is finalised.
    """
    locked = lock(session)
    state = state_of(locked)
    keys = [item.ask.key for item in state.rescreening.confirmable]
    value = confirmation(state.rescreening, state.answers, state.sheet, keys)
    return write(
        journal=session_journal(locked),
        values={UNCHANGED: value},
        by=by,
        sent=sent,
        action="session.rescreen",
    )


@transaction.atomic
def answer_today(
    *, session: Session, values: Mapping[str, Any], by: User, sent: Posted = UNSENT
) -> Written:
    """What the patient says today, by its keys, written among her answers, also if unchanged.

    Raises:
        SealedSessionError: the session is finalised.
    """
    locked = lock(session)
    patient = Patient.objects.select_related("clinic").get(pk=locked.course.patient_id)
    return write(
        journal=answers_journal(patient),
        values=values,
        by=by,
        # The page showed a version of the session, not of these answers.
        sent=replace(sent, seen=None),
        said_by="patient",
        again=True,
    )
