"""Laws of the triage of a contact: a red flag is never missed, whatever else is told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.web.courses.mapping.case import (
    case_of,
    case_text,
    decide,
    decision_record,
)
from mesoplan.web.courses.mapping.triage import Told, flags_of, triage_record
from mesoplan.web.courses.models import PlanVersion
from mesoplan.web.patients.mapping import knowledge
from tests.lib.people import healthy_document

ORDER = ["expected", "call", "urgent"]
ANSWERS = ["yes", "no", "not-asked", None]


@cache
def version() -> PlanVersion:
    """A released plan as a value; nothing of it touches a database."""
    document = healthy_document(knowledge())
    text = case_text(document)
    return PlanVersion(case=text, decision=decision_record(decide(case_of(document))))


@cache
def outdated() -> PlanVersion:
    """A plan that the core does not give any more: one kept number is not its own."""
    kept = version()
    decision: dict[str, Any] = {**kept.decision, "plan": {**kept.decision["plan"]}}
    decision["plan"]["observation_minutes"] = "7919"
    return PlanVersion(case=kept.case, decision=decision)


def urgency_of(flag: str) -> str:
    """What a yes to a flag of the plan means, read from the plan itself."""
    found = {item["reaction"]: item["urgency"] for item in version().decision["plan"]["red_flags"]}
    return str(found[flag])


def names() -> list[str]:
    return [item["reaction"] for item in version().decision["plan"]["red_flags"]]


@st.composite
def reports(draw: st.DrawFn) -> Told:
    """Any answers to the red flags, any reactions, any time within a year."""
    answers = {name: draw(st.sampled_from(ANSWERS)) for name in names()}
    reactions = draw(st.lists(st.sampled_from(sorted(knowledge().reactions)), max_size=3))
    return Told(
        hours=Decimal(draw(st.integers(0, 8760))),
        flags={name: answer for name, answer in answers.items() if answer is not None},
        reactions=dict.fromkeys(reactions, draw(st.sampled_from([0, 1, 77]))),
        other=tuple(draw(st.lists(st.text(min_size=1, max_size=20), max_size=1))),
    )


def severity(record: dict[str, Any]) -> int:
    return ORDER.index(record["urgency"])


@pytest.mark.hazard("H-021")
@given(told=reports())
def test_a_yes_to_a_red_flag_is_never_less_than_its_own_urgency(told: Told) -> None:
    found = triage_record(version(), told)
    for name, answer in told.flags.items():
        if answer == "yes":
            assert severity(found) >= ORDER.index(urgency_of(name)) >= 1
            assert any(item["reaction"] == name for item in found["reasons"])


@pytest.mark.hazard("H-021")
@given(told=reports())
def test_a_red_flag_that_nobody_answered_is_never_expected(told: Told) -> None:
    open_ones = {name for name in names() if told.flags.get(name) not in {"yes", "no"}}
    found = triage_record(version(), told)
    assert set(found["unanswered"]) == open_ones
    if open_ones:
        assert found["urgency"] != "expected"


@pytest.mark.hazard("H-021")
@given(told=reports(), flag=st.sampled_from(names()), answer=st.sampled_from(["yes", "not-asked"]))
def test_turning_a_no_into_a_yes_or_an_open_question_never_softens(
    told: Told, flag: str, answer: str
) -> None:
    before = triage_record(version(), replace(told, flags={**told.flags, flag: "no"}))
    after = triage_record(version(), replace(told, flags={**told.flags, flag: answer}))
    assert severity(after) >= severity(before)
    assert after["urgency"] != "expected"


@pytest.mark.hazard("H-021")
@given(told=reports(), more=st.sampled_from(sorted(knowledge().reactions)))
def test_a_further_reaction_never_softens(told: Told, more: str) -> None:
    after = replace(told, reactions={**told.reactions, more: 0})
    assert severity(triage_record(version(), after)) >= severity(
        triage_record(version(), replace(told, reactions=told.reactions))
    )


def test_all_red_flags_answered_no_and_nothing_told_is_expected() -> None:
    told = Told(hours=Decimal(24), flags=dict.fromkeys(names(), "no"), reactions={})
    found = triage_record(version(), told)
    assert (found["urgency"], found["reasons"], found["against"]) == ("expected", [], "plan")


@pytest.mark.hazard("H-021")
def test_a_plan_that_cannot_be_made_again_asks_every_red_flag_of_the_base() -> None:
    every = {item.id for item in knowledge().reactions.values() if item.red_flag_question}
    assert {flag.reaction for flag in flags_of(outdated())} == every
    assert set(names()) < every, "a plan of the test asks some, so that the two can be told apart"
    told = Told(hours=Decimal(24), flags=dict.fromkeys(names(), "no"), reactions={})
    found = triage_record(outdated(), told)
    assert found["against"] == "all-red-flags"
    assert found["urgency"] == "call"
    assert set(found["unanswered"]) == every - set(names())


@pytest.mark.hazard("H-021")
@pytest.mark.parametrize("kind", ["flags", "reactions"])
def test_what_this_release_does_not_know_any_more_is_never_expected(kind: str) -> None:
    told = Told(hours=Decimal(24), flags=dict.fromkeys(names(), "no"), reactions={})
    lost: Any = {"flags": {**told.flags, "lost": "yes"}, "reactions": {"lost": 1}}[kind]
    assert triage_record(version(), replace(told, **{kind: lost}))["urgency"] == "call"


@pytest.mark.hazard("H-021")
def test_a_reaction_in_a_zone_that_the_plan_does_not_have_is_looked_at_all_the_same() -> None:
    late = Told(hours=Decimal(4000), flags=dict.fromkeys(names(), "no"), reactions={"redness": 77})
    assert triage_record(version(), late)["urgency"] == "call"
    early = replace(late, hours=Decimal(1))
    assert triage_record(version(), early)["urgency"] == "expected"


def test_the_flags_are_asked_in_the_order_of_their_urgency() -> None:
    asked = [ORDER.index(flag.urgency) for flag in flags_of(version())]
    assert asked == sorted(asked, reverse=True)
    assert asked[0] > asked[-1]


def test_what_to_do_stands_with_its_sources() -> None:
    flags = dict.fromkeys(names(), "no") | {"anaphylaxis": "yes"}
    found = triage_record(version(), Told(hours=Decimal(1), flags=flags, reactions={}))
    actions = knowledge().reactions["anaphylaxis"].actions
    assert [item["text"] for item in found["to_do"]] == [action.text for action in actions]
    assert all(item["sources"][0]["id"] for item in found["to_do"])
