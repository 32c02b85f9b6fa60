r"""Needle, angle and depth of the tip, and the probability that it lies in each layer.

::

    skin surface ____________________________
                      \  angle a
       depth of the tip \  inserted length
       = inserted * sin a \
                           * tip
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.regions import Region, Thickness, ThicknessLayer
from mesoplan.knowledge.schema.techniques import Layer
from mesoplan.planning.numbers import OutsideProtocolError, needed, number_of, planned
from mesoplan.planning.values import LayerOdds, Needle, Planned
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.patient import Sex
from mesoplan.vocabulary.quantity import Quantity, Unit, plain, rounded, rounded_down
from mesoplan.vocabulary.source import ClinicalNumber, Kind

if TYPE_CHECKING:
    from mesoplan.knowledge.schema.indications import Protocol
    from mesoplan.knowledge.schema.techniques import Technique
    from mesoplan.vocabulary.request import NeedleWish

DEPTH_STEP = Quantity.of("0.1", Unit.MM)
"""Depths are stated to a tenth of a millimetre."""

PROBABILITY_STEP = Quantity.of("0.01", Unit.FRACTION)
"""Probabilities are stated to a hundredth."""

WAY_OUT = "a needle whose length, angle and depth lie within the ranges, or left out"
"""What to do about a needle that was asked for and cannot be planned."""


def depth_at(inserted: Quantity, angle: Quantity) -> Quantity:
    """Depth of the tip: inserted length times the sine of the angle, to a tenth of a millimetre.

    ``inserted`` in any unit of length, ``angle`` in degrees from the skin surface (0 to 90).
    """
    sine = Decimal(repr(math.sin(math.radians(float(angle.amount_in(Unit.DEG))))))
    return rounded(Quantity(inserted.amount_in(Unit.MM) * sine, Unit.MM), DEPTH_STEP)


def plan_needle(
    protocol: Protocol, technique: Technique, wish: NeedleWish | None, region: Region, sex: Sex
) -> tuple[Needle, Planned]:
    """The needle and the depth of its tip.

    Of the needles and angles of the technique whose full insertion reaches the depth range, the
    one is taken whose tip is most likely to lie in the layer that the technique aims at; without
    a sourced thickness, the shortest needle at the flattest angle. Where every one is too deep,
    less of the needle is inserted. What the request names is kept and must lie within the ranges.

    Raises:
        NumberUnknownError: no source states angle, needle length or depth.
        OutsideProtocolError: the needle of the request does not reach the protocol's depth.
    """
    if not technique.uses_needle:
        message = f"{technique.label} has no needle, and one is asked"
        raise OutsideProtocolError(message, way_out="the needle left out, or another technique")
    lengths = needed("needle_length", protocol, technique)
    angles = needed("angle", protocol, technique)
    depths = needed("depth", protocol, technique)
    gauge = number_of("gauge", protocol, technique)
    if wish is not None and (wish.length or wish.angle or wish.inserted):
        needle, tip = _wished(wish, lengths, angles, depths)
    else:

        def aim(tip: Quantity) -> Decimal:
            return layer_odds(tip, region, sex).probabilities.get(technique.target, Decimal(0))

        needle, tip = _chosen(lengths, angles, depths, aim)
    spread = tuple(depth_at(needle.inserted.value, end) for end in (angles.low, angles.high))
    asked = wish is not None and wish.angle is not None
    depth = Planned(
        value=tip,
        low=tip if asked else min(tip, *spread),
        high=tip if asked else max(tip, *spread),
        kind=Kind.COMPUTED,
        citations=tuple(dict.fromkeys(number.citation for number in (lengths, angles, depths))),
        note=(
            f"inserted length x sin(angle); range of the protocol {depths}; low and high are the "
            f"tip at {angles}"
        ),
    )
    with_gauge = Needle(
        length=needle.length,
        inserted=needle.inserted,
        angle=needle.angle,
        gauge=None if isinstance(gauge, Unknown) else planned("gauge", gauge),
    )
    return with_gauge, depth


def _chosen(
    lengths: ClinicalNumber,
    angles: ClinicalNumber,
    depths: ClinicalNumber,
    aim: Callable[[Quantity], Decimal],
) -> tuple[Needle, Quantity]:
    fitting = [
        (length, angle, tip)
        for length in (lengths.low, lengths.high)
        for angle in (angles.low, angles.high)
        if depths.low <= (tip := depth_at(length, angle)) <= depths.high
    ]
    if fitting:
        length, angle, tip = max(fitting, key=lambda item: aim(item[2]))
        return _needle(lengths, angles, depths, length=length, inserted=length, angle=angle), tip
    angle = angles.low
    sine = Decimal(repr(math.sin(math.radians(float(angle.amount_in(Unit.DEG))))))
    inserted = rounded_down(Quantity(depths.low.amount_in(Unit.MM) / sine, Unit.MM), DEPTH_STEP)
    if depth_at(inserted, angle) < depths.low:
        inserted += DEPTH_STEP
    long_enough = [end for end in (lengths.low, lengths.high) if end >= inserted]
    if not long_enough or not depths.low <= depth_at(inserted, angle) <= depths.high:
        message = f"no needle of {lengths} at {angles} reaches a depth of {depths}"
        raise OutsideProtocolError(message)
    length = long_enough[0]
    return (
        _needle(lengths, angles, depths, length=length, inserted=inserted, angle=angle),
        depth_at(inserted, angle),
    )


def _wished(
    wish: NeedleWish, lengths: ClinicalNumber, angles: ClinicalNumber, depths: ClinicalNumber
) -> tuple[Needle, Quantity]:
    length = wish.length or max(lengths.low, wish.inserted or lengths.low)
    inserted = wish.inserted or length
    angle = wish.angle or angles.low
    for word, value, number in (("a length of", length, lengths), ("an angle of", angle, angles)):
        if not number.low <= value <= number.high:
            message = f"a needle with {word} {value} is asked; the range is {number}"
            raise OutsideProtocolError(message, way_out=WAY_OUT)
    if inserted > length:
        raise ClinicalInputError(
            expected=f"an inserted length of at most the needle's {length}",
            came=str(inserted),
            key="request.zone.needle.inserted_mm",
        )
    tip = depth_at(inserted, angle)
    if not depths.low <= tip <= depths.high:
        message = f"{inserted} inserted at {angle} put the tip at {tip}; the range is {depths}"
        raise OutsideProtocolError(message, way_out=WAY_OUT)
    return _needle(lengths, angles, depths, length=length, inserted=inserted, angle=angle), tip


def _needle(
    lengths: ClinicalNumber,
    angles: ClinicalNumber,
    depths: ClinicalNumber,
    *,
    length: Quantity,
    inserted: Quantity,
    angle: Quantity,
) -> Needle:
    def within(value: Quantity, number: ClinicalNumber) -> Planned:
        return Planned(
            value=value,
            low=number.low,
            high=number.high,
            kind=number.kind,
            citations=(number.citation,),
            note=number.tightens,
        )

    reaching = [
        part
        for step in range(1, int(length.over(DEPTH_STEP)) + 1)
        if depths.low <= depth_at(part := DEPTH_STEP.times(step), angle) <= depths.high
    ]
    return Needle(
        length=within(length, lengths),
        inserted=Planned(
            value=inserted,
            low=min([inserted, *reaching]),
            high=max([inserted, *reaching]),
            kind=Kind.COMPUTED,
            citations=(lengths.citation, angles.citation, depths.citation),
            note=f"at this angle, for a depth of {depths}",
        ),
        angle=within(angle, angles),
        gauge=None,
    )


def layer_odds(tip: Quantity, region: Region, sex: Sex) -> LayerOdds:
    """The probability that a tip at this depth lies in each layer at this site.

    Thickness between people is taken as normal with the source's mean and standard deviation.
    Where several entries fit, the thinnest skin is used. Without a sourced spread nothing is
    computed: the means are shown and the probabilities are unknown.
    """
    skin = _fitting(region, ThicknessLayer.SKIN, sex) or _fitting(
        region, ThicknessLayer.DERMIS, sex
    )
    with_spread = [entry for entry in skin if not isinstance(entry.spread, Unknown)]
    if not with_spread:
        means = "; ".join(f"mean {entry.mean} ({entry.population})" for entry in skin)
        reason = (
            f"no source gives the spread of skin thickness here: {means}"
            if means
            else "no source for the thickness of skin at this site was found"
        )
        return LayerOdds(
            probabilities=MappingProxyType({}),
            subcutis_is_open=True,
            used=tuple(skin),
            unknown=Unknown(reason),
        )
    used = min(with_spread, key=lambda entry: entry.mean.value.amount)
    depth = float(tip.amount_in(Unit.MM))
    epidermis = next(iter(_fitting(region, ThicknessLayer.EPIDERMIS, sex)), None)
    over = float(epidermis.mean.value.amount_in(Unit.MM)) if epidermis else 0.0
    mean, spread = _mean_and_spread(used)
    if used.layer is ThicknessLayer.DERMIS:
        mean += over
    within_skin = _probability_thicker(depth, mean, spread)
    in_epidermis = within_skin if depth <= over else 0.0
    subcutis = [
        entry
        for entry in _fitting(region, ThicknessLayer.SUBCUTIS, sex)
        if not isinstance(entry.spread, Unknown)
    ]
    muscle = 0.0
    fat = min(subcutis, key=lambda entry: entry.mean.value.amount, default=None)
    if fat is not None:
        fat_mean, fat_spread = _mean_and_spread(fat)
        together = math.hypot(spread, fat_spread)
        muscle = 1 - max(within_skin, _probability_thicker(depth, mean + fat_mean, together))
    probabilities = {
        Layer.EPIDERMIS: in_epidermis,
        Layer.DERMIS: within_skin - in_epidermis,
        Layer.SUBCUTIS: 1 - within_skin - muscle,
    }
    if subcutis:
        probabilities[Layer.MUSCLE] = muscle
    return LayerOdds(
        probabilities=MappingProxyType(_rounded_to_one(probabilities)),
        subcutis_is_open=not subcutis,
        used=(used, *(entry for entry in (epidermis, fat) if entry is not None)),
    )


def no_needle_odds(technique: Technique) -> LayerOdds:
    """Without a needle there is no tip; how far the substance gets is not computed."""
    reason = f"{technique.label}: no needle, so no tip; how deep the substance gets is not known"
    return LayerOdds(
        probabilities=MappingProxyType({}),
        subcutis_is_open=True,
        used=(),
        unknown=Unknown(reason),
    )


def _fitting(region: Region, layer: ThicknessLayer, sex: Sex) -> list[Thickness]:
    entries = [entry for entry in region.thickness if entry.layer is layer]
    if sex is Sex.UNKNOWN:
        return entries
    own = [entry for entry in entries if not entry.sexes or sex in entry.sexes]
    return own or entries


def _mean_and_spread(entry: Thickness) -> tuple[float, float]:
    if isinstance(entry.spread, Unknown):
        message = "an entry without spread cannot give a probability"
        raise TypeError(message)
    mean = entry.mean.value.amount_in(Unit.MM)
    return float(mean), float(entry.spread.value.amount_in(Unit.MM))


def _probability_thicker(depth: float, mean: float, spread: float) -> float:
    """The probability that a normal thickness exceeds the depth."""
    return 0.5 * math.erfc((depth - mean) / (spread * math.sqrt(2)))


def _rounded_to_one(odds: dict[Layer, float]) -> dict[Layer, Decimal]:
    """Hundredths that add up to exactly one: the largest share takes the rounding."""
    shares = {
        layer: rounded(
            Quantity(Decimal(repr(max(0.0, chance))), Unit.FRACTION), PROBABILITY_STEP
        ).amount
        for layer, chance in odds.items()
    }
    largest = max(shares, key=lambda layer: shares[layer])
    shares[largest] += 1 - sum(shares.values(), Decimal(0))
    return {layer: Decimal(plain(share)) for layer, share in shares.items()}
