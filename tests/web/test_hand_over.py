"""The tablet in the patient's hands: her questions alone, her answers as hers, and back by PIN."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from mesoplan.web.accounts.gate import HAND_OVER, LOCKED, SEEN
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.audit.models import Event
from mesoplan.web.gestures.actions import write
from mesoplan.web.patients.actions.hand_over import start_hand_over
from mesoplan.web.patients.models import AnswerGesture, HandOver, Patient
from mesoplan.web.patients.queries import answers, answers_journal
from mesoplan.web.patients.queries.hand_over import (
    questioning,
)
from tests.lib.addresses import addresses
from tests.lib.clinic import PIN, a_patient, signed_in
from tests.lib.pages import page_text
from tests.web.test_gate import PARAMETERS

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
CANCER, PREGNANT = "facts.cancer", "facts.pregnant"
NEXT = {"next": "1", "gesture_field": "next"}
_NUMBERS = count(10_000)


@pytest.fixture
def client(physician: User) -> Client:
    cache.clear()
    return signed_in(physician)


@pytest.fixture
def tablet(client: Client, patient: Patient) -> Client:
    """The browser in the patient's hands."""
    handed = client.post(
        f"/patients/{patient.code}/hand-over", {"confirmed": "1", "language": "en"}
    )
    assert handed["Location"] == "/hand-over"
    return client


def current() -> HandOver:
    return HandOver.objects.latest("pk")


def say(
    tablet: Client, screen: str, said: dict[str, Any], *, code: str = "", htmx: bool = False
) -> Any:
    """What the page of one question sends."""
    data = {"hand_over": code or current().code, "gesture": str(UUID(int=next(_NUMBERS)))} | said
    headers = HTMX if htmx else {}
    return tablet.post(f"/hand-over/question/{screen}", data, headers=headers)


@pytest.mark.hazard("H-017")
def test_from_the_patients_hands_no_other_page_opens(tablet: Client, patient: Patient) -> None:
    """Every address of the site, with the code of a patient who is really there."""
    others = [one for one in addresses() if not one.is_("in_hand_over")]
    assert {"patients", "patient", "intake", "today", "account_logout"} <= {
        one.name for one in others
    }
    for address in others:
        values = dict.fromkeys(address.parameters, patient.code) | PARAMETERS
        for ask in (tablet.get, tablet.post):
            answer = ask(address.path(values))
            assert answer.status_code == 302, address.name
            assert answer["Location"] == "/hand-over", address.name
    assert HAND_OVER in tablet.session


def test_staff_pages_that_the_browser_still_holds_belong_to_a_session_that_is_over(
    client: Client, patient: Patient
) -> None:
    """A page without store can still come back by Back as long as its cookie is the same."""
    before = client.cookies["mesoplan"].value
    page = client.get(f"/patients/{patient.code}")
    assert page["Cache-Control"] == "no-store"
    client.post(f"/patients/{patient.code}/hand-over", {"confirmed": "1", "language": "en"})
    during = client.cookies["mesoplan"].value
    client.post("/hand-over/staff", {"pin": PIN})
    assert len({before, during, client.cookies["mesoplan"].value}) == 3
    stale = Client()
    stale.cookies["mesoplan"] = before
    assert stale.get(f"/patients/{patient.code}")["Location"].startswith("/sign-in")


@pytest.mark.hazard("H-017")
def test_the_patient_sees_her_own_name_and_nobody_elses_data(
    tablet: Client, clinic: Clinic, patient: Patient, physician: User
) -> None:
    other = a_patient(clinic, physician, family_name="Solberg", telephone="")
    values = {CANCER: True, "allergies": {"other": ["kiwi"]}}
    write(journal=answers_journal(other), values=values, by=physician)
    write(journal=answers_journal(patient), values={"facts.seizures": True}, by=physician)
    assert "For Marta Lindqvist" in page_text(tablet.get("/hand-over/welcome").content)
    for screen in questioning(current()).screens:
        content = tablet.get(f"/hand-over/question/{screen.id}").content
        assert b" checked" not in content, screen.id
        for word in (b"Solberg", b"kiwi", physician.name.encode(), b"14 Mar", b"1234"):
            assert word not in content


@pytest.mark.hazard("H-017")
def test_an_answer_is_saved_at_once_as_the_patients_own(
    tablet: Client, patient: Patient, physician: User
) -> None:
    answer = say(tablet, "pregnant", {PREGNANT: "no", "gesture_field": PREGNANT}, htmx=True)
    assert answer.status_code == 200
    assert "HX-Redirect" not in answer
    gesture = AnswerGesture.objects.get()
    assert (gesture.patient, gesture.value, gesture.said_by) == (patient, False, "patient")
    assert gesture.by == physician
    assert b'value="no" checked' in tablet.get("/hand-over/question/pregnant").content


def test_next_goes_to_the_next_question_that_is_open(tablet: Client) -> None:
    order = [one.id for one in questioning(current()).screens if not one.is_list]
    assert order[:2] == ["pregnant", "breastfeeding"]
    assert tablet.get("/hand-over")["Location"] == "/hand-over/welcome"
    answer = say(tablet, "pregnant", {PREGNANT: "no", "next": "1"})
    assert answer["Location"] == "/hand-over/question/breastfeeding"
    skipped = say(tablet, "breastfeeding", {"next": "1"})
    assert skipped["Location"] == f"/hand-over/question/{order[2]}"
    assert tablet.get("/hand-over")["Location"] == "/hand-over/question/breastfeeding"
    by_htmx = say(tablet, "breastfeeding", NEXT, htmx=True)
    assert by_htmx["HX-Redirect"] == f"/hand-over/question/{order[2]}"


def test_next_takes_what_stands_in_the_form(tablet: Client, patient: Patient) -> None:
    """The button is what was pressed, the number beside it is the answer."""
    answer = say(tablet, "weight", {"patient.weight_kg": "62", **NEXT}, htmx=True)
    assert "HX-Redirect" in answer
    assert answers(patient).value("patient.weight_kg") == "62"
    wrong = say(tablet, "height", {"patient.height_cm": "2", **NEXT}, htmx=True)
    assert wrong.status_code == 422
    assert b'value="2"' in wrong.content
    assert "from 50 to 250 cm" in page_text(wrong.content)


def test_the_three_answers_and_the_way_out_stay_apart(tablet: Client, patient: Patient) -> None:
    said = {
        "cancer": ({CANCER: "yes"}, True),
        "seizures": ({"facts.seizures": "no"}, False),
        "gallstones": ({"facts.gallstones": "?"}, {"unknown": "the patient is not sure"}),
        "porphyria": (
            {"tell": "1"},
            {"unknown": "the patient would rather tell the physician"},
        ),
    }
    for screen, (fields, _) in said.items():
        assert say(tablet, screen, fields).status_code == 302
    sheet = answers(patient)
    for screen, (_, value) in said.items():
        assert sheet.value(f"facts.{screen}") == value
    assert "Noted" in page_text(tablet.get("/hand-over/question/porphyria").content)


def a_list(hand_over: HandOver) -> Any:
    return next(one for one in questioning(hand_over).screens if one.is_list)


@pytest.mark.hazard("H-017")
def test_none_of_these_says_no_to_what_was_listed_on_the_screen(
    tablet: Client, patient: Patient
) -> None:
    screen = a_list(current())
    keys = [question.key for question in screen.questions]
    listed = [*keys[:-1], "facts.keloid_tendency"]
    answer = say(tablet, screen.id, {"together": "none", "listed": listed})
    sheet = answers(patient)
    assert {key: sheet.value(key) for key in keys[:-1]} == dict.fromkeys(keys[:-1], False)
    assert sheet.value(keys[-1]) is None
    assert sheet.value("facts.keloid_tendency") is None
    assert AnswerGesture.objects.values("batch").distinct().count() == 1
    assert answer["Location"] == f"/hand-over/question/{screen.questions[-1].fact}"


def test_at_least_one_or_not_sure_leads_through_the_questions_one_by_one(tablet: Client) -> None:
    screen = a_list(current())
    for word in ("some", "unsure"):
        answer = say(tablet, screen.id, {"together": word, "listed": [screen.question.key]})
        assert answer["Location"] == f"/hand-over/question/{screen.question.fact}"
    assert not AnswerGesture.objects.exists()


def test_back_leads_to_the_screen_before(tablet: Client) -> None:
    asked = questioning(current())
    for earlier, later in zip(asked.screens, asked.screens[1:], strict=False):
        assert asked.previous(later) == earlier
    screen = a_list(current())
    keys = [question.key for question in screen.questions]
    say(tablet, screen.id, {"together": "none", "listed": keys})
    asked = questioning(current())
    after = asked.screens[asked.screens.index(screen) + len(keys) + 1]
    assert asked.previous(after) == screen


def test_names_are_added_to_a_list_and_what_was_on_it_before_stays(
    client: Client, patient: Patient, physician: User
) -> None:
    before = {"other": ["kiwi"]}
    write(journal=answers_journal(patient), values={"allergies": before}, by=physician)
    hand_over = start_hand_over(patient=patient, language="en", by=physician)
    hand_over.questions = ["allergies", "medications"]
    hand_over.save()
    session = client.session
    session[HAND_OVER] = hand_over.code
    session.save()
    page = client.get("/hand-over/question/allergies").content
    assert b"kiwi" in page
    assert b"allergies:remove" not in page
    say(client, "allergies", {"allergies:add": "nuts", "more": "1"})
    assert answers(patient).value("allergies") == {"other": ["kiwi", "nuts"]}
    assert client.get("/hand-over/question/allergies").content.count(b"allergies:remove") == 1
    said = say(client, "medications", {"medications:word": "none"})
    assert said.status_code == 302
    assert answers(patient).value("medications") == {"none": True}


@pytest.mark.hazard("H-017")
def test_that_is_all_of_it_makes_a_list_that_staff_recorded_the_patients_own(
    client: Client, patient: Patient, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of an earlier day is asked anew, and its one way onward was refused."""
    listed = {"other": ["ginkgo"]}
    earlier = timezone.now() - timedelta(days=2)
    with monkeypatch.context() as clock:
        clock.setattr("mesoplan.web.gestures.actions.timezone.now", lambda: earlier)
        write(journal=answers_journal(patient), values={"medications": listed}, by=physician)
    client.post(f"/patients/{patient.code}/hand-over", {"confirmed": "1", "language": "en"})
    assert "medications" in current().questions
    page = client.get("/hand-over/question/medications").content
    assert b"That is all of it" in page
    for htmx in (True, False):
        said = say(client, "medications", {"medications:word": "again"}, htmx=htmx)
        assert said.status_code == (200 if htmx else 302)
    entered = answers(patient).entries["medications"]
    assert (entered.value, entered.said_by) == (listed, "patient")
    assert "medications" in questioning(current()).given


@pytest.mark.hazard("H-017")
def test_a_page_of_another_hand_over_answers_nothing(
    tablet: Client, clinic: Clinic, physician: User
) -> None:
    """Kept in a tab, or sent late by a tablet that was offline, when another patient holds it."""
    old = current().code
    tablet.post("/hand-over/staff", {"pin": PIN})
    other = a_patient(clinic, physician, family_name="Solberg", telephone="")
    tablet.post(f"/patients/{other.code}/hand-over", {"confirmed": "1", "language": "en"})
    for htmx in (False, True):
        answer = say(tablet, "cancer", {CANCER: "yes"}, code=old, htmx=htmx)
        assert answer.status_code == (409 if htmx else 302)
    assert not AnswerGesture.objects.exists()
    assert f'user="hand-over {old}"'.encode() not in tablet.get("/hand-over/welcome").content


@pytest.mark.hazard("H-017")
def test_after_the_tablet_came_back_no_answer_is_taken_as_the_patients(tablet: Client) -> None:
    second = Client()
    second.cookies["mesoplan"] = tablet.cookies["mesoplan"].value
    code = current().code
    hand_over = current()
    hand_over.ended_at = timezone.now()
    hand_over.save()
    assert say(second, "cancer", {CANCER: "yes"}, code=code).status_code == 302
    assert not AnswerGesture.objects.exists()
    assert "Thank you" in page_text(tablet.get("/hand-over", follow=True).content)


def test_the_end_thanks_and_waits_for_staff_and_the_patient_may_still_go_back(
    tablet: Client,
) -> None:
    answer = tablet.post("/hand-over/end")
    assert answer["Location"] == "/hand-over/end"
    text = page_text(tablet.get("/hand-over/end").content)
    assert "Thank you" in text
    assert "Hand the tablet back" in text
    assert tablet.get("/hand-over")["Location"] == "/hand-over/end"
    assert tablet.get("/hand-over/question/pregnant").status_code == 200
    assert tablet.get("/patients")["Location"] == "/hand-over"


def test_the_tablet_comes_back_by_the_pin_of_whoever_handed_it_over(
    tablet: Client, patient: Patient
) -> None:
    wrong = tablet.post("/hand-over/staff", {"pin": "0000"})
    assert wrong.status_code == 422
    assert HAND_OVER in tablet.session
    answer = tablet.post("/hand-over/staff", {"pin": PIN})
    assert answer["Location"] == f"/patients/{patient.code}/intake"
    assert HAND_OVER not in tablet.session
    assert current().ended_at is not None
    assert tablet.get(answer["Location"]).status_code == 200
    actions = list(Event.objects.values_list("action", flat=True))
    for action in ("hand-over.start", "lock.fail", "lock.open", "hand-over.end"):
        assert action in actions


def test_wrong_pins_are_counted_and_end_in_the_sign_in_with_every_answer_kept(
    tablet: Client, patient: Patient
) -> None:
    say(tablet, "cancer", {CANCER: "yes"})
    wrong = [tablet.post("/hand-over/staff", {"pin": "0000"}) for _ in range(3)]
    assert [answer.status_code for answer in wrong] == [422, 422, 302]
    assert wrong[-1]["Location"] == "/sign-in"
    assert tablet.get(f"/patients/{patient.code}")["Location"].startswith("/sign-in")
    assert answers(patient).value(CANCER) is True
    assert current().ended_at is not None, "the intake would say that she still holds the tablet"


def test_an_idle_time_does_not_lock_the_patient_out_and_staff_comes_back_to_an_open_screen(
    tablet: Client, clinic: Clinic
) -> None:
    session = tablet.session
    session[SEEN] = (timezone.now() - timedelta(minutes=clinic.idle_minutes + 5)).isoformat()
    session.save()
    assert tablet.get("/hand-over/question/pregnant").status_code == 200
    answer = tablet.post("/hand-over/staff", {"pin": PIN})
    assert tablet.get(answer["Location"]).status_code == 200
    assert LOCKED not in tablet.session


def test_pause_shows_nothing_of_anybody_and_goes_on_where_it_was(tablet: Client) -> None:
    say(tablet, "pregnant", {PREGNANT: "no"})
    text = page_text(tablet.get("/hand-over/pause").content)
    assert "Lindqvist" not in text
    assert tablet.get("/hand-over")["Location"] == "/hand-over/question/breastfeeding"


def test_what_the_answers_open_is_asked_at_the_end(tablet: Client) -> None:
    before = current().questions
    assert "facts.hba1c" not in before
    say(tablet, "insulin_treated_diabetes", {"facts.insulin_treated_diabetes": "yes"})
    after = current().questions
    assert after[: len(before)] == before
    assert "facts.hba1c" in after[len(before) :]


@pytest.mark.hazard("H-017")
def test_staff_reads_when_the_patient_answered_what_is_open_and_where_she_differs(
    client: Client, patient: Patient, physician: User
) -> None:
    write(
        journal=answers_journal(patient),
        values={PREGNANT: True},
        by=physician,
        said_by="physician",
    )
    hand_over = start_hand_over(patient=patient, language="en", by=physician)
    hand_over.questions = [PREGNANT, CANCER, "facts.seizures", "facts.gallstones"]
    hand_over.save()
    session = client.session
    session[HAND_OVER] = hand_over.code
    session.save()
    say(client, "pregnant", {PREGNANT: "no"})
    say(client, "cancer", {CANCER: "no"})
    say(client, "seizures", {"tell": "1"})
    client.post("/hand-over/staff", {"pin": PIN})
    for page in ("", "/intake"):
        text = page_text(client.get(f"/patients/{patient.code}{page}").content)
        assert "3 questions answered by the patient at" in text
        assert "left open" in text
        assert "Seizures (the patient would rather tell the physician)" in text
        assert "Otherwise than somebody said before: Pregnancy" in text
