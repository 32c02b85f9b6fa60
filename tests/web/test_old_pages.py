"""A page that is old sends every value it showed: only what was changed on it is written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from mesoplan.web.accounts.clock import clinic_zone
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.models import Contact, Course, Session
from mesoplan.web.courses.queries.course import request_sheet
from mesoplan.web.courses.queries.followup import contact_journal
from mesoplan.web.courses.queries.session import session_journal
from mesoplan.web.patients.models import Patient
from mesoplan.web.patients.queries import answers
from tests.lib.clinic import (
    a_course,
    a_finalised_session,
    a_patient,
    a_released_plan,
    a_user,
    signed_in,
)
from tests.lib.consenting import state_now
from tests.lib.pages import page_text
from tests.lib.people import zone

TOLD = "Nina Verdi had changed this meanwhile"


@pytest.fixture
def nurse(clinic: Clinic) -> Client:
    """A browser in which a nurse is signed in."""
    return signed_in(a_user(clinic, Role.NURSE, name="Nina Verdi"))


@pytest.fixture
def planned(clinic: Clinic, physician: User) -> Course:
    """A course with a released plan."""
    return a_released_plan(a_patient(clinic, physician), physician).course


def sends(browser: Client, address: str, fields: dict[str, Any]) -> str:
    """What the page says that comes after a whole form."""
    return page_text(browser.post(address, fields, follow=True).content)


@pytest.mark.hazard("H-021")
def test_a_red_flag_that_a_colleague_answered_yes_stays_yes(
    browser: Client, nurse: Client, clinic: Clinic, physician: User
) -> None:
    """The whole script of an old page wrote its "no" back over the newer "yes"."""
    patient = a_patient(clinic, physician)
    session = a_finalised_session(a_released_plan(patient, physician), physician)
    contact = Contact.objects.filter(session=session).order_by("due")[0]
    address, flag = f"/contacts/{contact.code}/edit", "flag.anaphylaxis"
    sends(browser, address, {"whole": "1", flag: "no", "reaction.bruise": "on"})
    seen = contact_journal(contact).sheet().version
    nurse.post(address, {flag: "yes", "gesture_field": flag})
    nurse.post(address, {"reaction.bruise.zone": "1", "gesture_field": "reaction.bruise.zone"})
    old = {
        "whole": "1",
        "seen": seen,
        flag: "no",
        "reaction.bruise": "on",
        "reaction.bruise.zone": "0",
        "notes": "Rang twice.",
    }
    assert TOLD not in sends(browser, address, old)
    sheet = contact_journal(contact).sheet()
    assert (sheet.value(flag), sheet.value("notes")) == ("yes", "Rang twice.")
    assert sheet.value("reaction.bruise.zone") == "1"
    assert TOLD in sends(browser, address, old | {flag: "not-asked"})


def test_a_script_with_one_wrong_field_keeps_the_red_flags_that_were_answered(
    browser: Client, clinic: Clinic, physician: User
) -> None:
    patient = a_patient(clinic, physician)
    session = a_finalised_session(a_released_plan(patient, physician), physician)
    contact = Contact.objects.filter(session=session).order_by("due")[0]
    fields = {"whole": "1", "flag.anaphylaxis": "yes", "other": "x" * 301}
    answer = browser.post(f"/contacts/{contact.code}/edit", fields)
    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()
    assert contact_journal(contact).sheet().value("flag.anaphylaxis") == "yes"


def test_the_request_of_an_old_page_takes_back_no_area_and_no_other_zone(
    browser: Client, nurse: Client, clinic: Clinic, physician: User
) -> None:
    asked = {"request": zone("melasma", "cheek", "left", area_cm2=20)}
    course = a_course(a_patient(clinic, physician), physician, asked)
    address, seen = f"/courses/{course.code}/request/edit", request_sheet(course).version
    nurse.post(address, {"zone.1.area_cm2": "35", "gesture_field": "zone.1.area_cm2"})
    old = {
        "seen": seen,
        "zone.1.region": "cheek",
        "zone.1.side": "left",
        "zone.1.area_cm2": "20",
        "zone.1.severity": "mMASI 8",
        "zone.1.aims": "",
    }
    assert TOLD not in sends(browser, address, old)
    sheet = request_sheet(course)
    assert (sheet.text("zone.1.area_cm2"), sheet.text("zone.1.severity")) == ("35", "mMASI 8")
    assert TOLD in sends(browser, address, old | {"zone.1.area_cm2": "25"})


def test_a_form_that_is_refused_comes_back_with_what_a_colleague_entered_meanwhile(
    browser: Client, nurse: Client, clinic: Clinic, physician: User
) -> None:
    """It came back with the old value as if it had been typed, and the next sending wrote it."""
    asked = {"request": zone("melasma", "cheek", "left", area_cm2=20)}
    course = a_course(a_patient(clinic, physician), physician, asked)
    address, key = f"/courses/{course.code}/request/edit", "zone.1.severity"
    browser.post(address, {key: "mMASI 8", "gesture_field": key})
    seen = request_sheet(course).version
    nurse.post(address, {key: "mMASI 12", "gesture_field": key})
    old = {"seen": seen, key: "mMASI 8", "zone.1.area_cm2": "much"}
    answer = browser.post(address, old)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "mMASI 12" in page
    assert "mMASI 8" not in page
    assert "much" in page


def test_an_old_page_that_names_another_region_takes_newer_wishes_of_the_former_with_it(
    browser: Client, nurse: Client, clinic: Clinic, physician: User
) -> None:
    """What follows from a change counts, though the page showed no wish either."""
    asked = {"request": zone("melasma", "forehead", "midline")}
    course = a_course(a_patient(clinic, physician), physician, asked)
    address, seen = f"/courses/{course.code}/request/edit", request_sheet(course).version
    nurse.post(address, {"zone.1.area_cm2": "35", "gesture_field": "zone.1.area_cm2"})
    old = {"seen": seen, "zone.1.region": "cheek", "zone.1.side": "midline", "zone.1.area_cm2": ""}
    browser.post(address, old)
    assert request_sheet(course).under("zone.1") == {"indication": "melasma", "region": "cheek"}


@pytest.mark.hazard("H-020")
def test_the_consent_of_an_old_page_takes_back_nothing_that_was_said_since(
    browser: Client, nurse: Client, planned: Course
) -> None:
    address = f"/courses/{planned.code}/consent/edit"
    hidden = {"plan": state_now(planned).plan.code, "consent": ""}
    browser.post(address, hidden | {"talk.language": "English", "now": "talk.started"})
    state = state_now(planned)
    assert state.consent is not None
    hidden["consent"] = state.consent.code
    began = state.sheet.text("talk.started")
    nurse.post(address, hidden | {"talk.language": "Italian", "gesture_field": "talk.language"})
    nurse.post(
        address, hidden | {"talk.started": "2026-01-02T10:00", "gesture_field": "talk.started"}
    )
    minute = _minute_in_the_clinic(planned, began)
    old = hidden | {
        "seen": str(state.sheet.version),
        "talk.language": "English",
        "talk.started": minute,
        "talk.interpreter": "none",
    }
    assert TOLD not in sends(browser, address, old)
    sheet = state_now(planned).sheet
    assert (sheet.text("talk.language"), sheet.text("talk.interpreter")) == ("Italian", "none")
    assert sheet.text("talk.started").startswith("2026-01-02")
    assert TOLD in sends(browser, address, old | {"talk.language": "French"})


def _minute_in_the_clinic(course: Course, moment: str) -> str:
    local = datetime.fromisoformat(moment).astimezone(clinic_zone(course.patient.clinic))
    return f"{local:%Y-%m-%dT%H:%M}"


def test_a_consent_form_with_one_wrong_field_keeps_what_is_right_in_it(
    browser: Client, planned: Course
) -> None:
    hidden = {"plan": state_now(planned).plan.code, "consent": ""}
    talk = {"talk.language": "x" * 121, "talk.interpreter": "none"}
    answer = browser.post(f"/courses/{planned.code}/consent/edit", hidden | talk)
    assert answer.status_code == 422
    assert "x" * 121 in answer.content.decode()
    assert list(state_now(planned).sheet.entries) == ["talk.interpreter"]
    again = browser.post(f"/courses/{planned.code}/consent/edit", hidden | {"decision": "perhaps"})
    assert again.status_code == 422


@pytest.mark.hazard("H-019")
def test_the_session_of_an_old_page_tells_what_it_replaced_on_the_page_that_follows(
    browser: Client, nurse: Client, planned: Course, physician: User
) -> None:
    session: Session = begin_session(course=planned, by=physician)
    address, seen = f"/sessions/{session.code}/edit", session_journal(session).sheet().version
    nurse.post(address, {"notes": "theirs", "gesture_field": "notes"})
    nurse.post(address, {"do": "now observation.on", "gesture_field": "do"})
    old = {"seen": seen, "notes": "", "observation.on": ""}
    assert TOLD not in sends(browser, address, old)
    sheet = session_journal(session).sheet()
    assert sheet.text("notes") == "theirs"
    assert sheet.text("observation.on")
    assert TOLD in sends(browser, address, old | {"notes": "mine"})
    assert session_journal(session).sheet().text("notes") == "mine"


@pytest.mark.hazard("H-017")
def test_the_intake_of_an_old_page_tells_what_it_replaced_on_the_page_that_follows(
    browser: Client, nurse: Client, patient: Patient
) -> None:
    address, seen = f"/patients/{patient.code}/intake", answers(patient).version
    nurse.post(address, {"said_by": "patient", "facts.cancer": "yes"})
    mine = {"said_by": "patient", "seen": seen, "facts.cancer": "no"}
    assert TOLD in sends(browser, address, mine)
