"""Findings on the skin in the intake: each with region and side, none by half."""

from __future__ import annotations

import pytest
from django.test import Client

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.patients.mapping.tables import recorded
from mesoplan.web.patients.models import AnswerGesture, Patient
from mesoplan.web.patients.queries import answers
from tests.lib.intake_page import shown, tap
from tests.lib.pages import texts_by

pytestmark = pytest.mark.django_db

CANCER = "facts.cancer"


def test_a_finding_on_the_skin_is_recorded_with_its_place_and_taken_away_again(
    browser: Client, patient: Patient
) -> None:
    where = {"site:region": "cheek", "site:side": "left", "site:finding": "active-herpes"}
    tap(browser, patient, "site:more", "1", **where)
    assert answers(patient).value("site.cheek.left.active-herpes") is True
    text = shown(browser, patient, "site")
    assert "left: Active herpes" in text
    taken = recorded(patient, answers(patient), at=local_today(patient.clinic)).facts.sites
    assert [(one.region, one.side.value, one.finding) for one in taken] == [
        ("cheek", "left", "active-herpes")
    ]
    tap(browser, patient, "site:remove", "site.cheek.left.active-herpes")
    assert answers(patient).entries == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"site:region": ""},
        {"site:region": "moon"},
        {"site:side": ""},
        {"site:side": "up"},
        {"site:finding": ""},
        {"site:finding": "x" * 10_000},
    ],
)
def test_half_a_finding_is_refused(
    browser: Client, patient: Patient, changes: dict[str, str]
) -> None:
    where = {"site:region": "cheek", "site:side": "left", "site:finding": "none"}
    answer = tap(browser, patient, "site:more", "1", **(where | changes))
    assert answer.status_code == 422
    assert not AnswerGesture.objects.exists()
    assert "Choose the" in " ".join(texts_by(answer.content, "id")["q-site"])


def test_only_a_finding_that_stands_there_is_taken_away(browser: Client, patient: Patient) -> None:
    tap(browser, patient, CANCER, "no")
    for key in (CANCER, "site.cheek.left.none", "", "site"):
        tap(browser, patient, "site:remove", key)
    assert set(answers(patient).entries) == {CANCER}
