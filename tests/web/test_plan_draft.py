"""The draft of a plan that is changed: opened once, left and come back to, decided by whom."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from mesoplan.knowledge import KnowledgeBase
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.actions.plan import release_plan
from mesoplan.web.courses.actions.request import (
    SealedRequestError,
    change_plan,
    edit_request,
    end_override,
    keep_plan,
    override_finding,
    restore_version,
    undo_request,
)
from mesoplan.web.courses.models import PlanVersion
from mesoplan.web.courses.queries.course import request_sheet
from mesoplan.web.courses.queries.plan import draft
from tests.lib.clinic import a_course, a_patient, a_patient_of, a_released_plan, a_user, signed_in
from tests.lib.pages import page_text
from tests.lib.people import healthy_document

ANGLE, HIVES = "zone.1.needle_angle_deg", "override.urticaria"


@pytest.fixture
def nurse(clinic: Clinic) -> User:
    return a_user(clinic, Role.NURSE, name="Nina Verdi")


@pytest.fixture
def version(clinic: Clinic, physician: User) -> PlanVersion:
    """A released plan."""
    return a_released_plan(a_patient(clinic, physician), physician)


@pytest.fixture
def overridden(clinic: Clinic, physician: User, knowledge: KnowledgeBase) -> PlanVersion:
    """A plan that was released over a relative finding, and is being changed."""
    document = healthy_document(knowledge, facts={"urticaria": True})
    course = a_course(a_patient_of(clinic, physician, document), physician, document)
    reason = {"reason": "quiescent-over-a-year", "note": ""}
    override_finding(course=course, rule="urticaria", by=physician, **reason)
    found = release_plan(course=course, seen=draft(course).digest, by=physician)
    change_plan(version=found, by=physician)
    return found


@pytest.mark.hazard("H-010")
def test_nobody_but_a_physician_brings_an_override_back_with_an_earlier_version(
    overridden: PlanVersion, physician: User, nurse: User
) -> None:
    """A nurse who restored a version wrote the physician's override again in the nurse's name."""
    course = overridden.course
    end_override(course=course, rule="urticaria", by=physician)
    edit_request(course=course, values={ANGLE: "45"}, by=nurse)
    for act in (restore_version, keep_plan, change_plan):
        act(version=overridden, by=nurse)
        assert request_sheet(course).value(HIVES) is None
    assert request_sheet(course).value(ANGLE) is None
    restore_version(version=overridden, by=physician)
    assert request_sheet(course).value(HIVES) is not None


def test_a_draft_that_is_open_is_not_begun_anew_by_a_second_person(
    browser: Client, version: PlanVersion, nurse: User
) -> None:
    """A page from before the draft was opened threw every wish of it away, without a word."""
    course = version.course
    change_plan(version=version, by=nurse)
    edit_request(course=course, values={ANGLE: "45"}, by=nurse)
    assert browser.post(f"/courses/{course.code}/plan/change").status_code == 302
    assert request_sheet(course).value(ANGLE) == "45"


def test_whoever_leaves_a_draft_comes_back_to_it_by_undo(version: PlanVersion, nurse: User) -> None:
    course, browser = version.course, signed_in(nurse)
    browser.post(f"/courses/{course.code}/plan/change")
    edit_request(course=course, values={ANGLE: "45"}, by=nurse)
    browser.post(f"/courses/{course.code}/plan/change", {"keep": "1"})
    assert request_sheet(course).value(ANGLE) is None
    assert "Back to the draft" in page_text(browser.get(f"/courses/{course.code}/plan").content)
    browser.post(f"/courses/{course.code}/plan/undo", {"undo": "1"})
    assert request_sheet(course).value(ANGLE) == "45"
    browser.post(f"/courses/{course.code}/plan/undo", {"redo": "1"})
    assert request_sheet(course).value(ANGLE) is None


@pytest.mark.hazard("H-018")
def test_nothing_else_of_a_released_plan_is_taken_back(
    browser: Client, version: PlanVersion, physician: User, nurse: User
) -> None:
    course = version.course
    with pytest.raises(SealedRequestError):
        undo_request(course=course, by=physician)
    change_plan(version=version, by=physician)
    keep_plan(version=version, by=physician)
    assert "Back to the draft" in page_text(browser.get(f"/courses/{course.code}/plan").content)
    other = signed_in(nurse)
    assert "Back to the draft" not in page_text(other.get(f"/courses/{course.code}/plan").content)
    change_plan(version=version, by=nurse)
    edit_request(course=course, values={ANGLE: "45"}, by=physician)
    second = release_plan(
        course=course, seen=draft(course).digest, by=physician, reason="the angle"
    )
    before = request_sheet(course)
    text = page_text(browser.get(f"/courses/{course.code}/plan").content)
    assert "Back to the draft" not in text
    with pytest.raises(SealedRequestError):
        undo_request(course=course, by=physician)
    assert request_sheet(course) == before
    assert second.number == 2


@pytest.mark.hazard("H-018")
def test_each_page_of_a_released_plan_says_which_plan_it_is(version: PlanVersion) -> None:
    """On paper nobody could tell one version of a plan from the next."""
    pages = PdfReader(BytesIO(bytes(version.document.content))).pages
    assert len(pages) > 1
    for page in pages:
        text = " ".join(page.extract_text().split())
        assert f"Plan {version.number} of this course" in text
        assert f"Content hash {version.digest[:16]}" in text
        assert f"Knowledge {version.knowledge_release[:12]}" in text
