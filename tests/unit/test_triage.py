"""A report after a session: nothing is called expected that might not be."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan import plan
from mesoplan.knowledge.schema.care import Urgency
from mesoplan.planning import Plan, ReactionReport, Triage, triage
from mesoplan.vocabulary.answer import Answer, Known, NotApplicable, Unknown
from mesoplan.vocabulary.errors import UnknownNameError
from mesoplan.vocabulary.quantity import Quantity, Unit
from tests.lib.base import base
from tests.lib.people import healthy_case

FLAGS = tuple(item.id for item in base().reactions.values() if item.red_flag_question)
URGENT = tuple(item.id for item in base().reactions.values() if item.urgency is Urgency.URGENT)
ALL_NO: Mapping[str, Answer[bool]] = dict.fromkeys(FLAGS, Known(value=False))


def hours(amount: str) -> Quantity:
    return Quantity.of(amount, Unit.H)


def reported(
    *reactions: str,
    after: str = "24",
    region: str = "neck",
    other: tuple[str, ...] = (),
    flags: Mapping[str, Answer[bool]] | None = None,
) -> Triage:
    """A report with every red flag answered no, but for those that are given."""
    report = ReactionReport(
        region=region,
        since_session=hours(after),
        reactions=reactions,
        other=other,
        red_flags={**ALL_NO, **(flags or {})},
    )
    return triage(report, base())


def test_the_flags_and_the_urgent_reactions_are_there() -> None:
    assert len(FLAGS) > len(URGENT) > 5
    assert set(URGENT) <= set(FLAGS)


def test_redness_after_a_day_with_every_red_flag_answered_no_is_expected() -> None:
    found = reported("redness")
    assert found.urgency is Urgency.EXPECTED
    assert found.unanswered == ()
    (reason,) = found.reasons
    assert reason.text == "Redness: inside its window of 0 to 48 h"
    assert reason.citations


@pytest.mark.hazard("H-012")
@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("answer", [None, Unknown(), Unknown("not sure")])
def test_with_one_red_flag_unanswered_nothing_is_expected(
    flag: str, answer: Answer[bool] | None
) -> None:
    answers = dict(ALL_NO)
    del answers[flag]
    if answer is not None:
        answers[flag] = answer
    report = ReactionReport(
        region="neck", since_session=hours("24"), reactions=("redness",), red_flags=answers
    )
    found = triage(report, base())
    assert found.urgency is Urgency.CALL
    assert found.unanswered == (flag,)
    assert triage(replace(report, reactions=()), base()).urgency is Urgency.CALL


@pytest.mark.hazard("H-012")
def test_with_no_red_flag_answered_nothing_is_expected_and_all_are_still_to_be_asked() -> None:
    found = triage(ReactionReport(region="neck", since_session=hours("1")), base())
    assert found.urgency is Urgency.CALL
    assert set(found.unanswered) == set(FLAGS)


@pytest.mark.parametrize("flag", FLAGS)
def test_a_red_flag_answered_yes_is_as_urgent_as_its_reaction_and_at_least_a_call(
    flag: str,
) -> None:
    found = reported("redness", flags={flag: Known(value=True)})
    own = base().reactions[flag].urgency
    assert found.urgency is (Urgency.CALL if own is Urgency.EXPECTED else own)
    assert found.reasons[0].reaction == flag
    assert not found.unanswered


@pytest.mark.parametrize(
    ("reaction", "after", "urgency"),
    [
        ("redness", "0", Urgency.EXPECTED),
        ("redness", "48", Urgency.EXPECTED),
        ("redness", "48.1", Urgency.CALL),
        ("bruise", "168", Urgency.EXPECTED),
        ("bruise", "169", Urgency.CALL),
        ("bleeding-points", "1", Urgency.EXPECTED),
        ("bleeding-points", "2", Urgency.CALL),
    ],
)
def test_outside_its_window_an_expected_reaction_is_a_call(
    reaction: str, after: str, urgency: Urgency
) -> None:
    found = reported(reaction, after=after)
    assert found.urgency is urgency
    word = "inside" if urgency is Urgency.EXPECTED else "outside"
    assert word in found.reasons[0].text


def test_a_region_has_its_own_window() -> None:
    """Around the eye redness and swelling last for up to five days, elsewhere for two."""
    assert reported("swelling", after="100", region="eyelid").urgency is Urgency.EXPECTED
    assert reported("swelling", after="100", region="neck").urgency is Urgency.CALL
    assert reported("swelling", after="121", region="eyelid").urgency is Urgency.CALL


@pytest.mark.hazard("H-012")
def test_a_reaction_that_the_base_does_not_know_is_a_call() -> None:
    found = reported("redness", other=("green spots",))
    assert found.urgency is Urgency.CALL
    assert "green spots: not in the knowledge base" in found.reasons[0].text


@pytest.mark.hazard("H-012")
@pytest.mark.parametrize("reaction", URGENT)
@pytest.mark.parametrize("after", ["0", "24", "10000"])
def test_an_urgent_reaction_is_urgent_at_any_time_and_before_all_else(
    reaction: str, after: str
) -> None:
    found = reported("redness", reaction, after=after, other=("green spots",))
    assert found.urgency is Urgency.URGENT
    assert found.reasons[0].reaction == reaction
    severities = [reason.urgency.severity for reason in found.reasons]
    assert severities == sorted(severities, reverse=True)


@pytest.mark.hazard("H-011")
@pytest.mark.parametrize("after", ["24", "700", "3000", "20000"])
def test_a_late_nodule_is_never_expected(after: str) -> None:
    assert reported("late-nodules", after=after).urgency is Urgency.CALL
    found = reported(after=after, flags={"late-nodules": Known(value=True)})
    assert found.urgency is Urgency.CALL


def test_a_flag_that_was_asked_needs_yes_or_no() -> None:
    bald = {"hair-loss-after-scalp-sessions": NotApplicable("not on the scalp")}
    found = reported("redness", flags=bald)
    assert found.urgency is Urgency.CALL
    assert "hair-loss-after-scalp-sessions" in found.unanswered


REACTIONS = st.lists(st.sampled_from(sorted(base().reactions)), max_size=4, unique=True)
ANSWERS: st.SearchStrategy[Answer[bool]] = st.sampled_from(
    [Known(value=True), Known(value=False), Unknown()]
)


@pytest.mark.hazard("H-012")
@given(
    reactions=REACTIONS,
    more=st.sampled_from(sorted(base().reactions)),
    answers=st.dictionaries(st.sampled_from(FLAGS), ANSWERS),
    after=st.integers(min_value=0, max_value=5000),
)
def test_telling_more_never_makes_it_milder_and_expected_means_every_flag_was_answered_no(
    reactions: list[str], more: str, answers: dict[str, Answer[bool]], after: int
) -> None:
    report = ReactionReport(
        region="neck",
        since_session=hours(str(after)),
        reactions=tuple(reactions),
        red_flags=answers,
    )
    found = triage(report, base())
    longer = triage(replace(report, reactions=(*reactions, more)), base())
    assert longer.urgency.severity >= found.urgency.severity
    if found.urgency is Urgency.EXPECTED:
        assert set(answers) == set(FLAGS)
        assert {str(answer) for answer in answers.values()} == {str(Known(value=False))}


@cache
def neck() -> Plan:
    case = healthy_case(base())
    made = plan(case.request, case.facts, base(), at=case.at)
    assert isinstance(made, Plan)
    return made


def not_asked_by_the_plan() -> list[str]:
    return [flag for flag in FLAGS if flag not in {item.reaction for item in neck().red_flags}]


def test_with_its_plan_only_the_flags_of_the_plan_are_asked() -> None:
    answers = {item.reaction: Known(value=False) for item in neck().red_flags}
    report = ReactionReport(
        region="neck", since_session=hours("24"), reactions=("redness",), red_flags=answers
    )
    assert triage(report, base(), plan=neck()).urgency is Urgency.EXPECTED
    assert triage(report, base()).unanswered == tuple(not_asked_by_the_plan())
    first = neck().red_flags[0].reaction
    unanswered = replace(report, red_flags={**answers, first: Unknown()})
    assert triage(unanswered, base(), plan=neck()).urgency is Urgency.CALL


def test_a_red_flag_answered_yes_counts_whether_the_plan_asks_for_it_or_not() -> None:
    (flag, *_) = not_asked_by_the_plan()
    answers = {**ALL_NO, flag: Known(value=True)}
    report = ReactionReport(region="neck", since_session=hours("24"), red_flags=answers)
    assert triage(report, base()).urgency is not Urgency.EXPECTED
    assert triage(report, base(), plan=neck()).urgency is not Urgency.EXPECTED


@pytest.mark.parametrize(
    "report",
    [
        ReactionReport(region="nek", since_session=hours("1"), red_flags=ALL_NO),
        ReactionReport(
            region="neck", since_session=hours("1"), reactions=("rednes",), red_flags=ALL_NO
        ),
        ReactionReport(
            region="neck",
            since_session=hours("1"),
            red_flags={**ALL_NO, "anaphylaxy": Known(value=True)},
        ),
    ],
    ids=["region", "reaction", "red flag"],
)
def test_a_name_that_the_base_does_not_have_is_refused(report: ReactionReport) -> None:
    with pytest.raises(UnknownNameError):
        triage(report, base())
