"""The request: zones with what and where, saved gesture by gesture, undone, repeated, sealed."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from mesoplan.knowledge import KnowledgeBase
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.actions.course import close_course
from mesoplan.web.courses.forms.request import decimal_text
from mesoplan.web.courses.mapping.choices import (
    indication_groups,
    regions_for,
    sides_for,
    zone_problem,
)
from mesoplan.web.courses.mapping.words import cited
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import request_sheet
from mesoplan.web.patients.models import Patient
from tests.lib.clinic import (
    a_clinic,
    a_course,
    a_patient,
    a_released_plan,
    a_user,
    signed_in,
)
from tests.lib.pages import page_text
from tests.lib.people import zone

AT = date(2026, 11, 22)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def course(patient: Patient, physician: User) -> Course:
    return a_course(patient, physician, {"request": zone("melasma", "cheek", "left")})


def sent(browser: Client, course: Course, **fields: str) -> int:
    data = {f"zone.1.{name}": value for name, value in fields.items()}
    return browser.post(f"/courses/{course.code}/request/edit", data).status_code


def says(course: Course) -> dict[str, object]:
    return request_sheet(course).under("zone.1")


# --- What can be chosen ------------------------------------------------------------------------


def test_every_choice_that_is_offered_is_read_as_meant_and_no_other_side_is(
    knowledge: KnowledgeBase,
) -> None:
    for indication in knowledge.indications:
        for region, _label in regions_for(indication):
            offered = {side for side, _words in sides_for(region)}
            for side in ("left", "right", "both", "midline"):
                asked = {"indication": indication, "region": region, "side": side}
                assert (zone_problem(asked, AT) is None) is (side in offered)


def test_a_region_is_offered_where_the_indication_or_a_region_around_it_is_named(
    knowledge: KnowledgeBase,
) -> None:
    for indication in knowledge.indications.values():
        offered = {region for region, _label in regions_for(indication.id)}
        for region in knowledge.regions:
            named = set(knowledge.regions_around(region)) & set(indication.regions)
            assert (region in offered) is (bool(named) or not indication.regions)


def test_every_indication_is_offered_and_one_without_protocol_says_why(
    knowledge: KnowledgeBase,
) -> None:
    offered = {choice.id: choice for group in indication_groups() for choice in group.choices}
    assert offered.keys() == knowledge.indications.keys()
    for name, choice in offered.items():
        reason = knowledge.indications[name].reason
        assert choice.is_planned == (reason is None)
        assert choice.reason == (cited(reason.text) if reason else "")
        assert (choice.source is None) == choice.is_planned


def test_an_indication_is_found_by_a_synonym(browser: Client) -> None:
    text = page_text(browser.get("/indications", {"q": "mesobotox", "zone": "3"}).content)
    assert "Enlarged pores" in text
    assert "Melasma" not in text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("40", "40"), (" 12,50 ", "12.5"), ("0.5", "0.5"), ("007", "7"), ("100", "100")],
)
def test_a_number_is_read_with_comma_and_point(typed: str, kept: str) -> None:
    assert decimal_text(typed) == kept


@pytest.mark.parametrize("typed", ["", "4o", "1e3", "-3", "1_0", "NaN", "1.2.3", "٣", "9" * 10])
def test_what_is_no_plain_number_is_not_read(typed: str) -> None:
    assert decimal_text(typed) is None


# --- Filling it in -----------------------------------------------------------------------------


def test_a_course_is_started_and_its_first_zone_filled_in_without_scripts(
    browser: Client, patient: Patient
) -> None:
    assert browser.get(f"/patients/{patient.code}/courses/new").status_code == 200
    begun = browser.post(f"/patients/{patient.code}/courses/new")
    course = patient.courses.get()
    assert begun["Location"] == f"/courses/{course.code}/request"
    assert sent(browser, course, indication="melasma") == 302
    assert sent(browser, course, region="cheek", side="both") == 302
    assert (
        sent(browser, course, severity="mMASI 8", aims="lighter\nmore even", area_cm2="40") == 302
    )
    browser.post(f"/courses/{course.code}/request/edit", {"practitioner": "physician"})
    assert request_sheet(course).value("practitioner") == "physician"
    assert says(course) == {
        "indication": "melasma",
        "region": "cheek",
        "side": "both",
        "severity": "mMASI 8",
        "aims": ["lighter", "more even"],
        "area_cm2": "40",
    }
    course.refresh_from_db()
    assert course.title == "Melasma: Cheek, both sides"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("indication", "no-such-thing"),
        ("region", "knee"),
        ("region", "nowhere"),
        ("side", "midline"),
        ("side", "upwards"),
        ("area_cm2", "0.1"),
        ("area_cm2", "99999"),
        ("area_cm2", "large"),
        ("severity", "x" * 201),
        ("aims", "\n".join("abcdefghijkl")),
    ],
)
def test_what_does_not_fit_is_not_written_and_stays_in_its_field(
    browser: Client, course: Course, field: str, value: str
) -> None:
    before = request_sheet(course)
    answer = browser.post(
        f"/courses/{course.code}/request/edit", {f"zone.1.{field}": value}, headers=HTMX
    )
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert request_sheet(course).version == before.version
    if field in {"area_cm2", "severity"}:
        assert f'value="{value}"' in answer.content.decode()


def test_a_form_with_a_wrong_field_is_not_half_written_and_keeps_what_was_typed(
    browser: Client, course: Course
) -> None:
    both = {"zone.1.severity": "mMASI 8", "zone.1.area_cm2": "huge"}
    answer = browser.post(f"/courses/{course.code}/request/edit", both)
    assert answer.status_code == 422
    assert "severity" not in says(course)
    assert all(f'value="{typed}"' in answer.content.decode() for typed in both.values())


def test_another_indication_takes_region_and_wishes_with_it_as_one_gesture(
    browser: Client, patient: Patient, physician: User
) -> None:
    asked = zone("melasma", "cheek", "left", area_cm2=20, technique="micropapule", sessions=4)
    course = a_course(patient, physician, {"request": asked})
    before = says(course)
    sent(browser, course, indication="neck-pain")
    assert says(course) == {"indication": "neck-pain"}
    browser.post(f"/courses/{course.code}/request/undo")
    assert says(course) == before
    browser.post(f"/courses/{course.code}/request/undo", {"redo": "1"})
    assert says(course) == {"indication": "neck-pain"}


def test_another_region_drops_a_side_that_it_does_not_have(
    browser: Client, patient: Patient, physician: User
) -> None:
    course = a_course(patient, physician, {"request": zone("melasma", "forehead", "midline")})
    sent(browser, course, region="cheek")
    assert says(course) == {"indication": "melasma", "region": "cheek"}


def test_with_scripts_only_the_changed_field_is_written(browser: Client, course: Course) -> None:
    answer = browser.post(
        f"/courses/{course.code}/request/edit",
        {"zone.1.side": "right", "zone.1.severity": "old", "gesture_field": "zone.1.side"},
        headers=HTMX,
    )
    assert says(course)["side"] == "right"
    assert "severity" not in says(course)
    assert answer.content.decode().lstrip().startswith('<div class="span-all columns" id="request"')


def test_a_gesture_that_comes_twice_is_taken_once(browser: Client, course: Course) -> None:
    gesture = {"gesture": "7b0e0f0c-3d43-4a57-9a50-2f1f4bd0a001", "gesture_field": "zone.1.side"}
    url = f"/courses/{course.code}/request/edit"
    browser.post(url, {"zone.1.side": "right", **gesture}, headers=HTMX)
    browser.post(url, {"zone.1.side": "both"}, headers=HTMX)
    again = browser.post(url, {"zone.1.side": "right", **gesture}, headers=HTMX)
    assert again.status_code == 200
    assert says(course)["side"] == "both"


def test_two_people_at_once_lose_nothing_and_are_told(
    browser: Client, clinic: Clinic, course: Course
) -> None:
    seen = request_sheet(course).version
    url = f"/courses/{course.code}/request/edit"
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nina Verdi"))
    nurse.post(url, {"zone.1.side": "both", "zone.1.severity": "mMASI 9"})
    mine = {"zone.1.side": "right", "gesture_field": "zone.1.side", "seen": str(seen)}
    text = page_text(browser.post(url, mine, headers=HTMX).content)
    assert "Nina Verdi had changed this meanwhile" in text
    assert says(course)["side"] == "right"
    assert says(course)["severity"] == "mMASI 9"


def test_a_zone_is_added_and_removed_and_comes_back(browser: Client, course: Course) -> None:
    url = f"/courses/{course.code}/request"
    assert "Zone 2" in page_text(browser.get(url, {"add": "1"}).content)
    browser.post(f"{url}/edit", {"zone.2.indication": "neck-pain"})
    browser.post(f"{url}/edit", {"zone.2.region": "neck"})
    browser.post(f"{url}/edit", {"remove": "1"})
    course.refresh_from_db()
    assert course.title == "Neck pain: Back and sides of the neck"
    browser.post(f"{url}/undo")
    course.refresh_from_db()
    assert course.title.startswith("Melasma: Cheek, left; Neck pain")


def test_a_removed_zone_takes_no_late_gesture(browser: Client, course: Course) -> None:
    browser.post(f"/courses/{course.code}/request/edit", {"remove": "1"})
    assert sent(browser, course, severity="late") == 422
    assert says(course) == {}


def test_an_old_request_is_repeated_without_its_overrides(
    browser: Client, patient: Patient, physician: User
) -> None:
    override = {"rule": "urticaria", "reason": "quiescent-over-a-year", "by": "Dr Example"}
    asked = {"request": zone("neck-pain", "neck", "both"), "override": [override]}
    first = a_course(patient, physician, asked)
    page = browser.get(f"/patients/{patient.code}/courses/new")
    assert "Neck pain: Back and sides of the neck, both sides" in page_text(page.content)
    browser.post(f"/patients/{patient.code}/courses/new", {"like": first.code})
    second = patient.courses.get(number=2)
    assert says(second) == says(first)
    assert not request_sheet(second).under("override")
    assert second.title == first.title


def test_the_request_of_somebody_else_is_not_repeated(
    browser: Client, clinic: Clinic, physician: User, course: Course
) -> None:
    other = a_course(a_patient(clinic, physician, given_name="Paul"), physician)
    answer = browser.post(f"/courses/{course.code}/request/repeat", {"like": other.code})
    assert answer.status_code == 404


# --- Who, and when not -------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["edit", "undo", "repeat"])
def test_a_released_request_takes_no_gesture(
    clinic: Clinic, physician: User, browser: Client, act: str
) -> None:
    course = a_released_plan(a_patient(clinic, physician), physician).course
    before = request_sheet(course)
    data = {"zone.1.side": "left", "like": course.code}
    answer = browser.post(f"/courses/{course.code}/request/{act}", data)
    assert answer.status_code == 409
    assert request_sheet(course).version == before.version


def test_a_closed_course_takes_no_gesture(browser: Client, physician: User, course: Course) -> None:
    url = f"/courses/{course.code}"
    assert browser.post(f"{url}/close", {"reason": " "}).status_code == 422
    close_course(course=course, reason="moved away", by=physician)
    assert sent(browser, course, side="right") == 409
    assert "moved away" in page_text(browser.get(f"{url}/request").content)


def test_who_may_not_plan_reads_but_does_not_write(assistant: User, course: Course) -> None:
    browser = signed_in(assistant)
    assert browser.get(f"/courses/{course.code}/request").status_code == 200
    assert sent(browser, course, side="right") == 403
    assert says(course)["side"] == "left"


def test_a_person_of_another_clinic_finds_nothing(course: Course) -> None:
    stranger = signed_in(a_user(a_clinic(name="Elsewhere"), Role.PHYSICIAN, name="Dr Other"))
    for page in ("request", "screening", "plan", "plan/compare", "plan/live", "plan/1"):
        assert stranger.get(f"/courses/{course.code}/{page}").status_code == 404
    for act in (
        "request/edit",
        "request/undo",
        "request/repeat",
        "close",
        "screening/answer",
        "screening/undo",
        "override/urticaria",
        "override/urticaria/end",
        "plan/edit",
        "plan/undo",
        "plan/release",
        "plan/change",
        "plan/withdraw",
        "plan/choose",
    ):
        assert stranger.post(f"/courses/{course.code}/{act}").status_code == 404
    assert stranger.post(f"/patients/{course.patient.code}/courses/new").status_code == 404


@pytest.mark.parametrize("value", ["", "x", "-1", "1e9", "9" * 40, "zone.1.side=left", "\x00"])
def test_hostile_input_never_breaks_the_page(browser: Client, course: Course, value: str) -> None:
    url = f"/courses/{course.code}"
    for name in ("zone.1.region", "zone.0.side", f"zone.{'9' * 40}.side", "remove", "practitioner"):
        assert browser.post(f"{url}/request/edit", {name: value, "seen": value}).status_code < 500
    assert browser.get(f"{url}/request", {"change": value, "add": value}).status_code == 200
    assert browser.get("/indications", {"q": value, "zone": value}).status_code == 200
