"""Laws of the emergency card that hold for every weight and age, not only for examples."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.documents.emergency_words import for_person, in_all
from mesoplan.knowledge.schema.conditions import Route
from mesoplan.knowledge.schema.emergencies import (
    EVERYBODY,
    PER_KILOGRAM_DIMENSIONS,
    Band,
    DoseBasis,
    DoseRule,
    Emergency,
    EmergencyDrug,
)
from mesoplan.knowledge.schema.numbers import NOT_STATED
from mesoplan.planning import emergency_card, emergency_cards
from mesoplan.planning.emergency import TIMES_BODY_WEIGHT, CardDose, DoseSpan, shown
from mesoplan.vocabulary.answer import Known, Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import ClinicalNumber
from tests.lib.base import base

NOBODY = Unknown("not asked")
LEAST_WEIGHT, MOST_WEIGHT = Decimal(2), Decimal(400)
"""The bounds of entry of the weight, in kilograms."""

weights = st.decimals(min_value=LEAST_WEIGHT, max_value=MOST_WEIGHT, places=3)
years = st.integers(min_value=0, max_value=120)


def kilograms(amount: Decimal) -> Known[Quantity]:
    return Known(Quantity(amount, Unit.KG))


def aged(amount: int) -> Known[Quantity]:
    return Known(Quantity.of(amount, Unit.YEAR))


def doses(
    weight: Known[Quantity] | Unknown, age: Known[Quantity] | Unknown
) -> Iterator[tuple[str, CardDose]]:
    """Every dose of every card, with its drug."""
    for card in emergency_cards(base(), weight=weight, age=age):
        for drug in card.drugs:
            for dose in drug.doses:
                yield f"{card.emergency.id} {drug.drug.id} {dose.rule.purpose}", dose


def exact(quantity: Quantity, unit: Unit) -> Fraction:
    return Fraction(quantity.amount_in(unit))


def worked_out(number: ClinicalNumber, weight: Decimal) -> Fraction:
    """The number for a weight by fractions, in the first unit of its dimension."""
    size = Fraction(number.low.unit.size or 1)
    per_kilogram = number.low.unit.dimension in PER_KILOGRAM_DIMENSIONS
    return Fraction(number.low.amount) * size * (Fraction(weight) if per_kilogram else 1)


def first_unit(quantity: Quantity) -> Fraction:
    return Fraction(quantity.amount) * Fraction(quantity.unit.size or 1)


def comparable(one: Quantity, other: Quantity) -> bool:
    return one.unit.converts_to(other.unit)


@pytest.mark.hazard("H-016")
@given(weight=weights, age=years)
def test_no_dose_lies_above_any_cap_of_its_rule(weight: Decimal, age: int) -> None:
    for name, dose in doses(kilograms(weight), aged(age)):
        if not isinstance(dose.dose, Known):
            continue
        for number in (dose.rule.maximum, dose.rule.total):
            if isinstance(number, Unknown):
                continue
            cap = worked_out(number, weight)
            for end in (dose.dose.value.low, dose.dose.value.high):
                whole = TIMES_BODY_WEIGHT.get(number.low.unit, number.low.unit)
                if end.unit.converts_to(whole):
                    assert first_unit(end) <= cap, name
                    assert first_unit(shown(end)) <= cap, name


@pytest.mark.hazard("H-016")
@given(weight=weights, age=years)
def test_a_dose_is_what_fractions_make_of_its_rule(weight: Decimal, age: int) -> None:
    """A second way to compute it: rule times weight, no more than the cap."""
    seen = 0
    for name, dose in doses(kilograms(weight), aged(age)):
        if isinstance(dose.rule.amount, Unknown):
            assert isinstance(dose.dose, Unknown), name
            continue
        assert isinstance(dose.dose, Known), name
        expected = worked_out(dose.rule.amount, weight)
        for number in (dose.rule.maximum, dose.rule.total):
            if isinstance(number, ClinicalNumber):
                whole = TIMES_BODY_WEIGHT.get(number.low.unit, number.low.unit)
                if dose.dose.value.low.unit.converts_to(whole):
                    expected = min(expected, worked_out(number, weight))
        assert first_unit(dose.dose.value.low) == expected, name
        seen += 1
    assert seen


@pytest.mark.hazard("H-016")
@given(one=weights, other=weights, age=years)
def test_a_rule_gives_no_less_to_who_weighs_more(one: Decimal, other: Decimal, age: int) -> None:
    light, heavy = sorted((one, other))
    heavier = {id(dose.rule): dose for _, dose in doses(kilograms(heavy), aged(age))}
    for name, dose in doses(kilograms(light), aged(age)):
        more = heavier.get(id(dose.rule))
        if more is None or not isinstance(dose.dose, Known):
            continue
        assert isinstance(more.dose, Known), name
        assert dose.dose.value.low <= more.dose.value.low, name
        assert dose.dose.value.high <= more.dose.value.high, name
        if isinstance(dose.total, Known) and isinstance(more.total, Known):
            assert dose.total.value <= more.total.value, name


@pytest.mark.hazard("H-016")
@given(age=st.one_of(years.map(aged), st.just(NOBODY)))
def test_an_unknown_weight_gives_no_number_that_hangs_on_it(age: Known[Quantity] | Unknown) -> None:
    seen = 0
    for name, dose in doses(NOBODY, age):
        if not dose.rule.needs_weight:
            continue
        seen += 1
        assert isinstance(dose.dose, Unknown), name
        assert isinstance(dose.volume, Unknown), name
        assert for_person(dose) == "", name
        total = dose.rule.total
        if isinstance(total, ClinicalNumber) and total.low.unit in TIMES_BODY_WEIGHT:
            assert isinstance(dose.total, Unknown), name
            assert "=" not in in_all(dose), name
    assert seen


@given(weight=weights)
def test_an_unknown_age_gives_no_dose_that_hangs_on_it(weight: Decimal) -> None:
    seen = 0
    for name, dose in doses(kilograms(weight), NOBODY):
        if not dose.rule.ages.is_open:
            seen += 1
            assert isinstance(dose.dose, Unknown), name
            assert for_person(dose) == "", name
    assert seen


@given(weight=weights, age=years)
def test_a_known_weight_and_age_leave_out_doses_and_add_none(weight: Decimal, age: int) -> None:
    everybody = [id(dose.rule) for _, dose in doses(NOBODY, NOBODY)]
    somebody = [id(dose.rule) for _, dose in doses(kilograms(weight), aged(age))]
    assert [rule for rule in everybody if rule in somebody] == somebody


@given(weight=weights, age=years)
def test_grams_and_months_change_nothing(weight: Decimal, age: int) -> None:
    grams = Known(Quantity(weight, Unit.KG).to(Unit.G))
    months = Known(Quantity.of(age, Unit.YEAR).to(Unit.MONTH))
    assert [dose.dose for _, dose in doses(grams, months)] == [
        dose.dose for _, dose in doses(kilograms(weight), aged(age))
    ]


@given(amount=st.decimals(min_value=Decimal("0.001"), max_value=Decimal(99999), places=4))
def test_what_is_shown_is_never_more_and_hardly_less(amount: Decimal) -> None:
    dose = Quantity(amount, Unit.ML)
    readable = shown(dose)
    assert readable <= dose
    assert dose.amount - readable.amount <= dose.amount * Decimal("0.01")
    assert shown(readable) == readable


@given(weight=weights, age=years)
def test_the_volume_holds_the_dose_at_the_strength(weight: Decimal, age: int) -> None:
    for card in emergency_cards(base(), weight=kilograms(weight), age=aged(age)):
        for drug in card.drugs:
            for dose in drug.doses:
                if not isinstance(dose.volume, Known):
                    continue
                assert isinstance(dose.dose, Known)
                assert isinstance(drug.drug.strength, ClinicalNumber)
                strength = exact(drug.drug.strength.low, Unit.MG_PER_ML)
                drawn = exact(dose.volume.value.high, Unit.ML)
                assert drawn * strength == exact(dose.dose.value.high, Unit.MG)


def test_every_unit_for_each_kilogram_is_known_to_the_card() -> None:
    """A unit that is added must say what it becomes when it is multiplied by kilograms."""
    assert set(TIMES_BODY_WEIGHT) == {
        unit for unit in Unit if unit.dimension in PER_KILOGRAM_DIMENSIONS
    }


# --- A rule with everything, which the base does not hold -------------------------------------


def stated(amount: Decimal, unit: Unit, high: Decimal | None = None) -> ClinicalNumber:
    example = next(
        number
        for drug in base().emergencies["anaphylaxis"].drugs
        for number in drug.numbers
        if not number.is_range
    )
    return ClinicalNumber(
        low=Quantity(amount, unit),
        high=Quantity(amount if high is None else high, unit),
        kind=example.kind,
        citation=example.citation,
    )


positive = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(50), places=2)


def dose_of(rule: DoseRule, weight: Decimal) -> DoseSpan | None:
    """The dose of a made-up rule, through the card of a made-up emergency."""
    record = base().emergencies["fainting"]
    drug = EmergencyDrug(
        id="made-up",
        label="Made up",
        when=record.call,
        strength=NOT_STATED,
        kit="",
        not_in_kit="made up",
        doses=(rule,),
        cautions=(),
    )
    changed = {field: getattr(record, field) for field in Emergency.__slots__} | {"drugs": (drug,)}
    parts = {field: getattr(base(), field) for field in base().__slots__}
    knowledge = type(base())(**{**parts, "emergencies": {"made-up": Emergency(**changed)}})
    card = emergency_card("made-up", knowledge, weight=kilograms(weight), age=NOBODY)
    found = card.drugs[0].doses
    assert len(found) <= 1
    return found[0].dose.value if found and isinstance(found[0].dose, Known) else None


@pytest.mark.hazard("H-016")
@given(amount=positive, more=positive, cap=positive, total=positive, weight=weights)
def test_a_range_for_each_kilogram_is_cut_by_caps_of_both_kinds(
    amount: Decimal, more: Decimal, cap: Decimal, total: Decimal, weight: Decimal
) -> None:
    high = amount + more
    rule = DoseRule(
        purpose="once",
        route=Route.INTRAMUSCULAR,
        site="",
        basis=DoseBasis.PER_KILOGRAM,
        amount=stated(amount, Unit.MG_PER_KG, high),
        at_least=False,
        ages=EVERYBODY,
        weights=EVERYBODY,
        maximum=stated(cap, Unit.MG),
        total=stated(total, Unit.UG_PER_KG),
        over=NOT_STATED,
        repeat=NOT_STATED,
        times=NOT_STATED,
        until="",
        note="",
    )
    most = min(Fraction(cap), Fraction(total) * Fraction(weight) / 1000)
    dose = dose_of(rule, weight)
    assert dose is not None
    # Conversions carry 28 significant digits.
    tolerance = most * Fraction(1, 10**24)
    for end, per_kilogram in ((dose.low, amount), (dose.high, high)):
        found = exact(end, Unit.MG)
        assert abs(found - min(Fraction(per_kilogram) * Fraction(weight), most)) <= tolerance


@given(edge=st.integers(min_value=3, max_value=300), weight=weights)
def test_a_band_holds_its_ends_unless_the_source_excludes_them(edge: int, weight: Decimal) -> None:
    at = Quantity.of(edge, Unit.KG)
    for quantity in (at, at.to(Unit.G), Quantity(weight, Unit.KG)):
        above = Band(start=at, start_excluded=True).holds(quantity)
        below = Band(end=at, end_excluded=True).holds(quantity)
        assert Band(start=at).holds(quantity) is not below
        assert Band(end=at).holds(quantity) is not above
        assert not (above and below)
        assert (quantity == at) is (not above and not below)
