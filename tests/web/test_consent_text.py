"""What a patient is told: every statement of her plan once, under plain words, with its source."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest
from django.utils import translation

from mesoplan.documents.case_file import case_from
from mesoplan.planning import Plan, plan
from mesoplan.web.courses.mapping.case import decision_record
from mesoplan.web.courses.mapping.consent import parts_of, recorded_text
from mesoplan.web.courses.mapping.consent_text import (
    HEADINGS,
    OFF_LABEL,
    PART_OF,
    Part,
    consent_text,
    interval_words,
)
from tests.lib.base import base
from tests.lib.treatment import EXAMPLES, example


@cache
def plans() -> dict[str, dict[str, Any]]:
    """The record of every example that comes to a plan."""
    found = {}
    for path in sorted(EXAMPLES.glob("*.toml")):
        case = case_from(example(path.stem), place=path.stem, knowledge=base())
        decision = plan(case.request, case.facts, base(), at=case.at)
        if isinstance(decision, Plan):
            found[path.stem] = decision_record(decision)
    return found


NAMES = sorted(path.stem for path in EXAMPLES.glob("*.toml"))
PLANNED = [name for name in NAMES if name in plans()]


def part(name: str, key: str) -> Part:
    return next(part for part in consent_text(plans()[name], number=1) if part.key == key)


def texts(name: str, key: str) -> str:
    return "\n".join(line.text for line in part(name, key).lines)


@pytest.mark.hazard("H-020")
@pytest.mark.parametrize("name", PLANNED)
def test_each_statement_of_the_plan_is_told_once_word_for_word_with_its_source(name: str) -> None:
    told = Counter(
        (line.text, line.source["id"], line.source["locator"])
        for part in consent_text(plans()[name], number=1)
        for line in part.lines
        if line.is_statement and line.source
    )
    planned = Counter(
        (item["text"], item["source"]["id"], item["source"]["locator"])
        for item in plans()[name]["plan"]["statements"]
    )
    assert told == planned


@pytest.mark.parametrize("name", PLANNED)
def test_alternatives_red_flags_and_reactions_of_the_plan_are_all_told(name: str) -> None:
    record = plans()[name]["plan"]
    assert all(item["text"] in texts(name, "choices") for item in record["alternatives"])
    assert all(item["question"] in texts(name, "serious") for item in record["red_flags"])
    assert all(item["label"] in texts(name, "notice") for item in record["expected_reactions"])
    for zone in record["zones"]:
        grade = f"evidence grade {zone['evidence']['grade']},"
        assert grade in texts(name, "known")
        assert all(item["result"] in texts(name, "known") for item in zone["evidence"]["studies"])


@pytest.mark.parametrize("name", PLANNED)
def test_use_outside_a_licence_stands_under_its_own_heading(name: str) -> None:
    off_label = [
        item["text"] for item in plans()[name]["plan"]["statements"] if OFF_LABEL in item["text"]
    ]
    told = {
        line.text: part.key for part in consent_text(plans()[name], number=1) for line in part.lines
    }
    assert {told[text] for text in off_label} <= {"label"}


@pytest.mark.parametrize("name", PLANNED)
def test_what_the_policy_demands_stands_under_its_own_heading(name: str) -> None:
    policy = base().policies[plans()[name]["plan"]["policy"]]
    assert {line.text for line in part(name, "policy").lines} == {
        statement.text for statement in policy.statements
    }


@pytest.mark.parametrize("name", PLANNED)
def test_what_is_recorded_gives_back_the_same_text(name: str) -> None:
    parts = consent_text(plans()[name], number=7)
    record = {"plan": {"number": 7}, "statements": recorded_text(parts)}
    assert parts_of(record) == parts


def test_the_numbers_of_each_zone_are_those_of_the_plan() -> None:
    first, second = part("two-zones-lidocaine", "proposed").lines[:2]
    assert first.text == (
        "Neck pain: Back and sides of the neck, both sides. Point by point. Lidocaine 2 %, 1 mL. "
        "A needle goes 4 mm into the skin at each of 8 points. Given in one session: 1 mL. "
        "3 sessions, 1 week apart."
    )
    assert "18 points. Given in one session: 1.8 mL. 4 sessions, 1 week apart." in second.text
    assert "In one session: Lidocaine 56 mg." in texts("two-zones-lidocaine", "proposed")


def test_without_a_needle_none_is_spoken_of_and_nothing_injected_has_no_volume() -> None:
    assert "needle goes" not in texts("hydration-by-beautician", "proposed")
    dry = texts("allergy-to-lidocaine", "proposed")
    assert "needle goes" in dry
    assert " mL" not in dry


def test_a_dose_that_nobody_knows_is_said_to_be_unknown() -> None:
    assert "amount not known" in texts("face-rejuvenation-hyaluronic-acid", "proposed")


def test_urgent_questions_come_first_and_say_what_to_do() -> None:
    lines = part("neck-pain-lidocaine", "serious").lines
    leads = [at for at, line in enumerate(lines) if line.is_lead]
    flags = plans()["neck-pain-lidocaine"]["plan"]["red_flags"]
    urgent = [flag["question"] for flag in flags if flag["urgency"] == "urgent"]
    assert "at once" in lines[leads[0]].text
    assert [line.text for line in lines[leads[0] + 1 : leads[1]]] == urgent
    assert "within a day" in lines[leads[1]].text


@pytest.mark.parametrize(
    ("said", "words"),
    [("1 week", "1 week"), ("2 week", "2 weeks"), ("3 d", "3 days"), ("1 d", "1 day"), ("?", "?")],
)
def test_intervals_are_said_in_words(said: str, words: str) -> None:
    assert interval_words(said) == words


def test_every_statement_that_has_a_heading_of_its_own_is_in_the_base() -> None:
    assert set(PART_OF) <= set(base().care)
    assert set(PART_OF.values()) <= set(HEADINGS)


def test_the_text_is_the_same_in_whichever_language_its_reader_works() -> None:
    record = plans()["neck-pain-lidocaine"]
    with translation.override("it"):
        read_in_italy = consent_text(record, number=1)
    assert read_in_italy == consent_text(record, number=1)
