"""The end of a course, and numbers that are none: told at their place, and nothing fails."""

from __future__ import annotations

import pytest
from django.test import Client

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.actions.session_end import end_untreated
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.session import session_journal
from tests.lib.clinic import a_patient, a_released_plan
from tests.lib.forms_on_page import forms_on
from tests.lib.pages import page_text


@pytest.fixture
def planned(clinic: Clinic, physician: User) -> Course:
    """A course with a released plan."""
    return a_released_plan(a_patient(clinic, physician), physician).course


def closing(browser: Client, course: Course, reason: str) -> tuple[int, str]:
    answer = browser.post(f"/courses/{course.code}/close", {"reason": reason})
    course.refresh_from_db()
    return answer.status_code, page_text(answer.content)


@pytest.mark.hazard("H-019")
def test_a_course_does_not_end_while_a_session_is_open(
    browser: Client, planned: Course, physician: User
) -> None:
    """It was closed over the session, which could then neither be finalised nor ended."""
    session = begin_session(course=planned, by=physician)
    status, text = closing(browser, planned, "moved away")
    assert (status, planned.state) == (422, "treating")
    assert "A session is still being recorded." in text
    end_untreated(session=session, by=physician, reason="patient")
    assert closing(browser, planned, "moved away")[0] == 302
    assert (planned.state, planned.closed_because) == ("closed", "moved away")


@pytest.mark.parametrize(
    ("reason", "why"), [(" ", "Say why the course ends."), ("x" * 61, "at most 60 characters")]
)
def test_a_course_ends_with_a_reason_that_fits(
    browser: Client, planned: Course, reason: str, why: str
) -> None:
    status, text = closing(browser, planned, reason)
    assert (status, planned.state) == (422, "planned")
    assert why in text


@pytest.mark.parametrize("number", ["²", "٣", "9" * 5000, "v²", "v" + "9" * 5000, "v٣"])
def test_what_is_no_number_is_no_zone_and_no_version(
    browser: Client, planned: Course, number: str
) -> None:
    url = f"/courses/{planned.code}"
    browser.post(f"{url}/plan/change")
    assert browser.get(f"{url}/request", {"change": number}).status_code == 200
    assert browser.get("/indications", {"zone": number}).status_code == 200
    assert browser.post(f"{url}/plan/edit", {"clear": number}).status_code == 302
    wanted = 404 if number.startswith("v") else 302
    assert browser.post(f"{url}/plan/choose", {"column": number}).status_code == wanted


def test_a_moment_of_the_year_one_is_no_moment(
    browser: Client, planned: Course, physician: User
) -> None:
    session = begin_session(course=planned, by=physician)
    path = f"/courses/{planned.code}/session"
    forms = forms_on(path, browser.get(path).content.decode())
    keys = {key for form in forms for key in form.fields if key.endswith(".opened")}
    assert keys
    for key in keys:
        answer = browser.post(
            f"/sessions/{session.code}/edit", {key: "0001-01-01T00:00", "gesture_field": key}
        )
        assert answer.status_code == 422
    assert not any(key.endswith(".opened") for key in session_journal(session).sheet().entries)
