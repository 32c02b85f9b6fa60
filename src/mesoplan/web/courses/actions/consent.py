"""All writes of a consent: its gestures, its sealing, its withdrawal, its copies on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.audit.actions import record
from mesoplan.web.courses.mapping.consent import consent_pdf
from mesoplan.web.courses.models import Consent, ConsentWithdrawal, Course
from mesoplan.web.courses.queries.consent import (
    CONSENTED,
    ConsentState,
    Missing,
    consent_journal,
    consents_of,
    is_closed,
    state_of,
)
from mesoplan.web.courses.queries.consent_record import consent_record, digest_of_consent
from mesoplan.web.courses.queries.plan import changed_since
from mesoplan.web.gestures.actions import Written, redo, undo, write
from mesoplan.web.gestures.posted import UNSENT, Posted
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.actions import file_document
from mesoplan.web.patients.models import Document

PHYSICIAN_SIGNS = "signature.physician"
"""The gesture that only a physician makes."""


class ClosedConsentError(Exception):
    """Nothing can be entered: no plan is in force, another one is, or the consent is sealed."""


class NotSealedError(Exception):
    """The consent was not sealed or withdrawn, and ``why``; ``missing`` says what is not there."""

    class Why(models.TextChoices):
        """What stands in the way."""

        MISSING = "missing", _("Something is missing.")
        OUTDATED = (
            "outdated",
            _("Something has changed since the plan was released. It is released again first."),
        )
        CHANGED = "changed", _("The consent has changed since this page was shown. Read it again.")
        NOTHING = "nothing", _("There is no consent that could be withdrawn.")
        TIME = "time", _("A time after the consent was given, and not after now.")

    def __init__(self, why: Why, missing: tuple[Missing, ...] = ()) -> None:
        self.why, self.missing = why, missing
        super().__init__(why.value)


@transaction.atomic
def edit_consent(
    *,
    course: Course,
    plan: str,
    consent: str,
    values: Mapping[str, Any],
    by: User,
    sent: Posted = UNSENT,
) -> Written:
    """Write gestures on the consent that the page showed: that of plan and consent of these codes.

    ``consent`` is empty where there was none yet; the first gesture makes it.

    Raises:
        PermissionDenied: this person may not take a consent, or signs as a physician without being
            one.
        ClosedConsentError: what the page showed cannot be filled in any more.
    """
    _may(by, Permission.CONSENT)
    if PHYSICIAN_SIGNS in values:
        _may(by, Permission.DECIDE)
    state = _open_of(_locked(course), plan=plan, consent=consent)
    if state.consent is None:
        state = _begin(state, by)
    journal = consent_journal(_there(state), state.course)
    return write(journal=journal, values=values, by=by, sent=sent)


@transaction.atomic
def undo_consent(*, course: Course, by: User) -> Sheet:
    """Take back this person's last gesture on the consent that is being taken.

    Raises:
        PermissionDenied, ClosedConsentError: as for ``edit_consent``.
    """
    return _take_back(course, by, undo)


@transaction.atomic
def redo_consent(*, course: Course, by: User) -> Sheet:
    """Take back this person's last undo.

    Raises:
        PermissionDenied, ClosedConsentError: as for ``edit_consent``.
    """
    return _take_back(course, by, redo)


def _take_back(course: Course, by: User, act: Callable[..., Sheet]) -> Sheet:
    _may(by, Permission.CONSENT)
    locked = _locked(course)
    state = state_of(locked)
    if state is None or state.consent is None or locked.state == Course.State.CLOSED:
        raise ClosedConsentError
    return act(journal=consent_journal(state.consent, state.course), by=by)


@transaction.atomic
def begin_consent(*, course: Course, by: User) -> Consent:
    """A new consent to the plan in force, after one that was declined or withdrawn.

    Where one is open already it is that one.

    Raises:
        PermissionDenied: this person may not take a consent.
        ClosedConsentError: no plan is in force, or a consent to it holds.
    """
    _may(by, Permission.CONSENT)
    locked = _locked(course)
    state = state_of(locked)
    if state is None:
        raise ClosedConsentError
    return _there(state) if state.consent else _there(_begin(state, by))


def seal_consent(*, course: Course, plan: str, consent: str, seen: int, by: User) -> Consent:
    """Seal the consent: record, digest, printed page and audit in one transaction.

    ``seen`` is the version that was read when it was confirmed: exactly that is sealed, or nothing.
    A consent that is sealed already is given back as it is: two who finalise at once seal it once.

    Raises:
        PermissionDenied: this person may not take a consent.
        NotSealedError: something is missing, a signature is void, or it has changed, or what the
            plan was made from has.
        ClosedConsentError: another plan is in force.
    """
    _may(by, Permission.CONSENT)
    with transaction.atomic():
        locked = _locked(course)
        done = consents_of(locked).filter(code=consent, sealed_at__isnull=False).first()
        if done is not None:
            return done
        state = _checked(_open_of(locked, plan=plan, consent=consent), seen)
        found, now = _there(state), timezone.now()
        found.record = consent_record(state, at=now, sealed_by=by)
        found.digest = digest_of_consent(found.record)
        found.decision = state.decision
        found.document = _file(
            found, locked, consent_pdf(found.record, clinic=locked.patient.clinic), by
        )
        found.sealed_at, found.sealed_by = now, by
        found.save()
        _touch(locked, now)
        _note(
            found,
            locked,
            action=f"consent.{found.decision}",
            by=by,
            plan=state.plan.code,
            digest=found.digest,
            document=found.document.code,
        )
    return found


@transaction.atomic
def withdraw_consent(
    *, consent: Consent, by: User, words: str = "", at: datetime | None = None
) -> ConsentWithdrawal:
    """Record that the patient took her consent back, and file the page anew, marked as withdrawn.

    ``at`` is when she said so, now where it is left out. Nobody owes a reason. A consent that is
    withdrawn already stays withdrawn as it was.

    Raises:
        PermissionDenied: this person may not care for patients.
        NotSealedError: there is no consent to withdraw, or the time cannot be.
    """
    _may(by, Permission.FOLLOW_UP)
    course = _locked(consent.plan.course)
    found = Consent.objects.select_for_update(of=("self",), no_key=True).get(pk=consent.pk)
    if found.sealed_at is None or found.record is None or found.decision != CONSENTED:
        raise NotSealedError(NotSealedError.Why.NOTHING)
    before = ConsentWithdrawal.objects.filter(consent=found).first()
    if before is not None:
        return before
    now = timezone.now()
    at = at or now
    if not found.sealed_at.replace(second=0, microsecond=0) <= at <= now:
        raise NotSealedError(NotSealedError.Why.TIME)
    withdrawal = ConsentWithdrawal.objects.create(consent=found, words=words.strip(), at=at, by=by)
    content = consent_pdf(found.record, clinic=course.patient.clinic, withdrawal=withdrawal)
    document = _file(found, course, content, by)
    _touch(course, now)
    _note(
        found,
        course,
        action="consent.withdraw",
        by=by,
        withdrawn_at=at.isoformat(),
        words=withdrawal.words,
        document=document.code,
    )
    return withdrawal


@transaction.atomic
def print_draft(*, state: ConsentState, by: User) -> bytes:
    """The consent as it stands, with blanks to fill in and to sign by hand. It is not filed."""
    content = consent_pdf(
        consent_record(state, at=state.sheet.last_at or state.plan.released_at),
        clinic=state.course.patient.clinic,
    )
    record(
        action="consent.print",
        by=by.username,
        clinic=state.course.patient.clinic.code,
        subject=f"course {state.course.code}",
        patient=state.course.patient.code,
        detail={"plan": state.plan.code, "version": state.sheet.version},
    )
    return content


def _checked(state: ConsentState, seen: int) -> ConsentState:
    if changed_since(state.course, state.plan).is_anything:
        raise NotSealedError(NotSealedError.Why.OUTDATED)
    if state.missing:
        raise NotSealedError(NotSealedError.Why.MISSING, state.missing)
    if state.sheet.version != seen:
        raise NotSealedError(NotSealedError.Why.CHANGED)
    return state


def _may(by: User, *needed: Permission) -> None:
    if not all(by.may(permission) for permission in needed):
        raise PermissionDenied


def _open_of(locked: Course, *, plan: str, consent: str) -> ConsentState:
    """The consent that is being taken, where it is still what the page showed."""
    state = state_of(locked)
    if state is None or state.plan.code != plan or locked.state == Course.State.CLOSED:
        raise ClosedConsentError
    if consent and (state.consent is None or state.consent.code != consent):
        raise ClosedConsentError
    return state


def _begin(state: ConsentState, by: User) -> ConsentState:
    """An empty consent, unless one to this plan holds. The course is locked."""
    newest = consents_of(state.course).filter(plan=state.plan).first()
    if state.course.state == Course.State.CLOSED or (newest and not is_closed(newest)):
        raise ClosedConsentError
    made = Consent.objects.create(plan=state.plan, created_at=timezone.now())
    _note(made, state.course, action="consent.begin", by=by, plan=state.plan.code)
    return ConsentState(course=state.course, plan=state.plan, consent=made, sheet=state.sheet)


def _there(state: ConsentState) -> Consent:
    if state.consent is None:
        raise NotSealedError(NotSealedError.Why.MISSING, state.missing)
    return state.consent


def _locked(course: Course) -> Course:
    """The course, locked: two first gestures make one consent, and its plan stays in force."""
    return (
        Course.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient__clinic")
        .get(pk=course.pk)
    )


def _touch(course: Course, at: datetime) -> None:
    course.changed_at = at
    course.save(update_fields=["changed_at"])


def _file(consent: Consent, course: Course, content: bytes, by: User) -> Document:
    return file_document(
        patient=course.patient,
        kind=Document.Kind.CONSENT,
        subject=f"consent {consent.code}",
        content=content,
        by=by,
    )


def _note(consent: Consent, course: Course, *, action: str, by: User, **detail: object) -> None:
    record(
        action=action,
        by=by.username,
        clinic=course.patient.clinic.code,
        subject=f"consent {consent.code}",
        patient=course.patient.code,
        detail=detail,
    )
