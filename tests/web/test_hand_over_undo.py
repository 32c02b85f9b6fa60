"""What the patient answered by herself is hers: staff's Undo does not reach it."""

from __future__ import annotations

import pytest
from django.test import Client

from mesoplan.web.accounts.models import User
from mesoplan.web.gestures.actions import redo, undo, write
from mesoplan.web.patients.actions.hand_over import (
    answer_in_hand_over,
    end_hand_over,
    start_hand_over,
)
from mesoplan.web.patients.models import HandOver, Patient
from mesoplan.web.patients.queries import answers, answers_journal
from mesoplan.web.patients.queries.hand_over import questioning
from tests.lib.clinic import a_course

pytestmark = pytest.mark.django_db

CANCER, PREGNANT = "facts.cancer", "facts.pregnant"


@pytest.fixture
def hand_over(patient: Patient, physician: User) -> HandOver:
    """The tablet is hers; she has said that she is pregnant, after the physician wrote."""
    write(journal=answers_journal(patient), values={CANCER: True}, by=physician)
    found = start_hand_over(patient=patient, language="en", by=physician)
    answer_in_hand_over(hand_over=found, values={PREGNANT: True}, edits={})
    return found


@pytest.mark.hazard("H-007")
@pytest.mark.hazard("H-017")
def test_undo_by_whoever_handed_the_tablet_over_takes_back_an_own_answer(
    hand_over: HandOver, physician: User
) -> None:
    """Undo took the last answer under this person's name, which was the patient's own."""
    patient = hand_over.patient
    undo(journal=answers_journal(patient), by=physician)
    assert (answers(patient).value(PREGNANT), answers(patient).value(CANCER)) == (True, None)
    undo(journal=answers_journal(patient), by=physician)
    assert answers(patient).value(PREGNANT) is True
    redo(journal=answers_journal(patient), by=physician)
    assert (answers(patient).value(PREGNANT), answers(patient).value(CANCER)) == (True, True)


@pytest.mark.hazard("H-007")
@pytest.mark.hazard("H-017")
def test_undo_on_the_pages_of_staff_leaves_the_patients_own_answers(
    hand_over: HandOver, physician: User, browser: Client
) -> None:
    patient = hand_over.patient
    end_hand_over(hand_over=hand_over)
    course = a_course(patient, physician)
    for address in (f"/patients/{patient.code}/intake", f"/courses/{course.code}/screening/undo"):
        for _ in range(2):
            browser.post(address, {"undo": "1"})
    assert answers(patient).value(PREGNANT) is True
    assert answers(patient).value(CANCER) is None


@pytest.mark.hazard("H-007")
@pytest.mark.hazard("H-017")
def test_an_answer_of_the_patients_own_page_is_taken_back_there_alone(
    hand_over: HandOver, physician: User
) -> None:
    patient = hand_over.patient
    undo(journal=answers_journal(patient, hand_over), by=physician)
    assert (answers(patient).value(PREGNANT), answers(patient).value(CANCER)) == (None, True)
    redo(journal=answers_journal(patient), by=physician)
    assert answers(patient).value(PREGNANT) is None
    redo(journal=answers_journal(patient, hand_over), by=physician)
    assert answers(patient).value(PREGNANT) is True


@pytest.mark.hazard("H-007")
@pytest.mark.hazard("H-017")
def test_what_staff_enters_as_said_by_the_patient_is_no_answer_on_her_tablet(
    hand_over: HandOver, physician: User
) -> None:
    """Who entered it and when told the two apart badly: staff may write while she answers."""
    patient = hand_over.patient
    write(
        journal=answers_journal(patient),
        values={"facts.seizures": False},
        by=physician,
        said_by="patient",
    )
    assert questioning(hand_over).given == {PREGNANT}
