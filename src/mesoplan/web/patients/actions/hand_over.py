"""The tablet goes into a patient's hands, takes her answers, and comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from mesoplan.web.accounts.clock import day_bounds, local_today
from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.gestures.posted import UNSENT, Posted
from mesoplan.web.patients.actions.intake import Answered, answer
from mesoplan.web.patients.mapping.lists import ListEdit
from mesoplan.web.patients.models import HandOver, Patient, Speaker
from mesoplan.web.patients.queries.answers import answers_journal
from mesoplan.web.patients.queries.hand_over import asked_at_first, questioning
from mesoplan.web.patients.queries.intake import intake


class HandOverIsOverError(Exception):
    """The tablet has come back: no further answer is taken as the patient's own."""


@transaction.atomic
def start_hand_over(*, patient: Patient, language: str, by: User) -> HandOver:
    """Hand the tablet to a patient.

    One of today that the same person left open goes on under its code, so that answers which a
    tablet has kept since still reach it. Every other open one of hers ends.
    """
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    now = timezone.now()
    midnight, _next = day_bounds(patient.clinic, local_today(patient.clinic))
    left_open = patient.hand_overs.filter(ended_at=None)
    hand_over = left_open.filter(by=by, started_at__gte=midnight).first()
    asked = asked_at_first(intake(patient))
    if hand_over is None:
        left_open.update(ended_at=now)
        hand_over = HandOver.objects.create(
            patient=patient, by=by, language=language, questions=asked, started_at=now
        )
        _tell("hand-over.start", hand_over, {"language": language})
        return hand_over
    left_open.exclude(pk=hand_over.pk).update(ended_at=now)
    hand_over.language, hand_over.finished_at = language, None
    hand_over.questions += [key for key in asked if key not in hand_over.questions]
    hand_over.save(update_fields=["language", "finished_at", "questions"])
    _tell("hand-over.start", hand_over, {"language": language, "goes_on": True})
    return hand_over


@transaction.atomic
def answer_in_hand_over(
    *,
    hand_over: HandOver,
    values: Mapping[str, Any],
    edits: Mapping[str, ListEdit],
    again: Collection[str] = (),
    sent: Posted = UNSENT,
) -> Answered:
    """Write the patient's own answers. Questions that they open are asked at the end.

    An answer that somebody else gave before is given once more by her: it is hers from now on.

    Raises:
        HandOverIsOverError: the tablet was taken back.
    """
    # The patient first, as where a hand-over begins: two orders would wait for one another.
    Patient.objects.select_for_update(no_key=True).get(pk=hand_over.patient_id)
    locked = HandOver.objects.select_for_update(no_key=True).get(pk=hand_over.pk)
    if locked.ended_at is not None:
        raise HandOverIsOverError
    stands = questioning(hand_over)
    new = {
        key: value
        for key, value in values.items()
        if key not in stands.given or stands.sheet.value(key) != value
    }
    answered = answer(
        journal=answers_journal(hand_over.patient, locked),
        values=new,
        edits=edits,
        again=[*again, *new, *(key for key in edits if key not in stands.given)],
        said_by=Speaker.PATIENT,
        by=hand_over.by,
        sent=sent,
    )
    asked = set(locked.questions)
    opened = [key for key in asked_at_first(intake(hand_over.patient)) if key not in asked]
    if opened:
        locked.questions += opened
        locked.save(update_fields=["questions"])
    return answered


@transaction.atomic
def finish_hand_over(*, hand_over: HandOver) -> None:
    """The patient is done; the tablet waits for staff."""
    locked = HandOver.objects.select_for_update(no_key=True).get(pk=hand_over.pk)
    if locked.finished_at is None and locked.ended_at is None:
        locked.finished_at = timezone.now()
        locked.save(update_fields=["finished_at"])
        _tell("hand-over.finish", hand_over, {})


@transaction.atomic
def end_hand_over(*, hand_over: HandOver) -> None:
    """Staff has taken the tablet back."""
    locked = HandOver.objects.select_for_update(no_key=True).get(pk=hand_over.pk)
    if locked.ended_at is None:
        locked.ended_at = timezone.now()
        locked.save(update_fields=["ended_at"])
        _tell("hand-over.end", hand_over, {})


def _tell(action: str, hand_over: HandOver, detail: Mapping[str, Any]) -> None:
    record(
        action=action,
        by=hand_over.by.username,
        clinic=hand_over.patient.clinic.code,
        subject=f"hand_over {hand_over.code}",
        patient=hand_over.patient.code,
        detail=detail,
    )
