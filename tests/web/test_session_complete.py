"""What must be there before a session can be finalised, and what is only not recorded."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.actions.session import (
    begin_session,
)
from mesoplan.web.courses.actions.session_end import (
    NotCompleteError,
    finalise,
)
from mesoplan.web.courses.models import (
    ConsentWithdrawal,
    Session,
)
from mesoplan.web.courses.queries.session_check import check_session
from tests.lib.treatment import (
    LOT,
    Clock,
    a_finalised_session,
    a_neck_plan,
    an_example_plan,
    complete,
    give_as_planned,
    say,
    state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(clinic: Clinic, physician: User) -> Session:
    """A session in which everything was recorded as planned."""
    session = begin_session(course=a_neck_plan(clinic, physician).course, by=physician)
    complete(session, physician)
    return session


def blocking(session: Session) -> list[str]:
    return [item.text for item in check_session(state(session)).blocking]


def test_what_must_be_there_blocks_and_nothing_else(clinic: Clinic, physician: User) -> None:
    session = begin_session(course=a_neck_plan(clinic, physician).course, by=physician)
    assert len(blocking(session)) == 5
    with pytest.raises(NotCompleteError):
        finalise(session=session, by=physician)
    complete(session, physician)
    assert blocking(session) == []
    found = check_session(state(session))
    assert len(found.unrecorded) > 10, "ticks and scores are missing, and that blocks nothing"


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("ready.identity-and-plan", "said aloud"),
        ("treated_by", "Who treats"),
        (f"{LOT}.text", "the lot is missing"),
        (f"{LOT}.expiry", "expiry date is missing"),
        ("given.1.points", "points"),
        ("given.1.volume_ml", "volume"),
        ("given.1.mixture", "mixture"),
        ("observation.on", "has not begun"),
        ("observation.off", "has not ended"),
    ],
)
@pytest.mark.hazard("H-019")
def test_each_thing_that_must_be_there_is_missed_by_itself(
    session: Session, physician: User, key: str, part: str
) -> None:
    say(session, physician, {key: None})
    missing = blocking(session)
    assert any(part in text for text in missing), missing


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("given.1.points", "6"),
        ("given.1.volume_ml", "0.75"),
        ("given.1.technique", "nappage"),
        ("given.1.inserted_mm", "3"),
        ("given.1.angle_deg", "45"),
        ("given.1.needle_mm", "6"),
        ("given.1.gauge", "30"),
    ],
)
def test_a_difference_needs_a_reason(
    session: Session, physician: User, key: str, value: str
) -> None:
    say(session, physician, {key: value})
    assert any("why it differs" in text for text in blocking(session))
    say(session, physician, {"reason.1": "bleeding"})
    assert blocking(session) == []
    sealed = finalise(session=session, by=physician)
    assert sealed.differences >= 1
    assert sealed.record is not None
    assert sealed.record["zones"][0]["reason"] == "bleeding"


def test_a_zone_left_out_on_purpose_needs_its_reason_and_no_lots_of_its_own(
    clinic: Clinic, physician: User
) -> None:
    version = an_example_plan(clinic, physician, "two-zones-lidocaine")
    session = begin_session(course=version.course, by=physician)
    complete(session, physician)
    clear = {key: None for key in state(session).sheet.entries if key.startswith("given.2.")}
    say(session, physician, {**clear, "given.2.left_out": True})
    assert any("why it differs" in text for text in blocking(session))
    say(session, physician, {"reason.2": "asked-to-stop"})
    sealed = finalise(session=session, by=physician)
    assert sealed.verification is not None
    left_out = [item for item in sealed.verification["comparisons"] if item["zone"] == 2]
    assert [(item["agreement"], item["reason"]) for item in left_out] == [
        ("not-given", "asked-to-stop")
    ]


def test_an_expired_container_asks_why_it_is_used(session: Session, physician: User) -> None:
    say(session, physician, {f"{LOT}.expiry": "2020-01-31"})
    assert any("not ready" in text for text in blocking(session))
    say(session, physician, {"reason.lots.text": "the date was misread; the vial is kept"})
    assert blocking(session) == []


def test_a_single_dose_container_that_was_opened_on_another_day_is_not_ready(
    session: Session, physician: User
) -> None:
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    say(session, physician, {f"{LOT}.opened": yesterday, f"{LOT}.container": "single-dose"})
    assert any("not ready" in text for text in blocking(session))
    say(session, physician, {f"{LOT}.container": "multi-dose"})
    assert blocking(session) == []


def test_a_short_observation_needs_a_reason(session: Session, physician: User) -> None:
    begun = datetime.fromisoformat(state(session).sheet.text("observation.on"))
    short = (begun + timedelta(minutes=5)).isoformat()
    say(session, physician, {"observation.off": short})
    assert any("short" in text for text in blocking(session))
    say(session, physician, {"reason.observation": "asked-to-stop"})
    assert blocking(session) == []


def test_a_session_before_its_time_needs_a_reason(
    clinic: Clinic, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    version = a_neck_plan(clinic, physician)
    a_finalised_session(version, physician)
    clock.on(days=3)
    session = begin_session(course=version.course, by=physician)
    complete(session, physician)
    assert any("earlier than planned" in text for text in blocking(session))
    say(session, physician, {"reason.early": "physicians-decision"})
    assert blocking(session) == []


def test_after_the_last_session_of_the_plan_there_is_none(
    clinic: Clinic, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    version = a_neck_plan(clinic, physician)
    dates = []
    for _ in range(3):
        dates.append(a_finalised_session(version, physician).next_date)
        clock.on(days=7)
    assert dates[0] is not None
    assert dates[2] is None
    session = begin_session(course=version.course, by=physician)
    assert any("were given" in text for text in blocking(session))


def test_consent_withdrawn_before_the_needle_blocks_and_afterwards_does_not(
    clinic: Clinic, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    version = a_neck_plan(clinic, physician)
    consent = version.consents.get()

    def withdraw() -> None:
        clock.on(minutes=1)
        ConsentWithdrawal.objects.create(
            consent=consent, words="no", at=timezone.now(), by=physician
        )
        clock.on(minutes=1)

    session = begin_session(course=version.course, by=physician)
    with transaction.atomic():
        withdraw()
        assert any("withdrew" in text for text in blocking(session))
        transaction.set_rollback(True)
    give_as_planned(session, physician)
    withdraw()
    assert not any("withdrew" in text for text in blocking(session)), "it was there when given"
    say(session, physician, {"given.1.points": "9"})
    assert any("withdrew" in text for text in blocking(session)), "and then more was given"
