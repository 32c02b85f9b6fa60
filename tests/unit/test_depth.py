"""Depth of the tip against a published table, and the odds per layer against a second method."""

from decimal import Decimal
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.knowledge.schema.techniques import Layer
from mesoplan.planning.depth import depth_at, layer_odds, plan_needle
from mesoplan.planning.numbers import OutsideProtocolError
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.patient import Sex
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.request import NeedleWish
from tests.lib.records import number, protocol, region, technique, thickness

HALF_A_STEP = Decimal("0.005")
"""Odds are stated to a hundredth."""
WHOLE_STEPS = Decimal("0.02")
"""One layer takes the rounding of the others."""

TENTHS = st.integers(min_value=1, max_value=150).map(lambda tenths: Decimal(tenths) / 10)
MEANS = st.integers(min_value=5, max_value=40).map(lambda tenths: Decimal(tenths) / 10)
SPREADS = st.integers(min_value=5, max_value=100).map(lambda hundredths: Decimal(hundredths) / 100)
FAT = st.integers(min_value=20, max_value=300).map(lambda tenths: Decimal(tenths) / 10)


def mm(amount: str | int | Decimal) -> Quantity:
    return Quantity.of(amount, Unit.MM)


def deg(amount: str | int | Decimal) -> Quantity:
    return Quantity.of(amount, Unit.DEG)


# The published check of the depth model: inserted millimetres, degrees, millimetres of depth.
TABLE = [
    (4, 30, "2.0"),
    (4, 45, "2.8"),
    (4, 90, "4.0"),
    (6, 30, "3.0"),
    (6, 45, "4.2"),
    (6, 90, "6.0"),
    (13, 30, "6.5"),
    (13, 45, "9.2"),
    (13, 90, "13.0"),
    # A cadaver study: 2 mm of needle at 30 degrees ended 1 mm deep.
    (2, 30, "1.0"),
]


@pytest.mark.hazard("H-004")
@pytest.mark.parametrize(("inserted", "angle", "depth"), TABLE)
def test_depth_is_inserted_length_times_the_sine_of_the_angle(
    inserted: int, angle: int, depth: str
) -> None:
    assert depth_at(mm(inserted), deg(angle)) == mm(depth)
    assert depth_at(Quantity.of(inserted, Unit.MM).to(Unit.CM), deg(angle)) == mm(depth)


@given(inserted=TENTHS, angle=st.integers(min_value=1, max_value=90))
def test_the_tip_is_never_deeper_than_the_needle_is_long_and_steeper_is_deeper(
    inserted: Decimal, angle: int
) -> None:
    tip = depth_at(mm(inserted), deg(angle))
    assert tip <= mm(inserted)
    assert tip <= depth_at(mm(inserted), deg(90)) == mm(inserted)
    assert depth_at(mm(inserted), deg(angle - 1)) <= tip


@pytest.mark.hazard("H-004")
@pytest.mark.parametrize(("angle", "chance"), [(30, "0.50"), (45, "0.02"), (90, "0.00")])
def test_a_four_millimetre_needle_stays_in_the_skin_as_rarely_as_published(
    angle: int, chance: str
) -> None:
    """Skin of 2.0 +- 0.4 mm, the whole needle inserted."""
    tip = depth_at(mm(4), deg(angle))
    odds = layer_odds(tip, region(thickness("skin", "2.0", "0.4")), Sex.FEMALE)
    assert odds.probabilities[Layer.DERMIS] == Decimal(chance)
    assert odds.probabilities[Layer.SUBCUTIS] == 1 - Decimal(chance)
    assert odds.subcutis_is_open


@given(depth=TENTHS, mean=MEANS, spread=SPREADS)
def test_the_odds_of_staying_in_the_skin_agree_with_a_second_method(
    depth: Decimal, mean: Decimal, spread: Decimal
) -> None:
    odds = layer_odds(mm(depth), region(thickness("skin", mean, spread)), Sex.MALE).probabilities
    thicker = 1 - NormalDist(float(mean), float(spread)).cdf(float(depth))
    assert abs(odds[Layer.DERMIS] - Decimal(thicker)) <= HALF_A_STEP
    assert sum(odds.values()) == 1


@given(depth=TENTHS, skin=MEANS, spread=SPREADS, fat=FAT, fat_spread=SPREADS)
def test_the_odds_of_reaching_muscle_agree_with_summing_over_the_thickness_of_the_skin(
    depth: Decimal, skin: Decimal, spread: Decimal, fat: Decimal, fat_spread: Decimal
) -> None:
    """The chance that skin and fat together are thinner than the tip is deep, as a sum."""
    place = region(thickness("skin", skin, spread), thickness("subcutis", fat, fat_spread))
    odds = layer_odds(mm(depth), place, Sex.MALE).probabilities
    skins = NormalDist(float(skin), float(spread))
    fats = NormalDist(float(fat), float(fat_spread))
    slices = 400
    thinner = sum(
        fats.cdf(float(depth) - skins.inv_cdf((slice_ + 0.5) / slices)) for slice_ in range(slices)
    )
    assert abs(odds[Layer.MUSCLE] - Decimal(thinner / slices)) <= WHOLE_STEPS
    assert sum(odds.values()) == 1


@given(
    depth=TENTHS,
    skin=MEANS,
    spread=SPREADS,
    fat=st.none() | FAT,
    epidermis=st.none() | st.sampled_from(["0.05", "0.1", "0.2"]),
    layer=st.sampled_from(["skin", "dermis"]),
)
def test_odds_are_hundredths_that_add_up_to_one(
    depth: Decimal,
    skin: Decimal,
    spread: Decimal,
    fat: Decimal | None,
    epidermis: str | None,
    layer: str,
) -> None:
    entries = [thickness(layer, skin, spread)]
    entries += [thickness("subcutis", fat, "2")] if fat is not None else []
    entries += [thickness("epidermis", epidermis)] if epidermis else []
    odds = layer_odds(mm(depth), region(*entries), Sex.FEMALE)
    assert odds.unknown is None
    assert odds.subcutis_is_open is (fat is None)
    assert sum(odds.probabilities.values()) == 1
    for chance in odds.probabilities.values():
        assert 0 <= chance <= 1
        assert chance * 100 == (chance * 100).to_integral_value()


@given(mean=MEANS, spread=SPREADS, depth=TENTHS)
def test_a_deeper_tip_is_never_likelier_to_be_in_the_skin(
    mean: Decimal, spread: Decimal, depth: Decimal
) -> None:
    place = region(thickness("skin", mean, spread))
    shallow = layer_odds(mm(depth), place, Sex.MALE).probabilities[Layer.DERMIS]
    deeper = layer_odds(mm(depth + Decimal("0.1")), place, Sex.MALE).probabilities[Layer.DERMIS]
    assert deeper <= shallow


@pytest.mark.hazard("H-004")
def test_the_thinnest_skin_that_fits_is_used() -> None:
    thick, thin = thickness("skin", "2.5", "0.4"), thickness("skin", "1.5", "0.4")
    alone = layer_odds(mm(2), region(thin), Sex.MALE).probabilities
    assert layer_odds(mm(2), region(thick, thin), Sex.MALE).probabilities == alone
    his, hers = (
        thickness("skin", "2.5", "0.4", ("male",)),
        thickness("skin", "1.5", "0.4", ("female",)),
    )
    both = region(his, hers)
    assert layer_odds(mm(2), both, Sex.FEMALE).probabilities == alone
    assert layer_odds(mm(2), both, Sex.UNKNOWN).probabilities == alone
    assert layer_odds(mm(2), both, Sex.MALE).probabilities[Layer.DERMIS] == Decimal("0.89")


def test_the_dermis_alone_counts_with_the_epidermis_over_it() -> None:
    """0.9 mm of dermis under 0.1 mm of epidermis are skin of 1.0 mm."""
    place = region(thickness("dermis", "0.9", "0.2"), thickness("epidermis", "0.1"))
    odds = layer_odds(mm("1.0"), place, Sex.FEMALE).probabilities
    assert odds == {
        Layer.EPIDERMIS: 0,
        Layer.DERMIS: Decimal("0.5"),
        Layer.SUBCUTIS: Decimal("0.5"),
    }
    in_epidermis = layer_odds(mm("0.1"), place, Sex.FEMALE).probabilities
    assert in_epidermis[Layer.EPIDERMIS] == 1


@pytest.mark.hazard("H-004", "H-008")
@pytest.mark.parametrize("entries", [(), (thickness("skin", "2.0"),)], ids=["none", "no spread"])
def test_without_a_sourced_spread_no_odds_are_made_up(
    entries: tuple[dict[str, object], ...],
) -> None:
    odds = layer_odds(mm(2), region(*entries), Sex.MALE)
    assert isinstance(odds.unknown, Unknown)
    assert odds.probabilities == {}
    assert ("mean 2 mm" in odds.unknown.reason) is bool(entries)


def test_the_entries_that_were_used_are_the_ones_that_are_named() -> None:
    skin, fat, thin = (
        thickness("skin", "2", "0.4"),
        thickness("subcutis", "20", "2"),
        thickness("subcutis", "5", "2"),
    )
    odds = layer_odds(mm(4), region(skin, fat, thin), Sex.MALE)
    assert odds.probabilities == layer_odds(mm(4), region(skin, thin), Sex.MALE).probabilities
    assert [entry.mean.value for entry in odds.used] == [mm(2), mm(5)]


NEEDLE = technique(
    needle_length=number(4, "mm", 13),
    angle=number(30, "deg", 45),
    depth=number(1, "mm", 4),
    gauge=number(27, "G", 32),
)


def test_the_shortest_needle_at_the_flattest_angle_is_taken() -> None:
    needle, tip = plan_needle(protocol(), NEEDLE, None, region(), Sex.UNKNOWN)
    assert (needle.length.value, needle.angle.value) == (mm(4), deg(30))
    assert needle.inserted.value == mm(4)
    assert (tip.value, tip.low, tip.high) == (mm("2.0"), mm("2.0"), mm("2.8"))
    assert needle.gauge is not None
    assert needle.gauge.value == Quantity.of(32, Unit.GAUGE)


@pytest.mark.hazard("H-004")
def test_less_of_the_needle_goes_in_where_all_of_it_would_be_too_deep() -> None:
    """1 mm at 30 degrees is 2 mm of needle."""
    shallow = protocol(depth=number(1, "mm"))
    needle, tip = plan_needle(shallow, NEEDLE, None, region(), Sex.UNKNOWN)
    assert (needle.length.value, needle.inserted.value) == (mm(4), mm(2))
    assert tip.value == mm("1.0")


def test_a_depth_that_no_needle_of_the_technique_reaches_is_refused() -> None:
    deep = protocol(depth=number(12, "mm"))
    with pytest.raises(OutsideProtocolError):
        plan_needle(deep, NEEDLE, None, region(), Sex.UNKNOWN)


@pytest.mark.hazard("H-004")
@pytest.mark.parametrize(
    ("length", "inserted", "angle", "tip"),
    [
        ("6", "6", "30", "3.0"),
        ("4", "3", "45", "2.1"),
        ("4", None, "45", "2.8"),
        (None, "4", None, "2.0"),
    ],
)
def test_a_needle_that_is_asked_for_is_kept(
    length: str | None, inserted: str | None, angle: str | None, tip: str
) -> None:
    wish = NeedleWish(
        length=mm(length) if length else None,
        inserted=mm(inserted) if inserted else None,
        angle=deg(angle) if angle else None,
    )
    needle, depth = plan_needle(protocol(), NEEDLE, wish, region(), Sex.UNKNOWN)
    assert depth.value == mm(tip)
    if inserted:
        assert needle.inserted.value == mm(inserted)


@pytest.mark.hazard("H-004")
def test_a_needle_that_is_asked_for_must_end_within_the_protocols_depth() -> None:
    too_deep = NeedleWish(length=mm(13), angle=deg(45))
    with pytest.raises(OutsideProtocolError, match=r"9\.2 mm; the range is 1 to 4 mm"):
        plan_needle(protocol(), NEEDLE, too_deep, region(), Sex.UNKNOWN)
    too_shallow = NeedleWish(inserted=mm("0.5"))
    with pytest.raises(OutsideProtocolError):
        plan_needle(protocol(), NEEDLE, too_shallow, region(), Sex.UNKNOWN)
    longer_than_it_is = NeedleWish(length=mm(4), inserted=mm(5))
    with pytest.raises(ClinicalInputError, match="at most the needle's 4 mm"):
        plan_needle(protocol(), NEEDLE, longer_than_it_is, region(), Sex.UNKNOWN)
