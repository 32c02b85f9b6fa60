"""All writes of one follow-up contact: gestures, tries, a report by the patient, and its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.courses.actions.reactions import record_reaction
from mesoplan.web.courses.actions.task import TaskKind, close_tries, open_task
from mesoplan.web.courses.mapping.followup import REPORT
from mesoplan.web.courses.mapping.reactions import UNKNOWN_CAUSE, ReactionSeen, lot_and_device
from mesoplan.web.courses.models import Contact, Course, Session
from mesoplan.web.courses.queries.followup import (
    contact_journal,
    contact_of,
    contact_record,
    last_session,
    recorded_parts,
)
from mesoplan.web.gestures.actions import Written, redo, undo, write
from mesoplan.web.gestures.posted import UNSENT, Posted
from mesoplan.web.gestures.sheet import Sheet

URGENT, CALL, NO_ANSWER = Contact.Outcome.URGENT, Contact.Outcome.CALL, Contact.Outcome.NO_ANSWER


class SealedContactError(Exception):
    """The contact is closed: nothing is written any more."""


class NotToldError(Exception):
    """The contact was not closed: ``keys`` are the fields that are missing."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        super().__init__(f"{len(keys)} fields are missing")


class NoSessionError(Exception):
    """Nothing was ever given in this course, so nobody can ask how it went."""


@transaction.atomic
def report_by_patient(*, course: Course, by: User) -> Contact:
    """The patient calls by herself: a contact of today about her last session.

    Where one of today is open already, it is that one: two taps make one call.

    Raises:
        NoSessionError: there is no session that she could speak of.
    """
    locked = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    session = last_session(locked)
    if session is None:
        raise NoSessionError
    patient = course.patient
    today = local_today(patient.clinic)
    known = {"session": session, "what": REPORT, "due": today, "sealed_at": None}
    running = Contact.objects.filter(**known).first()
    if running is not None:
        return running
    contact = Contact.objects.create(
        clinic=patient.clinic,
        patient=patient,
        session=session,
        what=REPORT,
        due=today,
        latest=today,
    )
    note(contact, action="contact.report", by=by)
    return contact


@transaction.atomic
def write_contact(
    *,
    contact: Contact,
    values: Mapping[str, Any],
    by: User,
    sent: Posted = UNSENT,
) -> Written:
    """Write what changed on the script.

    Raises:
        SealedContactError: the contact is closed.
    """
    locked = _lock(contact, by)
    return write(
        journal=contact_journal(locked),
        values=values,
        by=by,
        sent=sent,
        said_by="patient",
    )


@transaction.atomic
def undo_contact(*, contact: Contact, by: User) -> Sheet:
    """Take back this person's last gesture on the script.

    Raises:
        SealedContactError: the contact is closed.
    """
    return _take_back(contact, by, undo)


@transaction.atomic
def redo_contact(*, contact: Contact, by: User) -> Sheet:
    """Take back this person's last undo.

    Raises:
        SealedContactError: the contact is closed.
    """
    return _take_back(contact, by, redo)


@transaction.atomic
def no_answer(*, contact: Contact, by: User, sent: Posted = UNSENT) -> None:
    """Nobody answered: the try is kept, and a task to try again opened.

    Nobody knows how she is, so it is a call, never expected. It is due tomorrow; once the
    contact's last day is past, it is due on that day, so it stands among what is overdue.

    Raises:
        SealedContactError: the contact is closed.
    """
    locked = _lock(contact, by)
    journal = contact_journal(locked)
    if sent.batch is not None and journal.rows().filter(batch=sent.batch).exists():
        return
    tries = len(journal.sheet().under("try"))
    write(
        journal=journal,
        values={f"try.{tries + 1}": sent.at.isoformat()},
        by=by,
        sent=sent,
        action="contact.try",
    )
    close_tries(contact=locked, because="tried", by=by)
    tomorrow = local_today(locked.clinic) + timedelta(days=1)
    open_task(
        session=locked.session,
        contact=locked,
        kind=TaskKind.TRY_AGAIN,
        urgency=CALL,
        due=min(locked.latest, tomorrow),
        by=by,
    )


@transaction.atomic
def close_contact(*, contact: Contact, by: User) -> Contact:
    """Seal the contact with its triage; what is urgent or a call opens a task.

    Reactions that were told become rows. One that is closed already stays as it is.

    Raises:
        NotToldError: a reaction that was told lacks its severity.
    """
    try:
        locked = _lock(contact, by)
    except SealedContactError:
        contact.refresh_from_db()
        return contact
    now = timezone.now()
    sheet = contact_journal(locked).sheet()
    seen, missing = _reactions(locked.session, sheet)
    if missing:
        raise NotToldError(missing)
    locked.triage = contact_record(locked, sheet, at=now)
    locked.outcome = locked.triage["urgency"]
    _record(seen, locked, by=by)
    _seal(locked, by=by)
    close_tries(contact=locked, because="reached", by=by)
    _open_task_of(locked, today=local_today(locked.clinic), by=by)
    return locked


@transaction.atomic
def give_up(*, contact: Contact, words: str, by: User) -> Contact:
    """End a contact in which nobody could be reached; somebody has to decide what comes of it.

    What was told before the line broke is triaged and kept beside it. A reaction whose severity was
    said becomes a row; every one stands in the task.
    """
    try:
        locked = _lock(contact, by)
    except SealedContactError:
        contact.refresh_from_db()
        return contact
    sheet = contact_journal(locked).sheet()
    locked.triage = {**contact_record(locked, sheet, at=timezone.now()), "not_reached": words}
    locked.outcome = NO_ANSWER
    seen, _missing = _reactions(locked.session, sheet)
    _record(seen, locked, by=by)
    _seal(locked, by=by)
    close_tries(contact=locked, because="given up", by=by)
    today = local_today(locked.clinic)
    is_urgent = locked.triage["urgency"] == URGENT
    open_task(
        session=locked.session,
        contact=locked,
        kind=TaskKind.URGENT_REPORT if is_urgent else TaskKind.NOT_REACHED,
        urgency=URGENT if is_urgent else CALL,
        due=today if is_urgent else today + timedelta(days=1),
        text="; ".join([*_reasons(locked), words]),
        by=by,
    )
    return locked


def _reactions(session: Session, sheet: Sheet) -> tuple[tuple[ReactionSeen, ...], tuple[str, ...]]:
    """The reactions that can be recorded, and the fields that the others lack."""
    chosen = [
        (key, key.removeprefix("reaction."), "")
        for key, item in sheet.entries.items()
        if key.startswith("reaction.") and item.value is True
    ]
    if sheet.text("other"):
        chosen.append(("other", "", sheet.text("other")))
    severities = {key: sheet.text(f"{key}.severity") for key, _, _ in chosen}
    seen = tuple(
        _seen(session, sheet, key, name, words) for key, name, words in chosen if severities[key]
    )
    return seen, tuple(f"{key}.severity" for key, severity in severities.items() if not severity)


def _seen(session: Session, sheet: Sheet, key: str, name: str, words: str) -> ReactionSeen:
    zone = int(sheet.text(f"{key}.zone") or 0)
    lot, device = lot_and_device(recorded_parts(session), zone)
    began = sheet.text(f"{key}.began")
    return ReactionSeen(
        severity=sheet.text(f"{key}.severity"),
        cause=sheet.text(f"{key}.cause") or UNKNOWN_CAUSE,
        name=name,
        words=words,
        zone=zone,
        lot=lot,
        device=device,
        began_on=date.fromisoformat(began) if began else None,
    )


def _record(seen: tuple[ReactionSeen, ...], contact: Contact, *, by: User) -> None:
    for reaction in seen:
        record_reaction(session=contact.session, seen=reaction, contact=contact, by=by)


def _reasons(contact: Contact) -> list[str]:
    """Why the triage of a contact is what it is, the most urgent first."""
    return [item["text"] for item in (contact.triage or {}).get("reasons", [])]


def _open_task_of(contact: Contact, *, today: date, by: User) -> None:
    if contact.outcome not in {URGENT, CALL}:
        return
    is_urgent = contact.outcome == URGENT
    open_task(
        session=contact.session,
        contact=contact,
        kind=TaskKind.URGENT_REPORT if is_urgent else TaskKind.CALL_BACK,
        urgency=contact.outcome,
        due=today if is_urgent else today + timedelta(days=1),
        text="; ".join(_reasons(contact)),
        by=by,
    )


def _seal(contact: Contact, *, by: User) -> None:
    contact.sealed_at, contact.sealed_by = timezone.now(), by
    contact.save(update_fields=["triage", "outcome", "sealed_at", "sealed_by"])
    note(contact, action="contact.close", by=by, outcome=contact.outcome, triage=contact.triage)


def _take_back(contact: Contact, by: User, act: Callable[..., Sheet]) -> Sheet:
    locked = _lock(contact, by)
    return act(journal=contact_journal(locked), by=by)


def _lock(contact: Contact, by: User) -> Contact:
    """The contact for writing.

    Raises:
        SealedContactError: it is closed.
    """
    Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    locked = contact_of(contact.code, by)
    if locked.sealed_at is not None:
        raise SealedContactError
    return locked


def note(contact: Contact, *, action: str, by: User, **detail: object) -> None:
    """The audit event of a contact."""
    patient = contact.patient
    record(
        action=action,
        by=by.username,
        clinic=patient.clinic.code,
        subject=f"contact {contact.code}",
        patient=patient.code,
        detail=detail,
    )


@transaction.atomic
def open_contact(*, code: str, by: User) -> Contact:
    """The contact of that code in this person's clinic; that it was looked at is recorded.

    Raises:
        Http404: there is no such contact in this clinic.
    """
    contact = contact_of(code, by)
    note(contact, action="contact.read", by=by)
    return contact
