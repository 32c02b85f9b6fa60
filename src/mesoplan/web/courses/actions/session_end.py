"""All writes that end a session: finalised, ended without treatment, amended afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.actions.followup import open_contacts
from mesoplan.web.courses.actions.session import SealedSessionError, lock, note
from mesoplan.web.courses.mapping.session_sheet import session_pdf
from mesoplan.web.courses.models import (
    Amendment,
    AmendmentReason,
    NotTreatedReason,
    Session,
)
from mesoplan.web.courses.queries.session import SessionState, state_of
from mesoplan.web.courses.queries.session_check import Check, check_session
from mesoplan.web.courses.queries.session_record import (
    difference_count,
    digest_of,
    session_record,
)
from mesoplan.web.patients.actions import file_document
from mesoplan.web.patients.models import Document


class NotCompleteError(Exception):
    """The session cannot be finalised: ``check`` says what is missing."""

    def __init__(self, check: Check) -> None:
        self.check = check
        super().__init__(f"{len(check.blocking)} entries are missing")


class NotEndedError(Exception):
    """The session was not ended or amended, and ``why``."""

    class Why(models.TextChoices):
        """What stands in the way."""

        GIVEN = "given", _("Something is recorded as given. Finalise the session instead.")
        REASON = "reason", _("Choose why.")
        WORDS = "words", _("Say it in a few words.")
        OPEN = "open", _("The session is not finalised. Enter it above instead.")

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)


@transaction.atomic
def finalise(*, session: Session, by: User) -> Session:
    """Seal the session: record, verification, printed page and follow-up in one transaction.

    A session that is sealed already is given back as it is: two who finalise at once seal it once.

    Raises:
        PermissionDenied: this person may not.
        NotCompleteError: something that must be there is missing.
    """
    state = _to_end(session, by)
    if state is None:
        return _sealed(session)
    check = check_session(state)
    if check.blocking:
        raise NotCompleteError(check)
    now = timezone.now()
    locked = state.session
    record = session_record(state, by=by, at=now)
    locked.differences = difference_count(state)
    _seal(locked, record, state.verification, by=by, at=now)
    open_contacts(session=locked, treated_at=state.given_at or now, by=by)
    note(
        locked,
        action="session.finalise",
        by=by,
        number=locked.number,
        digest=locked.digest,
        document=locked.document.code if locked.document else "",
        differences=locked.differences,
    )
    return _sealed(session)


@transaction.atomic
def end_untreated(*, session: Session, by: User, reason: str, words: str = "") -> Session:
    """Seal a session in which nothing was given, with the reason; nobody is asked afterwards.

    Raises:
        PermissionDenied: this person may not.
        NotEndedError: something was given, or the reason is missing.
    """
    state = _to_end(session, by)
    if state is None:
        return _sealed(session)
    if reason not in NotTreatedReason.values:
        raise NotEndedError(NotEndedError.Why.REASON)
    if reason == NotTreatedReason.OTHER and not words.strip():
        raise NotEndedError(NotEndedError.Why.WORDS)
    if state.given_entries:
        raise NotEndedError(NotEndedError.Why.GIVEN)
    now = timezone.now()
    locked = state.session
    record = session_record(state, by=by, at=now, reason=reason, words=words.strip())
    told = f"{NotTreatedReason(reason).value}: {words.strip()}" if words.strip() else reason
    locked.abandoned_because = told[:NAME_LENGTH]
    _seal(locked, record, None, by=by, at=now)
    note(locked, action="session.end-untreated", by=by, number=locked.number, reason=reason)
    return _sealed(session)


NAME_LENGTH = 300
"""Characters of ``Session.abandoned_because``; the record has all of the words."""


@transaction.atomic
def amend(*, session: Session, by: User, reason: str, text: str) -> Amendment:
    """Add to a finalised session, and file a page with all amendments; the original stays.

    Raises:
        PermissionDenied: this person may not.
        NotEndedError: the session is not finalised, or reason or text is missing.
    """
    if not by.may(Permission.FINALISE):
        raise PermissionDenied
    locked = _locked(session)
    if locked.sealed_at is None or locked.record is None:
        raise NotEndedError(NotEndedError.Why.OPEN)
    if reason not in AmendmentReason.values:
        raise NotEndedError(NotEndedError.Why.REASON)
    if not text.strip():
        raise NotEndedError(NotEndedError.Why.WORDS)
    newest = locked.amendments.aggregate(newest=Max("number"))["newest"] or 0
    amendment = Amendment.objects.create(
        session=locked,
        number=newest + 1,
        reason=reason,
        text=text.strip(),
        at=timezone.now(),
        by=by,
    )
    amendments = locked.amendments.select_related("by")
    document = _file(locked, session_pdf(locked.record, session=locked, amendments=amendments), by)
    note(
        locked,
        action="session.amend",
        by=by,
        amendment=amendment.number,
        reason=reason,
        document=document.code,
    )
    return amendment


def _to_end(session: Session, by: User) -> SessionState | None:
    """The session for sealing; ``None`` where it is sealed already."""
    if not by.may(Permission.FINALISE):
        raise PermissionDenied
    try:
        return state_of(lock(session))
    except SealedSessionError:
        return None


def _seal(
    session: Session,
    record: dict[str, Any],
    verification: Mapping[str, Any] | None,
    *,
    by: User,
    at: datetime,
) -> None:
    session.record, session.verification = record, verification
    session.digest = digest_of(record, verification)
    session.document = _file(session, session_pdf(record, session=session), by)
    session.sealed_at, session.sealed_by = at, by
    session.save()


def _file(session: Session, content: bytes, by: User) -> Document:
    return file_document(
        patient=session.course.patient,
        kind=Document.Kind.SESSION,
        subject=f"session {session.code}",
        content=content,
        by=by,
    )


def _locked(session: Session) -> Session:
    return (
        Session.objects.select_for_update(of=("self",), no_key=True)
        .select_related("course__patient__clinic", "plan")
        .get(pk=session.pk)
    )


def _sealed(session: Session) -> Session:
    session.refresh_from_db()
    return session
