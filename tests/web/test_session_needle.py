"""What held when the first was given is what counts; what came later is told in words."""

from __future__ import annotations

import pytest
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.actions.rescreening import answer_today, confirm_unchanged
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.actions.session_end import NotCompleteError, finalise
from mesoplan.web.courses.mapping.plan import PlanOutdatedError
from mesoplan.web.courses.mapping.session_sheet import session_sheet
from mesoplan.web.courses.models import ConsentWithdrawal, PlanVersion, Session
from mesoplan.web.courses.queries.session_check import check_session
from mesoplan.web.courses.queries.session_record import session_record
from tests.lib.clinic import a_patient, a_released_plan, a_user, signed_in
from tests.lib.treatment import (
    Clock,
    a_finalised_session,
    a_neck_plan,
    complete,
    consented,
    give_as_planned,
    say,
    state,
)

pytestmark = pytest.mark.django_db

ACCOUNT = {"stop.account": "The form lay signed in the other room and was entered afterwards."}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def blocking(session: Session) -> list[str]:
    return [item.text for item in check_session(state(session)).blocking]


@pytest.mark.hazard("H-019")
def test_a_consent_that_is_signed_after_the_needle_is_no_consent_to_it(
    clinic: Clinic, physician: User, clock: Clock
) -> None:
    version = a_released_plan(a_patient(clinic, physician), physician)
    session = begin_session(course=version.course, by=physician)
    complete(session, physician)
    assert blocking(session) == ["There is no signed consent to this plan."]
    clock.on(minutes=5)
    consented(version, physician)
    assert blocking(session) == ["The consent was signed after the treatment had begun."]
    with pytest.raises(NotCompleteError):
        finalise(session=session, by=physician)
    page = signed_in(physician).get(f"/courses/{session.course.code}/session").content.decode()
    assert 'name="stop.account"' in page
    say(session, physician, ACCOUNT)
    assert blocking(session) == []
    record = finalise(session=session, by=physician).record
    assert record is not None
    assert record["standing"]["obstacles"] == ["consent-later"]
    ready = {line["id"]: line["done"] for line in record["readiness"]}
    assert ready["consent-valid"] is False
    assert record["rescreening"]["account"] == ACCOUNT["stop.account"]


def test_what_was_given_under_a_consent_that_was_withdrawn_since_can_be_sealed(
    clinic: Clinic, physician: User, clock: Clock
) -> None:
    """Treated under the first; withdrawn, asked again and declined: the treatment took place."""
    version = a_neck_plan(clinic, physician)
    session = begin_session(course=version.course, by=physician)
    complete(session, physician)
    clock.on(minutes=1)
    first = version.consents.get()
    ConsentWithdrawal.objects.create(consent=first, words="no", at=timezone.now(), by=physician)
    consented(version, physician, decision="declined")
    assert blocking(session) == []
    record = finalise(session=session, by=physician).record
    assert record is not None
    assert record["standing"]["consent"]["code"] == first.code


@pytest.mark.hazard("H-019")
def test_what_is_given_against_a_declined_consent_is_told_in_words(
    clinic: Clinic, physician: User
) -> None:
    version = a_released_plan(a_patient(clinic, physician), physician)
    consented(version, physician, decision="declined")
    session = begin_session(course=version.course, by=physician)
    say(session, physician, ACCOUNT)
    refused = "The patient did not consent to this plan."
    assert refused in blocking(session), "words do not replace a consent before the needle"
    complete(session, physician)
    say(session, physician, {"stop.account": None})
    assert blocking(session) == [refused]
    say(session, physician, ACCOUNT)
    assert blocking(session) == []


@pytest.mark.hazard("H-019")
def test_questions_that_are_answered_after_the_needle_are_told_in_words(
    clinic: Clinic, physician: User, clock: Clock
) -> None:
    version = a_neck_plan(clinic, physician)
    a_finalised_session(version, physician)
    clock.on(days=7)
    session = begin_session(course=version.course, by=physician)
    give_as_planned(session, physician)
    clock.on(minutes=1)
    confirm_unchanged(session=session, by=physician)
    found = state(session)
    assert found.rescreening.is_fit
    assert not found.rescreening_before.is_fit
    late = "The questions of the day were answered after the treatment had begun"
    assert late in blocking(session)
    say(session, physician, ACCOUNT)
    assert late not in blocking(session)
    record = session_record(state(session), by=physician, at=clock.at)
    notes = session_sheet(record, session=session).notes
    assert late in notes
    assert ACCOUNT["stop.account"] in notes


@pytest.mark.hazard("H-019")
def test_answers_of_a_later_day_are_not_those_of_the_treatment(
    clinic: Clinic, physician: User, clock: Clock
) -> None:
    version = a_neck_plan(clinic, physician)
    a_finalised_session(version, physician)
    clock.on(days=7)
    session = begin_session(course=version.course, by=physician)
    give_as_planned(session, physician)
    clock.on(days=1)
    open_before = len(state(session).rescreening.asked)
    confirm_unchanged(session=session, by=physician)
    answer_today(session=session, values={"facts.pregnant": False}, by=physician)
    found = state(session)
    assert len([item for item in found.rescreening.asked if item.state == "open"]) == open_before
    assert any("open" in text for text in blocking(session))


def test_answers_before_the_needle_need_no_words_whatever_is_answered_days_later(
    clinic: Clinic, physician: User, clock: Clock
) -> None:
    version = a_neck_plan(clinic, physician)
    session = begin_session(course=version.course, by=physician)
    complete(session, physician)
    clock.on(days=2)
    answer_today(session=session, values={"facts.acute_infection": True}, by=physician)
    assert blocking(session) == []


@pytest.mark.hazard("H-019")
def test_a_nurse_who_may_not_inject_is_screened_as_a_nurse(clinic: Clinic, physician: User) -> None:
    nurse = a_user(clinic, Role.NURSE, name="Kim Berg")
    session = begin_session(course=a_neck_plan(clinic, physician).course, by=physician)
    assert state(session).rescreening.is_fit
    say(session, physician, {"treated_by": nurse.code})
    found = state(session).rescreening
    assert found.record is not None
    assert "nurse may not use the intradermal route" in str(found.record["findings"])
    assert found.is_stop
    assert "Today's screening stands against it" in blocking(session)
    complete(session, physician)
    say(session, physician, {"treated_by": nurse.code})
    assert blocking(session) == ["Today's screening stands against it"]
    say(session, physician, {"stop.account": "Dr Rossi was called away; Kim Berg went on."})
    record = finalise(session=session, by=physician).record
    assert record is not None
    assert record["treated_by"]["name"] == "Kim Berg"
    assert record["rescreening"]["verdict"] == "contraindicated"


@pytest.mark.hazard("H-019")
def test_who_has_no_role_in_which_anything_is_given_is_a_stop(
    clinic: Clinic, physician: User
) -> None:
    desk = a_user(clinic, Role.FRONT_DESK, name="Ida Holm")
    session = begin_session(course=a_neck_plan(clinic, physician).course, by=physician)
    say(session, physician, {"treated_by": desk.code})
    found = state(session).rescreening
    assert found.is_stop
    assert "no physician, nurse or assistant" in found.refusals[0]


def test_an_update_between_giving_and_finalising_does_not_close_the_session(
    clinic: Clinic, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outdated(_version: PlanVersion) -> None:
        raise PlanOutdatedError

    session = begin_session(course=a_neck_plan(clinic, physician).course, by=physician)
    for module in ("session", "session_standing"):
        monkeypatch.setattr(f"mesoplan.web.courses.queries.{module}.plan_value", outdated)
    assert any("Release it anew" in text for text in blocking(session))
    complete(session, physician)
    assert blocking(session) == []
    say(session, physician, {"given.1.points": "6"})
    assert any("why it differs" in text for text in blocking(session)), "compared without the core"
    say(session, physician, {"reason.1": "bleeding"})
    sealed = finalise(session=session, by=physician)
    assert sealed.verification is None
    assert sealed.differences == 1


def test_a_session_in_which_every_zone_was_left_out_is_no_treatment(
    clinic: Clinic, physician: User
) -> None:
    session = begin_session(course=a_neck_plan(clinic, physician).course, by=physician)
    complete(session, physician)
    answer = signed_in(physician).post(
        f"/sessions/{session.code}/edit", {"given.1.left_out": "on", "reason.1": "asked-to-stop"}
    )
    assert answer.status_code == 302
    found = state(session)
    assert found.given[0].was_left_out
    assert not found.given[0].is_recorded, "what stood there went with the tick"
    (missing,) = blocking(session)
    assert "end the session without treatment" in missing


def test_a_zone_cannot_be_left_out_and_given_at_once(clinic: Clinic, physician: User) -> None:
    session = begin_session(course=a_neck_plan(clinic, physician).course, by=physician)
    complete(session, physician)
    say(session, physician, {"given.1.left_out": True, "reason.1": "asked-to-stop"})
    assert any("yet recorded as given" in text for text in blocking(session))
