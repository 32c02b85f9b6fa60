"""All writes of a session while it is recorded: begin, gestures, one-tap entries, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.courses.mapping.request import kept_request
from mesoplan.web.courses.mapping.session_given import number
from mesoplan.web.courses.mapping.session_plan import SessionPlan
from mesoplan.web.courses.models import Course, PlanVersion, Session
from mesoplan.web.courses.queries.session import (
    PROPOSED,
    SessionState,
    open_session,
    session_journal,
    state_of,
)
from mesoplan.web.gestures.actions import Written, redo, undo, write
from mesoplan.web.gestures.posted import UNSENT, Posted
from mesoplan.web.gestures.sheet import Sheet

_PROPOSABLE = ("lot.", "given.", "kit.")
_NOT_AGAIN = (".opened", ".left_out")


class NotBegunError(Exception):
    """No session was begun, and ``why``."""

    class Why(models.TextChoices):
        """What stands in the way."""

        NO_PLAN = "no-plan", _("There is no released plan. Release one first.")
        CLOSED = "closed", _("The course is closed.")
        OTHER_COURSE = "other-course", _("That session belongs to another course.")

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)


class SealedSessionError(Exception):
    """The session is finalised: nothing is written any more, only amendments are added."""


class OtherZonesError(Exception):
    """Something was given in a zone that the newer plan does not have."""


@transaction.atomic
def begin_session(*, course: Course, by: User, like: Session | None = None) -> Session:
    """The next session of the newest released plan; the open one where there is one.

    Capture is never closed: a session can begin without a valid consent, or on a plan that was
    withdrawn; what stands against it is shown, and keeps it from being finalised. ``like`` is an
    earlier session of the course whose lots, needles and amounts are proposed.

    Raises:
        NotBegunError: nothing was ever released, the course is closed, or ``like`` is not of it.
    """
    locked = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    running = open_session(locked)
    if running is not None:
        return running
    version = locked.plans.order_by("-number").first()
    if locked.state == Course.State.CLOSED:
        raise NotBegunError(NotBegunError.Why.CLOSED)
    if version is None:
        raise NotBegunError(NotBegunError.Why.NO_PLAN)
    if like is not None and like.course_id != locked.pk:
        raise NotBegunError(NotBegunError.Why.OTHER_COURSE)
    newest = locked.sessions.aggregate(newest=Max("number"))["newest"] or 0
    now = timezone.now()
    session = Session.objects.create(
        course=locked, plan=version, number=newest + 1, begun_at=now, begun_by=by
    )
    locked.state, locked.changed_at = Course.State.TREATING, now
    locked.save(update_fields=["state", "changed_at"])
    note(session, action="session.begin", by=by, number=session.number, plan=version.code)
    values = _who_treats(version, by) | (proposals(like, version) if like else {})
    write(journal=session_journal(session), values=values, by=by)
    return session


def _who_treats(version: PlanVersion, by: User) -> dict[str, Any]:
    """Whoever begins is who treats, where this person is what the plan asks for."""
    practitioner = kept_request(version.case).get("practitioner")
    return {"treated_by": by.code} if practitioner in by.role_names else {}


def proposals(like: Session, version: PlanVersion) -> dict[str, Any]:
    """What an earlier session said, under keys of its own; zones only where they are the same."""
    same = _same_zones(like.plan, version)
    found = {}
    for key, entry in session_journal(like).sheet().entries.items():
        is_again = key.startswith(_PROPOSABLE) and not key.endswith(_NOT_AGAIN)
        if is_again and (not key.startswith("given.") or int(key.split(".")[1]) in same):
            found[f"{PROPOSED}{key}"] = entry.value
    return found


def _same_zones(one: PlanVersion, other: PlanVersion) -> set[int]:
    """The numbers that mean the same zone in both plans: indication, region and side."""

    def zones(version: PlanVersion) -> dict[int, tuple[str, str, str]]:
        return {
            zone["number"]: (zone["indication"], zone["region"], zone["side"])
            for zone in version.decision["plan"]["zones"]
        }

    first, second = zones(one), zones(other)
    return {name for name in first if first[name] == second.get(name)}


@transaction.atomic
def write_session(
    *,
    session: Session,
    values: Mapping[str, Any],
    by: User,
    sent: Posted = UNSENT,
) -> Written:
    """Write what changed, and keep the columns that lists show in step.

    Raises:
        SealedSessionError: the session is finalised.
    """
    locked = lock(session)
    written = write(journal=session_journal(locked), values=values, by=by, sent=sent)
    _follow(session, locked, written.sheet)
    return written


@transaction.atomic
def write_computed(
    *,
    session: Session,
    compute: Callable[[SessionState], Mapping[str, Any]],
    by: User,
    sent: Posted = UNSENT,
) -> Written:
    """Write what follows from the session as it stands: one tap that says several things.

    Raises:
        SealedSessionError: the session is finalised.
    """
    locked = lock(session)
    state = state_of(locked)
    written = write(journal=session_journal(locked), values=compute(state), by=by, sent=sent)
    _follow(session, locked, written.sheet)
    return written


@transaction.atomic
def undo_session(*, session: Session, by: User) -> Sheet:
    """Take back this person's last gesture in the session.

    Raises:
        SealedSessionError: the session is finalised.
    """
    return _take_back(session, by, undo)


@transaction.atomic
def redo_session(*, session: Session, by: User) -> Sheet:
    """Take back this person's last undo.

    Raises:
        SealedSessionError: the session is finalised.
    """
    return _take_back(session, by, redo)


def _take_back(session: Session, by: User, act: Callable[..., Sheet]) -> Sheet:
    locked = lock(session)
    sheet = act(journal=session_journal(locked), by=by)
    _follow(session, locked, sheet)
    return sheet


@transaction.atomic
def follow_plan(*, session: Session, by: User) -> Session:
    """Record the session against the plan that is in force now.

    Raises:
        SealedSessionError: the session is finalised.
        OtherZonesError: what was given belongs to a zone that the newer plan does not have.
    """
    locked = lock(session)
    state = state_of(locked)
    newest = state.standing.newest
    if newest is None:
        return locked
    recorded = {zone.number for zone in state.given if zone.is_recorded or zone.was_left_out}
    if not recorded <= _same_zones(locked.plan, newest):
        raise OtherZonesError
    locked.plan = newest
    locked.save(update_fields=["plan"])
    note(locked, action="session.follow-plan", by=by, plan=newest.code)
    session.plan = newest
    _follow(session, locked, state.sheet)
    return locked


# --- What all writes share ---------------------------------------------------------------------


def lock(session: Session) -> Session:
    """The session for writing.

    Raises:
        SealedSessionError: the session is finalised.
    """
    locked = (
        Session.objects.select_for_update(of=("self",), no_key=True)
        .select_related("course__patient__clinic", "plan")
        .get(pk=session.pk)
    )
    if locked.sealed_at is not None:
        raise SealedSessionError
    return locked


def note(session: Session, *, action: str, by: User, **detail: object) -> None:
    """The audit event of a session."""
    patient = session.course.patient
    record(
        action=action,
        by=by.username,
        clinic=patient.clinic.code,
        subject=f"session {session.code}",
        patient=patient.code,
        detail=detail,
    )


def _follow(session: Session, locked: Session, sheet: Sheet) -> None:
    """Score and next date, which lists show, follow from the gestures."""
    state = state_of(locked, sheet=sheet)
    locked.scale, locked.score = first_score(state.plan, sheet)
    locked.next_date = state.next_date
    locked.save(update_fields=["scale", "score", "next_date"])
    session.refresh_from_db(fields=["scale", "score", "next_date"])


def first_score(plan: SessionPlan, sheet: Sheet) -> tuple[str, Decimal | None]:
    """The baseline score that the timeline draws: of the first scale of the plan that has one."""
    for scale in plan.scales:
        score = number(sheet, f"score.{scale.id}.before")
        if score is not None:
            return scale.id, score
    return "", None
