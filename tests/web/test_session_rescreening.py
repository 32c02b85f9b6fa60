"""The screening of the day: what can have changed is asked, and what got worse stops."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from mesoplan.knowledge.schema.facts import AskedAgain
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.actions.rescreening import answer_today, confirm_unchanged
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.models import Session
from mesoplan.web.courses.queries.session_check import check_session
from mesoplan.web.gestures.actions import undo, write
from mesoplan.web.patients.queries import answers_journal
from tests.lib.base import base
from tests.lib.clinic import signed_in
from tests.lib.treatment import (
    Clock,
    a_finalised_session,
    a_neck_plan,
    an_example_plan,
    give_as_planned,
    say,
    state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def second(clinic: Clinic, physician: User, clock: Clock) -> Session:
    """The second session of a course, a week after the first."""
    version = a_neck_plan(clinic, physician)
    a_finalised_session(version, physician)
    clock.on(days=7)
    return begin_session(course=version.course, by=physician)


def test_on_the_day_of_the_intake_nothing_is_asked_again(clinic: Clinic, physician: User) -> None:
    version = a_neck_plan(clinic, physician)
    found = state(begin_session(course=version.course, by=physician)).rescreening
    assert {item.state for item in found.asked} == {"answered"}
    assert not found.is_open
    assert found.is_fit


def test_a_week_later_exactly_what_the_base_asks_at_each_session_is_open(second: Session) -> None:
    found = state(second).rescreening
    asked = {item.ask.fact for item in found.asked}
    assert {item.state for item in found.asked} == {"open"}
    assert {"pregnant", "acute_infection", "medications", "allergies"} <= asked
    definitions = [base().facts[fact] for fact in asked if fact != "site"]
    assert {item.asked_again for item in definitions} == {AskedAgain.EACH_SESSION}
    assert found.is_open
    assert not found.is_fit
    assert not found.is_stop, "an open question is asked, it is no stop"


def test_one_tap_says_that_nothing_changed(second: Session, physician: User) -> None:
    confirm_unchanged(session=second, by=physician)
    found = state(second).rescreening
    assert {item.state for item in found.asked} == {"confirmed"}
    assert found.is_fit
    assert found.verdict == "eligible"
    assert found.since == found.day - timedelta(days=7)


def test_what_was_never_answered_cannot_be_unchanged(
    clinic: Clinic, physician: User, clock: Clock
) -> None:
    version = a_neck_plan(clinic, physician)
    a_finalised_session(version, physician)
    journal = answers_journal(version.course.patient)
    write(journal=journal, values={"facts.acute_infection": None}, by=physician)
    clock.on(days=7)
    session = begin_session(course=version.course, by=physician)
    confirm_unchanged(session=session, by=physician)
    found = state(session).rescreening
    assert [item.ask.fact for item in found.asked if item.state == "open"] == ["acute_infection"]
    assert found.is_open
    assert not found.is_fit


@pytest.mark.hazard("H-019")
def test_what_changed_is_answered_in_place_and_stops_the_session(
    second: Session, physician: User
) -> None:
    confirm_unchanged(session=second, by=physician)
    answer_today(session=second, values={"facts.pregnant": True}, by=physician)
    found = state(second)
    assert found.rescreening.verdict == "contraindicated"
    assert found.rescreening.is_stop
    assert found.rescreening.is_worse
    entry = found.answers.entries["facts.pregnant"]
    assert (entry.value, entry.said_by) == (True, "patient")
    assert any("stands against it" in item.text for item in check_session(found).blocking)


def test_the_same_answer_given_today_counts_as_given_today(
    second: Session, physician: User
) -> None:
    answer_today(session=second, values={"facts.pregnant": False}, by=physician)
    states = {item.ask.key: item.state for item in state(second).rescreening.asked}
    assert states["facts.pregnant"] == "answered"
    assert states["facts.acute_infection"] == "open"


def test_what_is_not_known_today_takes_the_earlier_reassurance_away(
    second: Session, physician: User
) -> None:
    confirm_unchanged(session=second, by=physician)
    unknown = {"unknown": "not known"}
    answer_today(session=second, values={"facts.acute_infection": unknown}, by=physician)
    found = state(second).rescreening
    assert found.verdict == "undetermined"
    assert not found.is_fit


def test_an_answer_that_changes_after_the_tap_is_not_covered_by_it(
    second: Session, physician: User
) -> None:
    """The tap confirms answers as they stood; whoever corrects one elsewhere is believed."""
    confirm_unchanged(session=second, by=physician)
    journal = answers_journal(second.course.patient)
    write(journal=journal, values={"facts.acute_infection": True}, by=physician)
    found = state(second).rescreening
    assert found.verdict == "deferred"
    assert found.is_stop


def test_an_answer_that_is_taken_back_after_the_tap_leaves_the_older_one_unconfirmed(
    clinic: Clinic, physician: User, assistant: User, clock: Clock
) -> None:
    version = a_neck_plan(clinic, physician)
    a_finalised_session(version, physician)
    journal = answers_journal(version.course.patient)
    clock.on(days=1)
    again = {"facts.urticaria": False}
    write(journal=journal, values=again, by=assistant, again=True)
    clock.on(days=6)
    session = begin_session(course=version.course, by=physician)
    confirm_unchanged(session=session, by=physician)
    assert state(session).rescreening.is_fit
    undo(journal=journal, by=assistant)
    found = state(session).rescreening
    assert [item.ask.fact for item in found.asked if item.state == "open"] == ["urticaria"]
    assert not found.is_fit


def test_the_tap_holds_for_its_day_alone(second: Session, physician: User, clock: Clock) -> None:
    confirm_unchanged(session=second, by=physician)
    clock.on(days=1)
    assert state(second).rescreening.is_open, "nothing was given yet, so today is another day"
    confirm_unchanged(session=second, by=physician)
    assert state(second).rescreening.is_fit


def test_once_something_was_given_the_day_is_that_of_the_treatment(
    second: Session, physician: User, clock: Clock
) -> None:
    confirm_unchanged(session=second, by=physician)
    give_as_planned(second, physician)
    day = state(second).day
    clock.on(days=2)
    found = state(second)
    assert found.day == day
    assert found.rescreening.is_fit


@pytest.mark.hazard("H-019")
def test_an_allergy_to_what_is_planned_stops_although_another_mixture_would_be_open(
    second: Session, physician: User
) -> None:
    """The core would plan dry needling instead; what lies on the tray is lidocaine."""
    confirm_unchanged(session=second, by=physician)
    allergic = {"substances": ["lidocaine"]}
    answer_today(session=second, values={"allergies": allergic}, by=physician)
    found = state(second).rescreening
    assert found.verdict == "contraindicated"
    assert found.is_stop
    assert found.record is not None
    assert "component-allergy" in [item["rule"] for item in found.record["findings"]]


def test_a_limit_that_the_weight_of_today_passes_stops(
    clinic: Clinic, physician: User, clock: Clock
) -> None:
    """20 mg of lidocaine at 3 mg/kg: the plan would not be made for a body of 6 kg."""
    version = a_neck_plan(clinic, physician)
    a_finalised_session(version, physician)
    clock.on(days=7)
    session = begin_session(course=version.course, by=physician)
    confirm_unchanged(session=session, by=physician)
    assert state(session).rescreening.is_fit
    lightest = base().facts["weight"].plausible
    assert lightest is not None
    weight = format(lightest.low.amount, "f")
    answer_today(session=session, values={"patient.weight_kg": weight}, by=physician)
    found = state(session).rescreening
    limit = lightest.low.amount * 3
    assert bool(found.refusals) == (limit < 20)


def test_answers_that_cannot_be_read_are_a_stop_and_no_failure(
    second: Session, physician: User
) -> None:
    answer_today(session=second, values={"patient.weight_kg": "9999"}, by=physician)
    found = state(second).rescreening
    assert found.problem
    assert found.is_stop
    assert not found.is_fit


@pytest.mark.hazard("H-019")
def test_a_stop_does_not_hide_what_was_given_and_asks_for_an_account(
    second: Session, physician: User
) -> None:
    confirm_unchanged(session=second, by=physician)
    give_as_planned(second, physician)
    answer_today(session=second, values={"facts.pregnant": True}, by=physician)
    blocking = [item.url for item in check_session(state(second)).blocking]
    assert "#account" in blocking
    say(second, physician, {"stop.account": "She told us after the last point."})
    blocking = [item.url for item in check_session(state(second)).blocking]
    assert "#account" not in blocking


@pytest.mark.hazard("H-019")
def test_an_answer_that_is_cleared_today_is_open_and_not_the_earlier_no(
    second: Session, physician: User
) -> None:
    """Asked once for the course: last week's no would hold, and it was taken back."""
    fact = "coagulation_disorder"
    assert base().facts[fact].asked_again is AskedAgain.EACH_COURSE
    confirm_unchanged(session=second, by=physician)
    assert state(second).rescreening.is_fit
    journal = answers_journal(second.course.patient)
    write(journal=journal, values={f"facts.{fact}": None}, by=physician)
    found = state(second).rescreening
    assert [item.ask.fact for item in found.asked if item.state == "open"] == [fact]
    assert found.verdict == "undetermined"
    assert not found.is_fit


@pytest.mark.hazard("H-019")
def test_an_allergy_that_was_named_before_stays_also_when_it_is_cleared_first(
    second: Session, physician: User, clock: Clock
) -> None:
    journal = answers_journal(second.course.patient)
    write(journal=journal, values={"allergies": {"substances": ["lidocaine"]}}, by=physician)
    clock.on(days=1)
    write(journal=journal, values={"allergies": None}, by=physician)
    confirm_unchanged(session=second, by=physician)
    assert not state(second).rescreening.is_fit
    answer_today(session=second, values={"allergies": {"none_known": True}}, by=physician)
    assert state(second).rescreening.verdict == "contraindicated"


@pytest.mark.hazard("H-019")
@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"allergies": {"substances": ["lidocaine"]}}, "no cream"),
        ({"facts.methaemoglobinaemia_risk": True}, "no cream"),
    ],
)
def test_what_bars_the_cream_on_the_tray_stops_although_the_mixture_is_open(
    clinic: Clinic, physician: User, answers: dict[str, object], why: str
) -> None:
    """The core would plan the same injections without it; the cream is planned and lies there."""
    version = an_example_plan(clinic, physician, "melasma-tranexamic-acid")
    session = begin_session(course=version.course, by=physician)
    assert state(session).rescreening.is_fit
    answer_today(session=session, values=answers, by=physician)
    found = state(session).rescreening
    assert [text for text in found.refusals if why in text]
    assert found.is_stop
    assert not found.is_fit


def test_several_answers_of_one_form_are_all_kept(second: Session, physician: User) -> None:
    form = {"facts.pregnant": "no", "facts.acute_infection": "yes", "gesture": str(UUID(int=1))}
    answer = signed_in(physician).post(f"/sessions/{second.code}/screening", form)
    assert answer.status_code == 302
    found = state(second)
    said = {item.ask.key for item in found.rescreening.asked if item.state == "answered"}
    assert {"facts.pregnant", "facts.acute_infection"} <= said
    assert found.answers.value("facts.acute_infection") is True


@pytest.mark.hazard("H-019")
def test_one_wrong_answer_takes_no_other_with_it_and_nothing_is_said_to_be_unchanged(
    second: Session, physician: User
) -> None:
    form = {"facts.acute_infection": "yes", "facts.pregnant": "perhaps", "unchanged": "1"}
    answer = signed_in(physician).post(f"/sessions/{second.code}/screening", form)
    assert answer.status_code == 422
    found = state(second)
    assert found.answers.value("facts.acute_infection") is True
    assert not [item for item in found.rescreening.asked if item.state == "confirmed"]
