"""Planned numbers as JSON: value, range, unit, kind, sources, and the key that asks for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesoplan.documents.json_writer import Json, citations_json
from mesoplan.vocabulary.quantity import Unit

if TYPE_CHECKING:
    from mesoplan.planning.values import Anaesthesia, Planned, ZonePlan

ASKED_BY = {
    **{name: name for name in ("needle.length_mm", "needle.inserted_mm", "needle.angle_deg")},
    **{name: name for name in ("points", "spacing_mm", "volume_per_point_ml", "sessions")},
    "interval": "interval_days",
}
"""The key of ``[[request.zone]]`` by which a number of the zone can be asked for."""


def zone_numbers_json(zone: ZonePlan) -> Json:
    """Every planned number of a zone that is there, by its JSON name."""
    needle = zone.needle
    named = {
        "needle.length_mm": (needle.length if needle else None, Unit.MM),
        "needle.inserted_mm": (needle.inserted if needle else None, Unit.MM),
        "needle.angle_deg": (needle.angle if needle else None, Unit.DEG),
        "needle.gauge": (needle.gauge if needle else None, Unit.GAUGE),
        "depth_mm": (zone.depth, Unit.MM),
        "points": (zone.points, Unit.COUNT),
        "spacing_mm": (zone.spacing, Unit.MM),
        "area_cm2": (zone.area, Unit.CM2),
        "volume_per_point_ml": (zone.volume_per_point, Unit.ML),
        "total_volume_ml": (zone.total_volume, Unit.ML),
        "sessions": (zone.sessions, Unit.COUNT),
        "interval": (zone.interval, Unit.D),
    }
    return {
        name: number_json(number, unit, asked_by=ASKED_BY.get(name))
        for name, (number, unit) in named.items()
        if number is not None
    }


def cream_numbers_json(anaesthesia: Anaesthesia) -> Json:
    """Every planned number of the cream that is there, by its JSON name."""
    named = {
        "applied_g": (anaesthesia.mass, Unit.G),
        "area_cm2": (anaesthesia.area, Unit.CM2),
        "minutes": (anaesthesia.waiting, Unit.MIN),
        "absorbed_share": (anaesthesia.absorbed_share, Unit.FRACTION),
    }
    return {
        name: number_json(number, unit)
        for name, (number, unit) in named.items()
        if number is not None
    }


def number_json(number: Planned, unit: Unit, *, asked_by: str | None = None) -> Json:
    """One planned number in the unit named; ``range`` has the ends in the unit of the source."""
    return {
        "value": number.value.amount_in(unit),
        "low": number.low.amount_in(unit),
        "high": number.high.amount_in(unit),
        "unit": str(unit),
        "kind": number.kind.value,
        "range": [number.low.amount, number.high.amount, str(number.low.unit)],
        "asked_by": asked_by,
        "note": number.note or None,
        "sources": citations_json(number.citations),
    }
