"""Answers and truths of three values: unknown is never read as no."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.vocabulary.answer import (
    Known,
    NotApplicable,
    Truth,
    Unknown,
    all_of,
    any_of,
    truth_of,
)

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE

AND = {
    (T, T): T,
    (T, U): U,
    (T, F): F,
    (U, T): U,
    (U, U): U,
    (U, F): F,
    (F, T): F,
    (F, U): F,
    (F, F): F,
}
OR = {
    (T, T): T,
    (T, U): T,
    (T, F): T,
    (U, T): T,
    (U, U): U,
    (U, F): U,
    (F, T): T,
    (F, U): U,
    (F, F): F,
}

truths = st.lists(st.sampled_from(Truth), max_size=6).map(tuple)


@pytest.mark.hazard("H-001")
@pytest.mark.parametrize(("left", "right"), list(product(Truth, repeat=2)), ids=str)
def test_and_and_or_follow_the_table_of_kleene(left: Truth, right: Truth) -> None:
    """All nine rows, written out and not computed.

    ======= ======= ======= =======
    left    right   and     or
    ======= ======= ======= =======
    true    true    true    true
    true    unknown unknown true
    true    false   false   true
    unknown true    unknown true
    unknown unknown unknown unknown
    unknown false   false   unknown
    false   true    false   true
    false   unknown false   unknown
    false   false   false   false
    ======= ======= ======= =======
    """
    assert all_of((left, right)) is AND[left, right]
    assert any_of((left, right)) is OR[left, right]


def test_negation_turns_true_and_false_and_leaves_unknown() -> None:
    assert [truth.negated() for truth in (T, U, F)] == [F, U, T]


def test_of_no_parts_and_is_true_and_or_is_false() -> None:
    assert all_of(()) is T
    assert any_of(()) is F


@given(parts=truths)
def test_not_all_is_the_same_as_any_not(parts: tuple[Truth, ...]) -> None:
    negated = tuple(part.negated() for part in parts)
    assert all_of(parts).negated() is any_of(negated)
    assert any_of(parts).negated() is all_of(negated)


@given(parts=truths, guess=st.sampled_from([T, F]))
def test_a_decided_truth_stays_whatever_the_unknown_turn_out_to_be(
    parts: tuple[Truth, ...], guess: Truth
) -> None:
    answered = tuple(guess if part is U else part for part in parts)
    for join in (all_of, any_of):
        if join(parts) is not U:
            assert join(answered) is join(parts)


def test_a_condition_of_two_values_becomes_a_truth() -> None:
    assert truth_of(condition=True) is T
    assert truth_of(condition=False) is F


@pytest.mark.hazard("H-001")
@pytest.mark.parametrize(
    "value",
    [
        Known(True),
        Known(False),
        Known(0),
        Known(None),
        Unknown(),
        NotApplicable("recorded sex is male"),
        *Truth,
    ],
    ids=repr,
)
def test_nothing_of_three_values_can_be_a_condition(value: object) -> None:
    with pytest.raises(TypeError):
        bool(value)
    with pytest.raises(TypeError):
        assert value or value
    with pytest.raises(TypeError):
        assert not value
    with pytest.raises(TypeError):
        assert all([value])


def test_known_no_is_not_unknown() -> None:
    different: list[object] = [Known(value=False), Unknown(), NotApplicable("no")]
    assert len(set(different)) == len(different)
    assert Unknown("not sure") != Unknown()
