"""Verdicts have one order; overrides and missing rules never make them milder than allowed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.vocabulary.errors import EmptyRuleSetError
from mesoplan.vocabulary.finding import (
    Outcome,
    Override,
    Result,
    Scope,
    SourcePosition,
    Strength,
    Verdict,
    worst,
)
from mesoplan.vocabulary.source import Citation

MILDEST_FIRST = ["eligible", "caution", "undetermined", "deferred", "contraindicated"]

verdicts = st.lists(st.sampled_from(Verdict), min_size=1, max_size=8)


def result(verdict: Verdict, *, overridden: bool = False) -> Result:
    return Result(
        rule="a-rule",
        outcome=Outcome.FINDING,
        verdict=verdict,
        strength=Strength.RELATIVE,
        scope=Scope.PATIENT,
        message="A finding.",
        positions=(
            SourcePosition(
                citation=Citation("one", "p. 1"), verdict=verdict, strength=Strength.RELATIVE
            ),
            SourcePosition(
                citation=Citation("another", "p. 2"), verdict=verdict, strength=Strength.ABSOLUTE
            ),
        ),
        overridden=Override(rule="a-rule", reason="a-reason", by="Dr") if overridden else None,
    )


def test_the_order_is_the_one_of_the_design() -> None:
    assert [verdict.value for verdict in Verdict] == MILDEST_FIRST
    assert [verdict.severity for verdict in Verdict] == [0, 1, 2, 3, 4]
    for milder, stricter in pairwise(Verdict):
        assert stricter.is_worse_than(milder)
        assert not milder.is_worse_than(stricter)
        assert not milder.is_worse_than(milder)


@given(found=verdicts)
def test_the_worst_is_one_of_them_and_none_is_worse(found: list[Verdict]) -> None:
    whole = worst(found)
    assert whole in found
    assert not any(verdict.is_worse_than(whole) for verdict in found)


@given(found=verdicts, one_more=st.sampled_from(Verdict))
def test_adding_a_verdict_never_softens(found: list[Verdict], one_more: Verdict) -> None:
    assert not worst(found).is_worse_than(worst([*found, one_more]))


@given(found=verdicts, data=st.data())
def test_the_order_of_the_verdicts_does_not_matter(
    found: list[Verdict], data: st.DataObject
) -> None:
    assert worst(data.draw(st.permutations(found))) is worst(found)


@pytest.mark.hazard("H-001")
def test_nothing_checked_is_no_verdict() -> None:
    with pytest.raises(EmptyRuleSetError):
        worst([])


@pytest.mark.parametrize("verdict", [Verdict.CAUTION, Verdict.DEFERRED, Verdict.CONTRAINDICATED])
def test_an_override_stands_beside_the_verdict_and_is_never_better_than_caution(
    verdict: Verdict,
) -> None:
    overridden = result(verdict, overridden=True)
    assert overridden.verdict is verdict
    assert overridden.verdict_after_override is Verdict.CAUTION
    assert result(verdict).verdict_after_override is verdict


def test_a_result_names_its_sources_in_the_order_of_the_rule() -> None:
    assert [citation.id for citation in result(Verdict.CAUTION).citations] == ["one", "another"]
