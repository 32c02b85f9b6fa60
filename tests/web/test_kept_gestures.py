"""What a tablet kept without a connection stands at the time of the tap, not of its arrival."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.actions.session import begin_session, write_session
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.session import session_journal, state_of
from mesoplan.web.courses.queries.session_timers import observation
from tests.lib.clinic import a_patient, a_released_plan
from tests.lib.consenting import state_now

HTMX = {"HX-Request": "true"}
QUARTER = timedelta(minutes=15)
KEPT = {"gesture_age": "900"}


@pytest.fixture
def planned(clinic: Clinic, physician: User) -> Course:
    """A course with a released plan."""
    return a_released_plan(a_patient(clinic, physician), physician).course


def is_a_quarter_ago(moment: datetime, before: datetime) -> bool:
    return before.replace(microsecond=0) <= moment + QUARTER <= timezone.now()


@pytest.mark.hazard("H-019")
def test_the_end_of_the_observation_is_when_it_was_tapped(
    browser: Client, planned: Course, physician: User
) -> None:
    """Tapped at 14:05 and sent at 14:20, a quarter of an hour more was recorded as watched."""
    session, before = begin_session(course=planned, by=physician), timezone.now()
    began = before - timedelta(minutes=25)
    write_session(session=session, values={"observation.on": began.isoformat()}, by=physician)
    tap = {"do": "now observation.off", "gesture_field": "do", **KEPT}
    assert browser.post(f"/sessions/{session.code}/edit", tap, headers=HTMX).status_code == 200
    entry = session_journal(session).sheet().entries["observation.off"]
    assert is_a_quarter_ago(datetime.fromisoformat(str(entry.value)), before)
    assert is_a_quarter_ago(entry.at, before)
    assert observation(state_of(session)).elapsed == 10


def test_no_observation_ends_before_another_tablet_began_it(
    browser: Client, planned: Course, physician: User
) -> None:
    session = begin_session(course=planned, by=physician)
    began = timezone.now().isoformat()
    write_session(session=session, values={"observation.on": began}, by=physician)
    tap = {"do": "now observation.off", "gesture_field": "do", **KEPT}
    browser.post(f"/sessions/{session.code}/edit", tap, headers=HTMX)
    assert session_journal(session).sheet().text("observation.off") == began


@pytest.mark.hazard("H-020")
def test_the_talk_began_when_it_was_tapped(browser: Client, planned: Course) -> None:
    before, hidden = timezone.now(), {"plan": state_now(planned).plan.code, "consent": ""}
    tap = {"now": "talk.started", "gesture_field": "now", **KEPT}
    browser.post(f"/courses/{planned.code}/consent/edit", hidden | tap, headers=HTMX)
    started = state_now(planned).sheet.text("talk.started")
    assert is_a_quarter_ago(datetime.fromisoformat(started), before)
