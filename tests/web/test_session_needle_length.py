"""No needle goes in further than it is long, whichever of the two is entered last."""

from __future__ import annotations

import pytest
from django.test import Client

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.models import Session
from mesoplan.web.courses.queries.session import session_journal
from mesoplan.web.patients.models import Patient
from tests.lib.clinic import a_released_plan
from tests.lib.pages import page_text

NEEDLE, INSERTED = "given.1.needle_mm", "given.1.inserted_mm"


@pytest.fixture
def session(patient: Patient, physician: User) -> Session:
    """A session that has been begun."""
    return begin_session(course=a_released_plan(patient, physician).course, by=physician)


def sends(browser: Client, session: Session, fields: dict[str, str]) -> tuple[int, str]:
    answer = browser.post(f"/sessions/{session.code}/edit", fields)
    return answer.status_code, page_text(answer.content)


@pytest.mark.hazard("H-004")
def test_a_length_inserted_is_refused_above_the_needle(browser: Client, session: Session) -> None:
    sends(browser, session, {NEEDLE: "4", "gesture_field": NEEDLE})
    status, text = sends(browser, session, {INSERTED: "6", "gesture_field": INSERTED})
    assert status == 422
    assert "The needle is 4 mm long." in text
    assert session_journal(session).sheet().value(INSERTED) is None


@pytest.mark.hazard("H-004")
@pytest.mark.parametrize("is_whole", [True, False])
def test_a_needle_is_refused_that_is_shorter_than_what_was_inserted(
    browser: Client, session: Session, *, is_whole: bool
) -> None:
    sends(browser, session, {NEEDLE: "13", INSERTED: "6"})
    seen = str(session_journal(session).sheet().version)
    fields = {NEEDLE: "4"} | (
        {INSERTED: "6", "seen": seen} if is_whole else {"gesture_field": NEEDLE}
    )
    status, text = sends(browser, session, fields)
    assert status == 422
    assert "It is recorded as inserted 6 mm." in text
    assert session_journal(session).sheet().text(NEEDLE) == "13"


def test_a_needle_is_taken_with_a_form_that_empties_what_was_inserted(
    browser: Client, session: Session
) -> None:
    sends(browser, session, {NEEDLE: "13", INSERTED: "6"})
    seen = str(session_journal(session).sheet().version)
    status, _text = sends(browser, session, {NEEDLE: "4", INSERTED: "", "seen": seen})
    sheet = session_journal(session).sheet()
    assert status == 302
    assert (sheet.text(NEEDLE), sheet.value(INSERTED)) == ("4", None)
