"""A consent that was declined, withdrawn, or given to another plan permits nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.courses.actions.consent import (
    ClosedConsentError,
    NotSealedError,
    begin_consent,
    seal_consent,
    withdraw_consent,
)
from mesoplan.web.courses.actions.plan import withdraw_plan
from mesoplan.web.courses.models import (
    Consent,
    ConsentWithdrawal,
    Course,
    PlanVersion,
)
from mesoplan.web.courses.queries.course import current_plan
from mesoplan.web.courses.queries.session_standing import Obstacle, standing
from mesoplan.web.courses.queries.steps import steps
from tests.lib.clinic import (
    a_patient,
    a_released_plan,
    a_user,
    signed_in,
)
from tests.lib.consenting import (
    a_sealed_consent,
    enter,
    next_plan,
    on_paper,
    printed,
    said,
    seal,
    sign,
    state_now,
    unbroken,
)
from tests.lib.pages import page_text
from tests.lib.sheets import letters


@pytest.fixture
def plan(clinic: Clinic, physician: User) -> PlanVersion:
    return a_released_plan(a_patient(clinic, physician), physician)


@pytest.fixture
def course(plan: PlanVersion) -> Course:
    return plan.course


# --- Declined ----------------------------------------------------------------------------------


@pytest.mark.hazard("H-020")
def test_who_declines_need_not_sign_and_nothing_is_given(
    browser: Client, course: Course, plan: PlanVersion, physician: User
) -> None:
    enter(course, physician, said(physician, decision="declined", photos__record=None, copy=None))
    sign(course, physician, "physician")
    consent = seal(course, physician)
    assert consent.decision == "declined"
    found = standing(course, plan, number=1, given_at=None)
    assert Obstacle.CONSENT_DECLINED in found.obstacles
    text = page_text(browser.get(f"/courses/{course.code}/consent").content)
    assert "The patient declined. Nothing of plan 1 is given." in text
    assert unbroken("The patient declined") in on_paper(printed(consent))
    with pytest.raises(NotSealedError):
        withdraw_consent(consent=consent, by=physician)


def test_after_declining_another_consent_can_be_taken(
    browser: Client, course: Course, physician: User
) -> None:
    enter(course, physician, said(physician, decision="declined"))
    sign(course, physician)
    seal(course, physician)
    assert browser.post(f"/courses/{course.code}/consent/new").status_code == 302
    assert "Nothing of plan 1 is given" not in page_text(
        browser.get(f"/courses/{course.code}/consent").content
    )
    a_sealed_consent(course, physician)
    assert list(Consent.objects.values_list("decision", flat=True)) == ["consented", "declined"]


# --- Withdrawn ---------------------------------------------------------------------------------


@pytest.mark.hazard("H-020")
def test_a_withdrawn_consent_permits_nothing_and_says_so_on_every_page(
    browser: Client, course: Course, plan: PlanVersion, physician: User
) -> None:
    consent = a_sealed_consent(course, physician)
    first = printed(consent)
    assert not standing(course, plan, number=1, given_at=None).obstacles
    response = browser.post(
        f"/courses/{course.code}/consents/{consent.code}/withdraw", {"words": "I want to wait."}
    )
    assert response.status_code == 302
    found = standing(course, plan, number=1, given_at=None)
    assert found.obstacles == (Obstacle.CONSENT_WITHDRAWN,)
    consent_step = next(
        step for step in steps(course, current="consent", plan=plan) if step.current
    )
    assert consent_step.state == "todo"
    text = page_text(browser.get(f"/courses/{course.code}/consent").content)
    assert "The patient withdrew this consent" in text
    assert "I want to wait." in text
    pages = [letters(page.extract_text()) for page in PdfReader(BytesIO(printed(consent))).pages]
    assert all("WITHDRAWN" in page for page in pages)
    assert consent.document is not None
    assert bytes(consent.document.content) == first


def test_the_copy_that_the_page_leads_to_is_the_newest(
    browser: Client, course: Course, physician: User
) -> None:
    consent = a_sealed_consent(course, physician)

    def copy() -> bytes:
        page = browser.get(f"/courses/{course.code}/consent").content.decode()
        found = re.search(r'href="(/documents/[^"]+)"', page)
        assert found is not None
        return browser.get(found[1]).content

    first = copy()
    assert first == printed(consent)
    withdraw_consent(consent=consent, by=physician)
    assert copy() == printed(consent) != first


def test_a_withdrawal_is_recorded_once_with_its_words_and_its_time(
    course: Course, physician: User, assistant: User
) -> None:
    consent = a_sealed_consent(course, physician)
    first = withdraw_consent(consent=consent, by=assistant, words=" By telephone. ")
    again = withdraw_consent(consent=consent, by=physician, words="once more")
    assert first == again
    assert (first.words, first.by) == ("By telephone.", assistant)
    event = Event.objects.get(action="consent.withdraw")
    assert event.detail["words"] == "By telephone."
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentWithdrawal.objects.update(words="other")


@pytest.mark.parametrize("shift", [timedelta(days=-1), timedelta(hours=2)])
def test_nobody_withdraws_before_the_consent_or_in_the_future(
    browser: Client, course: Course, physician: User, shift: timedelta
) -> None:
    consent = a_sealed_consent(course, physician)
    with pytest.raises(NotSealedError):
        withdraw_consent(consent=consent, by=physician, at=timezone.now() + shift)
    local = timezone.localtime(timezone.now() + shift)
    address = f"/courses/{course.code}/consents/{consent.code}/withdraw"
    data = {"words": "kept words", "at": f"{local:%Y-%m-%dT%H:%M}"}
    response = browser.post(address, data)
    assert response.status_code == 422
    assert "kept words" in page_text(response.content)
    assert browser.post(address, {"at": "soon"}).status_code == 422
    assert browser.post(address, {"words": "w" * 2001}).status_code == 422
    assert not ConsentWithdrawal.objects.exists()


def test_after_a_withdrawal_a_new_consent_stands_on_its_own(
    course: Course, plan: PlanVersion, physician: User
) -> None:
    old = a_sealed_consent(course, physician)
    withdraw_consent(consent=old, by=physician)
    begin_consent(course=course, by=physician)
    assert begin_consent(course=course, by=physician) == state_now(course).consent
    assert state_now(course).signature("patient") is None
    new = a_sealed_consent(course, physician)
    assert standing(course, plan, number=1, given_at=None).consent == new


# --- Another plan ------------------------------------------------------------------------------


@pytest.mark.hazard("H-020")
def test_a_consent_to_an_older_plan_does_not_hold_for_the_newer(
    browser: Client, course: Course, plan: PlanVersion, physician: User
) -> None:
    consent = a_sealed_consent(course, physician)
    newer = next_plan(plan, physician)
    found = standing(course, newer, number=1, given_at=None)
    assert Obstacle.CONSENT_OLDER in found.obstacles
    step = next(step for step in steps(course, current="consent", plan=newer) if step.current)
    assert step.state == "todo"
    text = page_text(browser.get(f"/courses/{course.code}/consent").content)
    assert "There is a consent for plan 1; plan 2 needs its own." in text
    old = browser.get(f"/courses/{course.code}/consents/{consent.code}").content
    assert "This consent is for plan 1; plan 2 needs its own." in page_text(old)
    assert "Continue to session" not in page_text(old)


@pytest.mark.hazard("H-020")
def test_a_form_made_for_the_older_plan_is_not_taken_for_the_newer(
    browser: Client, course: Course, plan: PlanVersion, physician: User
) -> None:
    enter(course, physician, said(physician))
    state = sign(course, physician)
    assert state.consent is not None
    next_plan(plan, physician)
    data = {"plan": state.plan.code, "consent": state.consent.code, "seen": state.sheet.version}
    for consent in (state.consent.code, ""):  # a page that was opened before the first gesture
        for act, more in (("edit", {"copy": "given"}), ("finalise", {})):
            sent = data | more | {"consent": consent}
            response = browser.post(f"/courses/{course.code}/consent/{act}", sent)
            assert response.status_code == 409
    assert state_now(course).sheet.version == 0
    assert not Consent.objects.filter(sealed_at__isnull=False).exists()


@pytest.mark.hazard("H-020")
def test_of_a_plan_that_was_withdrawn_no_consent_is_finalised(
    course: Course, plan: PlanVersion, physician: User
) -> None:
    enter(course, physician, said(physician))
    state = sign(course, physician)
    assert state.consent is not None
    withdraw_plan(version=plan, reason="a mistake", by=physician)
    assert current_plan(course) is None
    with pytest.raises(ClosedConsentError):
        seal_consent(
            course=course,
            plan=state.plan.code,
            consent=state.consent.code,
            seen=state.sheet.version,
            by=physician,
        )


# --- Who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.OWNER, Role.REVIEWER])
def test_who_does_not_care_for_patients_records_no_withdrawal(
    clinic: Clinic, course: Course, physician: User, role: Role
) -> None:
    consent = a_sealed_consent(course, physician)
    user = a_user(clinic, role, name="Somebody Else")
    address = f"/courses/{course.code}/consents/{consent.code}/withdraw"
    assert signed_in(user).post(address).status_code == 403
    with pytest.raises(PermissionDenied):
        withdraw_consent(consent=consent, by=user)
