"""The answers of a patient: their gestures, and what they add up to."""

from __future__ import annotations

from mesoplan.web.gestures.actions import Journal
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.models import AnswerGesture, Patient


def answers_journal(patient: Patient) -> Journal:
    """The gestures of a patient's intake."""
    return Journal(
        table=AnswerGesture,
        field="patient",
        owner=patient,
        clinic=patient.clinic.code,
        patient=patient.code,
    )


def answers(patient: Patient) -> Sheet:
    """Everything this patient answered, as it stands."""
    return answers_journal(patient).sheet()
