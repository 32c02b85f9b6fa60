"""A plan is released as it was read, kept as it is, and not used once it is outdated."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client

from mesoplan.knowledge import KnowledgeBase
from mesoplan.planning import Plan
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.courses.actions.course import close_course
from mesoplan.web.courses.actions.plan import NotReleasedError, release_plan, withdraw_plan
from mesoplan.web.courses.actions.request import (
    SealedRequestError,
    change_plan,
    edit_request,
    keep_plan,
    override_finding,
)
from mesoplan.web.courses.mapping.case import decision_record
from mesoplan.web.courses.mapping.draft import canonical
from mesoplan.web.courses.mapping.plan import PlanOutdatedError, plan_value
from mesoplan.web.courses.models import Course, PlanVersion
from mesoplan.web.courses.queries.course import current_plan, request_sheet
from mesoplan.web.courses.queries.plan import changed_since, draft
from mesoplan.web.gestures.actions import write
from mesoplan.web.patients.queries import answers_journal
from tests.lib.clinic import (
    a_course,
    a_patient,
    a_patient_of,
    a_released_plan,
    a_user,
    signed_in,
)
from tests.lib.command import run
from tests.lib.pages import page_text
from tests.lib.people import healthy_document, zone

Why = NotReleasedError.Why


@pytest.fixture
def version(clinic: Clinic, physician: User) -> PlanVersion:
    return a_released_plan(a_patient(clinic, physician), physician)


@pytest.fixture
def neck(clinic: Clinic, physician: User, knowledge: KnowledgeBase) -> Course:
    document = healthy_document(knowledge)
    return a_course(a_patient_of(clinic, physician, document), physician, document)


def answered(course: Course, **values: object) -> None:
    journal = answers_journal(course.patient)
    named = {key.replace("__", "."): value for key, value in values.items()}
    write(journal=journal, values=named, by=course.created_by)


def refused(course: Course, by: User, *, reason: str = "", seen: str = "") -> NotReleasedError.Why:
    with pytest.raises(NotReleasedError) as caught:
        release_plan(course=course, seen=seen or draft(course).digest, by=by, reason=reason)
    return caught.value.why


def plan_page(browser: Client, course: Course) -> str:
    return page_text(browser.get(f"/courses/{course.code}/plan").content)


# --- What is kept ------------------------------------------------------------------------------


@pytest.mark.hazard("H-018")
def test_a_release_keeps_the_case_the_decision_and_a_digest_that_the_command_line_gives_again(
    version: PlanVersion,
) -> None:
    finished = run("plan", "-", "--json", stdin=version.case.encode())
    printed = json.loads(finished.stdout, parse_float=Decimal, parse_int=Decimal)
    assert as_kept(printed) == as_kept(version.decision)
    whole = (version.case + canonical(version.decision)).encode()
    assert version.digest == sha256(whole).hexdigest()
    assert version.knowledge_release == version.decision["plan"]["knowledge_release"]
    assert version.policy == "default"


def as_kept(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_kept(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_kept(item) for item in value]
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        return f"{Decimal(value).normalize():f}"
    return value


def test_a_release_files_the_page_and_leaves_a_trace(version: PlanVersion) -> None:
    document = version.document
    assert bytes(document.content).startswith(b"%PDF")
    assert document.sha256 == sha256(bytes(document.content)).hexdigest()
    assert (document.kind, document.subject) == ("plan", f"plan {version.code}")
    assert version.course.state == Course.State.PLANNED
    event = Event.objects.get(action="plan.release")
    assert event.subject == f"plan {version.code}"
    assert event.detail["digest"] == version.digest
    assert event.detail["verdict"] == "eligible"


def test_the_case_text_names_nobody(version: PlanVersion) -> None:
    patient = version.course.patient
    for word in (patient.family_name, patient.given_name, patient.telephone, patient.code):
        assert word not in version.case


@pytest.mark.hazard("H-018")
def test_a_released_plan_is_computed_again_to_the_last_digit(version: PlanVersion) -> None:
    plan = plan_value(version)
    assert isinstance(plan, Plan)
    assert decision_record(plan) == version.decision


@pytest.mark.hazard("H-018")
@pytest.mark.parametrize("statement", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
@pytest.mark.parametrize("table", ["courses_planversion", "courses_planwithdrawal"])
def test_the_database_changes_no_released_plan_and_no_withdrawal(
    version: PlanVersion, physician: User, table: str, statement: str
) -> None:
    withdraw_plan(version=version, reason="another zone", by=physician)
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table=table))


# --- What is not released ----------------------------------------------------------------------


@pytest.mark.hazard("H-018")
def test_only_what_was_seen_is_released(neck: Course, physician: User) -> None:
    seen = draft(neck).digest
    edit_request(course=neck, values={"zone.1.needle_angle_deg": "45"}, by=physician)
    assert refused(neck, physician, seen=seen) is Why.CHANGED
    answered(neck, patient__weight_kg="50")
    edit_request(course=neck, values={"zone.1.needle_angle_deg": None}, by=physician)
    assert refused(neck, physician, seen=seen) is Why.CHANGED
    answered(neck, patient__weight_kg="62")
    assert not neck.plans.exists()


@pytest.mark.parametrize("role", [Role.NURSE, Role.ASSISTANT, Role.OWNER])
def test_nobody_but_a_physician_releases(neck: Course, clinic: Clinic, role: Role) -> None:
    person = a_user(clinic, role, name="Pat Person")
    with pytest.raises(PermissionDenied):
        release_plan(course=neck, seen=draft(neck).digest, by=person)
    sent = {"digest": draft(neck).digest}
    assert signed_in(person).post(f"/courses/{neck.code}/plan/release", sent).status_code == 403
    assert not neck.plans.exists()


def test_a_refusal_and_an_empty_request_are_not_released(
    clinic: Clinic, physician: User, neck: Course
) -> None:
    answered(neck, facts__pregnant=True)
    assert refused(neck, physician) is Why.NO_PLAN
    asked = {"request": zone("cellulite", "thigh", "both")}
    bare = a_course(a_patient(clinic, physician, given_name="Paula"), physician, asked)
    assert refused(bare, physician) is Why.NO_PLAN
    edit_request(course=bare, values={"zone.1.region": None}, by=physician)
    assert refused(bare, physician) is Why.NO_PLAN


def test_a_relative_finding_is_released_only_with_its_override(
    neck: Course, physician: User
) -> None:
    answered(neck, facts__urticaria=True)
    assert refused(neck, physician) is Why.NO_PLAN
    override_finding(
        course=neck, rule="urticaria", reason="quiescent-over-a-year", note="", by=physician
    )
    made = release_plan(course=neck, seen=draft(neck).digest, by=physician)
    assert made.decision["screening"]["verdict"] == "contraindicated"
    assert made.decision["screening"]["verdict_after_override"] == "caution"
    assert 'by = "Dr Anna Rossi"' in made.case


def test_a_closed_course_releases_nothing(neck: Course, physician: User) -> None:
    close_course(course=neck, reason="moved away", by=physician)
    assert refused(neck, physician) is Why.CLOSED


def test_the_page_says_why_it_was_not_released(
    browser: Client, neck: Course, physician: User
) -> None:
    seen = draft(neck).digest
    edit_request(course=neck, values={"zone.1.needle_angle_deg": "45"}, by=physician)
    answer = browser.post(f"/courses/{neck.code}/plan/release", {"digest": seen})
    assert answer.status_code == 409
    assert "The draft has changed since this page was shown" in page_text(answer.content)


# --- Paper, and what replaces it ---------------------------------------------------------------


def test_a_released_plan_is_paper(browser: Client, version: PlanVersion) -> None:
    content = browser.get(f"/courses/{version.course.code}/plan").content.decode()
    assert "nudge" not in content
    assert "Release plan" not in content
    assert "Change the plan" in content
    assert "Continue to consent" in content
    assert f'href="/documents/{version.document.code}"' in content


@pytest.mark.hazard("H-018")
def test_a_released_plan_takes_no_edit_and_no_second_release(
    browser: Client, version: PlanVersion, physician: User
) -> None:
    course = version.course
    before = request_sheet(course).version
    sent = browser.post(f"/courses/{course.code}/plan/edit", {"set": "zone.1.sessions=4"})
    assert sent.status_code == 409
    assert request_sheet(course).version == before
    assert refused(course, physician, reason="again") is Why.RELEASED


def test_a_change_starts_from_the_plan_in_force_and_supersedes_it_with_a_reason(
    browser: Client, version: PlanVersion, physician: User
) -> None:
    course = version.course
    browser.post(f"/courses/{course.code}/plan/change")
    assert draft(course).text == version.case
    browser.post(f"/courses/{course.code}/plan/edit", {"set": "zone.1.needle_angle_deg=45"})
    assert current_plan(course) == version
    assert refused(course, physician) is Why.REASON
    sent = {"digest": draft(course).digest, "reason": "deeper"}
    browser.post(f"/courses/{course.code}/plan/release", sent)
    second = course.plans.get(number=2)
    assert current_plan(course) == second
    assert (second.reason, second.released_by) == ("deeper", physician)
    assert Event.objects.get(action="plan.supersede").detail["superseded"] == version.code
    assert "Change the plan" in plan_page(browser, course)
    old = page_text(browser.get(f"/courses/{course.code}/plan/1").content)
    assert "This plan was replaced by a later one and is not in use" in old
    assert "Continue to consent" not in old
    version.refresh_from_db()
    assert plan_value(version).zones[0].needle is not None


def test_leaving_the_draft_brings_back_what_was_released(
    version: PlanVersion, physician: User
) -> None:
    course = version.course
    change_plan(version=version, by=physician)
    edit_request(
        course=course,
        values={
            "zone.1.needle_angle_deg": "45",
            "zone.1.side": "left",
            "zone.2.indication": "melasma",
            "practitioner": None,
        },
        by=physician,
    )
    keep_plan(version=version, by=physician)
    assert draft(course).text == version.case
    with pytest.raises(SealedRequestError):
        edit_request(course=course, values={"zone.1.side": "left"}, by=physician)


@pytest.mark.hazard("H-018")
def test_a_withdrawn_plan_is_not_in_force_and_says_so(
    browser: Client, version: PlanVersion, physician: User
) -> None:
    course = version.course
    url = f"/courses/{course.code}/plan/withdraw"
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"reason": "  "}).status_code == 422
    assert browser.post(url, {"reason": "product recalled"}).status_code == 302
    assert current_plan(course) is None
    text = page_text(browser.get(f"/courses/{course.code}/plan/1").content)
    assert "Dr Anna Rossi: product recalled. This plan is not in use." in text
    assert "Continue to consent" not in text
    event = Event.objects.get(action="plan.withdraw")
    assert event.detail == {"number": 1, "reason": "product recalled"}
    again = release_plan(course=course, seen=draft(course).digest, by=physician)
    assert (again.number, again.reason) == (2, "")


def test_nobody_but_a_physician_withdraws_and_nothing_is_withdrawn_twice(
    clinic: Clinic, version: PlanVersion, physician: User
) -> None:
    nurse = a_user(clinic, Role.NURSE, name="Nina Verdi")
    with pytest.raises(PermissionDenied):
        withdraw_plan(version=version, reason="x", by=nurse)
    url = f"/courses/{version.course.code}/plan/withdraw"
    assert signed_in(nurse).post(url, {"reason": "x"}).status_code == 403
    withdraw_plan(version=version, reason="x", by=physician)
    with pytest.raises(NotReleasedError):
        withdraw_plan(version=version, reason="y", by=physician)


# --- Outdated ----------------------------------------------------------------------------------


@pytest.mark.hazard("H-018")
def test_a_plan_that_the_core_does_not_give_any_more_is_not_computed(version: PlanVersion) -> None:
    older = PlanVersion(case=version.case, decision=dict(version.decision))
    assert plan_value(older) is not None
    older.decision = json.loads(json.dumps(version.decision))
    older.decision["plan"]["zones"][0]["total_volume_ml"] = "1.1"
    with pytest.raises(PlanOutdatedError):
        plan_value(older)
    older.decision = version.decision
    older.case = version.case.replace("neck-pain", "no-such-indication")
    with pytest.raises(PlanOutdatedError):
        plan_value(older)
    older.case = version.case.replace('region = "neck"', 'region = "knee"')
    with pytest.raises(PlanOutdatedError):
        plan_value(older)


@pytest.mark.hazard("H-018")
def test_answers_that_change_after_the_release_close_the_way_to_consent(
    browser: Client, version: PlanVersion
) -> None:
    course = version.course
    assert not changed_since(course, version).is_anything
    answered(course, facts__urticaria=True)
    since = changed_since(course, version)
    assert not since.is_plan
    text = plan_page(browser, course)
    assert "Something has changed since this plan was released" in text
    assert "new Finding: The patient has or has had urticaria." in text
    content = browser.get(f"/courses/{course.code}/plan").content.decode()
    assert f'href="/courses/{course.code}/consent">Continue' not in content


@pytest.mark.hazard("H-018")
def test_another_weight_shows_which_numbers_have_changed(
    browser: Client, version: PlanVersion
) -> None:
    answered(version.course, patient__weight_kg="50")
    since = changed_since(version.course, version)
    assert since.is_plan
    assert [row.label for row in since.rows] == ["Lidocaine"]
    text = plan_page(browser, version.course)
    assert "Lidocaine 20 mg 10.75 % of the limit 20 mg 13.33 % of the limit" in text


def test_another_day_alone_changes_nothing(
    version: PlanVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = date.fromordinal(date.fromisoformat(version.decision["plan"]["at"]).toordinal() + 30)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_, **__: later)
    assert not changed_since(version.course, version).is_anything


@pytest.mark.hazard("H-018")
def test_a_newer_knowledge_release_is_told_and_the_plan_is_not_used(
    browser: Client,
    version: PlanVersion,
    knowledge: KnowledgeBase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dataclasses import replace

    newer = replace(knowledge, release="f" * 64)
    for module in ("case", "draft", "plan", "findings", "words", "choices", "asks", "options"):
        monkeypatch.setattr(f"mesoplan.web.courses.mapping.{module}.knowledge", lambda: newer)
    monkeypatch.setattr("mesoplan.web.courses.queries.plan.knowledge", lambda: newer)
    with pytest.raises(PlanOutdatedError):
        plan_value(version)
    text = plan_page(browser, version.course)
    assert "Made with an older knowledge release" in text
    assert "the newer release says the same" in text
