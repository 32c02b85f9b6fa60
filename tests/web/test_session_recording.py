"""A session while it is recorded: every acknowledged gesture is there, whoever else writes."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.audit.models import Event
from mesoplan.web.courses.actions.session import (
    NotBegunError,
    OtherZonesError,
    begin_session,
    follow_plan,
    redo_session,
    undo_session,
)
from mesoplan.web.courses.models import Course, PlanVersion, Session, SessionGesture
from mesoplan.web.courses.queries.session_check import check_session
from tests.lib.clinic import a_course, a_patient, signed_in
from tests.lib.treatment import (
    LOT,
    Clock,
    a_finalised_session,
    a_neck_plan,
    an_example_plan,
    consented,
    say,
    state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(clinic: Clinic, physician: User) -> Session:
    """The first session of a neck plan."""
    return begin_session(course=a_neck_plan(clinic, physician).course, by=physician)


GESTURES = count(1)
"""Ids of gestures, as a page would make them."""


def edit(browser: Client, session: Session, **fields: str) -> Any:
    """One gesture as htmx sends it: the field that changed is named."""
    data = {"gesture": str(UUID(int=next(GESTURES))), "gesture_field": next(iter(fields)), **fields}
    headers = {"HX-Request": "true"}
    return browser.post(f"/sessions/{session.code}/edit", data, headers=headers)


def test_a_session_begins_from_the_newest_plan_and_only_one_is_open(
    session: Session, physician: User
) -> None:
    again = begin_session(course=session.course, by=physician)
    assert again.pk == session.pk
    assert session.number == 1
    assert Course.objects.get(pk=session.course_id).state == Course.State.TREATING
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(
            course=session.course,
            plan=session.plan,
            number=2,
            begun_at=session.begun_at,
            begun_by=physician,
        )


def test_without_any_released_plan_no_session_begins(clinic: Clinic, physician: User) -> None:
    course = a_course(a_patient(clinic, physician), physician)
    with pytest.raises(NotBegunError) as caught:
        begin_session(course=course, by=physician)
    assert caught.value.why is NotBegunError.Why.NO_PLAN
    assert not course.sessions.exists()


def test_in_a_closed_course_no_session_begins(clinic: Clinic, physician: User) -> None:
    from mesoplan.web.courses.actions.course import close_course

    course = a_neck_plan(clinic, physician).course
    close_course(course=course, reason="done", by=physician)
    with pytest.raises(NotBegunError):
        begin_session(course=course, by=physician)


def test_whoever_begins_is_who_treats_only_where_the_plan_asks_for_such_a_person(
    clinic: Clinic, physician: User, assistant: User
) -> None:
    course = a_neck_plan(clinic, physician).course
    session = begin_session(course=course, by=assistant)
    assert state(session).sheet.text("treated_by") == ""


@pytest.mark.hazard("H-019")
def test_every_gesture_that_was_acknowledged_is_in_the_database_and_on_the_page(
    session: Session, physician: User
) -> None:
    browser = signed_in(physician)
    sent = {
        "ready.identity-and-plan": ("on", True),
        "given.1.points": ("7", "7"),
        "given.1.volume_ml": ("0,875", "0.875"),
        f"{LOT}.text": ("LX 4112", "LX 4112"),
        f"{LOT}.expiry": ("3/2030", "2030-03-31"),
        "score.nrs-pain.before": ("6", "6"),
        "notes": ("two needles changed", "two needles changed"),
    }
    for key, (typed, kept) in sent.items():
        answer = edit(browser, session, **{key: typed})
        assert answer.status_code == 200, key
        last = SessionGesture.objects.filter(session=session).latest("number")
        assert (last.key, last.value) == (key, kept)
    page = browser.get(f"/courses/{session.course.code}/session").content.decode()
    for shown in ('value="7"', 'value="0.875"', "LX 4112", "31.3.2030", "two needles changed"):
        assert shown in page


@pytest.mark.hazard("H-019")
def test_a_gesture_that_fails_half_way_leaves_nothing_and_is_not_acknowledged(
    session: Session, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (SessionGesture.objects.count(), Event.objects.count())
    browser = signed_in(physician)
    browser.raise_request_exception = False

    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("mesoplan.web.gestures.actions.record", broken)
    answer = edit(browser, session, **{"given.1.points": "7"})
    assert answer.status_code >= 500
    assert (SessionGesture.objects.count(), Event.objects.count()) == before


def test_a_gesture_that_is_sent_twice_is_taken_once(session: Session, physician: User) -> None:
    browser, once = signed_in(physician), str(UUID(int=next(GESTURES)))
    for _ in range(2):
        data = {"gesture": once, "gesture_field": "do", "do": "nudge 1 points -1"}
        browser.post(f"/sessions/{session.code}/edit", data, headers={"HX-Request": "true"})
    assert state(session).sheet.text("given.1.points") == "7"


@pytest.mark.hazard("H-019")
def test_a_whole_form_sent_without_scripts_does_not_take_back_what_others_entered(
    session: Session, physician: User, assistant: User
) -> None:
    seen = state(session).sheet.version
    say(session, assistant, {"given.1.points": "8", "given.1.volume_ml": "1"})
    form = {"seen": str(seen), "given.1.points": "", "given.1.volume_ml": "", "notes": "mine"}
    answer = signed_in(physician).post(f"/sessions/{session.code}/edit", form)
    assert answer.status_code == 302
    sheet = state(session).sheet
    assert (sheet.text("given.1.points"), sheet.text("given.1.volume_ml")) == ("8", "1")
    assert sheet.text("notes") == "mine"


def test_what_two_people_change_at_once_is_kept_and_told(
    session: Session, physician: User, assistant: User
) -> None:
    seen = str(state(session).sheet.version)
    say(session, assistant, {"given.1.points": "8"})
    answer = edit(signed_in(physician), session, **{"given.1.points": "7", "seen": seen})
    assert answer.status_code == 200
    assert "Luca Bianchi had changed this meanwhile" in answer.content.decode()
    undo_session(session=session, by=physician)
    assert state(session).sheet.text("given.1.points") == "8"


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("given.1.points", "7.5"),
        ("given.1.points", "-1"),
        ("given.1.volume_ml", "much"),
        ("given.1.angle_deg", "91"),
        ("given.1.mixture", "holy-water"),
        (f"{LOT}.expiry", "13/2030"),
        ("score.nrs-pain.before", "11"),
        ("treated_by", "nobody-we-know"),
        ("observation.on", "25:00"),
        ("reason.1", "because"),
        ("given.1.points", "9" * 5000),
        ("given.1.points", "0" * 5000),
        ("notes", "a" * 4001),
    ],
)
def test_what_cannot_be_taken_as_meant_is_kept_in_its_field_and_not_written(
    session: Session, physician: User, key: str, typed: str
) -> None:
    before = SessionGesture.objects.count()
    answer = edit(signed_in(physician), session, **{key: typed})
    assert answer.status_code == 422
    assert SessionGesture.objects.count() == before
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert typed in page or key in {"given.1.mixture", "treated_by", "reason.1", "notes"}


def test_a_key_that_this_session_has_not_is_not_written(session: Session, physician: User) -> None:
    before = SessionGesture.objects.count()
    for key in ("given.9.points", "ready.consent-valid", "sealed_at", "lot.x.y.1.text"):
        assert edit(signed_in(physician), session, **{key: "1"}).status_code == 200
    assert SessionGesture.objects.count() == before


def test_undo_and_redo_go_step_by_step(session: Session, physician: User) -> None:
    say(session, physician, {"score.nrs-pain.before": "6"})
    say(session, physician, {"score.nrs-pain.before": "5"})
    session.refresh_from_db()
    assert (session.scale, session.score) == ("nrs-pain", Decimal(5))
    undo_session(session=session, by=physician)
    session.refresh_from_db()
    assert session.score == 6
    redo_session(session=session, by=physician)
    session.refresh_from_db()
    assert session.score == 5


def test_a_timer_takes_the_time_of_the_server_and_a_second_tap_does_not_move_it(
    session: Session, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    begun = clock.at
    browser = signed_in(physician)
    edit(browser, session, do="now observation.on")
    clock.on(minutes=3)
    edit(browser, session, do="now observation.on")
    assert state(session).sheet.text("observation.on") == begun.isoformat()
    page = browser.get(f"/courses/{session.course.code}/session").content.decode()
    assert "<count-down" in page
    assert 'minutes="15"' in page


def test_a_plan_that_is_withdrawn_does_not_close_the_capture(
    clinic: Clinic, physician: User
) -> None:
    from mesoplan.web.courses.actions.plan import withdraw_plan

    version = a_neck_plan(clinic, physician)
    withdraw_plan(version=version, reason="the patient has thought it over", by=physician)
    session = begin_session(course=version.course, by=physician)
    answer = edit(signed_in(physician), session, **{"given.1.points": "8"})
    assert answer.status_code == 200
    blocking = [item.text for item in check_session(state(session)).blocking]
    assert any("withdrawn" in text for text in blocking)


def newer(version: PlanVersion, physician: User) -> PlanVersion:
    from mesoplan.web.courses.actions.plan import release_plan
    from mesoplan.web.courses.actions.request import change_plan, edit_request
    from mesoplan.web.courses.queries.plan import draft

    change_plan(version=version, by=physician)
    edit_request(course=version.course, values={"zone.1.sessions": "4"}, by=physician)
    version.course.refresh_from_db()
    digest = draft(version.course).digest
    return release_plan(course=version.course, seen=digest, by=physician, reason="one more")


@pytest.mark.hazard("H-019")
def test_a_session_of_a_superseded_plan_says_so_and_can_go_on_with_the_newer_one(
    session: Session, physician: User
) -> None:
    second = newer(session.plan, physician)
    blocking = [item.text for item in check_session(state(session)).blocking]
    assert any("newer plan" in text for text in blocking)
    follow_plan(session=session, by=physician)
    found = state(session)
    assert found.session.plan_id == second.pk
    assert found.plan.of == 4
    blocking = [item.text for item in check_session(found).blocking]
    assert not any("newer plan" in text for text in blocking)
    assert any("older plan" in text for text in blocking), "the consent is to the older plan"
    consented(second, physician)
    blocking = [item.text for item in check_session(state(session)).blocking]
    assert not any("consent" in text for text in blocking)


@pytest.mark.hazard("H-019")
def test_what_was_given_does_not_move_to_another_place_with_a_newer_plan(
    clinic: Clinic, physician: User
) -> None:
    from mesoplan.web.courses.actions.plan import release_plan
    from mesoplan.web.courses.actions.request import change_plan, edit_request
    from mesoplan.web.courses.queries.plan import draft

    version = a_neck_plan(clinic, physician)
    session = begin_session(course=version.course, by=physician)
    say(session, physician, {"given.1.points": "8"})
    change_plan(version=version, by=physician)
    elsewhere = {
        "zone.1.indication": "myofascial-pain",
        "zone.1.region": "lower-back",
        "zone.1.side": None,
    }
    edit_request(course=version.course, values=elsewhere, by=physician)
    version.course.refresh_from_db()
    digest = draft(version.course).digest
    release_plan(course=version.course, seen=digest, by=physician, reason="elsewhere")
    with pytest.raises(OtherZonesError):
        follow_plan(session=session, by=physician)
    assert state(session).session.plan_id == version.pk


def test_a_repeated_session_proposes_and_records_nothing(
    clinic: Clinic, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    version = a_neck_plan(clinic, physician)
    first = a_finalised_session(version, physician)
    clock.on(days=7)
    session = begin_session(course=version.course, by=physician, like=first)
    found = state(session)
    assert not found.given[0].is_recorded
    assert found.lots[0].is_empty
    assert found.proposed_lots[LOT].lot == "LX 4112"
    assert found.proposed_lots[LOT].opened is None
    browser = signed_in(physician)
    edit(browser, session, do="lots-again")
    edit(browser, session, do="as-last 1")
    found = state(session)
    assert found.lots[0].lot == "LX 4112"
    assert found.given[0].points == 8
    assert found.verification is not None
    assert found.verification["as_planned"]


def test_lots_that_have_expired_since_are_not_taken_over(
    clinic: Clinic, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    version = a_neck_plan(clinic, physician)
    first = a_finalised_session(version, physician)
    clock.on(days=365 * 5)
    session = begin_session(course=version.course, by=physician, like=first)
    edit(signed_in(physician), session, do="lots-again")
    assert state(session).lots[0].is_empty


def test_proposals_of_a_zone_that_is_another_one_now_are_left_out(
    clinic: Clinic, physician: User
) -> None:
    from mesoplan.web.courses.actions.session import proposals

    neck = a_finalised_session(a_neck_plan(clinic, physician), physician)
    other = an_example_plan(clinic, physician, "melasma-tranexamic-acid")
    assert not any(key.startswith("proposed.given") for key in proposals(neck, other))
    assert any(key.startswith("proposed.given") for key in proposals(neck, neck.plan))


def test_a_plan_that_the_core_does_not_give_any_more_is_recorded_and_not_compared(
    session: Session, physician: User
) -> None:
    """Such as after an update of the knowledge base: the record of the plan is all there is."""
    old = session.plan
    decision = {**old.decision, "plan": {**old.decision["plan"], "knowledge_release": "0" * 64}}
    columns = {
        field.name: getattr(old, field.name)
        for field in PlanVersion._meta.concrete_fields
        if field.name not in {"id", "code", "number", "decision"}
    }
    outdated = PlanVersion.objects.create(number=old.number + 1, decision=decision, **columns)
    consented(outdated, physician)
    follow_plan(session=session, by=physician)
    blocking = [item.text for item in check_session(state(session)).blocking]
    assert any("Release it anew" in text for text in blocking)
    assert edit(signed_in(physician), session, do="as-planned 1").status_code == 200
    found = state(session)
    assert found.session.plan_id == outdated.pk
    assert found.given[0].points == 8
    assert found.verification is None


def test_one_wrong_field_of_a_whole_form_takes_no_other_with_it(
    session: Session, physician: User
) -> None:
    form = {"given.1.points": "7", "given.1.volume_ml": "much", "note.1": "calm", "do": ""}
    answer = signed_in(physician).post(f"/sessions/{session.code}/edit", form)
    assert answer.status_code == 422
    sheet = state(session).sheet
    assert (sheet.text("given.1.points"), sheet.text("note.1")) == ("7", "calm")
    assert not sheet.text("given.1.volume_ml")
    page = answer.content.decode()
    for shown in ('value="7"', 'value="much"', 'value="calm"'):
        assert shown in page
