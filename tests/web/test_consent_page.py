"""The consent page: the talk gesture by gesture, signatures that stand under what was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.models import Consent, ConsentGesture, Course
from mesoplan.web.courses.queries.consent import state_of
from tests.lib.clinic import a_course, a_patient, a_released_plan, a_user, signed_in
from tests.lib.consenting import enter, said, state_now
from tests.lib.pages import page_text, texts_by

HTMX = {"HX-Request": "true"}


@pytest.fixture
def course(clinic: Clinic, physician: User) -> Course:
    return a_released_plan(a_patient(clinic, physician), physician).course


@pytest.fixture
def nurse(clinic: Clinic) -> User:
    return a_user(clinic, Role.NURSE, name="Ben Ortiz")


def page(browser: Client, course: Course, more: str = "") -> str:
    return page_text(browser.get(f"/courses/{course.code}/consent{more}").content)


def hidden(course: Course) -> dict[str, str]:
    """What every form of the page carries."""
    state = state_now(course)
    return {
        "plan": state.plan.code,
        "consent": state.consent.code if state.consent else "",
        "seen": str(state.sheet.version),
    }


def posted(browser: Client, course: Course, fields: dict[str, str]) -> int:
    data = hidden(course) | fields
    return browser.post(f"/courses/{course.code}/consent/edit", data).status_code


def signature(course: Course, who: str, **more: str) -> dict[str, str]:
    return {"signing": who, "signed": state_now(course).signed, **more}


# --- What the page shows -----------------------------------------------------------------------


def test_the_page_tells_every_statement_of_the_released_plan(
    browser: Client, course: Course
) -> None:
    text = page(browser, course)
    plan = state_now(course).plan
    assert "made from released plan 1" in text
    assert all(item["text"] in text for item in plan.decision["plan"]["statements"])


def test_without_a_plan_in_force_the_page_says_what_opens_it(
    browser: Client, clinic: Clinic, physician: User
) -> None:
    course = a_course(a_patient(clinic, physician), physician)
    text = page(browser, course)
    assert "No plan is in force" in text
    assert "when a physician releases the plan" in text
    assert browser.get(f"/courses/{course.code}/consent/print").status_code == 404
    assert browser.post(f"/courses/{course.code}/consent/edit", {}).status_code == 409


def test_nothing_is_chosen_beforehand_and_looking_writes_nothing(
    browser: Client, course: Course
) -> None:
    content = browser.get(f"/courses/{course.code}/consent").content.decode()
    assert " checked" not in content
    assert not Consent.objects.exists()


def test_the_patients_view_is_the_text_alone(browser: Client, course: Course) -> None:
    response = browser.get(f"/courses/{course.code}/consent?view=patient")
    text = page_text(response.content)
    assert all(
        item["text"] in text for item in state_now(course).plan.decision["plan"]["statements"]
    )
    assert "<nav" not in response.content.decode()
    assert "Signature" not in text


def test_what_is_missing_is_listed_and_each_line_leads_to_its_place(
    browser: Client, course: Course
) -> None:
    places = {item.place for item in state_now(course).missing}
    content = browser.get(f"/courses/{course.code}/consent").content
    assert "13 entries are missing" in page_text(content)
    assert places <= texts_by(content, "id").keys()
    assert "aria-disabled" in content.decode().split('id="bar"')[1]


# --- Gestures ----------------------------------------------------------------------------------


def test_a_form_without_scripts_is_kept_and_comes_back_as_it_was_sent(
    browser: Client, course: Course, physician: User
) -> None:
    fields = {
        "talk.by": physician.code,
        "talk.language": "Italian",
        "talk.interpreter": "named",
        "talk.interpreter_name": "Carla Neri",
        "talk.started": "2026-11-01T14:46",
        "talk.ended": "2026-11-01T14:53",
    }
    assert posted(browser, course, fields) == 302
    content = browser.get(f"/courses/{course.code}/consent").content.decode()
    assert all(f'value="{value}"' in content for value in fields.values())
    sheet = state_now(course).sheet
    # Rome is an hour before Greenwich in winter.
    assert sheet.text("talk.started") == datetime(2026, 11, 1, 13, 46, tzinfo=UTC).isoformat()


def test_with_scripts_only_the_field_that_was_changed_is_written(
    browser: Client, course: Course
) -> None:
    data = hidden(course) | {
        "photos.record": "yes",
        "photos.teaching": "yes",
        "gesture_field": "photos.record",
    }
    response = browser.post(f"/courses/{course.code}/consent/edit", data, headers=HTMX)
    assert response.status_code == 200
    sheet = state_now(course).sheet
    assert (sheet.text("photos.record"), sheet.text("photos.teaching")) == ("yes", "")
    assert "<html" not in response.content.decode()
    assert 'id="bar"' in response.content.decode()


def test_a_gesture_that_is_sent_twice_is_taken_once(browser: Client, course: Course) -> None:
    data = hidden(course) | {"copy": "given", "gesture": "9b2f0b1e-60c4-4a53-9c36-0f14c4ef1c11"}
    for _ in range(2):
        browser.post(f"/courses/{course.code}/consent/edit", data | {"consent": ""}, headers=HTMX)
    assert ConsentGesture.objects.count() == 1
    assert Consent.objects.count() == 1


def test_a_gesture_is_taken_back_and_made_again(browser: Client, course: Course) -> None:
    posted(browser, course, {"decision": "declined"})
    browser.post(f"/courses/{course.code}/consent/undo", {"undo": "1"})
    assert state_now(course).decision == ""
    browser.post(f"/courses/{course.code}/consent/undo", {"redo": "1"})
    assert state_now(course).decision == "declined"


def test_two_people_fill_one_consent_and_are_told_what_they_replaced(
    browser: Client, course: Course, nurse: User
) -> None:
    before = hidden(course)
    posted(signed_in(nurse), course, {"talk.language": "French", "photos.record": "no"})
    data = before | {"talk.language": "Italian"}
    response = browser.post(f"/courses/{course.code}/consent/edit", data, headers=HTMX)
    assert "Ben Ortiz had changed this meanwhile" in page_text(response.content)
    sheet = state_now(course).sheet
    assert (sheet.text("talk.language"), sheet.text("photos.record")) == ("Italian", "no")
    assert Consent.objects.count() == 1


def test_the_page_asks_for_what_others_entered(browser: Client, course: Course) -> None:
    content = browser.get(f"/courses/{course.code}/consent").content.decode()
    version = content.split('version="')[1].split('"')[0]
    live = f"/courses/{course.code}/consent/live?version="
    assert browser.get(live + version).status_code == 204
    posted(browser, course, {"copy": "declined"})
    response = browser.get(live + version)
    assert response.status_code == 200
    assert f'version="{version}"' not in response.content.decode()
    assert 'id="consent"' in response.content.decode()


def test_questions_are_added_and_removed_with_their_answers(
    browser: Client, course: Course
) -> None:
    posted(browser, course, {"questions.any": "yes"})
    assert "Question 1" in page(browser, course)
    posted(browser, course, {"question.1.asked": "Does it hurt?", "question.1.answer": "A little."})
    assert "Question 2" not in page(browser, course)
    assert "Question 2" in page(browser, course, "?ask=1")
    posted(browser, course, {"question.2.asked": "May I swim?", "question.2.answer": "Not yet."})
    posted(browser, course, {"remove": "1", "photos.record": "yes"})
    text = page(browser, course)
    assert "Does it hurt?" not in text
    assert "May I swim?" in text
    assert state_now(course).sheet.text("photos.record") == "yes"


def test_one_tap_takes_the_time_and_a_second_does_not_move_it(
    browser: Client, course: Course
) -> None:
    before = timezone.now().replace(microsecond=0)
    posted(browser, course, {"now": "talk.started"})
    first = state_now(course).sheet.text("talk.started")
    assert before <= datetime.fromisoformat(first) <= timezone.now()
    posted(browser, course, {"now": "talk.started"})
    assert state_now(course).sheet.text("talk.started") == first


# --- What cannot be taken as meant -------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("talk.by", "nobody"),
        ("talk.interpreter", "maybe"),
        ("talk.language", "x" * 121),
        ("talk.started", "yesterday"),
        ("talk.started", "2026-11-01T14:46+02:00"),
        ("talk.started", "0001-01-01T00:00"),
        ("talk.ended", "2999-01-01T10:00"),
        ("photos.record", "perhaps"),
        ("decision", "consent"),
        ("copy", "both"),
        ("question.1.asked", "?" * 2001),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_field_and_not_kept(
    browser: Client, course: Course, field: str, typed: str
) -> None:
    assert posted(browser, course, {field: typed}) == 422
    assert not ConsentGesture.objects.exists()
    data = hidden(course) | {field: typed}
    response = browser.post(f"/courses/{course.code}/consent/edit", data)
    assert 'role="alert"' in response.content.decode()


def test_a_question_that_is_too_long_is_kept_in_its_field(browser: Client, course: Course) -> None:
    data = hidden(course) | {"question.1.asked": "why " * 600}
    response = browser.post(f"/courses/{course.code}/consent/edit", data)
    assert response.status_code == 422
    assert "why why why" in page_text(response.content)


def test_signs_that_join_letters_of_other_scripts_are_kept(browser: Client, course: Course) -> None:
    asked = "می\u200cتوانم شنا کنم؟\nو کی؟"
    assert posted(browser, course, {"question.1.asked": asked}) == 302
    assert state_now(course).sheet.text("question.1.asked") == asked


def test_a_talk_does_not_end_before_it_begins(browser: Client, course: Course) -> None:
    times = {"talk.started": "2026-11-01T14:46", "talk.ended": "2026-11-01T14:40"}
    assert posted(browser, course, times) == 422
    assert posted(browser, course, {"talk.started": "2026-11-01T14:46"}) == 302
    assert posted(browser, course, {"talk.ended": "2026-11-01T14:45"}) == 422
    assert posted(browser, course, {"talk.ended": "2026-11-01T14:46"}) == 302


def test_there_is_an_end_to_questions(browser: Client, course: Course) -> None:
    many = {f"question.{number}.asked": "Why?" for number in range(1, 42)}
    assert posted(browser, course, many) == 422
    del many["question.41.asked"]
    assert posted(browser, course, many) == 302


@pytest.mark.parametrize(
    "key", ["question.0.asked", "question.1000.asked", "signature.patient", "x"]
)
def test_keys_that_a_consent_has_not_are_left_out(
    browser: Client, course: Course, key: str
) -> None:
    assert posted(browser, course, {key: "anything"}) == 302
    assert not ConsentGesture.objects.exists()


# --- How much it asks of the database ----------------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_questions_people_and_gestures(
    browser: Client, course: Course, clinic: Clinic, physician: User
) -> None:
    enter(course, physician, said(physician))
    _queries(browser, course)  # the first page of a browser also asks for its session
    count = _queries(browser, course)
    for number in range(2, 12):
        enter(course, physician, {f"question.{number}.asked": "Why?"})
    for number in range(6):
        a_user(clinic, Role.NURSE, name=f"Nurse {number}")
    assert _queries(browser, course) == count


def _queries(browser: Client, course: Course) -> int:
    with CaptureQueriesContext(connection) as found:
        browser.get(f"/courses/{course.code}/consent")
    return len(found)


def test_a_talk_of_yesterday_can_be_entered_today(browser: Client, course: Course) -> None:
    yesterday = timezone.localtime(timezone.now() - timedelta(days=1))
    assert posted(browser, course, {"talk.started": f"{yesterday:%Y-%m-%dT%H:%M}"}) == 302
    assert state_of(course) is not None
