"""Times, the kit and scores of a session: what cannot be is refused, what is too long is told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.actions.session import begin_session, follow_plan
from mesoplan.web.courses.models import Session
from mesoplan.web.courses.queries.session_page import SessionPage
from mesoplan.web.courses.queries.session_record import session_record
from mesoplan.web.courses.queries.session_timers import cream_timers, observation
from tests.lib.clinic import signed_in
from tests.lib.treatment import Clock, a_neck_plan, an_example_plan, say, state
from tests.web.test_session_recording import edit, newer

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Noon in the clinic, so that all times of a test lie on one day."""
    clock = Clock(monkeypatch)
    clock.at = clock.at.replace(hour=11, minute=0, second=0, microsecond=0)
    return clock


@pytest.fixture
def session(clinic: Clinic, physician: User, clock: Clock) -> Session:  # noqa: ARG001
    """The first session of a neck plan."""
    return begin_session(course=a_neck_plan(clinic, physician).course, by=physician)


@pytest.fixture
def browser(physician: User, clock: Clock) -> Client:  # noqa: ARG001
    """A browser in which the physician is signed in."""
    return signed_in(physician)


def test_nothing_ends_before_it_began(session: Session, browser: Client) -> None:
    assert edit(browser, session, **{"observation.on": "10:05"}).status_code == 200
    answer = edit(browser, session, **{"observation.off": "10:00"})
    assert answer.status_code == 422
    assert "It began at 10:05." in answer.content.decode()
    assert observation(state(session)).stopped is None
    assert edit(browser, session, **{"observation.off": "10:30"}).status_code == 200
    answer = edit(browser, session, **{"observation.on": "10:31"})
    assert answer.status_code == 422
    assert "It ended at 10:30." in answer.content.decode()
    assert observation(state(session)).elapsed == 25


@pytest.mark.hazard("H-019")
def test_a_cream_that_is_on_for_longer_than_its_label_allows_is_told(
    clinic: Clinic, physician: User, clock: Clock, browser: Client
) -> None:
    version = an_example_plan(clinic, physician, "melasma-tranexamic-acid")
    session = begin_session(course=version.course, by=physician)
    on = (clock.at - timedelta(hours=5)).isoformat()
    say(session, physician, {"cream.1.on": on})
    home = f"/courses/{session.course.code}/session"
    assert "Longer than its label allows" not in browser.get(home).content.decode()
    clock.on(minutes=1)
    assert "Longer than its label allows" in browser.get(home).content.decode()
    say(session, physician, {"cream.1.off": clock.at.isoformat()})
    ((_zone, timer),) = cream_timers(state(session))
    assert (timer.elapsed, timer.longest, timer.is_long) == (301, Decimal(300), True)
    record = session_record(state(session), by=physician, at=clock.at)
    assert [(item["basis"], item["amount"]) for item in record["above_limits"]] == [("time", "301")]


@pytest.mark.hazard("H-019")
def test_a_kit_that_is_out_of_date_cannot_be_ticked_as_in_date(
    session: Session, browser: Client, physician: User, clock: Clock
) -> None:
    edit(browser, session, **{"kit.until": "30.6.2020"})
    answer = edit(browser, session, **{"ready.kit-in-date": "on"})
    assert answer.status_code == 422
    assert "Something in it is out of date" in answer.content.decode()
    edit(browser, session, **{"kit.until": "30.6.2099"})
    assert edit(browser, session, **{"ready.kit-in-date": "on"}).status_code == 200
    edit(browser, session, **{"kit.until": "30.6.2020"})
    assert not state(session).sheet.value("ready.kit-in-date"), "the tick goes with the date"
    say(session, physician, {"ready.kit-in-date": True})
    found = state(session)
    kit = SessionPage(state=found).kit
    assert kit is not None
    assert not kit.is_done
    lines = session_record(found, by=physician, at=clock.at)["readiness"]
    assert [line["done"] for line in lines if line["id"] == "kit-in-date"] == [None]


def test_the_next_date_follows_the_plan_that_is_followed(session: Session, physician: User) -> None:
    Session.objects.filter(pk=session.pk).update(next_date=None)
    newer(session.plan, physician)
    follow_plan(session=session, by=physician)
    session.refresh_from_db()
    assert session.next_date is not None
    assert session.next_date == state(session).next_date


def test_the_global_impression_of_change_has_seven_steps(session: Session, browser: Client) -> None:
    page = SessionPage(state=state(session))
    (row,) = (row for row in page.scales if row.scale.id == "pgic")
    assert row.steps == ("1", "2", "3", "4", "5", "6", "7")
    assert edit(browser, session, **{"score.pgic.before": "70"}).status_code == 422
    assert edit(browser, session, **{"score.pgic.before": "7"}).status_code == 200
