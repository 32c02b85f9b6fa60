"""Points, spacing and volume that a physician asks for, worked out by hand on invented protocols.

60 square centimetres hold 17 points 2 cm apart and 69 points 1 cm apart.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.planning.numbers import OutsideProtocolError
from mesoplan.planning.points import PointPlan, hexagonal_points, plan_points
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import Kind
from tests.lib.records import number, protocol, region, technique, zone

SPACED = technique(volume_per_point=number("0.1", "mL", "0.2"), spacing=number(1, "cm", 2))
EIGHT = protocol(points=number(8, "count"))
TEN_TO_THIRTY = protocol(points=number(10, "count", 30))
THREE_ML = protocol(largest_volume=number(3, "mL"))


def ml(amount: str) -> Quantity:
    return Quantity.of(amount, Unit.ML)


def mm(amount: str) -> Quantity:
    return Quantity.of(amount, Unit.MM)


def asked(
    of: Any = None, *, area: str | None = None, how: Any = SPACED, **wishes: Any
) -> PointPlan:
    return plan_points(replace(zone(area=area), **wishes), region(), of or protocol(), how)


def spacing_of(found: PointPlan) -> Quantity:
    assert found.spacing is not None
    return found.spacing.value


def test_points_that_follow_from_the_spacing_have_its_range() -> None:
    free, capped = asked().points, asked(THREE_ML).points
    assert [str(end) for end in (free.value, free.low, free.high)] == ["17", "17", "69"]
    assert [str(end) for end in (capped.value, capped.low, capped.high)] == ["17", "17", "30"]
    assert "at most 30: 3 mL a session" in capped.note


@pytest.mark.hazard("H-003")
@pytest.mark.parametrize("points", [16, 31])
def test_points_beyond_what_spacing_and_session_volume_allow_are_refused(points: int) -> None:
    with pytest.raises(
        OutsideProtocolError, match=f"points: {points} asked; the range is 17 to 30"
    ):
        asked(THREE_ML, points=points)


def test_points_asked_for_stand_at_the_widest_spacing_that_holds_them() -> None:
    """Thirty points on 6000 mm2: 200 mm2 a point, and sqrt(200 / 0.866) is 15.19 mm."""
    found = asked(points=30)
    assert found.points.value.amount == 30
    assert found.total_volume.value == ml("3")
    assert spacing_of(found) == mm("15.1")
    assert found.spacing is not None
    assert found.spacing.kind is Kind.COMPUTED
    assert found.spacing.low == mm("10")


@given(points=st.integers(17, 69))
def test_points_fit_at_the_spacing_that_is_planned_for_them(points: int) -> None:
    sixty = Quantity.of(60, Unit.CM2)
    spacing = spacing_of(asked(points=points))
    assert hexagonal_points(sixty, spacing) >= points
    assert spacing == mm("20") or hexagonal_points(sixty, spacing + mm("0.1")) < points


def test_a_spacing_asked_for_gives_its_own_number_of_points() -> None:
    """15 mm apart: 6000 / (225 x 0.866) is 30.8."""
    found = asked(spacing=mm("15"))
    assert found.points.value.amount == 30
    assert found.spacing is not None
    assert str(found.spacing.value) == "15 mm"
    assert (str(found.spacing.low), str(found.spacing.high)) == ("10 mm", "20 mm")


def test_points_that_do_not_fit_at_the_spacing_asked_for_are_refused() -> None:
    with pytest.raises(OutsideProtocolError, match="30 points, at least 20 mm apart, do not fit"):
        asked(points=30, spacing=mm("20"))
    with pytest.raises(OutsideProtocolError, match="do not fit into the 40 cm2 that were entered"):
        asked(TEN_TO_THIRTY, area="40", points=30, spacing=mm("15"))
    assert asked(TEN_TO_THIRTY, area="40", points=30).points.value.amount == 30


@pytest.mark.hazard("H-003")
def test_what_is_stated_as_one_number_cannot_be_changed() -> None:
    with pytest.raises(OutsideProtocolError, match="9 asked; the range is 8 and no other"):
        asked(EIGHT, points=9)
    assert asked(EIGHT, points=8) == asked(EIGHT)


def test_a_stated_range_goes_before_an_area_that_is_only_an_estimate() -> None:
    """Of 100 points the estimate holds 69 at the closest: they stay, and the plan says so."""
    many = protocol(points=number(10, "count", 100))
    found = asked(many, points=100)
    assert found.points.value.amount == 100
    assert spacing_of(found) == mm("10")
    assert found.spacing is not None
    assert "100 points need more than the 60 cm2 of the estimate" in found.spacing.note
    with pytest.raises(OutsideProtocolError, match="do not fit"):
        asked(many, points=100, area="60")


def test_points_of_a_protocol_stand_closer_where_the_area_entered_is_small() -> None:
    """Eight points on 2000 mm2: five fit 2 cm apart, and sqrt(250 / 0.866) is 16.99 mm."""
    assert spacing_of(asked(EIGHT)) == mm("20")
    found = asked(EIGHT, area="20")
    assert spacing_of(found) == mm("16.9")
    assert asked(EIGHT, area="20", spacing=mm("16.9")) == found


def test_a_larger_volume_leaves_fewer_points_under_the_volume_of_a_session() -> None:
    """3 mL are thirty points of 0.1 mL, and fifteen of 0.2 mL."""
    found = asked(THREE_ML, volume_per_point=ml("0.2"))
    assert found.points.value.amount == 15
    assert found.total_volume.value == ml("3")
    with pytest.raises(
        OutsideProtocolError, match="points: 17 asked; the range is 15 and no other"
    ):
        asked(THREE_ML, volume_per_point=ml("0.2"), points=17)


def test_one_point_that_is_more_than_a_session_is_refused() -> None:
    tiny = protocol(largest_volume=number("0.15", "mL"))
    assert asked(tiny).points.value.amount == 1
    with pytest.raises(
        OutsideProtocolError, match=r"one point of 0\.2 mL is more than the 0\.15 mL"
    ):
        asked(tiny, volume_per_point=ml("0.2"))


def test_points_without_a_volume_have_no_cap_by_volume() -> None:
    dry = technique(volume_per_point=number(0, "mL"), spacing=number(1, "cm", 2))
    assert asked(THREE_ML, how=dry).total_volume.value == ml("0")


def test_a_spacing_whose_range_nobody_states_is_refused_with_the_reason() -> None:
    unspaced = technique(volume_per_point=number("0.1", "mL"))
    with pytest.raises(OutsideProtocolError, match="the range is not known: not stated"):
        asked(EIGHT, how=unspaced, spacing=mm("10"))


@pytest.mark.hazard("H-003")
@given(
    points=st.integers(10, 30),
    volume=st.decimals("0.1", "0.2", places=3),
    largest=st.decimals("0.2", "6", places=1),
)
def test_no_wish_passes_the_volume_of_a_session(
    points: int, volume: Decimal, largest: Decimal
) -> None:
    """Both are kept where the session holds them, and refused where it does not."""
    of = protocol(points=number(10, "count", 30), largest_volume=number(largest, "mL"))
    wishes: dict[str, Any] = {"points": points, "volume_per_point": ml(str(volume))}
    if points * volume > largest:
        with pytest.raises(OutsideProtocolError):
            asked(of, **wishes)
        return
    found = asked(of, **wishes)
    assert found.points.value.amount == points
    assert found.total_volume.value == ml(str(points * volume))
