"""Techniques (how it is given), needles and devices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.conditions import Route
from mesoplan.knowledge.schema.numbers import MaybeNumber, maybe_number, read_statement
from mesoplan.vocabulary.quantity import Dimension
from mesoplan.vocabulary.source import Statement


class Layer(Enum):
    """A layer of the skin and what lies under it, from outside inward."""

    EPIDERMIS = "epidermis"
    DERMIS = "dermis"
    SUBCUTIS = "subcutis"
    MUSCLE = "muscle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """How the mixture is given. A protocol may narrow every range; none may widen it.

    Lengths and depths in millimetres, angles in degrees from the skin surface, volumes per point
    in millilitres, spacing in millimetres, ``time_per_point`` in seconds.
    """

    id: str
    label: str
    synonyms: tuple[str, ...]
    route: Route
    uses_needle: bool
    target: Layer
    device: str
    gauge: MaybeNumber
    needle_length: MaybeNumber
    angle: MaybeNumber
    depth: MaybeNumber
    volume_per_point: MaybeNumber
    spacing: MaybeNumber
    points: MaybeNumber
    time_per_point: MaybeNumber
    says: tuple[Statement, ...]


def read_technique(table: Table) -> Technique:
    """A ``[[technique]]``."""
    return Technique(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        route=table.choice("route", Route),
        uses_needle=table.flag("uses_needle"),
        target=table.choice("target", Layer),
        device=table.optional_text("device"),
        gauge=maybe_number(table, "gauge", Dimension.GAUGE),
        needle_length=maybe_number(table, "needle_length", Dimension.LENGTH),
        angle=maybe_number(table, "angle", Dimension.ANGLE),
        depth=maybe_number(table, "depth", Dimension.LENGTH),
        volume_per_point=maybe_number(table, "volume_per_point", Dimension.VOLUME),
        spacing=maybe_number(table, "spacing", Dimension.LENGTH),
        points=maybe_number(table, "points", Dimension.COUNT),
        time_per_point=maybe_number(table, "time_per_point", Dimension.DURATION),
        says=table.each("says", read_statement),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device: needles per head, modes, parts that are single-use or sterilised, cleaning."""

    id: str
    label: str
    synonyms: tuple[str, ...]
    techniques: tuple[str, ...]
    needles: MaybeNumber
    single_use_parts: tuple[str, ...]
    cleaning: tuple[Statement, ...]
    says: tuple[Statement, ...]


def read_device(table: Table) -> Device:
    """A ``[[device]]``."""
    return Device(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        techniques=table.texts("techniques"),
        needles=maybe_number(table, "needles", Dimension.COUNT),
        single_use_parts=table.texts("single_use_parts"),
        cleaning=table.each("cleaning", read_statement),
        says=table.each("says", read_statement),
    )
