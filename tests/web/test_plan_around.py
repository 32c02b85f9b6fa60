"""Around the plan page: refusals are no dead ends, two plans compared, the page follows others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mesoplan.knowledge import KnowledgeBase
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.courses.actions.request import change_plan, edit_request
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import request_sheet
from mesoplan.web.courses.queries.plan import draft
from tests.lib.clinic import (
    a_course,
    a_patient,
    a_patient_of,
    a_released_plan,
    a_user,
    signed_in,
)
from tests.lib.pages import page_text
from tests.lib.people import healthy_document, zone

HTMX = {"HX-Request": "true"}


@pytest.fixture
def neck(clinic: Clinic, physician: User, knowledge: KnowledgeBase) -> Course:
    """A healthy patient with neck pain: a plan with lidocaine."""
    document = healthy_document(knowledge)
    return a_course(a_patient_of(clinic, physician, document), physician, document)


def record(course: Course) -> dict[str, Any]:
    found = draft(course).record
    assert found is not None
    return dict(found)


def numbers(course: Course) -> dict[str, Any]:
    found: dict[str, Any] = record(course)["plan"]["zones"][0]["number_sources"]
    return found


def edit(browser: Client, course: Course, **data: str) -> int:
    return browser.post(f"/courses/{course.code}/plan/edit", data, headers=HTMX).status_code


# --- Refusals are no dead ends -----------------------------------------------------------------


def test_a_refusal_by_a_wish_offers_to_take_the_wish_back(
    browser: Client, physician: User, neck: Course
) -> None:
    edit_request(course=neck, values={"zone.1.sessions": "30"}, by=physician)
    assert record(neck)["outcome"] == "refusal"
    text = page_text(browser.get(f"/courses/{neck.code}/plan").content)
    assert "sessions: 30 asked; the range is 3 to 4" in text
    assert "Back to the protocol's own choice" in text
    assert edit(browser, neck, clear="1") == 200
    assert record(neck)["outcome"] == "plan"


def test_a_refusal_for_want_of_answers_links_each_question(
    browser: Client, clinic: Clinic, physician: User
) -> None:
    asked = {"request": zone("melasma", "cheek", "both")}
    course = a_course(a_patient(clinic, physician), physician, asked)
    content = browser.get(f"/courses/{course.code}/plan").content.decode()
    for missing in record(course)["refusal"]["missing"]:
        assert f'href="/courses/{course.code}/screening#ask-{missing["fact"]}"' in content
    screening = browser.get(f"/courses/{course.code}/screening").content.decode()
    for missing in record(course)["refusal"]["missing"]:
        assert f'id="ask-{missing["fact"]}"' in screening


# --- Side by side ------------------------------------------------------------------------------


def test_the_draft_stands_beside_another_way_of_the_same_indication(
    browser: Client, neck: Course
) -> None:
    content = browser.get(f"/courses/{neck.code}/plan/compare").content
    text = page_text(content)
    assert "Draft chosen" in text
    assert "Technique (differs)" in text or "Mixture (differs)" in text
    assert "Sessions (differs)" not in text


def test_a_way_that_is_chosen_becomes_the_wish_of_the_draft(browser: Client, neck: Course) -> None:
    content = browser.get(f"/courses/{neck.code}/plan/compare").content.decode()
    assert 'name="column" value="o1.2"' in content
    chosen = browser.post(f"/courses/{neck.code}/plan/choose", {"column": "o1.2"})
    assert chosen.status_code == 302
    wished = request_sheet(neck).under("zone.1")
    assert wished["technique"] == record(neck)["plan"]["zones"][0]["technique"]
    assert wished["mixture"] == record(neck)["plan"]["zones"][0]["mixture"]["id"]
    assert record(neck)["plan"]["zones"][0]["technique"] != "point-by-point"


def test_a_released_version_stands_beside_the_draft_and_can_be_taken_up_again(
    browser: Client, clinic: Clinic, physician: User
) -> None:
    version = a_released_plan(a_patient(clinic, physician), physician)
    course = version.course
    change_plan(version=version, by=physician)
    edit(browser, course, set="zone.1.needle_angle_deg=45")
    url = f"/courses/{course.code}/plan/compare?left=draft&right=v1"
    text = page_text(browser.get(url).content)
    assert "Angle to the skin (differs) 45 ° 30 – 45 30 ° 30 – 45" in text
    browser.post(f"/courses/{course.code}/plan/choose", {"column": "v1"})
    assert numbers(course)["needle.angle_deg"]["value"] == "30"


@pytest.mark.parametrize("name", ["", "draft", "v1", "v99", "o1.99", "o9.1", "x", "../..", "o1.1"])
def test_whatever_is_asked_for_the_comparison_answers(
    browser: Client, neck: Course, name: str
) -> None:
    url = f"/courses/{neck.code}/plan/compare"
    assert browser.get(url, {"left": name, "right": name}).status_code == 200
    before = request_sheet(neck).version
    chosen = browser.post(f"/courses/{neck.code}/plan/choose", {"column": name})
    assert chosen.status_code in {302, 404}
    assert name == "o1.1" or request_sheet(neck).version == before


# --- The page follows --------------------------------------------------------------------------


def test_the_page_asks_what_is_new_and_hears_nothing_while_nothing_is(
    browser: Client, clinic: Clinic, neck: Course
) -> None:
    content = browser.get(f"/courses/{neck.code}/plan").content.decode()
    version = content.partition('version="')[2].partition('"')[0]
    live = f"/courses/{neck.code}/plan/live"
    reads = Event.objects.filter(action="course.read").count()
    assert browser.get(live, {"version": version}).status_code == 204
    assert Event.objects.filter(action="course.read").count() == reads
    edit(signed_in(a_user(clinic, Role.NURSE, name="Nina Verdi")), neck, set="zone.1.sessions=4")
    fresh = browser.get(live, {"version": version})
    assert fresh.status_code == 200
    assert f'<live-region class="span-all columns" id="plan" url="{live}"' in fresh.content.decode()
    assert f'version="{version}"' not in fresh.content.decode()


def test_the_number_of_queries_does_not_grow_with_zones_and_gestures(
    browser: Client, clinic: Clinic, physician: User, knowledge: KnowledgeBase, neck: Course
) -> None:
    both = {
        "practitioner": "physician",
        "zone": [
            {"indication": "neck-pain", "region": "neck", "side": "both"},
            {"indication": "chronic-spinal-pain", "region": "lower-back", "side": "both"},
        ],
    }
    document = healthy_document(knowledge, request=both)
    large = a_course(a_patient_of(clinic, physician, document), physician, document)
    for angle in range(31, 40):
        edit(browser, large, set=f"zone.2.needle_angle_deg={angle}")
    list(queries_of(browser, neck))  # the first page of a sign-in asks for its second factor
    assert len({*queries_of(browser, neck), *queries_of(browser, large)}) == 1


def queries_of(browser: Client, course: Course) -> Iterator[int]:
    with CaptureQueriesContext(connection) as queries:
        browser.get(f"/courses/{course.code}/plan")
    yield len(queries)
