"""The screening page: findings explained, questions answered in place, overrides by physicians."""

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
from mesoplan.web.courses.mapping.asks import Ask, asks
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import request_sheet
from mesoplan.web.courses.queries.plan import draft
from mesoplan.web.gestures.actions import write
from mesoplan.web.patients.queries import answers, answers_journal
from tests.lib.clinic import (
    a_course,
    a_patient,
    a_patient_of,
    a_released_plan,
    a_user,
    signed_in,
)
from tests.lib.pages import page_text, texts_by
from tests.lib.people import HEALTHY, healthy_document, zone

HTMX = {"HX-Request": "true"}
URTICARIA = {"facts": {"urticaria": True}}


@pytest.fixture
def unanswered(clinic: Clinic, physician: User) -> Course:
    """A course of a patient of whom nothing but age and sex is known."""
    return a_course(
        a_patient(clinic, physician), physician, {"request": zone("melasma", "cheek", "both")}
    )


@pytest.fixture
def hives(clinic: Clinic, physician: User, knowledge: KnowledgeBase) -> Course:
    """A healthy patient with hives: a relative finding."""
    document = healthy_document(knowledge, **URTICARIA)
    return a_course(a_patient_of(clinic, physician, document), physician, document)


def record(course: Course) -> dict[str, Any]:
    found = draft(course).record
    assert found is not None
    return dict(found)


def verdict(course: Course) -> str:
    return str(record(course)["screening"]["verdict"])


def page(browser: Client, course: Course) -> str:
    return page_text(browser.get(f"/courses/{course.code}/screening").content)


def answer(browser: Client, course: Course, **fields: str) -> int:
    data = {"said_by": "patient"} | {key.replace("__", "."): value for key, value in fields.items()}
    return browser.post(f"/courses/{course.code}/screening/answer", data).status_code


# --- What it says ------------------------------------------------------------------------------


def test_every_finding_says_what_because_sources_and_who_said_it(
    browser: Client, hives: Course, knowledge: KnowledgeBase
) -> None:
    text = page(browser, hives)
    findings = record(hives)["screening"]["findings"]
    assert {item["rule"] for item in findings} == {"urticaria", "health-check"}
    for finding in findings:
        assert knowledge.rules[finding["rule"]].label in text
        assert finding["message"] in text
        assert all(value in text for value in finding["because"].values())
        if finding["clears"]:
            assert finding["clears"]["what"] in text
    assert "yes (patient, entered by Dr Anna Rossi" in text
    assert "not reviewed by a clinician" in text


def test_sources_that_differ_each_show_their_own_verdict(
    browser: Client, clinic: Clinic, physician: User, knowledge: KnowledgeBase
) -> None:
    document = healthy_document(knowledge, medications={"names": ["warfarin"]})
    document["facts"].pop("anticoagulant_therapy")
    course = a_course(a_patient_of(clinic, physician, document), physician, document)
    own = {
        (position.verdict.value.capitalize(), position.strength.value)
        for position in knowledge.rules["anticoagulant-therapy"].positions
    }
    assert len(own) > 1
    content = browser.get(f"/courses/{course.code}/screening").content
    (card,) = texts_by(content, "aria-label")["Anticoagulant therapy"]
    assert "Sources differ: the stricter verdict is used." in card
    for word, strength in own:
        assert f"{word} {strength}" in card


def test_findings_stand_worst_first_and_all_rules_are_accounted_for(
    browser: Client, unanswered: Course, knowledge: KnowledgeBase
) -> None:
    write_answer(unanswered, "facts.pregnant", value=True)
    text = page(browser, unanswered)
    places = [
        text.index(words)
        for words in ("The patient is or may be pregnant.", "Urticaria: not answered")
    ]
    assert places == sorted(places)
    screening = record(unanswered)["screening"]
    for rule in {item["rule"] for item in screening["unanswered"]}:
        assert f"{knowledge.rules[rule].label}: not answered" in text
    for rule in screening["cleared"]:
        assert knowledge.rules[rule].label in text
    for missing in screening["missing"]:
        assert missing["question"] in text


def write_answer(course: Course, key: str, *, value: object) -> None:
    write(journal=answers_journal(course.patient), values={key: value}, by=course.created_by)


def test_an_incomplete_request_is_told_and_leads_to_it(
    browser: Client, clinic: Clinic, physician: User
) -> None:
    course = a_course(
        a_patient(clinic, physician),
        physician,
        {"request": {"zone": [{"indication": "melasma", "region": "cheek"}]}},
    )
    assert "The request is not complete" in page(browser, course)


def test_what_the_base_does_not_take_any_more_is_told_and_nothing_is_computed(
    browser: Client, hives: Course
) -> None:
    edit = {"override.urticaria": {"reason": "no-such-reason", "note": ""}}
    from mesoplan.web.courses.actions.request import edit_request

    edit_request(course=hives, values=edit, by=hives.created_by)
    text = page(browser, hives)
    assert "The case cannot be read" in text
    assert "no-such-reason" in text


# --- Answered in place -------------------------------------------------------------------------


def test_an_answer_is_kept_with_who_said_it_and_screened_at_once(
    browser: Client, unanswered: Course
) -> None:
    assert answer(browser, unanswered, facts__pregnant="yes", said_by="relative") == 302
    entry = answers(unanswered.patient).entries["facts.pregnant"]
    assert (entry.value, entry.said_by, entry.by) == (True, "relative", "Dr Anna Rossi")
    assert verdict(unanswered) == "contraindicated"
    assert "The patient is or may be pregnant." in page(browser, unanswered)


def test_not_known_is_kept_and_stays_a_question(browser: Client, unanswered: Course) -> None:
    missing = {item["fact"] for item in record(unanswered)["screening"]["missing"]}
    answer(browser, unanswered, facts__cancer="unknown")
    assert answers(unanswered.patient).value("facts.cancer") == {"unknown": "not known"}
    assert {item["fact"] for item in record(unanswered)["screening"]["missing"]} == missing
    assert "Recorded as not known by Dr Anna Rossi" in page(browser, unanswered)


def test_every_question_answered_no_or_none_ends_in_the_verdict_that_was_told(
    browser: Client, unanswered: Course
) -> None:
    text = page(browser, unanswered)
    assert "If each is no, the verdict becomes Eligible" in text
    for ask in open_asks(unanswered):
        answer(browser, unanswered, **{ask.key: "none" if ask.kind == "none" else "no"})
    assert verdict(unanswered) == "eligible"
    assert "Nothing to ask" in page(browser, unanswered)


def open_asks(course: Course) -> tuple[Ask, ...]:
    found = draft(course)
    assert found.case is not None
    assert found.decision is not None
    return asks(found.case, found.decision.screening, answers(course.patient))


def test_what_an_answer_leads_to_is_what_it_brings_when_it_is_given(
    browser: Client, unanswered: Course
) -> None:
    before = record(unanswered)["screening"]
    known = {(item["rule"], item["subject"]) for item in before["findings"]}
    questions = {item["fact"] for item in before["missing"]}
    told = [(ask, lead) for ask in open_asks(unanswered) for lead in ask.leads]
    assert len(told) >= 10
    for ask, lead in told:
        given = {"Yes": "yes", "No": "no", "None": "none"}[lead.answer]
        answer(browser, unanswered, **{ask.key: given})
        after = record(unanswered)["screening"]
        brought = {
            item["verdict"]
            for item in after["findings"]
            if (item["rule"], item["subject"]) not in known
        }
        further = {item["fact"] for item in after["missing"]} - questions
        if lead.verdict == "eligible":
            assert not brought
            assert not further
        else:
            assert lead.verdict in brought or further
        browser.post(f"/courses/{unanswered.code}/screening/undo")
        assert record(unanswered)["screening"] == before


def test_only_the_worst_questions_tell_what_they_lead_to(unanswered: Course) -> None:
    found = open_asks(unanswered)
    assert sum(bool(ask.leads) for ask in found) == 6
    assert all(ask.leads for ask in found[:6])


@pytest.mark.parametrize(
    ("fact", "typed", "kept"),
    [
        ("facts.inr", "2,5", "2.5 ratio"),
        ("facts.inr", "many", None),
        ("facts.inr", "900", None),
        ("facts.inr", "unknown", {"unknown": "not known"}),
    ],
)
def test_a_quantity_is_read_with_its_unit_or_refused_with_the_text_kept(
    browser: Client,
    clinic: Clinic,
    physician: User,
    knowledge: KnowledgeBase,
    fact: str,
    typed: str,
    kept: object,
) -> None:
    document = healthy_document(knowledge, medications={"names": ["warfarin"]})
    document["facts"].pop("anticoagulant_therapy")
    course = a_course(a_patient_of(clinic, physician, document), physician, document)
    assert "inr" in {ask.fact for ask in open_asks(course)}
    data = {"said_by": "patient", fact: typed}
    reply = browser.post(f"/courses/{course.code}/screening/answer", data, headers=HTMX)
    assert reply.status_code == (422 if kept is None else 200)
    assert answers(course.patient).value(fact) == kept
    if kept is None:
        assert f'value="{typed}"' in reply.content.decode()
        assert 'role="alert"' in reply.content.decode()


def test_missing_weight_is_answered_among_the_measurements(
    browser: Client, clinic: Clinic, physician: User, knowledge: KnowledgeBase
) -> None:
    document = healthy_document(knowledge, patient={"weight_kg": None})
    course = a_course(a_patient_of(clinic, physician, document), physician, document)
    assert answer(browser, course, patient__weight_kg="0") == 422
    assert answer(browser, course, patient__weight_kg="62") == 302
    assert answers(course.patient).value("patient.weight_kg") == "62"
    assert verdict(course) == "eligible"


def test_a_zone_that_nobody_looked_at_is_looked_at_in_place(
    browser: Client, clinic: Clinic, physician: User, knowledge: KnowledgeBase
) -> None:
    document = healthy_document(
        knowledge,
        facts={"skin_problem_at_site": True},
        site=[{"region": "knee", "side": "left", "finding": "sunburn"}],
    )
    course = a_course(a_patient_of(clinic, physician, document), physician, document)
    keys = {ask.key for ask in open_asks(course) if ask.fact == "site"}
    assert keys == {"site.neck.both.none"}
    answer(browser, course, site__neck__both__none="clear")
    assert verdict(course) == "eligible"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("facts.pregnant", "perhaps"),
        ("facts.no_such_fact", "yes"),
        ("facts.urticaria.word", "never"),
        ("patient.weight_kg", "62"),
        ("allergies", "none_known"),
    ],
)
def test_what_is_no_answer_to_an_open_question_is_not_written(
    browser: Client, unanswered: Course, key: str, value: str
) -> None:
    before = answers(unanswered.patient).version
    answer(browser, unanswered, **{key: value})
    assert answers(unanswered.patient).version == before


def test_who_may_not_ask_cannot_answer(clinic: Clinic, unanswered: Course) -> None:
    desk = signed_in(a_user(clinic, Role.FRONT_DESK, name="Fred Desk"))
    assert answer(desk, unanswered, facts__pregnant="no") == 403
    assert desk.get(f"/courses/{unanswered.code}/screening").status_code == 403


# --- Overrides ---------------------------------------------------------------------------------


def override(browser: Client, course: Course, rule: str, **fields: str) -> int:
    return browser.post(f"/courses/{course.code}/override/{rule}", fields).status_code


def test_an_override_leaves_the_verdict_and_sets_another_beside_it(
    browser: Client, hives: Course
) -> None:
    assert "Override with a reason" in page(browser, hives)
    reason = {"reason": "quiescent-over-a-year", "note": "last in 2019"}
    assert override(browser, hives, "urticaria", **reason) == 302
    screening = record(hives)["screening"]
    assert screening["verdict"] == "contraindicated"
    assert screening["verdict_after_override"] == "caution"
    text = page(browser, hives)
    assert "Verdict Contraindicated After override Caution" in text
    assert "The condition has been quiet for more than a year “last in 2019” Dr Anna Rossi" in text
    event = Event.objects.get(action="override.record")
    assert event.by == "dr.anna.rossi"
    assert event.detail["values"]["override.urticaria"]["reason"] == "quiescent-over-a-year"


def test_an_override_is_taken_back(browser: Client, hives: Course) -> None:
    override(browser, hives, "urticaria", reason="quiescent-over-a-year")
    ended = browser.post(f"/courses/{hives.code}/override/urticaria/end")
    assert ended.status_code == 302
    assert record(hives)["screening"]["verdict_after_override"] is None
    assert Event.objects.filter(action="override.end").count() == 1


@pytest.mark.parametrize("reason", ["", "place-left-out", "no-such-reason"])
def test_a_reason_that_does_not_fit_the_rule_is_refused(
    browser: Client, hives: Course, reason: str
) -> None:
    assert override(browser, hives, "urticaria", reason=reason) == 422
    assert not request_sheet(hives).under("override")


def test_what_is_not_overridable_offers_no_override_and_takes_none(
    browser: Client, unanswered: Course, knowledge: KnowledgeBase
) -> None:
    write_answer(unanswered, "facts.pregnant", value=True)
    assert "Override with a reason" not in page(browser, unanswered)
    for rule in knowledge.rules:
        url = f"/courses/{unanswered.code}/override/{rule}"
        assert browser.get(url).status_code == 404
    assert override(browser, unanswered, "pregnancy", reason="specialist-agreed") == 404
    assert not request_sheet(unanswered).under("override")


def test_nobody_but_a_physician_overrides(clinic: Clinic, hives: Course) -> None:
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nina Verdi"))
    assert "Override with a reason" not in page(nurse, hives)
    assert override(nurse, hives, "urticaria", reason="quiescent-over-a-year") == 403


def test_a_released_plan_takes_no_override(
    browser: Client, clinic: Clinic, physician: User
) -> None:
    course = a_released_plan(a_patient(clinic, physician), physician).course
    write_answer(course, "facts.urticaria", value=True)
    assert "Override with a reason" not in page(browser, course)
    assert override(browser, course, "urticaria", reason="quiescent-over-a-year") == 409


# --- Cost --------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_answers_and_questions(
    browser: Client, clinic: Clinic, physician: User, knowledge: KnowledgeBase
) -> None:
    few = a_course(a_patient(clinic, physician), physician, {"request": HEALTHY["request"]})
    document = healthy_document(knowledge, **URTICARIA)
    many = a_course(a_patient_of(clinic, physician, document), physician, document)
    list(queries_of(browser, [few]))  # the first page of a sign-in asks for its second factor
    assert len(set(queries_of(browser, [few, many]))) == 1


def queries_of(browser: Client, courses: list[Course]) -> Iterator[int]:
    for course in courses:
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/courses/{course.code}/screening")
        yield len(queries)
