"""All writes of a request: wishes, undo, repeating an old one, overrides, changing a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.mapping.request import restoring, zones_values
from mesoplan.web.courses.mapping.words import course_title
from mesoplan.web.courses.models import Course, PlanVersion
from mesoplan.web.courses.queries.course import (
    CHANGING,
    current_plan,
    is_open,
    request_journal,
    request_sheet,
)
from mesoplan.web.gestures.actions import Written, redo, undo, write
from mesoplan.web.gestures.posted import UNSENT, Posted
from mesoplan.web.gestures.sheet import Sheet


class SealedRequestError(Exception):
    """The request cannot be edited: its plan is released, or the course is closed."""


@transaction.atomic
def edit_request(
    *,
    course: Course,
    values: Mapping[str, Any],
    by: User,
    sent: Posted = UNSENT,
) -> Written:
    """Write what changed of the request, and keep the course's title in step.

    Raises:
        SealedRequestError: a plan is released and not being changed, or the course is closed.
    """
    locked = _open(course)
    written = write(journal=request_journal(locked), values=values, by=by, sent=sent)
    _follow(course, written.sheet)
    return written


@transaction.atomic
def undo_request(*, course: Course, by: User) -> Sheet:
    """Take back this person's last gesture on the request; leaving a draft is one of them.

    Raises:
        SealedRequestError: as for ``edit_request``.
    """
    return _take_back(course, by, undo)


@transaction.atomic
def redo_request(*, course: Course, by: User) -> Sheet:
    """Take back this person's last undo.

    Raises:
        SealedRequestError: as for ``edit_request``.
    """
    return _take_back(course, by, redo)


def _take_back(course: Course, by: User, act: Callable[..., Sheet]) -> Sheet:
    locked = _locked(course)
    current = current_plan(locked)
    was_open = is_open(locked, request_sheet(locked), current)
    sheet = act(journal=request_journal(locked), by=by)
    # Whoever left a draft comes back to it; nothing else is taken back while the plan is released.
    if not (was_open or is_open(locked, sheet, current)):
        raise SealedRequestError
    _follow(course, sheet)
    return sheet


@transaction.atomic
def repeat_zones(*, course: Course, other: Course, by: User) -> Written:
    """Ask for the same zones, with the same wishes, as another course of this patient did.

    Overrides are not repeated: a physician decides them each time.

    Raises:
        ValueError: the other course is of somebody else.
        SealedRequestError: as for ``edit_request``.
    """
    if other.patient_id != course.patient_id:
        raise ValueError("zones are repeated within one patient")
    return edit_request(course=course, values=zones_values(request_sheet(other)), by=by)


@transaction.atomic
def override_finding(*, course: Course, rule: str, reason: str, note: str, by: User) -> Written:
    """Record a physician's decision to go on in spite of a relative finding.

    Whether it counts is the core's decision; one that does not is shown with the reason.

    Raises:
        PermissionDenied: this person is no physician.
        SealedRequestError: as for ``edit_request``.
    """
    value = {"reason": reason, "note": note.strip()}
    return _override(course, rule, value, by, "override.record")


@transaction.atomic
def end_override(*, course: Course, rule: str, by: User) -> Written:
    """Take an override back; the finding stands again.

    Raises:
        PermissionDenied, SealedRequestError: as for ``override_finding``.
    """
    return _override(course, rule, None, by, "override.end")


def _override(
    course: Course, rule: str, value: dict[str, str] | None, by: User, action: str
) -> Written:
    if not by.may(Permission.DECIDE):
        raise PermissionDenied
    locked = _open(course)
    written = write(
        journal=request_journal(locked), values={f"override.{rule}": value}, by=by, action=action
    )
    _follow(course, written.sheet)
    return written


@transaction.atomic
def change_plan(*, version: PlanVersion, by: User) -> Written:
    """Open a draft that starts from the plan in force; the plan stays in force until the next.

    Where one is open already it stays as it is.

    Raises:
        SealedRequestError: the plan is not in force, or the course is closed.
    """
    return _restore(version, by, changing=version.code)


@transaction.atomic
def keep_plan(*, version: PlanVersion, by: User) -> Written:
    """Leave the draft: the request says again what the plan in force was made from.

    Raises:
        SealedRequestError: as for ``change_plan``.
    """
    return _restore(version, by, changing=None)


@transaction.atomic
def restore_version(*, version: PlanVersion, by: User) -> Written:
    """Make the draft say what a released version was made from.

    Raises:
        SealedRequestError: as for ``edit_request``.
    """
    course = _open(version.course)
    values = _restoring(request_sheet(course), version, by)
    written = write(journal=request_journal(course), values=values, by=by)
    _follow(version.course, written.sheet)
    return written


def _restore(version: PlanVersion, by: User, *, changing: str | None) -> Written:
    course = _locked(version.course)
    current = current_plan(course)
    if course.state == Course.State.CLOSED or current is None or current.pk != version.pk:
        raise SealedRequestError
    sheet = request_sheet(course)
    if changing is not None and sheet.value(CHANGING) == changing:
        return Written(sheet=sheet)
    values = _restoring(sheet, version, by) | {CHANGING: changing}
    written = write(journal=request_journal(course), values=values, by=by)
    _follow(version.course, written.sheet)
    return written


def _restoring(sheet: Sheet, version: PlanVersion, by: User) -> dict[str, Any]:
    """What makes the request say what the version says; overrides only by who may decide them."""
    values = restoring(sheet, version.case)
    if by.may(Permission.DECIDE):
        return values
    return {key: value for key, value in values.items() if not key.startswith("override.")}


def _open(course: Course) -> Course:
    locked = _locked(course)
    if not is_open(locked, request_sheet(locked), current_plan(locked)):
        raise SealedRequestError
    return locked


def _locked(course: Course) -> Course:
    return (
        Course.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient__clinic")
        .get(pk=course.pk)
    )


def _follow(course: Course, sheet: Sheet) -> None:
    """Title and time of the last change, which lists show, follow from the gestures."""
    course.title, course.changed_at = course_title(sheet), timezone.now()
    course.save(update_fields=["title", "changed_at"])
