"""Quantities: no unit is guessed, no digit is lost, and rounding never adds drug."""

from decimal import Decimal
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.vocabulary.errors import (
    ClinicalInputError,
    UnknownUnitError,
    WrongDimensionError,
)
from mesoplan.vocabulary.quantity import (
    Dimension,
    Quantity,
    Unit,
    decimal_from,
    parse_quantity,
    parse_unit,
    plain,
    rounded,
    rounded_down,
)

ROUND_TRIP_TOLERANCE = Decimal("1e-26")
"""Relative; conversions carry 28 significant digits, and a round trip rounds twice."""

CONVERTIBLE = [(one, other) for one, other in permutations(Unit, 2) if one.converts_to(other)]

# Written down by hand from the definitions of the units, not from the table of the program.
DEFINITIONS = [
    ("1 m", "1000 mm"),
    ("1 cm", "10 mm"),
    ("1 mm", "1000 um"),
    ("1 m2", "10000 cm2"),
    ("1 cm2", "100 mm2"),
    ("1 L", "1000 mL"),
    ("1 mL", "1000 uL"),
    ("1 kg", "1000 g"),
    ("1 g", "1000 mg"),
    ("1 mg", "1000 ug"),
    ("1 g/L", "1 mg/mL"),
    ("1 mg/mL", "1000 ug/mL"),
    ("1 mg/kg", "1000 ug/kg"),
    ("1 L/min", "1000 mL/min"),
    ("1 mL/min", "60 mL/h"),
    ("1 mL/kg/min", "60 mL/kg/h"),
    ("1 h", "60 min"),
    ("1 min", "60 s"),
    ("1 d", "24 h"),
    ("1 week", "7 d"),
    ("1 year", "12 month"),
    ("1 fraction", "100 %"),
    ("1 kDa", "1000 Da"),
]

SYRINGE_GRADUATIONS = ["0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"]

amounts = st.decimals(
    min_value=Decimal("-1e6"), max_value=Decimal("1e6"), places=6, allow_nan=False
)
positive = st.decimals(min_value=Decimal("1e-6"), max_value=Decimal("1e6"), places=6)
# As many digits as a computed amount can have.
long_positive = st.integers(min_value=1, max_value=10**28 - 1).map(lambda n: Decimal(n).scaleb(-27))


@pytest.mark.parametrize(("left", "right"), DEFINITIONS)
def test_a_unit_is_as_large_as_its_definition_says(left: str, right: str) -> None:
    assert parse_quantity(left) == parse_quantity(right)
    assert parse_quantity(left).to(parse_quantity(right).unit).amount == Decimal(
        right.partition(" ")[0]
    )


def test_every_convertible_unit_has_a_definition_above() -> None:
    """A unit that is added to the list must be written down here by hand too."""
    written = {parse_quantity(text).unit for row in DEFINITIONS for text in row}
    assert {unit for pair in CONVERTIBLE for unit in pair} - written == set()


@pytest.mark.parametrize(("one", "other"), CONVERTIBLE, ids=str)
@given(amount=positive)
def test_every_pair_of_one_dimension_makes_the_round_trip(
    one: Unit, other: Unit, amount: Decimal
) -> None:
    back = Quantity(amount, one).to(other).to(one)
    assert back.unit is one
    assert abs(back.amount - amount) <= amount * ROUND_TRIP_TOLERANCE


@pytest.mark.hazard("H-002")
@pytest.mark.parametrize("one", list(Unit), ids=str)
def test_units_of_different_dimensions_are_refused(one: Unit) -> None:
    quantity = Quantity.of(1, one)
    strangers = [unit for unit in Unit if unit.dimension is not one.dimension]
    assert strangers
    for other in strangers:
        stranger = Quantity.of(1, other)
        assert quantity != stranger
        for combine in (
            Quantity.__add__,
            Quantity.__sub__,
            Quantity.__lt__,
            Quantity.__le__,
            Quantity.__gt__,
            Quantity.__ge__,
            Quantity.over,
        ):
            with pytest.raises(WrongDimensionError):
                combine(quantity, stranger)
        with pytest.raises(WrongDimensionError):
            quantity.to(other)


@pytest.mark.hazard("H-002")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Unit.U, Unit.IU),
        (Unit.U_PER_ML, Unit.IU_PER_ML),
        (Unit.MONTH, Unit.D),
        (Unit.YEAR, Unit.D),
        (Unit.MONTH, Unit.WEEK),
        (Unit.MMOL_PER_MOL, Unit.PERCENT),
        (Unit.COUNT, Unit.POINT),
        (Unit.MG_PER_CM2, Unit.G_PER_CM2),
        (Unit.MG_PER_G, Unit.FRACTION),
        (Unit.ML, Unit.MG),
    ],
)
def test_what_only_looks_alike_cannot_be_converted(one: Unit, other: Unit) -> None:
    """Units of toxin are no international units; a month has no fixed number of days."""
    for here, there in ((one, other), (other, one)):
        assert not here.converts_to(there)
        with pytest.raises(WrongDimensionError):
            Quantity.of(1, here).to(there)
        assert Quantity.of(1, here) != Quantity.of(1, there)


def test_every_dimension_has_a_unit_and_every_symbol_is_its_own() -> None:
    assert {unit.dimension for unit in Unit} == set(Dimension)
    assert len({unit.symbol for unit in Unit}) == len(Unit)
    assert all(parse_unit(unit.symbol) is unit for unit in Unit)


@pytest.mark.parametrize(
    ("symbol", "nearest"),
    [("ML", "mL"), ("MM", "mm"), ("iu", "IU"), ("Mg", "mg"), ("furlong", None), ("", None)],
)
def test_an_unknown_unit_is_refused_with_the_nearest_one(symbol: str, nearest: str | None) -> None:
    with pytest.raises(UnknownUnitError) as caught:
        parse_unit(symbol)
    assert caught.value.nearest == nearest
    assert repr(symbol) in caught.value.message


@pytest.mark.parametrize("symbol", ["ml", "cc", "mcg", "grams", "mg/ml", "mg ", "units", 3, None])
def test_no_other_spelling_of_a_unit_is_guessed(symbol: object) -> None:
    with pytest.raises(UnknownUnitError):
        parse_unit(symbol)


@pytest.mark.parametrize("symbol", ["\u00b5g", "\u03bcg", "ug"])
def test_the_micro_sign_and_the_greek_letter_are_the_same_unit(symbol: str) -> None:
    assert parse_unit(symbol) is Unit.UG


@pytest.mark.parametrize(
    "amount", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), 1.0, 1, True, "1", None]
)
def test_a_quantity_holds_finite_decimals_and_nothing_else(amount: object) -> None:
    with pytest.raises(ClinicalInputError):
        Quantity(amount, Unit.MG)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 0.1, True, False, "NaN", "inf", "-Infinity", "", "1,5", "x", None],
)
def test_what_is_no_plain_number_is_refused(value: object) -> None:
    with pytest.raises(ClinicalInputError):
        decimal_from(value)
    with pytest.raises(ClinicalInputError):
        Quantity.of(value, Unit.MG)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["1e999999999", "1e-999999999", Decimal("1e400"), 10**400])
def test_a_number_beyond_all_bounds_is_refused(value: object) -> None:
    """Written out digit by digit it would fill the memory."""
    with pytest.raises(ClinicalInputError):
        decimal_from(value)


@pytest.mark.parametrize(
    "text",
    ["6.1", "6.1%", "% 6.1", "6,1 %", "", " ", "six %", "nan %", "inf mg", "6.1 % %", 6.1, None],
)
def test_text_that_is_no_number_and_unit_is_refused(text: object) -> None:
    with pytest.raises(ClinicalInputError):
        parse_quantity(text)


def test_a_parsed_quantity_keeps_every_digit() -> None:
    quantity = parse_quantity("0.10 mL")
    assert (str(quantity.amount), quantity.unit) == ("0.10", Unit.ML)
    assert str(quantity) == "0.1 mL"


@given(amount=amounts, units=st.sampled_from(CONVERTIBLE))
def test_equal_quantities_are_equal_both_ways_and_hash_alike(
    amount: Decimal, units: tuple[Unit, Unit]
) -> None:
    one = Quantity(amount, units[0])
    other = one.to(units[1])
    assert one == other
    assert other == one
    assert hash(one) == hash(other)
    assert one <= other <= one
    assert not one < other
    assert not one > other


@given(one=amounts, other=amounts, units=st.sampled_from(CONVERTIBLE))
def test_order_does_not_depend_on_the_unit(
    one: Decimal, other: Decimal, units: tuple[Unit, Unit]
) -> None:
    first, second = Quantity(one, units[0]), Quantity(other, units[0])
    assert (first < second.to(units[1])) is (one < other)
    assert (first.to(units[1]) >= second) is (one >= other)
    assert (first == second.to(units[1])) is (one == other)


@pytest.mark.parametrize(("step", "unit"), list(product(SYRINGE_GRADUATIONS, [Unit.ML, Unit.UL])))
@given(amount=st.one_of(positive, long_positive))
def test_rounding_down_never_rounds_up_at_any_graduation(
    step: str, unit: Unit, amount: Decimal
) -> None:
    graduation = Quantity.of(step, Unit.ML).to(unit)
    quantity = Quantity(amount, unit)
    result = rounded_down(quantity, graduation)
    assert result.amount <= amount
    assert amount - result.amount < graduation.amount
    assert result.amount % graduation.amount == 0


@pytest.mark.parametrize(
    ("amount", "step", "down", "nearest"),
    [
        ("0.19", "0.1", "0.1", "0.2"),
        ("0.2", "0.1", "0.2", "0.2"),
        ("0.25", "0.1", "0.2", "0.2"),
        ("0.35", "0.1", "0.3", "0.4"),
        ("0.099", "0.05", "0.05", "0.1"),
        ("0.0049", "0.005", "0", "0.005"),
        ("1", "0.02", "1", "1"),
        # 28 nines: a quotient that is rounded to 28 digits before it is cut would give 1.
        ("0.9999999999999999999999999999", "0.02", "0.98", "1"),
    ],
)
def test_rounding_by_hand(amount: str, step: str, down: str, nearest: str) -> None:
    quantity, graduation = Quantity.of(amount, Unit.ML), Quantity.of(step, Unit.ML)
    assert rounded_down(quantity, graduation).amount == Decimal(down)
    assert rounded(quantity, graduation).amount == Decimal(nearest)


def test_sums_and_products_are_exact_where_binary_floats_are_not() -> None:
    tenth = Quantity.of("0.1", Unit.ML)
    assert (tenth + tenth + tenth).amount == Decimal("0.3")
    assert tenth.times(3).amount == Decimal("0.3")
    assert (tenth + Quantity.of(100, Unit.UL)).amount == Decimal("0.2")
    assert Quantity.of(186, Unit.MG).over(Quantity.of("0.062", Unit.G)) == 3


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0.20", "0.2"),
        ("1E+2", "100"),
        ("1E-7", "0.0000001"),
        ("-0", "0"),
        ("100", "100"),
        ("0.0", "0"),
    ],
)
def test_a_number_is_shown_without_exponent_and_needless_zeros(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
