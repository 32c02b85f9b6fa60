"""How many points fit, against a table and a count by hand; and no area raises a dose."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.knowledge import KnowledgeBase
from mesoplan.planning.numbers import NumberUnknownError, OutsideProtocolError, number_of
from mesoplan.planning.points import hexagonal_points, plan_points
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.patient import Side
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import Kind
from tests.lib.records import number, protocol, region, technique, zone

PITCH = Quantity.of(10, Unit.MM)
HUGE = "20000"
"""Square centimetres: more skin than anybody has."""


def cm2(amount: str | int | Decimal) -> Quantity:
    return Quantity.of(amount, Unit.CM2)


def ml(amount: str | int | Decimal) -> Quantity:
    return Quantity.of(amount, Unit.ML)


@pytest.mark.parametrize(("area", "points"), [(855, 987), (332, 383), (476, 549), (741, 855)])
def test_points_in_measured_regions_are_those_of_the_ideal_lattice(area: int, points: int) -> None:
    """Abdomen with flanks, buttock, neck with decollete, thigh; 10 mm apart."""
    assert hexagonal_points(cm2(area), PITCH) == points
    assert hexagonal_points(cm2(area).to(Unit.MM2), PITCH.to(Unit.CM)) == points


@pytest.mark.parametrize("pitch", [2, 5, 10, 25])
def test_a_lattice_laid_out_in_a_large_square_has_as_many_points(pitch: int) -> None:
    """Rows stand half a pitch aside in turn, sqrt(3)/2 of a pitch apart; counted one by one."""
    side = 200 * pitch
    rows = int(side / (pitch * math.sqrt(3) / 2))
    counted = sum(
        1
        for row in range(rows)
        for column in range(side // pitch + 1)
        if 0 <= column * pitch + (row % 2) * pitch / 2 < side
    )
    square = Quantity.of(side * side, Unit.MM2)
    one_row_and_column = side / pitch * 2
    assert abs(hexagonal_points(square, Quantity.of(pitch, Unit.MM)) - counted) < one_row_and_column


@given(
    area=st.decimals(min_value=1, max_value=5000, places=1),
    pitch=st.decimals(min_value=1, max_value=50, places=1),
)
def test_the_cells_never_cover_more_than_the_area(area: Decimal, pitch: Decimal) -> None:
    points = hexagonal_points(cm2(area), Quantity.of(pitch, Unit.MM))
    cell = pitch * pitch / 100 * Decimal(3).sqrt() / 2
    assert points == 1 or points * cell <= area
    assert (points + 1) * cell > area


SPACED = technique(volume_per_point=number("0.1", "mL", "0.2"), spacing=number(1, "cm", 2))


def test_the_careful_ends_are_taken() -> None:
    """60 square centimetres at 2 cm: 60 / (4 x 0.866) = 17.3 points of the smaller volume."""
    found = plan_points(zone(), region(), protocol(), SPACED)
    assert found.points.value.amount == 17
    assert found.spacing is not None
    assert found.spacing.value == Quantity.of(2, Unit.CM)
    assert found.volume_per_point.value == ml("0.1")
    assert found.total_volume.value == ml("1.7")


def test_both_sides_of_a_paired_region_are_twice_the_area() -> None:
    found = plan_points(zone(Side.BOTH), region(paired=True), protocol(), SPACED)
    assert found.area is not None
    assert found.area.value == cm2(120)
    assert found.points.value.amount == 34


def test_both_sides_of_a_region_without_sides_are_one_area() -> None:
    found = plan_points(zone(Side.BOTH), region(paired=False), protocol(), SPACED)
    assert found.area is not None
    assert found.area.value == cm2(60)
    assert found.points.value.amount == 17


def test_a_stated_number_of_points_is_taken_as_it_is() -> None:
    stated = protocol(points=number(8, "count"))
    for area in (None, "200", HUGE):
        found = plan_points(zone(area=area), region(), stated, SPACED)
        assert found.points.value.amount == 8
        assert found.total_volume.value == ml("0.8")


@pytest.mark.parametrize(("area", "points"), [("30", 10), ("60", 17), (HUGE, 30)])
def test_a_stated_range_of_points_is_never_left(area: str, points: int) -> None:
    ranged = protocol(points=number(10, "count", 30))
    found = plan_points(zone(area=area), region(), ranged, SPACED)
    assert found.points.value.amount == points
    assert found.points.low.amount == 10
    assert found.points.high.amount == 30


def test_a_volume_for_a_session_lowers_the_points_and_says_so() -> None:
    """1 mL of 0.15 mL a point are six points, not seven."""
    capped = protocol(largest_volume=number(1, "mL"), volume_per_point=number("0.15", "mL"))
    found = plan_points(zone(), region(), capped, SPACED)
    assert found.points.value.amount == 6
    assert found.total_volume.value == ml("0.90")
    assert "17 points lowered to 6: at most 1 mL" in found.points.note
    assert found.points.kind is Kind.COMPUTED


@pytest.mark.hazard("H-003")
def test_points_that_do_not_fit_into_the_area_entered_are_refused() -> None:
    """Ten points at least 1 cm apart need about 9 cm2."""
    stated = protocol(points=number(10, "count"))
    with pytest.raises(OutsideProtocolError, match="do not fit into the 1 cm2"):
        plan_points(zone(area="1"), region(), stated, SPACED)


areas = st.decimals(min_value=1, max_value=Decimal(HUGE), places=1).map(str)


@pytest.mark.hazard("H-003")
@given(area=areas, largest=st.decimals(min_value="0.1", max_value=10, places=1))
def test_no_area_raises_the_volume_above_the_protocols_cap(area: str, largest: Decimal) -> None:
    capped = protocol(largest_volume=number(largest, "mL"))
    found = plan_points(zone(area=area), region(), capped, SPACED)
    assert found.total_volume.value <= ml(largest)


@pytest.mark.hazard("H-003")
@given(area=areas)
def test_without_a_cap_a_measured_area_counts_up_to_the_estimate_only(area: str) -> None:
    estimated = plan_points(zone(), region(), protocol(), SPACED)
    found = plan_points(zone(area=area), region(), protocol(), SPACED)
    assert found.total_volume.value <= estimated.total_volume.value
    if Decimal(area) <= 60:
        assert found.area is not None
        assert found.area.kind is Kind.MEASURED


@pytest.mark.hazard("H-003")
def test_no_protocol_of_the_base_gives_more_in_a_larger_area_than_it_states(
    knowledge: KnowledgeBase,
) -> None:
    """Every protocol, every technique, every region, on more skin than anybody has."""
    checked = 0
    for plan in knowledge.protocols.values():
        for name in plan.techniques:
            how = knowledge.techniques[name]
            largest, points = number_of("largest_volume", plan, how), number_of("points", plan, how)
            for place in (knowledge.regions[item] for item in plan.regions):
                usual, huge = (
                    replace(zone(), region=place.id),
                    replace(zone(area=HUGE), region=place.id),
                )
                try:
                    normal = plan_points(usual, place, plan, how)
                    found = plan_points(huge, place, plan, how)
                except NumberUnknownError:
                    continue
                checked += 1
                if not isinstance(largest, Unknown):
                    assert found.total_volume.value <= largest.low, plan.id
                elif not isinstance(points, Unknown):
                    assert found.points.value <= points.high, plan.id
                else:
                    assert found.total_volume.value <= normal.total_volume.value, plan.id
    assert checked > len(knowledge.protocols)


def test_without_points_area_or_spacing_there_is_no_guess() -> None:
    unspaced = technique(volume_per_point=number("0.1", "mL"))
    with pytest.raises(NumberUnknownError, match="spacing"):
        plan_points(zone(), region(), protocol(), unspaced)
    with pytest.raises(NumberUnknownError, match="area"):
        plan_points(zone(), region(area=None), protocol(), SPACED)
    with pytest.raises(NumberUnknownError) as caught:
        plan_points(zone(), region(), protocol(), technique(spacing=number(1, "cm")))
    assert caught.value.name == "volume_per_point"
