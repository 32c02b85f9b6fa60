"""A consent is sealed once and whole, holds for one plan, and can be taken back at any time."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.courses.actions.consent import (
    ClosedConsentError,
    NotSealedError,
    begin_consent,
    edit_consent,
    seal_consent,
)
from mesoplan.web.courses.mapping.consent import consent_pdf
from mesoplan.web.courses.models import (
    Consent,
    ConsentGesture,
    ConsentWithdrawal,
    Course,
    PlanVersion,
)
from mesoplan.web.courses.queries.consent_record import digest_of_consent
from mesoplan.web.patients.models import Document
from tests.lib.clinic import (
    a_clinic,
    a_course,
    a_patient,
    a_released_plan,
    a_user,
    answered,
    signed_in,
)
from tests.lib.consenting import (
    STROKES,
    a_released_example,
    a_sealed_consent,
    enter,
    on_paper,
    printed,
    said,
    seal,
    sign,
    state_now,
    unbroken,
)
from tests.lib.pages import page_text

PLANNED = (
    "acute-low-back-pain-mixture",
    "acute-low-back-pain",
    "allergy-to-lidocaine",
    "androgenetic-alopecia-dutasteride",
    "face-rejuvenation-hyaluronic-acid",
    "hydration-by-beautician",
    "melasma-tranexamic-acid",
    "neck-pain-lidocaine",
    "pes-anserine-bursitis-diclofenac",
    "submental-fat-us",
    "two-zones-lidocaine",
    "urticaria-overridden",
)
"""The examples that come to a plan."""


@pytest.fixture
def plan(clinic: Clinic, physician: User) -> PlanVersion:
    return a_released_plan(a_patient(clinic, physician), physician)


@pytest.fixture
def course(plan: PlanVersion) -> Course:
    return plan.course


# --- Sealing -----------------------------------------------------------------------------------


@pytest.mark.hazard("H-020")
@pytest.mark.parametrize("example", PLANNED)
def test_page_record_and_paper_tell_the_statements_of_this_very_plan(
    db: None,  # noqa: ARG001
    example: str,
) -> None:
    plan = a_released_example(example)
    physician = plan.released_by
    consent = a_sealed_consent(plan.course, physician)
    statements = [item["text"] for item in plan.decision["plan"]["statements"]]
    assert consent.record is not None
    recorded = [item["text"] for item in consent.record["statements"] if item["is_statement"]]
    assert Counter(recorded) == Counter(statements)
    page = page_text(signed_in(physician).get(f"/courses/{plan.course.code}/consent").content)
    text = on_paper(printed(consent))
    for item in consent.record["statements"]:
        assert " ".join(item["text"].split()) in page
        assert unbroken(item["text"]) in text


def test_the_page_seals_what_was_confirmed_and_shows_it_as_paper(
    browser: Client, course: Course, physician: User
) -> None:
    enter(course, physician, said(physician))
    sign(course, physician)
    confirm = browser.get(f"/courses/{course.code}/consent/finalise").content.decode()
    sent = dict(re.findall(r'name="(plan|consent|seen)" value="([^"]*)"', confirm))
    response = browser.post(f"/courses/{course.code}/consent/finalise", sent)
    assert response.status_code == 302
    consent = Consent.objects.get()
    assert (consent.decision, consent.sealed_by) == ("consented", physician)
    content = browser.get(f"/courses/{course.code}/consent").content.decode()
    assert "The patient consented" in content
    assert content.count('class="sign__ink"') == 2
    assert "<signature-pad" not in content


def test_the_record_holds_all_that_was_said_and_its_digest_is_of_all_of_it(
    course: Course, plan: PlanVersion, physician: User
) -> None:
    consent = a_sealed_consent(course, physician)
    record = consent.record
    assert record is not None
    assert record["plan"] | {"code": plan.code, "digest": plan.digest} == record["plan"]
    assert record["talk"]["by"]["name"] == physician.name
    assert record["questions"] == [
        {
            "asked": "May I drive home afterwards?",
            "answer": "Yes, when the time of observation is over.",
        }
    ]
    assert record["photographs"] == {"record": "yes", "teaching": "no"}
    for who in ("patient", "physician"):
        assert record["signatures"][who]["drawing"]["strokes"] == STROKES
        assert record["signatures"][who]["signed"] == record["signed"]
    assert consent.digest == digest_of_consent(json.loads(json.dumps(record)))
    assert consent.digest != digest_of_consent(record | {"decision": "declined"})


def test_the_paper_holds_talk_questions_photographs_and_decision(
    course: Course, physician: User
) -> None:
    consent = a_sealed_consent(
        course, physician, talk__interpreter="named", talk__interpreter_name="Carla Neri"
    )
    text = on_paper(printed(consent))
    for words in (
        "May I drive home afterwards?",
        "Yes, when the time of observation is over.",
        "Carla Neri",
        "In which language Italian",
        "For teaching no",
        "The patient consented",
        course.patient.name,
        physician.name,
    ):
        assert unbroken(words) in text


def test_the_same_record_prints_the_same_bytes(course: Course, physician: User) -> None:
    consent = a_sealed_consent(course, physician)
    consent.refresh_from_db()
    assert consent.record is not None
    again = consent_pdf(consent.record, clinic=course.patient.clinic)
    assert again == printed(consent)


def test_record_page_and_audit_come_together_and_leave_a_trace(
    course: Course, physician: User
) -> None:
    consent = a_sealed_consent(course, physician)
    actions = list(
        Event.objects.filter(subject=f"consent {consent.code}").values_list("action", flat=True)
    )
    assert actions[0] == "consent.begin"
    assert actions[-1] == "consent.consented"
    assert consent.document is not None
    assert consent.document.subject == f"consent {consent.code}"


@pytest.mark.hazard("H-020")
@pytest.mark.parametrize(
    "left_out",
    [
        "talk.by",
        "talk.language",
        "talk.interpreter",
        "talk.started",
        "talk.ended",
        "questions.any",
        "question.1.asked",
        "question.1.answer",
        "photos.record",
        "photos.teaching",
        "decision",
        "signer.who",
        "copy",
    ],
)
def test_with_anything_left_out_nothing_is_sealed(
    course: Course, physician: User, left_out: str
) -> None:
    enter(course, physician, {k: v for k, v in said(physician).items() if k != left_out})
    sign(course, physician)
    with pytest.raises(NotSealedError) as refused:
        seal(course, physician)
    assert refused.value.why is NotSealedError.Why.MISSING
    assert not Document.objects.filter(kind=Document.Kind.CONSENT).exists()


@pytest.mark.hazard("H-020")
@pytest.mark.parametrize("who", ["patient", "physician"])
def test_without_either_signature_nothing_is_sealed(
    course: Course, physician: User, who: str
) -> None:
    enter(course, physician, said(physician))
    sign(course, physician, who)
    with pytest.raises(NotSealedError):
        seal(course, physician)


@pytest.mark.hazard("H-020")
def test_answers_that_changed_since_the_plan_was_released_close_the_consent(
    browser: Client, course: Course, physician: User
) -> None:
    enter(course, physician, said(physician))
    sign(course, physician)
    answered(course.patient, physician, {"facts": {"urticaria": True}})
    with pytest.raises(NotSealedError) as refused:
        seal(course, physician)
    assert refused.value.why is NotSealedError.Why.OUTDATED
    text = page_text(browser.get(f"/courses/{course.code}/consent").content)
    assert "Something has changed since the plan was released" in text


@pytest.mark.hazard("H-020")
def test_a_signature_under_other_statements_is_not_sealed(course: Course, physician: User) -> None:
    enter(course, physician, said(physician))
    sign(course, physician)
    other = {"signed": "0" * 64, "drawing": {"aspect": 3, "strokes": STROKES}}
    enter(course, physician, {"signature.patient": other})
    with pytest.raises(NotSealedError) as refused:
        seal(course, physician)
    assert any("void" in item.text for item in refused.value.missing)


def test_what_changed_after_it_was_confirmed_is_not_sealed(course: Course, physician: User) -> None:
    enter(course, physician, said(physician))
    state = sign(course, physician)
    assert state.consent is not None
    enter(course, physician, {"talk.language": "German"})
    with pytest.raises(NotSealedError) as refused:
        seal_consent(
            course=course,
            plan=state.plan.code,
            consent=state.consent.code,
            seen=state.sheet.version,
            by=physician,
        )
    assert refused.value.why is NotSealedError.Why.CHANGED


def test_who_finalises_second_gets_the_sealed_one(
    browser: Client, course: Course, physician: User
) -> None:
    enter(course, physician, said(physician))
    state = sign(course, physician)
    assert state.consent is not None
    sent = {"plan": state.plan.code, "consent": state.consent.code, "seen": state.sheet.version}
    for _ in range(2):
        response = browser.post(f"/courses/{course.code}/consent/finalise", sent)
        assert response.status_code == 302
    assert Consent.objects.count() == 1
    assert Document.objects.filter(kind=Document.Kind.CONSENT).count() == 1


@pytest.mark.hazard("H-020")
def test_a_sealed_consent_never_changes(course: Course, physician: User) -> None:
    consent = a_sealed_consent(course, physician)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(decision="declined")
    with pytest.raises(DatabaseError), transaction.atomic():
        consent.delete()
    with pytest.raises(ClosedConsentError):
        edit_consent(
            course=course,
            plan=consent.plan.code,
            consent=consent.code,
            values={"decision": "declined"},
            by=physician,
        )


def test_a_gesture_on_what_is_sealed_meanwhile_is_answered_with_the_sealed_page(
    browser: Client, course: Course, physician: User
) -> None:
    consent = a_sealed_consent(course, physician)
    gestures = ConsentGesture.objects.count()
    data = {"plan": consent.plan.code, "consent": consent.code, "copy": "declined"}
    response = browser.post(f"/courses/{course.code}/consent/edit", data)
    assert response.status_code == 409
    assert "could not be entered" in page_text(response.content)
    assert ConsentGesture.objects.count() == gestures
    response = browser.post(f"/courses/{course.code}/consent/edit", data | {"consent": ""})
    assert response.status_code == 409
    assert browser.post(f"/courses/{course.code}/consent/new").status_code == 409
    assert Consent.objects.count() == 1


# --- On paper, and who may ---------------------------------------------------------------------


def test_a_draft_on_paper_has_blanks_where_nobody_entered_anything(
    browser: Client, course: Course
) -> None:
    response = browser.get(f"/courses/{course.code}/consent/print")
    text = on_paper(response.content)
    assert unbroken("about the treatment described here: consented declined") in text
    assert unbroken("The patient consented") not in text
    assert not Document.objects.filter(kind=Document.Kind.CONSENT).exists()
    assert Event.objects.filter(action="consent.print").exists()


def test_signed_on_paper_is_sealed_and_said_on_page_and_paper(
    browser: Client, course: Course, physician: User
) -> None:
    enter(
        course,
        physician,
        said(
            physician,
            signer__who="representative",
            signer__name="Carla Neri",
            signer__relation="mother",
        ),
    )
    by_hand = {"signed": state_now(course).signed, "drawing": None}
    enter(course, physician, {"signature.patient": by_hand, "signature.physician": by_hand})
    consent = seal(course, physician)
    text = on_paper(printed(consent))
    assert text.count(unbroken("signed on paper, filed with the record")) == 2
    assert unbroken("Carla Neri") in text
    assert unbroken("mother") in text
    shown = page_text(browser.get(f"/courses/{course.code}/consent").content)
    assert "Carla Neri, mother" in shown
    assert shown.count("Signed on paper, filed with the record") == 2


def test_an_action_asks_for_the_role_itself(
    course: Course, physician: User, assistant: User, clinic: Clinic
) -> None:
    enter(course, physician, said(physician))
    sign(course, physician)
    for act in (seal, sign):
        with pytest.raises(PermissionDenied):
            act(course, assistant)
    with pytest.raises(PermissionDenied):
        begin_consent(course=course, by=assistant)
    nurse = a_user(clinic, Role.NURSE, name="Ben Ortiz")
    with pytest.raises(PermissionDenied):
        sign(course, nurse, "physician")
    assert seal(course, nurse).sealed_by == nurse


def test_a_sealed_consent_is_found_in_its_clinic_and_its_course_alone(
    browser: Client, clinic: Clinic, course: Course, physician: User
) -> None:
    consent = a_sealed_consent(course, physician)
    stranger = signed_in(a_user(a_clinic(name="Elsewhere"), Role.PHYSICIAN, name="Dr Else Where"))
    for more in ("", "/withdraw"):
        address = f"/consents/{consent.code}{more}"
        assert browser.get(f"/courses/{course.code}{address}").status_code == 200
        assert stranger.get(f"/courses/{course.code}{address}").status_code == 404
    other = a_course(a_patient(clinic, physician, given_name="Ida"), physician)
    for more in ("", "/withdraw"):
        address = f"/courses/{other.code}/consents/{consent.code}{more}"
        assert browser.get(address).status_code == 404
        assert browser.post(address).status_code in {404, 405}
    assert not ConsentWithdrawal.objects.exists()
