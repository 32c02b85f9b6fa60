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
    computed,
    needed,
    number_of,
    planned,
)
from mesoplan.planning.values import Planned
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.patient import Side
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import ClinicalNumber, Kind

if TYPE_CHECKING:
    from mesoplan.knowledge.schema.indications import Protocol
    from mesoplan.knowledge.schema.regions import Region
    from mesoplan.knowledge.schema.techniques import Technique
    from mesoplan.vocabulary.request import Zone

HEXAGONAL_CELL = Decimal(3).sqrt() / 2
"""Area of one cell of a hexagonal lattice of pitch one."""


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


def plan_points(zone: Zone, region: Region, protocol: Protocol, technique: Technique) -> PointPlan:
    """The points of a zone.

    A number of points that the protocol states is taken as it is; a larger area never raises it.

    Raises:
        NumberUnknownError: no source states the volume per point; or neither points, nor area
            and spacing, are known.
        OutsideProtocolError: the points, at their closest, do not fit into the area entered.
    """
    volume = planned("volume_per_point", needed("volume_per_point", protocol, technique))
    points_number = number_of("points", protocol, technique)
    largest = number_of("largest_volume", protocol, technique)
    is_capped = not (isinstance(points_number, Unknown) and isinstance(largest, Unknown))
    area = zone_area(zone, region, may_exceed_estimate=is_capped)
    spacing_number = number_of("spacing", protocol, technique)
    spacing = None if isinstance(spacing_number, Unknown) else planned("spacing", spacing_number)
    estimate = _estimate(area, spacing)
    if isinstance(points_number, Unknown):
        if estimate is None:
            raise NumberUnknownError("points", _why_no_estimate(area, region))
        points = estimate
    elif points_number.is_range and estimate is not None:
        points = _clipped(estimate, planned("points", points_number))
    else:
        points = planned("points", points_number)
    if not isinstance(largest, Unknown):
        most = int(largest.low.over(volume.value).to_integral_value(rounding=ROUND_DOWN))
        if points.value.amount > most:
            capped = (
                f"{points.value.amount} points lowered to {most}: at most {largest.low} a session"
            )
            points = computed(Quantity.of(most, Unit.COUNT), largest.citation, note=capped)
    if zone.area is not None and not isinstance(spacing_number, Unknown):
        _check_that_they_fit(points, zone.area, spacing_number.low)
    total = volume.value.times(points.value.amount)
    return PointPlan(
        points=points,
        spacing=spacing,
        area=area,
        volume_per_point=volume,
        total_volume=computed(
            total, *volume.citations, *points.citations, note="points x volume per point"
        ),
    )


def _check_that_they_fit(points: Planned, area: Quantity, closest: Quantity) -> None:
    if points.value.amount > hexagonal_points(area, closest):
        message = (
            f"{points.value.amount} points, at least {closest} apart, do not fit into the {area} "
            "that were entered; the protocol states no fewer"
        )
        raise OutsideProtocolError(message)


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
    count = hexagonal_points(area.value, spacing.value)
    return computed(
        Quantity.of(count, Unit.COUNT),
        *area.citations,
        *spacing.citations,
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
