"""How many points, and how much in all: from the protocol, or from area and spacing.

Until a map is drawn the number of points is an estimate: the number of cells of a hexagonal
lattice of the given spacing that fit into the area, rounded down. One cell of a hexagonal lattice
of pitch p has the area p * p * sqrt(3) / 2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from mesoplan.planning.numbers import (
    NumberUnknownError,
    OutsideProtocolError,
    as_asked,
    computed,
    needed,
    number_of,
    planned,
)
from mesoplan.planning.values import Planned
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.patient import Side
from mesoplan.vocabulary.quantity import Quantity, Unit, rounded_down
from mesoplan.vocabulary.source import ClinicalNumber, Kind

if TYPE_CHECKING:
    from mesoplan.knowledge.schema.indications import Protocol
    from mesoplan.knowledge.schema.numbers import MaybeNumber
    from mesoplan.knowledge.schema.regions import Region
    from mesoplan.knowledge.schema.techniques import Technique
    from mesoplan.vocabulary.request import Zone

HEXAGONAL_CELL = Decimal(3).sqrt() / 2
"""Area of one cell of a hexagonal lattice of pitch one."""

SPACING_STEP = Quantity.of("0.1", Unit.MM)
"""A spacing that is worked out is stated to a tenth of a millimetre, rounded down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointPlan:
    """Points of one zone with what they were worked out from, and the volume of all of them."""

    points: Planned
    spacing: Planned | None
    area: Planned | None
    volume_per_point: Planned
    total_volume: Planned


def hexagonal_points(area: Quantity, spacing: Quantity) -> int:
    """The whole cells of a hexagonal lattice in an area, at least one."""
    pitch = spacing.amount_in(Unit.CM)
    cells = area.amount_in(Unit.CM2) / (pitch * pitch * HEXAGONAL_CELL)
    return max(1, int(cells.to_integral_value(rounding=ROUND_DOWN)))


def volume_per_point(zone: Zone, protocol: Protocol, technique: Technique) -> Planned:
    """The volume of one point: as asked, or the careful end.

    Raises:
        NumberUnknownError: neither protocol nor technique states it.
        OutsideProtocolError: the volume asked for lies outside the range.
    """
    found = planned("volume_per_point", needed("volume_per_point", protocol, technique))
    return as_asked("volume per point", found, zone.volume_per_point)


def spacing_of(zone: Zone, protocol: Protocol, technique: Technique) -> Planned | None:
    """The distance between points: as asked, or the careful end; ``None`` where none is known.

    Raises:
        OutsideProtocolError: the spacing asked for lies outside the range, or no range is known.
    """
    number = number_of("spacing", protocol, technique)
    if not isinstance(number, Unknown):
        return as_asked("spacing", planned("spacing", number), zone.spacing)
    if zone.spacing is None:
        return None
    message = f"spacing: {zone.spacing} asked; the range is not known: {number.reason}"
    raise OutsideProtocolError(message, way_out="spacing left out")


def plan_points(zone: Zone, region: Region, protocol: Protocol, technique: Technique) -> PointPlan:
    """The points of a zone.

    A number of points that the protocol states is taken as it is; a larger area never raises it.
    Where only spacing and area are known, the points at the widest and at the closest spacing are
    the range, and never more than the largest volume of a session holds.

    Raises:
        NumberUnknownError: no source states the volume per point; or neither points, nor area
            and spacing, are known.
        OutsideProtocolError: a wish lies outside its range; or the points, at their closest or at
            the spacing asked for, do not fit into the area.
    """
    volume = volume_per_point(zone, protocol, technique)
    spacing = spacing_of(zone, protocol, technique)
    stated = number_of("points", protocol, technique)
    pitch = number_of("spacing", protocol, technique)
    largest = number_of("largest_volume", protocol, technique)
    is_capped = not (isinstance(stated, Unknown) and isinstance(largest, Unknown))
    area = zone_area(zone, region, may_exceed_estimate=is_capped)
    estimate = _estimate(area, spacing)
    if not isinstance(stated, Unknown):
        found = planned("points", stated)
        if stated.is_range and estimate is not None:
            found = _clipped(estimate, found)
    elif estimate is not None:
        found = estimate
    else:
        raise NumberUnknownError("points", _why_no_estimate(area, region))
    found = _capped(found, largest, volume)
    wish = None if zone.points is None else Quantity.of(zone.points, Unit.COUNT)
    points = as_asked("number of points", found, wish)
    is_estimated = isinstance(stated, Unknown)
    room = zone.area
    if room is None and area is not None and (is_estimated or points is not found):
        room = area.value
    if room is not None and not isinstance(pitch, Unknown):
        must_fit = zone.area is not None or is_estimated
        spacing = _spaced(zone, points, planned("spacing", pitch), room, must_fit=must_fit)
    return PointPlan(
        points=points,
        spacing=spacing,
        area=area,
        volume_per_point=volume,
        total_volume=computed(
            volume.value.times(points.value.amount),
            *volume.citations,
            *points.citations,
            note="points x volume per point",
        ),
    )


def _capped(found: Planned, largest: MaybeNumber, volume: Planned) -> Planned:
    """The points, and their range, that the largest volume of a session holds."""
    if isinstance(largest, Unknown) or not volume.value.amount:
        return found
    held = largest.low.over(volume.value).to_integral_value(rounding=ROUND_DOWN)
    most = Quantity(held, Unit.COUNT)
    if not held:
        message = f"one point of {volume.value} is more than the {largest.low} of a session"
        raise OutsideProtocolError(message, way_out="a smaller volume per point")
    if found.value > most:
        return Planned(
            value=most,
            low=min(found.low, most),
            high=most,
            kind=Kind.COMPUTED,
            citations=(largest.citation,),
            note=f"{found.value} points lowered to {most}: at most {largest.low} a session",
        )
    if found.high > most:
        note = f"{found.note}; at most {most}: {largest.low} a session".removeprefix("; ")
        citations = (*found.citations, largest.citation)
        return replace(found, high=most, citations=citations, note=note)
    return found


def _spaced(
    zone: Zone, points: Planned, careful: Planned, room: Quantity, *, must_fit: bool
) -> Planned:
    """The spacing as asked, or the widest of its range at which the points have room."""
    count = points.value.amount
    closest = zone.spacing or careful.low
    if must_fit and count > hexagonal_points(room, closest):
        entered = "were entered" if zone.area is not None else "the region is estimated at"
        message = f"{count} points, at least {closest} apart, do not fit into the {room} that"
        way_out = "fewer points or a smaller spacing, where the protocol has them; a larger area"
        raise OutsideProtocolError(f"{message} {entered}", way_out=way_out)
    usual = careful
    if count > hexagonal_points(room, careful.value):
        widest = _widest(points, careful.low, room)
        fits = count <= hexagonal_points(room, widest)
        usual = replace(
            careful,
            value=widest,
            kind=Kind.COMPUTED,
            note=f"the widest at which {count} points fit into {room}"
            if fits
            else f"the closest; {count} points need more than the {room} of the estimate",
        )
    if zone.spacing in {None, usual.value}:
        return usual
    return as_asked("spacing", careful, zone.spacing)


def _widest(points: Planned, closest: Quantity, room: Quantity) -> Quantity:
    """The widest spacing at which the points fit, to a tenth of a millimetre, or the closest."""
    count = points.value.amount
    cell = room.amount_in(Unit.MM2) / (count * HEXAGONAL_CELL)
    widest = rounded_down(Quantity(cell.sqrt(), Unit.MM), SPACING_STEP).to(closest.unit)
    if widest > closest and count > hexagonal_points(room, widest):
        widest -= SPACING_STEP
    return max(widest, closest)


def session_volume(protocol: Protocol, technique: Technique) -> ClinicalNumber | None:
    """The most that a protocol gives in one session: as stated, or its points times its volume."""
    largest = number_of("largest_volume", protocol, technique)
    if not isinstance(largest, Unknown):
        return largest
    points = protocol.points
    volume = number_of("volume_per_point", protocol, technique)
    if isinstance(points, Unknown) or isinstance(volume, Unknown):
        return None
    return replace(
        volume,
        low=volume.low.times(points.low.amount),
        high=volume.high.times(points.high.amount),
    )


def zone_area(zone: Zone, region: Region, *, may_exceed_estimate: bool) -> Planned | None:
    """The measured area of the zone, or the region's estimate, counted twice for both sides.

    Where the protocol states neither points nor a largest volume, a measured area counts only up
    to the estimate: an area alone may never raise a dose.
    """
    estimate = _estimated_area(zone, region)
    if zone.area is not None and not may_exceed_estimate:
        if estimate is None:
            return None
        if zone.area > estimate.value:
            note = f"{zone.area} measured; the protocol has no largest volume, so {estimate.note}"
            return replace(estimate, note=note)
    if zone.area is not None:
        return Planned(
            value=zone.area,
            low=zone.area,
            high=zone.area,
            kind=Kind.MEASURED,
            citations=(),
            note="measured on this patient",
        )
    return estimate


def _estimated_area(zone: Zone, region: Region) -> Planned | None:
    if isinstance(region.area, Unknown):
        return None
    share, note = _sides(zone.side, paired=region.paired)
    estimate = region.area.low.times(share)
    return Planned(
        value=estimate,
        low=estimate,
        high=estimate,
        kind=region.area.kind,
        citations=(region.area.citation,),
        note=f"{note}; {region.area.tightens}".rstrip("; "),
    )


def _sides(side: Side, *, paired: bool) -> tuple[Decimal, str]:
    """How much of the region's estimate a side is; the estimate is one side of a paired region."""
    note = "an estimate until the map is drawn"
    if paired and side is Side.BOTH:
        return Decimal(2), f"{note}, both sides together"
    if not paired and side in {Side.LEFT, Side.RIGHT}:
        return Decimal("0.5"), f"{note}, one half of the region"
    return Decimal(1), note


def _estimate(area: Planned | None, spacing: Planned | None) -> Planned | None:
    if area is None or spacing is None:
        return None
    value, low, high = (
        Quantity.of(hexagonal_points(area.value, pitch), Unit.COUNT)
        for pitch in (spacing.value, spacing.high, spacing.low)
    )
    return Planned(
        value=value,
        low=low,
        high=high,
        kind=Kind.COMPUTED,
        citations=(*area.citations, *spacing.citations),
        note=f"{area.value} in a hexagonal lattice of {spacing.value}, rounded down",
    )


def _clipped(estimate: Planned, allowed: Planned) -> Planned:
    value = min(max(estimate.value, allowed.low), allowed.high)
    return Planned(
        value=value,
        low=allowed.low,
        high=allowed.high,
        kind=Kind.COMPUTED,
        citations=(*estimate.citations, *allowed.citations),
        note=f"{estimate.note}; kept within {allowed.low} to {allowed.high}",
    )


def _why_no_estimate(area: Planned | None, region: Region) -> str:
    if area is None:
        return f"no number of points is stated, and the area of {region.label} is not known"
    return "neither the number of points nor the spacing is stated"
