"""All writes of reactions. A reaction is a row, never changed; notes tell how it went on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.courses.actions.task import TaskKind, open_task
from mesoplan.web.courses.mapping.followup import OUTCOMES
from mesoplan.web.courses.mapping.reactions import ReactionSeen
from mesoplan.web.courses.mapping.triage import is_always_serious
from mesoplan.web.courses.mapping.words import label_of
from mesoplan.web.courses.models import Contact, Reaction, ReactionNote, Session
from mesoplan.web.courses.queries.reactions import reaction_of

SEVERE = "severe"
"""The severity of a reaction that somebody has to look at."""


@transaction.atomic
def record_reaction(
    *, session: Session, seen: ReactionSeen, by: User, contact: Contact | None = None
) -> Reaction:
    """A reaction to a session, seen at once or told later, in a ``contact``.

    A serious one opens a task, unless the contact it was told in does so itself.
    """
    patient = session.course.patient
    reaction = Reaction.objects.create(
        patient=patient,
        session=session,
        contact=contact,
        at=timezone.now(),
        by=by,
        **asdict(seen),
    )
    record(
        action="reaction.record",
        by=by.username,
        clinic=patient.clinic.code,
        subject=f"reaction {reaction.code}",
        patient=patient.code,
        detail={
            "session": session.code,
            "name": seen.name,
            "words": seen.words,
            "zone": seen.zone,
            "severity": seen.severity,
            "cause": seen.cause,
        },
    )
    if contact is None or contact.outcome in {"", Contact.Outcome.EXPECTED}:
        _open_task_of(reaction, by)
    return reaction


def _open_task_of(reaction: Reaction, by: User) -> None:
    is_urgent = is_always_serious(reaction.name)
    if not is_urgent and reaction.severity != SEVERE:
        return
    today = local_today(reaction.patient.clinic)
    open_task(
        session=reaction.session,
        contact=reaction.contact,
        kind=TaskKind.SERIOUS_REACTION,
        urgency=Contact.Outcome.URGENT if is_urgent else Contact.Outcome.CALL,
        due=today if is_urgent else today + timedelta(days=1),
        text=reaction.words or label_of("reactions", reaction.name),
        by=by,
    )


@transaction.atomic
def note_reaction(*, code: str, outcome: str, text: str, by: User) -> ReactionNote:
    """Add how a reaction went on.

    Raises:
        Http404: there is no such reaction in this clinic.
        ValueError: ``outcome`` is not one of ``OUTCOMES``.
    """
    if outcome not in OUTCOMES:
        raise ValueError(outcome)
    reaction = reaction_of(code, by)
    noted = ReactionNote.objects.create(
        reaction=reaction, outcome=outcome, text=text.strip(), at=timezone.now(), by=by
    )
    record(
        action="reaction.note",
        by=by.username,
        clinic=by.clinic.code,
        subject=f"reaction {reaction.code}",
        patient=reaction.patient.code,
        detail={"outcome": outcome, "text": noted.text},
    )
    return noted
