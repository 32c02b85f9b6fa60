"""Signatures stand under exactly what was read; who may take a consent, and who may read it."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.audit.queries import verify_chain
from mesoplan.web.courses.actions.course import close_course
from mesoplan.web.courses.models import Consent, Course
from tests.lib.clinic import a_clinic, a_patient, a_released_plan, a_user, signed_in
from tests.lib.consenting import DRAWING, STROKES, enter, said, sign, state_now
from tests.lib.pages import page_text, texts_by

HTMX = {"HX-Request": "true"}


@pytest.fixture
def course(clinic: Clinic, physician: User) -> Course:
    return a_released_plan(a_patient(clinic, physician), physician).course


@pytest.fixture
def nurse(clinic: Clinic) -> User:
    return a_user(clinic, Role.NURSE, name="Ben Ortiz")


def page(browser: Client, course: Course, more: str = "") -> str:
    return page_text(browser.get(f"/courses/{course.code}/consent{more}").content)


def hidden(course: Course) -> dict[str, str]:
    """What every form of the page carries."""
    state = state_now(course)
    return {
        "plan": state.plan.code,
        "consent": state.consent.code if state.consent else "",
        "seen": str(state.sheet.version),
    }


def posted(browser: Client, course: Course, fields: dict[str, str]) -> int:
    data = hidden(course) | fields
    return browser.post(f"/courses/{course.code}/consent/edit", data).status_code


def signature(course: Course, who: str, **more: str) -> dict[str, str]:
    return {"signing": who, "signed": state_now(course).signed, **more}


# --- Signatures --------------------------------------------------------------------------------


def test_a_drawn_signature_is_kept_as_it_was_drawn_and_shown_again(
    browser: Client, course: Course, physician: User
) -> None:
    enter(course, physician, said(physician))
    assert (
        posted(browser, course, signature(course, "patient", **{"signature.patient": DRAWING}))
        == 302
    )
    value = state_now(course).sheet.value("signature.patient")
    assert isinstance(value, dict)
    assert value["drawing"] == {"aspect": 4.3452, "strokes": STROKES}
    content = browser.get(f"/courses/{course.code}/consent").content.decode()
    shown = content.split('name="signature.patient"')[1].split('value="')[1].split('"')[0]
    assert json.loads(shown.replace("&quot;", '"')) == json.loads(DRAWING)


def test_a_signature_keeps_no_sign_of_nought_so_that_the_chain_reads_as_it_was_written(
    browser: Client, course: Course, physician: User
) -> None:
    """PostgreSQL gives back 0.0 for -0.0: the event of the signature had another digest then."""
    enter(course, physician, said(physician))
    drawn = '{"aspect": 3, "strokes": [[[-0.0, 0.5], [0.5, -0.0]]]}'
    fields = signature(course, "patient", **{"signature.patient": drawn})
    assert posted(browser, course, fields) == 302
    kept = state_now(course).sheet.value("signature.patient")
    assert "-0.0" not in json.dumps(kept)
    assert "-0.0" not in json.dumps(Event.objects.latest("number").detail)
    assert verify_chain().is_unbroken


def test_a_signature_on_paper_stands_without_scripts_and_can_be_taken_away(
    browser: Client, course: Course, physician: User
) -> None:
    enter(course, physician, said(physician))
    posted(browser, course, signature(course, "patient", **{"paper.patient": "on"}))
    assert not [item for item in state_now(course).missing if item.place == "sign-patient"]
    posted(browser, course, signature(course, "patient"))
    assert [item for item in state_now(course).missing if item.place == "sign-patient"]


def test_nobody_signs_before_what_is_signed_is_chosen(
    browser: Client, course: Course, physician: User
) -> None:
    enter(course, physician, said(physician, decision=None))
    fields = signature(course, "patient", **{"signature.patient": DRAWING})
    assert posted(browser, course, fields) == 422
    assert state_now(course).signature("patient") is None


@pytest.mark.hazard("H-020")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("photos.teaching", "yes"),
        ("photos.record", "no"),
        ("decision", "declined"),
        ("signer.who", "representative"),
        ("signer.name", "Carla Neri"),
    ],
)
def test_a_change_of_what_was_signed_makes_both_signatures_void(
    browser: Client, course: Course, physician: User, key: str, value: str
) -> None:
    enter(course, physician, said(physician))
    assert not sign(course, physician).missing
    enter(course, physician, {key: value})
    state = state_now(course)
    assert state.is_void("patient")
    assert state.is_void("physician")
    assert "this signature is void" in page(browser, course)


def test_a_change_of_the_talk_leaves_signatures_as_they_are(
    course: Course, physician: User
) -> None:
    enter(course, physician, said(physician))
    sign(course, physician)
    state = enter(course, physician, {"talk.language": "German", "copy": "declined"})
    assert not state.missing


@pytest.mark.hazard("H-020")
def test_a_signature_under_a_page_that_has_changed_is_refused(
    browser: Client, course: Course, physician: User
) -> None:
    enter(course, physician, said(physician))
    fields = signature(course, "patient", **{"signature.patient": DRAWING})
    enter(course, physician, {"photos.teaching": "yes"})
    assert posted(browser, course, fields) == 422
    assert state_now(course).signature("patient") is None


@pytest.mark.parametrize(
    "drawn",
    [
        "x",
        "[]",
        "{}",
        '{"aspect": 3, "strokes": []}',
        '{"aspect": 3, "strokes": [[]]}',
        '{"aspect": 3, "strokes": [[[0.5, 1.5]]]}',
        '{"aspect": 3, "strokes": [[[0.5, NaN]]]}',
        '{"aspect": Infinity, "strokes": [[[0.5, 0.5]]]}',
        '{"aspect": 1e999, "strokes": [[[0.5, 0.5]]]}',
        '{"aspect": 0, "strokes": [[[0.5, 0.5]]]}',
        '{"aspect": true, "strokes": [[[0.5, 0.5]]]}',
        '{"aspect": "3", "strokes": [[[0.5, 0.5]]]}',
        '{"aspect": 3, "strokes": [[[0.5, 0.5, 0.5]]]}',
        '{"aspect": 3, "strokes": [["ab"]]}',
        '{"aspect": 3, "strokes": 7}',
        "[" * 100_000,
        '{"aspect": 3, "strokes": [[' + ",".join(["[0.5,0.5]"] * 30_000) + "]]}",
    ],
)
def test_what_is_no_drawing_is_refused(
    browser: Client, course: Course, physician: User, drawn: str
) -> None:
    enter(course, physician, said(physician))
    fields = signature(course, "patient", **{"signature.patient": drawn})
    assert posted(browser, course, fields) == 422
    assert state_now(course).signature("patient") is None


def test_only_a_physician_signs_as_physician(course: Course, nurse: User, physician: User) -> None:
    enter(course, physician, said(nurse))
    browser = signed_in(nurse)
    fields = signature(course, "physician", **{"signature.physician": DRAWING})
    assert posted(browser, course, fields) == 422
    sign(course, physician, "physician")
    assert posted(browser, course, signature(course, "physician")) == 422
    assert state_now(course).signature("physician") is not None
    content = browser.get(f"/courses/{course.code}/consent").content.decode()
    assert 'name="signature.physician"' not in content


def test_a_representative_has_a_name_and_a_relation(course: Course, physician: User) -> None:
    state = enter(course, physician, said(physician, signer__who="representative"))
    assert len([item for item in state.before_signing if item.place == "decision"]) == 2
    names = {"signer.name": "Carla Neri", "signer.relation": "mother"}
    assert not enter(course, physician, names).before_signing


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.FRONT_DESK, Role.OWNER, Role.REVIEWER])
def test_only_physicians_and_nurses_take_a_consent(
    clinic: Clinic, course: Course, role: Role
) -> None:
    browser = signed_in(a_user(clinic, role, name="Somebody Else"))
    assert posted(browser, course, {"copy": "given"}) == 403
    for act in ("undo", "new"):
        assert browser.post(f"/courses/{course.code}/consent/{act}").status_code == 403
    assert browser.get(f"/courses/{course.code}/consent/finalise").status_code == 403
    may_read = role is Role.ASSISTANT
    assert browser.get(f"/courses/{course.code}/consent").status_code == (200 if may_read else 403)


def test_who_may_not_take_a_consent_reads_it_without_a_field_to_fill(
    course: Course, assistant: User
) -> None:
    content = signed_in(assistant).get(f"/courses/{course.code}/consent").content.decode()
    fieldsets = content.count('<fieldset class="stack stack--tight"')
    assert fieldsets == content.count('<fieldset class="stack stack--tight" disabled')
    assert "A physician or a nurse takes the consent" in content


def test_a_nurse_explains_and_is_offered_as_who_explained(course: Course, nurse: User) -> None:
    browser = signed_in(nurse)
    assert "Ben Ortiz (you)" in page(browser, course)
    assert posted(browser, course, {"talk.by": nurse.code}) == 302


def test_an_assistant_and_somebody_of_another_clinic_cannot_be_who_explained(
    browser: Client, course: Course, assistant: User
) -> None:
    stranger = a_user(a_clinic(name="Elsewhere"), Role.PHYSICIAN, name="Dr Else Where")
    for user in (assistant, stranger):
        assert posted(browser, course, {"talk.by": user.code}) == 422
        assert (
            user.name
            not in texts_by(browser.get(f"/courses/{course.code}/consent").content, "id")["talk"][0]
        )


def test_another_clinic_finds_nothing(course: Course) -> None:
    stranger = signed_in(a_user(a_clinic(name="Elsewhere"), Role.PHYSICIAN, name="Dr Else Where"))
    base = f"/courses/{course.code}/consent"
    for path in ("", "/live", "/finalise", "/print", "?view=patient"):
        assert stranger.get(base + path).status_code == 404
    for path in ("/edit", "/undo", "/new", "/finalise"):
        assert stranger.post(base + path, hidden(course) | {"copy": "given"}).status_code == 404
    assert not Consent.objects.exists()


def test_in_a_course_that_has_ended_nothing_is_entered(
    browser: Client, course: Course, physician: User
) -> None:
    close_course(course=course, reason="moved away", by=physician)
    assert posted(browser, course, {"copy": "given"}) == 409
    assert "The course has ended" in page(browser, course)
