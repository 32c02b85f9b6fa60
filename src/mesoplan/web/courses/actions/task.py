"""All writes of tasks: what somebody has to do for a patient, opened and done."""

from __future__ import annotations

from datetime import date

from django.db import models, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.courses.models import Contact, Session, Task

LONGEST = 300
"""Characters of ``Task.text`` and ``Task.done_because``."""


class TaskKind(models.TextChoices):
    """What is to be done."""

    URGENT_REPORT = "urgent-report", _("Act now on a report")
    CALL_BACK = "call-back", _("Call back within a day")
    TRY_AGAIN = "try-again", _("Try to reach again")
    NOT_REACHED = "not-reached", _("Decide what to do: not reached")
    SERIOUS_REACTION = "serious-reaction", _("Look at a serious reaction")


@transaction.atomic
def open_task(
    *,
    session: Session,
    kind: TaskKind,
    urgency: str,
    due: date,
    by: User,
    contact: Contact | None = None,
    text: str = "",
) -> Task:
    """Something that somebody has to do by ``due``, a day in the clinic."""
    patient = session.course.patient
    task = Task.objects.create(
        clinic=patient.clinic,
        patient=patient,
        session=session,
        contact=contact,
        kind=kind,
        text=text[:LONGEST],
        urgency=urgency,
        due=due,
        opened_at=timezone.now(),
        opened_by=by,
    )
    _note(task, action="task.open", by=by, kind=kind.value, due=due.isoformat(), urgency=urgency)
    return task


@transaction.atomic
def close_task(*, code: str, because: str, by: User) -> Task:
    """Say that a task is done, and how. One that is done already stays as it is.

    Raises:
        Http404: there is no such task in this clinic.
    """
    task = (
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient__clinic")
        .filter(code=code, clinic=by.clinic)
        .first()
    )
    if task is None:
        raise Http404
    if task.sealed_at is None:
        task.done_because = because.strip()[:LONGEST]
        task.sealed_at, task.sealed_by = timezone.now(), by
        task.save(update_fields=["done_because", "sealed_at", "sealed_by"])
        _note(task, action="task.close", by=by, because=task.done_because)
    return task


def close_tries(*, contact: Contact, because: str, by: User) -> None:
    """Tasks to try a contact again are done, because it was tried."""
    open_ones = Task.objects.filter(contact=contact, kind=TaskKind.TRY_AGAIN, sealed_at=None)
    for code in open_ones.values_list("code", flat=True):
        close_task(code=code, because=because, by=by)


def _note(task: Task, *, action: str, by: User, **detail: str) -> None:
    record(
        action=action,
        by=by.username,
        clinic=task.patient.clinic.code,
        subject=f"task {task.code}",
        patient=task.patient.code,
        detail=detail,
    )
