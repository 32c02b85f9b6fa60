"""Answers on the screening page: each has a speaker, and none is dropped because another came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from mesoplan.knowledge import KnowledgeBase
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.forms.screening import read_answers
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.screening import questions_on_page
from mesoplan.web.gestures.actions import write
from mesoplan.web.gestures.posted import UNSENT
from mesoplan.web.patients.models import Speaker
from mesoplan.web.patients.queries import answers, answers_journal
from tests.lib.clinic import a_course, a_patient, a_patient_of, signed_in
from tests.lib.pages import page_text
from tests.lib.people import healthy_document, zone

HTMX = {"HX-Request": "true"}
PREGNANT, CANCER = "facts.pregnant", "facts.cancer"


@pytest.fixture
def unanswered(clinic: Clinic, physician: User) -> Course:
    """A course of a patient of whom nothing but age and sex is known."""
    return a_course(
        a_patient(clinic, physician), physician, {"request": zone("melasma", "cheek", "both")}
    )


def address(course: Course) -> str:
    return f"/courses/{course.code}/screening/answer"


def says(course: Course, key: str) -> object:
    return answers(course.patient).value(key)


@pytest.mark.hazard("H-007")
@pytest.mark.hazard("H-017")
def test_the_second_of_two_answers_to_one_question_is_written_and_told(
    browser: Client, assistant: User, unanswered: Course
) -> None:
    """Its question was not open any more, so it was dropped, and the page was told "saved"."""
    seen = answers(unanswered.patient).version
    first = {"said_by": "patient", "seen": seen, PREGNANT: "no", "gesture_field": PREGNANT}
    signed_in(assistant).post(address(unanswered), first, headers=HTMX)
    answer = browser.post(address(unanswered), first | {PREGNANT: "yes"}, headers=HTMX)
    assert answer.status_code == 200
    assert says(unanswered, PREGNANT) is True
    assert "Luca Bianchi had changed this meanwhile" in page_text(answer.content)


def test_an_old_page_without_scripts_does_not_turn_a_newer_answer_into_not_known(
    browser: Client, assistant: User, unanswered: Course
) -> None:
    colleague, said = signed_in(assistant), {"said_by": "patient"}
    colleague.post(address(unanswered), said | {CANCER: "unknown"})
    seen = answers(unanswered.patient).version
    colleague.post(address(unanswered), said | {CANCER: "yes"})
    old = said | {"seen": seen, CANCER: "unknown", PREGNANT: "no"}
    text = page_text(browser.post(address(unanswered), old, follow=True).content)
    assert (says(unanswered, CANCER), says(unanswered, PREGNANT)) == (True, False)
    assert "meanwhile" not in text
    told = browser.post(address(unanswered), old | {CANCER: "no"}, follow=True)
    assert "Luca Bianchi had changed this meanwhile" in page_text(told.content)


@pytest.mark.hazard("H-017")
def test_what_is_typed_counts_though_the_page_still_says_not_known(
    unanswered: Course,
) -> None:
    """Without scripts the chosen "not known" cannot be taken back, and it wrote over the answer."""
    shown = answers_journal(unanswered.patient).shown(None)
    ask = replace(questions_on_page(unanswered, shown)[0], kind="date", key="facts.sunburn_on")
    data = {ask.key: "2026-01-05", f"{ask.key}.word": "unknown"}
    entry = read_answers(data, asked=(ask,), shown=shown, posted=UNSENT, at=date(2026, 11, 22))
    assert entry.values == {ask.key: "2026-01-05"}


@pytest.mark.hazard("H-017")
def test_a_form_does_not_write_over_the_patients_own_words_of_not_knowing(
    browser: Client, physician: User, unanswered: Course
) -> None:
    hers = {"unknown": "would rather tell the physician"}
    journal = answers_journal(unanswered.patient)
    write(journal=journal, values={CANCER: hers}, by=physician, said_by="patient")
    seen = answers(unanswered.patient).version
    whole = {"said_by": "physician", "seen": seen, CANCER: "unknown", PREGNANT: "no"}
    browser.post(address(unanswered), whole)
    assert (says(unanswered, CANCER), says(unanswered, PREGNANT)) == (hers, False)


def test_a_zone_is_not_said_to_be_clear_where_something_was_found_meanwhile(
    browser: Client, clinic: Clinic, physician: User, knowledge: KnowledgeBase
) -> None:
    document = healthy_document(knowledge, facts={"skin_problem_at_site": True})
    course = a_course(a_patient_of(clinic, physician, document), physician, document)
    seen = answers(course.patient).version
    found = {"site:region": "neck", "site:side": "both", "site:finding": "sunburn"}
    browser.post(
        f"/patients/{course.patient.code}/intake",
        {"said_by": "physician", "site:more": "1"} | found,
    )
    assert says(course, "site.neck.both.sunburn") is True
    clear = {"said_by": "physician", "seen": seen, "site.neck.both.none": "clear"}
    answer = browser.post(address(course), clear)
    assert answer.status_code == 422
    assert "Something was found there meanwhile" in page_text(answer.content)
    assert says(course, "site.neck.both.none") is None


@pytest.mark.hazard("H-017")
@pytest.mark.parametrize("said_by", ["", "companion", "staff"])
def test_nobody_is_taken_for_the_speaker_until_one_is_chosen(
    browser: Client, unanswered: Course, said_by: str
) -> None:
    page = browser.get(f"/courses/{unanswered.code}/screening").content.decode()
    assert page.count('name="said_by"') == len(Speaker.values)
    assert '" checked' not in page
    answer = browser.post(address(unanswered), {"said_by": said_by, PREGNANT: "no", CANCER: "no"})
    assert answer.status_code == 422
    assert says(unanswered, PREGNANT) is None
    text = answer.content.decode()
    assert "Say first who gives the answers." in text
    for key in (PREGNANT, CANCER):
        assert f'name="{key}" value="no" checked' in text


@pytest.mark.hazard("H-017")
def test_the_speaker_is_chosen_once_for_intake_and_screening(
    browser: Client, unanswered: Course
) -> None:
    intake = f"/patients/{unanswered.patient.code}/intake"
    chosen = 'value="relative" checked'
    browser.post(intake, {"said_by": "relative", "gesture_field": "said_by"}, headers=HTMX)
    assert chosen in browser.get(f"/courses/{unanswered.code}/screening").content.decode()
    record = {"said_by": "record", "gesture_field": "said_by"}
    assert browser.post(address(unanswered), record, headers=HTMX).status_code == 200
    assert 'value="record" checked' in browser.get(intake).content.decode()


def test_what_is_right_is_kept_beside_an_answer_that_cannot_be_read(
    browser: Client, clinic: Clinic, physician: User, knowledge: KnowledgeBase
) -> None:
    document = healthy_document(knowledge, patient={"weight_kg": None})
    document["facts"].pop("cancer")
    course = a_course(a_patient_of(clinic, physician, document), physician, document)
    both = {"said_by": "patient", CANCER: "no", "patient.weight_kg": "heavy"}
    answer = browser.post(address(course), both)
    assert answer.status_code == 422
    assert 'value="heavy"' in answer.content.decode()
    assert says(course, CANCER) is False
