"""All writes of plans: release, change, withdraw. A released plan itself is never changed."""

from __future__ import annotations

from copy import deepcopy

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.audit.actions import record
from mesoplan.web.codes import new_code
from mesoplan.web.courses.mapping.draft import Draft
from mesoplan.web.courses.mapping.plan import plan_pdf
from mesoplan.web.courses.models import Course, PlanVersion, PlanWithdrawal
from mesoplan.web.courses.queries.course import (
    CHANGING,
    current_plan,
    is_open,
    request_journal,
    request_sheet,
)
from mesoplan.web.courses.queries.plan import draft as draft_as_it_stands
from mesoplan.web.gestures.actions import write
from mesoplan.web.patients.actions import file_document
from mesoplan.web.patients.models import Document, Patient


class NotReleasedError(Exception):
    """The plan was not released, and ``why``."""

    class Why(models.TextChoices):
        """What stands in the way."""

        NO_PLAN = "no-plan", _("There is no plan to release.")
        VERDICT = "verdict", _("The verdict does not allow it.")
        CHANGED = "changed", _("The draft has changed since this page was shown. Read it again.")
        RELEASED = "released", _("This course has a released plan. Change it first.")
        REASON = "reason", _("Say why the released plan is replaced.")
        CLOSED = "closed", _("The course is closed.")

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)


def release_plan(*, course: Course, seen: str, by: User, reason: str = "") -> PlanVersion:
    """Freeze the draft as the next version of the plan, file its page, and supersede the last.

    ``seen`` is the digest of the draft that the physician read: exactly that is released, or
    nothing. ``reason`` says why the version in force is replaced.

    Raises:
        PermissionDenied: this person is no physician.
        NotReleasedError: there is no plan, its verdict does not allow it, it is not what was seen,
            or the reason is missing.
    """
    if not by.may(Permission.DECIDE):
        raise PermissionDenied
    # The page takes a tenth of a second to set, so it is set before anybody is kept waiting.
    draft = _checked(draft_as_it_stands(course), seen)
    number = _next_number(course)
    content = plan_pdf(draft, course.patient, number=number)
    with transaction.atomic():
        locked = _locked(course)
        sheet, current = request_sheet(locked), current_plan(locked)
        _may_release(locked, current=current, may_edit=is_open(locked, sheet, current))
        if current is not None and not reason.strip():
            raise NotReleasedError(NotReleasedError.Why.REASON)
        _checked(draft_as_it_stands(locked, request=sheet), seen)
        if _next_number(locked) != number:
            raise NotReleasedError(NotReleasedError.Why.CHANGED)
        code = new_code()
        document = file_document(
            patient=locked.patient,
            kind=Document.Kind.PLAN,
            subject=f"plan {code}",
            content=content,
            by=by,
        )
        version = _frozen(locked, draft, code=code, document=document, reason=reason.strip(), by=by)
        if sheet.value(CHANGING) is not None:
            write(journal=request_journal(locked), values={CHANGING: None}, by=by)
        _note_release(version, draft, current, by)
    course.refresh_from_db(fields=["state", "changed_at"])
    return version


def _checked(draft: Draft, seen: str) -> Draft:
    if draft.plan is None:
        raise NotReleasedError(NotReleasedError.Why.NO_PLAN)
    if not draft.is_releasable:
        raise NotReleasedError(NotReleasedError.Why.VERDICT)
    if draft.digest != seen:
        raise NotReleasedError(NotReleasedError.Why.CHANGED)
    return draft


def _may_release(course: Course, *, current: PlanVersion | None, may_edit: bool) -> None:
    if course.state == Course.State.CLOSED:
        raise NotReleasedError(NotReleasedError.Why.CLOSED)
    if current is not None and not may_edit:
        raise NotReleasedError(NotReleasedError.Why.RELEASED)


def _locked(course: Course) -> Course:
    """The course, with its patient locked as well: neither answers nor wishes change meanwhile."""
    Patient.objects.select_for_update(no_key=True).get(pk=course.patient_id)
    return (
        Course.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient__clinic")
        .get(pk=course.pk)
    )


def _next_number(course: Course) -> int:
    """The number of the next version; it is printed on the page before the course is locked."""
    newest: int = course.plans.aggregate(newest=Max("number"))["newest"] or 0
    return newest + 1


def _frozen(
    course: Course, draft: Draft, *, code: str, document: Document, reason: str, by: User
) -> PlanVersion:
    version = PlanVersion.objects.create(
        code=code,
        course=course,
        number=_next_number(course),
        case=draft.text,
        decision=deepcopy(draft.record),
        knowledge_release=draft.record["plan"]["knowledge_release"] if draft.record else "",
        policy=draft.record["plan"]["policy"] if draft.record else "",
        reason=reason,
        digest=draft.digest,
        document=document,
        released_at=timezone.now(),
        released_by=by,
    )
    if course.state == Course.State.REQUEST:
        course.state = Course.State.PLANNED
    course.changed_at = version.released_at
    course.save(update_fields=["state", "changed_at"])
    return version


def _note_release(
    version: PlanVersion, draft: Draft, superseded: PlanVersion | None, by: User
) -> None:
    _note(
        version,
        action="plan.supersede" if superseded else "plan.release",
        by=by,
        number=version.number,
        digest=version.digest,
        knowledge=version.knowledge_release,
        verdict=draft.verdict,
        superseded=superseded.code if superseded else "",
        reason=version.reason,
    )


@transaction.atomic
def withdraw_plan(*, version: PlanVersion, reason: str, by: User) -> PlanWithdrawal:
    """Take the plan in force out of use, with the reason. The plan stays as it is.

    Raises:
        PermissionDenied: this person is no physician.
        NotReleasedError: no reason, or the plan is not in force.
    """
    if not by.may(Permission.DECIDE):
        raise PermissionDenied
    course = _locked(version.course)
    current = current_plan(course)
    if current is None or current.pk != version.pk:
        raise NotReleasedError(NotReleasedError.Why.NO_PLAN)
    if not reason.strip():
        raise NotReleasedError(NotReleasedError.Why.REASON)
    withdrawal = PlanWithdrawal.objects.create(
        plan=version, reason=reason.strip(), at=timezone.now(), by=by
    )
    if course.state == Course.State.PLANNED:
        course.state = Course.State.REQUEST
    course.changed_at = withdrawal.at
    course.save(update_fields=["state", "changed_at"])
    _note(version, action="plan.withdraw", by=by, number=version.number, reason=withdrawal.reason)
    return withdrawal


def _note(version: PlanVersion, *, action: str, by: User, **detail: object) -> None:
    patient = version.course.patient
    record(
        action=action,
        by=by.username,
        clinic=patient.clinic.code,
        subject=f"plan {version.code}",
        patient=patient.code,
        detail=detail,
    )
