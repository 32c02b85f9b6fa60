"""Founding texts are cited by their titles; their numbers in the base say nothing to a reader."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from mesoplan.knowledge import KnowledgeBase
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.mapping.words import cited, short_name
from mesoplan.web.courses.models import Course
from tests.lib.clinic import a_course, a_patient_of
from tests.lib.pages import page_text
from tests.lib.people import healthy_document, zone

NUMBERED = re.compile(r"[Ss]eeds? \d{3}")


def course_of(clinic: Clinic, physician: User, base: KnowledgeBase, *asked: str) -> Course:
    """A healthy patient who asks for an indication in a region, on both sides."""
    document = healthy_document(base) | {"request": zone(*asked)}
    return a_course(a_patient_of(clinic, physician, document), physician, document)


@pytest.mark.parametrize(
    "asked",
    [("neck-pain", "neck", "both"), ("melasma", "cheek", "both"), ("cellulite", "thigh", "both")],
)
def test_no_page_of_a_course_calls_a_founding_text_by_its_number(
    browser: Client,
    clinic: Clinic,
    physician: User,
    knowledge: KnowledgeBase,
    asked: tuple[str, ...],
) -> None:
    course = course_of(clinic, physician, knowledge, *asked)
    titles = [f"“{short_name(name)}”" for name in knowledge.sources if name.startswith("seed-")]
    for page in ("request", "screening", "plan", "plan/compare"):
        text = page_text(browser.get(f"/courses/{course.code}/{page}").content)
        assert not NUMBERED.findall(text), page
        if page == "plan":
            assert any(title in text for title in titles)


def test_every_number_of_a_sentence_becomes_its_title() -> None:
    two, one = short_name("seed-002"), short_name("seed-001")
    assert cited("Seeds 002 and 001 agree, seed 001 twice; 003 does not.") == (
        f"“{two}” and “{one}” agree, “{one}” twice; 003 does not."
    )
    assert cited("Seeds of doubt: 100 of them.") == "Seeds of doubt: 100 of them."
