"""A session is sealed once, whole, and for good; what comes later is an amendment."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from mesoplan.planning import verify
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.audit.queries import verify_chain
from mesoplan.web.courses.actions.followup import open_contacts
from mesoplan.web.courses.actions.reactions import record_reaction
from mesoplan.web.courses.actions.session import (
    SealedSessionError,
    begin_session,
    undo_session,
    write_session,
)
from mesoplan.web.courses.actions.session_end import (
    NotEndedError,
    amend,
    end_untreated,
    finalise,
)
from mesoplan.web.courses.mapping.plan import plan_value
from mesoplan.web.courses.mapping.reactions import ReactionSeen
from mesoplan.web.courses.mapping.session_given import delivery_of, verification_record
from mesoplan.web.courses.models import (
    Amendment,
    Contact,
    NotTreatedReason,
    Session,
    SessionGesture,
)
from mesoplan.web.courses.queries.session_record import digest_of
from mesoplan.web.courses.queries.session_timers import observation
from mesoplan.web.patients.models import Document
from tests.lib.clinic import a_user
from tests.lib.treatment import (
    a_neck_plan,
    complete,
    say,
    state,
)

pytestmark = pytest.mark.django_db

ROME = ZoneInfo("Europe/Rome")


@pytest.fixture
def session(clinic: Clinic, physician: User) -> Session:
    """A session in which everything was recorded as planned."""
    session = begin_session(course=a_neck_plan(clinic, physician).course, by=physician)
    complete(session, physician)
    return session


@pytest.mark.hazard("H-019")
def test_a_finalised_session_holds_everything_and_its_digest(
    session: Session, physician: User
) -> None:
    say(session, physician, {"score.nrs-pain.before": "6", "notes": "calm"})
    seen = ReactionSeen(severity="mild", cause="needle", name="bruise", zone=1)
    record_reaction(session=session, seen=seen, by=physician)
    before = state(session)
    sealed = finalise(session=session, by=physician)
    record = sealed.record
    assert record is not None
    assert record["plan"]["digest"] == sealed.plan.digest
    assert record["patient"]["name"] == "Marta Lindqvist"
    assert record["standing"]["consent"]["decision"] == "consented"
    assert record["rescreening"]["verdict"] == "eligible"
    assert record["zones"][0]["given"]["points"] == 8
    assert record["lots"][0]["lot"] == "LX 4112"
    assert record["reactions"][0]["name"] == "bruise"
    assert record["notes"] == "calm"
    assert record["treated_by"]["name"] == "Dr Anna Rossi"
    assert record["finalised"]["by"] == "Dr Anna Rossi"
    assert set(record["entries"]) == set(before.sheet.entries), "every gesture is in the record"
    assert sealed.digest == digest_of(record, sealed.verification)
    delivery = delivery_of(before.plan, before.sheet)
    expected = verification_record(verify(plan_value(sealed.plan), delivery))
    assert sealed.verification == expected
    assert (sealed.scale, sealed.score) == ("nrs-pain", Decimal(6))


def test_the_sealed_page_is_filed_and_says_what_was_given(
    session: Session, physician: User, pdftotext_path: Path, tmp_path: Path
) -> None:
    say(session, physician, {"given.1.points": "6", "reason.1": "bleeding"})
    sealed = finalise(session=session, by=physician)
    assert sealed.document is not None
    assert sealed.document.kind == Document.Kind.SESSION
    text = text_of(sealed.document, pdftotext_path, tmp_path)
    for words in ("Marta Lindqvist", "LX 4112", "Bleeding", "Dr Anna Rossi", "1 of 3"):
        assert words in text
    assert re.search(r"Points\s+8\s+6\s+−2", text)


def text_of(document: Document, program: Path, folder: Path) -> str:
    page = folder / "page.pdf"
    page.write_bytes(bytes(document.content))
    answer = subprocess.run(
        [str(program), "-layout", str(page), "-"], capture_output=True, text=True, check=True
    )
    return answer.stdout


@pytest.mark.hazard("H-019")
def test_a_sealed_session_never_changes_not_even_behind_the_programs_back(
    session: Session, physician: User
) -> None:
    sealed = finalise(session=session, by=physician)
    changes: tuple[dict[str, Any], ...] = (
        {"record": {}},
        {"differences": 9},
        {"sealed_at": None},
        {"document": None},
    )
    for columns in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Session.objects.filter(pk=sealed.pk).update(**columns)
    with pytest.raises(DatabaseError), transaction.atomic():
        Session.objects.filter(pk=sealed.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        SessionGesture.objects.create(
            session=sealed,
            batch=UUID(int=1),
            key="notes",
            value="x",
            by=physician,
            at=sealed.begun_at,
        )
    with pytest.raises(SealedSessionError):
        write_session(session=session, values={"given.1.points": "9"}, by=physician)
    with pytest.raises(SealedSessionError):
        undo_session(session=session, by=physician)


@pytest.mark.hazard("H-019")
def test_two_who_finalise_at_once_seal_it_once(
    session: Session, clinic: Clinic, physician: User
) -> None:
    """The second has read the session while it was open, and comes after the first."""
    other = a_user(clinic, Role.PHYSICIAN, name="Dr Bo Nilsson")
    stale = Session.objects.select_related("course__patient__clinic", "plan").get(pk=session.pk)
    first = finalise(session=session, by=physician)
    second = finalise(session=stale, by=other)
    assert second.digest == first.digest
    assert second.sealed_by_id == physician.pk
    assert Document.objects.filter(subject=f"session {session.code}").count() == 1
    assert Event.objects.filter(action="session.finalise").count() == 1
    assert Contact.objects.filter(session=session).count() == 5


def test_finalising_that_fails_half_way_leaves_the_session_open_and_nothing_else(
    session: Session, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (Document.objects.count(), Contact.objects.count(), Event.objects.count())

    def broken(**_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("mesoplan.web.courses.actions.session_end.open_contacts", broken)
    with pytest.raises(OSError, match="full"), transaction.atomic():
        finalise(session=session, by=physician)
    assert (Document.objects.count(), Contact.objects.count(), Event.objects.count()) == before
    assert state(session).session.sealed_at is None


def test_only_who_may_finalises_and_amends(session: Session, assistant: User) -> None:
    with pytest.raises(PermissionDenied):
        finalise(session=session, by=assistant)
    with pytest.raises(PermissionDenied):
        end_untreated(session=session, by=assistant, reason="patient")
    with pytest.raises(PermissionDenied):
        amend(session=session, by=assistant, reason="forgotten", text="x")


@pytest.mark.parametrize(
    "treated_at",
    [
        datetime(2027, 3, 27, 22, 30, tzinfo=UTC),  # the night on which clocks go forward
        datetime(2026, 10, 24, 22, 30, tzinfo=UTC),  # and back
        datetime(2026, 11, 22, 22, 59, tzinfo=UTC),
        datetime(2026, 11, 22, 23, 1, tzinfo=UTC),  # the next day in Rome
    ],
)
def test_contacts_are_due_on_days_of_the_clinics_calendar(
    session: Session, physician: User, treated_at: datetime
) -> None:
    sealed = finalise(session=session, by=physician)
    contacts = open_contacts(session=sealed, treated_at=treated_at, by=physician)
    day = treated_at.astimezone(ROME).date()
    found = [((item.due - day).days, (item.latest - day).days) for item in contacts]
    assert found == [(2, 2), (7, 7), (28, 42), (84, 84), (182, 203)]


def test_the_contacts_of_a_session_are_opened_with_it(session: Session, physician: User) -> None:
    sealed = finalise(session=session, by=physician)
    contacts = Contact.objects.filter(session=sealed)
    assert {item.patient_id for item in contacts} == {sealed.course.patient_id}
    given = datetime.fromisoformat((sealed.record or {})["treated_at"])
    day = given.astimezone(ROME).date()
    assert contacts.first() is not None
    assert min(item.due for item in contacts) == day + timedelta(days=2)


@pytest.mark.parametrize(
    ("begun", "ended", "minutes"),
    [
        (datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 1, 5, tzinfo=UTC), 15),
        (datetime(2027, 3, 28, 0, 50, tzinfo=UTC), datetime(2027, 3, 28, 1, 5, tzinfo=UTC), 15),
    ],
)
def test_a_timer_counts_minutes_also_in_the_night_in_which_clocks_are_changed(
    session: Session, physician: User, begun: datetime, ended: datetime, minutes: int
) -> None:
    say(
        session,
        physician,
        {"observation.on": begun.isoformat(), "observation.off": ended.isoformat()},
    )
    timer = observation(state(session))
    assert timer.elapsed == minutes
    assert not timer.is_short
    assert timer.due == ended


def test_a_session_without_treatment_ends_with_its_reason_and_counts_for_nothing(
    clinic: Clinic, physician: User
) -> None:
    version = a_neck_plan(clinic, physician)
    session = begin_session(course=version.course, by=physician)
    with pytest.raises(NotEndedError):
        end_untreated(session=session, by=physician, reason="because")
    with pytest.raises(NotEndedError):
        end_untreated(session=session, by=physician, reason=NotTreatedReason.OTHER)
    sealed = end_untreated(
        session=session, by=physician, reason=NotTreatedReason.SCREENING, words="fever"
    )
    assert sealed.abandoned_because == "screening: fever"
    assert sealed.record is not None
    assert sealed.record["outcome"] == "not-treated"
    assert sealed.document is not None
    assert not Contact.objects.filter(session=sealed).exists()
    following = begin_session(course=version.course, by=physician)
    assert following.number == 2
    assert state(following).number == 1, "it is still the first session of the plan"


def test_what_was_given_cannot_be_ended_as_not_treated(session: Session, physician: User) -> None:
    with pytest.raises(NotEndedError) as caught:
        end_untreated(session=session, by=physician, reason=NotTreatedReason.PATIENT)
    assert caught.value.why is NotEndedError.Why.GIVEN


def test_an_amendment_is_added_and_the_original_stays(
    session: Session, physician: User, pdftotext_path: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotEndedError):
        amend(session=session, by=physician, reason="forgotten", text="x")
    sealed = finalise(session=session, by=physician)
    assert sealed.document is not None
    original = (sealed.digest, sealed.document_id, bytes(sealed.document.content))
    for reason, text in (("", "x"), ("forgotten", "  ")):
        with pytest.raises(NotEndedError):
            amend(session=session, by=physician, reason=reason, text=text)
    amend(session=session, by=physician, reason="wrong-entry", text="The lot was LX 4113.")
    amend(session=session, by=physician, reason="learnt-later", text="She had slept badly.")
    sealed.refresh_from_db()
    assert (sealed.digest, sealed.document_id, bytes(sealed.document.content)) == original
    pages = list(Document.objects.filter(subject=f"session {session.code}").order_by("pk"))
    assert len(pages) == 3
    text = text_of(pages[-1], pdftotext_path, tmp_path)
    assert "AMENDED 2 times" in text
    assert "The lot was LX 4113." in text
    assert "She had slept badly." in text
    with pytest.raises(DatabaseError), transaction.atomic():
        Amendment.objects.filter(session=sealed).update(text="nothing")


def test_the_chain_of_the_audit_holds_over_a_whole_session(
    session: Session, physician: User
) -> None:
    finalise(session=session, by=physician)
    amend(session=session, by=physician, reason="forgotten", text="x")
    assert verify_chain().faults == ()
    found = Event.objects.filter(subject=f"session {session.code}")
    actions = set(found.values_list("action", flat=True))
    for action in ("session.begin", "gesture.write", "session.finalise", "session.amend"):
        assert action in actions
