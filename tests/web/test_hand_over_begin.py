"""How a hand-over begins: by whom, of whom, in which language, with which questions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mesoplan.web.accounts.gate import HAND_OVER
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.patients.actions.hand_over import (
    end_hand_over,
    finish_hand_over,
    start_hand_over,
)
from mesoplan.web.patients.mapping.questions import questions
from mesoplan.web.patients.models import HandOver, Patient
from mesoplan.web.patients.queries import answers
from mesoplan.web.patients.queries.hand_over import FEWEST_AT_ONCE, MOST_AT_ONCE, screens
from tests.lib.clinic import a_user
from tests.lib.pages import page_text

pytestmark = pytest.mark.django_db


@pytest.mark.hazard("H-017")
def test_the_tablet_is_handed_over_only_after_name_and_birth_date_were_confirmed(
    browser: Client, patient: Patient
) -> None:
    url = f"/patients/{patient.code}/hand-over"
    text = page_text(browser.get(url).content)
    assert "Marta Lindqvist" in text
    assert "14 March 1980" in text
    for data in ({"language": "en"}, {"confirmed": "1", "language": "xx"}, {}):
        assert browser.post(url, data).status_code == 422
    assert not HandOver.objects.exists()
    assert HAND_OVER not in browser.session


def test_without_a_pin_nobody_hands_the_tablet_over(
    browser: Client, patient: Patient, physician: User
) -> None:
    physician.pin = ""
    physician.save()
    url = f"/patients/{patient.code}/hand-over"
    assert "You need a quick PIN first" in page_text(browser.get(url).content)
    browser.post(url, {"confirmed": "1", "language": "en"})
    assert not HandOver.objects.exists()


@pytest.mark.hazard("H-017")
def test_a_hand_over_that_was_left_open_goes_on_when_the_same_person_hands_over_again(
    browser: Client, patient: Patient, physician: User
) -> None:
    """A tablet that was killed offline keeps answers under this code, and no other sends them."""
    url = f"/patients/{patient.code}/hand-over"
    first = start_hand_over(patient=patient, language="en", by=physician)
    finish_hand_over(hand_over=first)
    browser.post(url, {"confirmed": "1", "language": "en"})
    assert browser.session[HAND_OVER] == first.code
    kept = {"hand_over": first.code, "facts.cancer": "yes", "gesture_field": "facts.cancer"}
    browser.post("/hand-over/question/cancer", kept, headers={"HX-Request": "true"})
    assert answers(patient).value("facts.cancer") is True
    assert HandOver.objects.get().finished_at is None


@pytest.mark.parametrize("other", ["somebody else", "yesterday", "ended"])
def test_an_older_hand_over_of_the_same_patient_ends_with_a_new_one(
    clinic: Clinic, patient: Patient, physician: User, other: str
) -> None:
    first = start_hand_over(patient=patient, language="en", by=physician)
    by = physician
    if other == "somebody else":
        by = a_user(clinic, Role.NURSE, name="Nora Berg")
    elif other == "yesterday":
        first.started_at -= timedelta(days=1)
        first.save()
    else:
        end_hand_over(hand_over=first)
    second = start_hand_over(patient=patient, language="en", by=by)
    first.refresh_from_db()
    assert first.ended_at is not None
    assert second.code != first.code
    assert second.ended_at is None


def test_the_pages_speak_the_language_that_was_chosen(
    browser: Client, patient: Patient, settings: Any
) -> None:
    url = f"/patients/{patient.code}/hand-over"
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    assert "Français" in page_text(browser.get(url).content)
    browser.post(url, {"confirmed": "1", "language": "fr"})
    assert b'<html lang="fr"' in browser.get("/hand-over/welcome").content


def test_a_language_without_a_translation_is_not_offered_and_no_page_calls_itself_so(
    browser: Client, patient: Patient
) -> None:
    """A page that was <html lang="tr"> over English words is read out as Turkish."""
    patient.language = "tr"
    patient.save()
    url = f"/patients/{patient.code}/hand-over"
    text = page_text(browser.get(url).content)
    assert "The questions are in English" in text
    assert "The patient's language is Turkish" in text
    assert browser.post(url, {"confirmed": "1", "language": "tr"}).status_code == 422
    asked = Client().get("/sign-in", headers={"Accept-Language": "tr"})
    assert b'<html lang="en"' in asked.content


def test_a_hand_over_of_somebody_else_opens_nothing(
    browser: Client, clinic: Clinic, patient: Patient
) -> None:
    nurse = a_user(clinic, Role.NURSE, name="Nora Nurse")
    foreign = start_hand_over(patient=patient, language="en", by=nurse)
    session = browser.session
    session[HAND_OVER] = foreign.code
    session.save()
    assert browser.get("/hand-over")["Location"] == "/"
    assert HAND_OVER not in browser.session


def test_the_screens_ask_each_question_once_and_in_order() -> None:
    keys = list(questions())
    found = screens(keys)
    single = [one.question.key for one in found if not one.is_list]
    assert single == keys
    numbers = [one.first for one in found if not one.is_list]
    assert numbers == list(range(1, len(keys) + 1))
    for one in found:
        if one.is_list:
            assert FEWEST_AT_ONCE <= len(one.questions) <= MOST_AT_ONCE
            following = found[found.index(one) + 1 :][: len(one.questions)]
            assert [each.question for each in following] == list(one.questions)
    assert len({one.id for one in found}) == len(found)
