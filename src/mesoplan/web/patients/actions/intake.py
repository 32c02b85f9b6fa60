"""Answers of a patient: written one gesture at a time, with who gave them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import User
from mesoplan.web.gestures.actions import Journal, Written, write
from mesoplan.web.gestures.posted import UNSENT, Posted
from mesoplan.web.patients.mapping.lists import ListEdit, RefusedEditError, edited
from mesoplan.web.patients.mapping.questions import questions
from mesoplan.web.patients.mapping.reading import refusal
from mesoplan.web.patients.models import Patient, Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was written; ``refused`` says by key why an edit of a list was not."""

    written: Written
    refused: Mapping[str, str]


@transaction.atomic
def answer(
    *,
    journal: Journal,
    values: Mapping[str, Any],
    edits: Mapping[str, ListEdit],
    said_by: Speaker,
    by: User,
    again: Collection[str] = (),
    sent: Posted = UNSENT,
) -> Answered:
    """Write answers as one batch. ``again`` are keys whose answer is given once more as it stands.

    Lists are edited as they stand now, not as a page showed them, so that two people who add to
    one at the same time lose nothing.
    """
    patient = Patient.objects.select_for_update(no_key=True).get(pk=journal.owner.pk)
    sheet = journal.sheet()
    stands = {key: sheet.value(key) for key in again}
    changes = {key: value for key, value in stands.items() if value is not None} | dict(values)
    refused: dict[str, str] = {}
    for key, edit in edits.items():
        try:
            value = edited(questions()[key].fact, sheet.value(key), edit)
        except RefusedEditError as error:
            refused[key] = str(error)
            continue
        problem = "" if value is None else refusal(key, value, at=local_today(patient.clinic))
        if problem:
            refused[key] = problem
        else:
            changes[key] = value
    written = write(
        journal=journal,
        values=changes,
        by=by,
        sent=sent,
        said_by=said_by,
        action="intake.answer",
        again=bool(again),
    )
    return Answered(written=written, refused=refused)
