"""Errors carry fields for programs and one line for people."""

import inspect

import pytest

from mesoplan.vocabulary import errors
from mesoplan.vocabulary.errors import (
    LONGEST_QUOTE,
    ClinicalInputError,
    EmptyRuleSetError,
    KnowledgeError,
    MesoplanError,
    UnknownNameError,
    UnknownUnitError,
    WrongDimensionError,
    nothing,
    shortened,
)

EXIT_CODES = {
    MesoplanError: 3,
    EmptyRuleSetError: 3,
    ClinicalInputError: 2,
    UnknownUnitError: 2,
    WrongDimensionError: 2,
    UnknownNameError: 2,
    KnowledgeError: 3,
}


@pytest.mark.parametrize("error", list(EXIT_CODES))
def test_each_error_has_its_exit_code(error: type[MesoplanError]) -> None:
    assert error.exit_code == EXIT_CODES[error]
    assert issubclass(error, MesoplanError)


def test_the_table_above_holds_the_whole_tree() -> None:
    tree = {item for item in vars(errors).values() if inspect.isclass(item)}
    assert {item for item in tree if issubclass(item, Exception)} == set(EXIT_CODES)


def test_a_message_names_place_key_expected_came_and_nearest() -> None:
    error = ClinicalInputError(
        expected="the id of a region",
        came="cheak",
        key="request.zone[1].region",
        place="a.toml",
        nearest="cheek",
    )
    assert error.message == (
        "a.toml: request.zone[1].region: expected the id of a region, came 'cheak'; "
        "nearest is 'cheek'"
    )
    fields = (error.place, error.key, error.expected, error.came, error.nearest)
    assert fields == (
        "a.toml",
        "request.zone[1].region",
        "the id of a region",
        "'cheak'",
        "cheek",
    )


def test_without_place_and_key_the_sentence_stands_alone() -> None:
    assert ClinicalInputError(expected="a number", came=True).message == (
        "expected a number, came True"
    )


def test_a_place_is_filled_in_once_and_never_written_over() -> None:
    inner = UnknownUnitError(expected="a unit", came="ml", nearest="mL")
    placed = inner.at(place="case.toml", key="facts.hba1c")
    assert isinstance(placed, UnknownUnitError)
    assert placed.message == ("case.toml: facts.hba1c: expected a unit, came 'ml'; nearest is 'mL'")
    again = placed.at(place="other.toml", key="elsewhere")
    assert again.message == placed.message


@pytest.mark.parametrize(
    "value",
    [
        "two\nlines",
        "carriage\r\nreturn",
        "\u2028separator\x85",
        ["a list\n"] * 3,
        {"key": "value\n"},
        "x" * 1_000_000,
        b"\xff\x00\n",
    ],
)
def test_whatever_came_the_message_is_one_short_line(value: object) -> None:
    error = ClinicalInputError(expected="a\ntext", came=value)
    assert len(error.message.splitlines()) == 1
    assert len(error.message) < LONGEST_QUOTE + 80


def test_a_long_value_says_how_long_it_was() -> None:
    text = shortened("x" * 100)
    assert text == "'" + "x" * (LONGEST_QUOTE - 1) + "... (102 characters)"


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("value", [nested(5_000), 16**5_000], ids=["nested", "huge"])
def test_a_value_that_cannot_be_written_out_still_gives_a_message(value: object) -> None:
    """Python refuses to write integers of more than 4,300 digits and very deep lists."""
    message = ClinicalInputError(expected="a text", came=value).message
    assert message.startswith("expected a text, came ")
    assert len(message.splitlines()) == 1


def test_nothing_stands_without_quotes() -> None:
    assert ClinicalInputError(expected="a text", came=nothing()).message == (
        "expected a text, came nothing"
    )
