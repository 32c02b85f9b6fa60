"""Regions of the body: sides, an area estimate, and skin thickness as distributions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.numbers import (
    MaybeNumber,
    maybe_number,
    number,
    read_statement,
)
from mesoplan.vocabulary.patient import Sex
from mesoplan.vocabulary.quantity import Dimension
from mesoplan.vocabulary.source import ClinicalNumber, Statement


class ThicknessLayer(Enum):
    """What a thickness measures. ``skin`` is epidermis and dermis together."""

    SKIN = "skin"
    DERMIS = "dermis"
    EPIDERMIS = "epidermis"
    SUBCUTIS = "subcutis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thickness:
    """A thickness in millimetres at one site in one population.

    ``spread`` is the standard deviation between people; unknown where the source gives none, and
    then no probability is computed from this entry.
    """

    layer: ThicknessLayer
    sexes: tuple[Sex, ...]
    mean: ClinicalNumber
    spread: MaybeNumber
    population: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region that a zone can name. ``within`` is the larger region it lies in.

    ``area`` is an estimate for one side in square centimetres, used until a map is drawn; it is
    chosen small, so that it can only lower the number of points.
    """

    id: str
    label: str
    synonyms: tuple[str, ...]
    paired: bool
    within: str
    area: MaybeNumber
    thickness: tuple[Thickness, ...]
    dangers: tuple[Statement, ...]
    says: tuple[Statement, ...]


def read_region(table: Table) -> Region:
    """A ``[[region]]``."""
    return Region(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        paired=table.flag("paired"),
        within=table.optional_text("within"),
        area=maybe_number(table, "area", Dimension.AREA),
        thickness=table.each("thickness", _read_thickness),
        dangers=table.each("dangers", read_statement),
        says=table.each("says", read_statement),
    )


def _read_thickness(table: Table) -> Thickness:
    return Thickness(
        layer=table.choice("layer", ThicknessLayer),
        sexes=table.choices("sexes", Sex),
        mean=number(table, "mean", Dimension.LENGTH),
        spread=maybe_number(table, "spread", Dimension.LENGTH),
        population=table.text("population"),
    )
