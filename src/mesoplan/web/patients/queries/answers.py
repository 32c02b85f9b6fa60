"""The answers of a patient: their gestures, what they add up to, and the banner made of them."""

from __future__ import annotations

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.gestures.actions import Journal
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping.banner import Banner, BannerFact, health_banner, identity_banner
from mesoplan.web.patients.models import AnswerGesture, HandOver, Patient


def answers_journal(patient: Patient, hand_over: HandOver | None = None) -> Journal:
    """The gestures of a patient's intake: by staff, or by herself in a hand-over."""
    return Journal(
        table=AnswerGesture,
        field="patient",
        owner=patient,
        clinic=patient.clinic.code,
        patient=patient.code,
        marks=(("hand_over_id", hand_over.pk if hand_over else None),),
    )


def answers(patient: Patient) -> Sheet:
    """Everything this patient answered, as it stands."""
    return answers_journal(patient).sheet()


def banner(
    patient: Patient,
    sheet: Sheet | None = None,
    *,
    course: str = "",
    last_reaction: BannerFact | None = None,
) -> Banner:
    """The banner of a page about a patient, for people who may see her chart.

    ``sheet`` are her answers where the page has read them already. ``course`` is "2 of 5";
    ``last_reaction`` stands beside the other facts. Nothing to say leaves them out.
    """
    return health_banner(
        patient,
        answers(patient) if sheet is None else sheet,
        at=local_today(patient.clinic),
        course=course,
        last_reaction=last_reaction,
    )


def plain_banner(patient: Patient) -> Banner:
    """The banner for people who may not see the chart: age and sex."""
    return identity_banner(patient, at=local_today(patient.clinic))
