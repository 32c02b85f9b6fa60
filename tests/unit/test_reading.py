"""Strict reading of a table: what is not asked for is refused, with file, key and nearest name."""

import tomllib
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from mesoplan.knowledge.reading import Table, nearest_name
from mesoplan.knowledge.schema.conditions import (
    AllOf,
    Comparison,
    FactCompares,
    FactIsYes,
    Not,
    facts_of,
    read_condition,
)
from mesoplan.knowledge.schema.numbers import maybe_number, read_number
from mesoplan.knowledge.schema.rules import read_rule
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import ClinicalInputError, KnowledgeError, WrongDimensionError
from mesoplan.vocabulary.quantity import Dimension, Quantity, Unit
from mesoplan.vocabulary.source import Citation, Kind


class Colour(Enum):
    """Two choices for the reader."""

    RED = "red"
    DEEP_BLUE = "deep-blue"


def table(text: str) -> Table:
    return Table(tomllib.loads(text, parse_float=Decimal), place="a.toml", key="thing[1]")


def refusal(text: str, method: str, *arguments: Any) -> ClinicalInputError:
    with pytest.raises(ClinicalInputError) as caught:
        getattr(table(text), method)("it", *arguments)
    assert caught.value.place == "a.toml"
    assert caught.value.key.startswith("thing[1].it")
    return caught.value


# Method, what it takes as TOML, the value, and what it refuses.
READERS: list[tuple[str, str, object, tuple[str, ...]]] = [
    ("text", '"a"', "a", ('""', '"  "', "1", "true", "[]", "{}", r'"\u0000"', r'"\u001b[31m"')),
    ("texts", '["a", "b"]', ("a", "b"), ('"a"', "[1]", '["a", "a"]', '[" "]', "{}")),
    ("flag", "false", False, ('"false"', "0", "1", "[]")),
    ("whole", "3", 3, ("3.0", "true", '"3"', "nan", "1" + "0" * 16, "0x" + "f" * 5_000)),
    ("decimal", "0.10", Decimal("0.10"), ("true", '"0.1"', "nan", "-inf", "1e999999999", "[1]")),
    (
        "day",
        "1990-05-01",
        date(1990, 5, 1),
        ('"1990-05-01"', "1990-05-01T00:00:00", "1990-05-01T00:00:00Z", "07:00:00", "1990"),
    ),
    ("tables", "[]", (), ("{}", '"a"', "1")),
]


@pytest.mark.parametrize(
    ("method", "good", "value", "bad"), READERS, ids=lambda item: str(item)[:9]
)
def test_each_reader_takes_its_own_type_and_nothing_else(
    method: str, good: str, value: object, bad: tuple[str, ...]
) -> None:
    read = getattr(table(f"it = {good}"), method)("it")
    assert read == value
    assert type(read) is type(value)
    for text in bad:
        error = refusal(f"it = {text}", method)
        assert "nothing" not in error.message


@pytest.mark.parametrize("method", ["text", "whole", "decimal", "day", "flag", "table"])
def test_a_key_that_is_left_out_is_refused_where_it_is_needed(method: str) -> None:
    assert "came nothing" in refusal("", method).message


def test_a_key_that_may_be_left_out_has_its_default() -> None:
    empty = table("")
    assert empty.optional_text("it") == ""
    assert empty.texts("it") == ()
    assert empty.flag("it", default=True) is True
    assert empty.optional_choice("it", Colour, Colour.RED) is Colour.RED
    assert empty.optional_table("it") is None
    assert empty.one("it", read_number) is None
    assert empty.tables("it") == ()


def test_a_number_keeps_the_digits_as_they_were_written() -> None:
    assert str(table("it = 0.10").decimal("it")) == "0.10"
    assert table("it = 0.1").decimal("it") * 3 == Decimal("0.3")


def test_a_choice_is_named_in_full_and_the_nearest_one_is_offered() -> None:
    assert table('it = "deep-blue"').choice("it", Colour) is Colour.DEEP_BLUE
    error = refusal('it = "deep-blu"', "choice", Colour)
    assert error.expected == "one of red, deep-blue"
    assert error.nearest == "deep-blue"
    assert refusal('it = "DEEP_BLUE"', "choice", Colour).exit_code == 2
    error = refusal('it = ["red", "green"]', "choices", Colour)
    assert error.came == "'green'"


def test_an_unknown_id_is_refused_with_the_nearest_one() -> None:
    names = {"lidocaine": 1, "procaine": 2}
    assert table('it = "procaine"').name("it", names, "substance") == "procaine"
    error = refusal('it = "lidocane"', "name", names, "substance")
    assert (error.nearest, error.expected) == ("lidocaine", "the id of a substance")
    assert refusal('it = "zzz"', "name", names, "substance").nearest is None


def test_what_nobody_asked_for_is_refused_with_the_nearest_key() -> None:
    inner = table('colour = "red"\nsynonims = []')
    inner.choice("colour", Colour)
    inner.texts("synonyms")
    with pytest.raises(ClinicalInputError) as caught:
        inner.close()
    assert caught.value.key == "thing[1].synonims"
    assert caught.value.nearest == "synonyms"
    assert caught.value.expected == "one of the keys colour, synonyms"


def test_asking_whether_a_key_is_there_does_not_take_it() -> None:
    inner = table("it = 1")
    assert inner.has("it")
    with pytest.raises(ClinicalInputError):
        inner.close()


def test_tables_inside_are_counted_from_one_and_closed() -> None:
    with pytest.raises(ClinicalInputError) as caught:
        table('it = [{a = "x"}, {a = "y", b = 1}]').each("it", lambda inner: inner.text("a"))
    assert caught.value.key == "thing[1].it[2].b"


def test_an_error_without_a_place_is_given_the_place_of_its_table() -> None:
    def complain(inner: Table) -> str:
        inner.text("a")
        raise WrongDimensionError(expected="a length", came="mL", key="unit")

    with pytest.raises(ClinicalInputError) as caught:
        table('it = {a = "x"}').one("it", complain)
    assert caught.value.message == "a.toml: thing[1].it.unit: expected a length, came 'mL'"


def test_the_class_of_the_error_says_whose_file_it_was() -> None:
    ours = Table({"a": 1}, place="rules/a.toml", error=KnowledgeError)
    with pytest.raises(KnowledgeError) as caught:
        ours.close()
    assert caught.value.exit_code == 3
    with pytest.raises(KnowledgeError):
        Table({"a": {}}, place="rules/a.toml", error=KnowledgeError).table("a").text("b")


@pytest.mark.parametrize("data", [[], "text", 1, None, date(2026, 1, 1), time(1)])
def test_what_is_no_table_is_refused(data: object) -> None:
    with pytest.raises(ClinicalInputError, match="expected a table"):
        Table(data, place="a.toml")


def test_a_date_time_is_no_date() -> None:
    moment = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with pytest.raises(ClinicalInputError):
        Table({"it": moment}, place="a.toml").day("it")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("lidocane", "lidocaine"), ("LIDOCAINE", None), ("qqqq", None), ("", None), (17, None)],
)
def test_the_nearest_name_is_similar_or_there_is_none(name: object, nearest: str | None) -> None:
    assert nearest_name(name, ["lidocaine", "mepivacaine"]) == nearest


def test_a_very_long_name_is_looked_up_like_any_other() -> None:
    assert nearest_name("x" * 1_000_000, ["lidocaine"]) is None


# --- Single records ---------------------------------------------------------------------------

NUMBER = 'value = 4.5, unit = "mg/kg", kind = "label", source = "a-label", locator = "p. 1"'


def number_of(text: str) -> Table:
    return table(f"it = {{{text}}}")


def test_a_number_comes_with_unit_kind_source_and_locator() -> None:
    number = number_of(NUMBER).must("it", read_number)
    assert number.low == number.high == Quantity.of("4.5", Unit.MG_PER_KG)
    assert (number.kind, number.citation) == (Kind.LABEL, Citation("a-label", "p. 1"))
    assert not number.is_range


@pytest.mark.hazard("H-008")
@pytest.mark.parametrize("part", ["value", "unit", "kind", "source", "locator"])
def test_a_number_without_one_of_its_parts_is_refused(part: str) -> None:
    kept = ", ".join(item for item in NUMBER.split(", ") if not item.startswith(part))
    with pytest.raises(ClinicalInputError) as caught:
        number_of(kept).must("it", read_number)
    assert caught.value.key.startswith("thing[1].it")
    assert "came nothing" in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("value = 4.5", "low = 4.5, high = 4.5", "it.high"),
        ("value = 4.5", "low = 5, high = 4.5", "it.high"),
        ("value = 4.5", "low = 4.5", "it.high"),
        ("value = 4.5", "value = 4.5, high = 5", "it.high"),
        ("value = 4.5", "value = nan", "it.value"),
        ("value = 4.5", 'value = "4.5"', "it.value"),
        ('"mg/kg"', '"mg/kilo"', "it"),
        ('"label"', '"guess"', "it.kind"),
        ('"label"', '"assumed"', "it.tightens"),
        ('"p. 1"', '"p. 1", tightens = "it is less"', "it.tightens"),
        ('"p. 1"', '" "', "it.locator"),
    ],
)
def test_a_number_that_does_not_hold_together_is_refused(old: str, new: str, key: str) -> None:
    with pytest.raises(ClinicalInputError) as caught:
        number_of(NUMBER.replace(old, new)).must("it", read_number)
    assert caught.value.key == f"thing[1].{key}"


@pytest.mark.hazard("H-001", "H-008")
def test_a_number_that_is_not_known_says_why_and_is_never_zero() -> None:
    unknown = number_of('unknown = "not in the abstract"')
    assert maybe_number(unknown, "it", Dimension.MASS) == Unknown("not in the abstract")
    assert isinstance(maybe_number(table(""), "it", Dimension.MASS), Unknown)
    with pytest.raises(ClinicalInputError):
        maybe_number(number_of('unknown = "both", value = 1'), "it", Dimension.MASS)


@pytest.mark.hazard("H-002")
def test_a_number_of_another_dimension_is_refused() -> None:
    with pytest.raises(ClinicalInputError) as caught:
        maybe_number(number_of(NUMBER), "it", Dimension.VOLUME)
    assert (caught.value.key, caught.value.expected) == ("thing[1].it.unit", "a unit of volume")


def condition(text: str) -> Any:
    return read_condition(table(f"it = {text}"), "it")


def test_a_condition_is_read_as_it_is_written() -> None:
    assert condition('"pregnant"') == FactIsYes("pregnant")
    assert condition('{all = ["a", {not = {fact = "age", below = "limit"}}]}') == AllOf(
        (FactIsYes("a"), Not(FactCompares("age", Comparison.BELOW, "limit")))
    )
    nested = condition('{any = [{all = ["a", "b"]}, {not = "c"}, {fact = "a", in = ["x"]}]}')
    assert facts_of(nested) == ("a", "b", "c")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{all = []}",
        "{any = {}}",
        '{fact = "age"}',
        '{fact = "age", below = "a", above = "b"}',
        '{all = ["a"], any = ["b"]}',
        "{not = 1}",
        '{sex = "either"}',
        '{answered_none = "everything"}',
        '{check = "whatever"}',
        '{fact = "age", near = "limit"}',
    ],
)
def test_a_condition_that_says_nothing_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(ClinicalInputError):
        condition(text)


RULE = """
id = "a-rule"
label = "A rule"
message = "Something."
scope = "patient"
verdict = "contraindicated"
strength = "absolute"
never_overridable = true
when = "a_fact"
sources = [{source = "a", locator = "p", verdict = "contraindicated", strength = "absolute"}]
"""


def test_a_rule_is_read() -> None:
    rule = read_rule(table(RULE))
    assert rule.never_overridable
    assert [position.citation.id for position in rule.positions] == ["a"]


@pytest.mark.hazard("H-008", "H-010")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('sources = [{source = "a"', "#"),
        ('"p", verdict = "contraindicated"', '"p", verdict = "caution"'),
        ('verdict = "contraindicated"\nstrength', 'verdict = "eligible"\nstrength'),
        ('verdict = "contraindicated"\nstrength', 'verdict = "undetermined"\nstrength'),
        ('strength = "absolute"\nnever', 'strength = "relative"\nnever'),
        ('locator = "p", ', ""),
    ],
)
def test_a_rule_stricter_than_all_its_sources_or_softer_than_it_says_is_refused(
    old: str, new: str
) -> None:
    assert old in RULE
    with pytest.raises(ClinicalInputError):
        read_rule(table(RULE.replace(old, new)))
