"""Mixtures (what is in the syringe), compatibility pairs, and anaesthetic creams."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.conditions import Applicability, applicability
from mesoplan.knowledge.schema.numbers import (
    MaybeNumber,
    maybe_number,
    number,
    read_citation,
    read_number,
    read_statement,
)
from mesoplan.vocabulary.quantity import Dimension
from mesoplan.vocabulary.source import Citation, ClinicalNumber, Statement


class MixtureVerdict(Enum):
    """How a mixture stands. ``used-together``: in a published study, stability not measured."""

    COMPATIBLE = "compatible"
    USED_TOGETHER = "used-together"
    NO_DATA = "no-data"
    INCOMPATIBLE = "incompatible"
    FORBIDDEN = "forbidden"

    @property
    def severity(self) -> int:
        """0 for compatible, 4 for forbidden."""
        return list(MixtureVerdict).index(self)


class Preparation(Enum):
    """Who mixes, and where; decides under which policies a mixture may be planned."""

    SINGLE = "single"
    READY_MIX = "ready-mix"
    COMPOUNDED = "compounded"
    BEDSIDE = "bedside"
    FROM_PATIENT = "from-patient"
    DRY = "dry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component: substance, its strength as drawn up, and its share of the batch volume.

    ``strength`` is mass or activity per volume; unknown for a gel or a plant extract whose
    strength no source states, and for a diluent, which has none.
    """

    substance: str
    strength: MaybeNumber
    volume: ClinicalNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """A formula: components with the volumes of one batch, as a source states it."""

    id: str
    label: str
    synonyms: tuple[str, ...]
    preparation: Preparation
    components: tuple[Component, ...]
    verdict: MixtureVerdict
    citation: Citation
    note: str


def read_mixture(table: Table) -> Mixture:
    """A ``[[mixture]]``."""
    return Mixture(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        preparation=table.choice("preparation", Preparation),
        components=table.each("components", _read_component),
        verdict=table.choice("verdict", MixtureVerdict),
        citation=read_citation(table),
        note=table.optional_text("note"),
    )


def _read_component(table: Table) -> Component:
    return Component(
        substance=table.text("substance"),
        strength=_read_strength(table),
        volume=number(table, "volume", Dimension.VOLUME),
    )


def _read_strength(table: Table) -> MaybeNumber:
    inner = table.optional_table("strength")
    unit = inner.raw("unit") if inner else None
    in_activity = unit in {"IU/mL", "U/mL"}
    dimension = Dimension.ACTIVITY_CONCENTRATION if in_activity else Dimension.MASS_CONCENTRATION
    return maybe_number(table, "strength", dimension)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompatibilityPair:
    """What is known of two substances in one syringe."""

    id: str
    first: str
    second: str
    verdict: MixtureVerdict
    phenomenon: str
    conditions: str
    holds_for: MaybeNumber
    citation: Citation


def read_pair(table: Table) -> CompatibilityPair:
    """A ``[[pair]]``."""
    return CompatibilityPair(
        id=table.text("id"),
        first=table.text("first"),
        second=table.text("second"),
        verdict=table.choice("verdict", MixtureVerdict),
        phenomenon=table.text("phenomenon"),
        conditions=table.optional_text("conditions"),
        holds_for=maybe_number(table, "holds_for", Dimension.DURATION),
        citation=read_citation(table),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorption:
    """The share of an applied cream that is absorbed, for regions of one kind."""

    regions: tuple[str, ...]
    share: ClinicalNumber
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cream:
    """An anaesthetic cream: strengths per gram, label dose per area, waiting time, label limits.

    The upper end of ``absorption`` counts toward the limit of each component; ``largest_mass``,
    ``largest_area`` and ``longest_time`` are the label's own limits and are checked apart.
    ``not_with`` are boolean facts that must be known to be no before the cream is planned,
    ``not_in`` regions where it is never put.
    """

    id: str
    label: str
    synonyms: tuple[str, ...]
    components: tuple[tuple[str, ClinicalNumber], ...]
    mass_per_area: ClinicalNumber
    waiting: ClinicalNumber
    largest_mass: MaybeNumber
    largest_area: MaybeNumber
    longest_time: MaybeNumber
    absorption: tuple[Absorption, ...]
    applies_when: Applicability
    not_with: tuple[str, ...]
    not_in: tuple[str, ...]
    cautions: tuple[Statement, ...]


def read_cream(table: Table) -> Cream:
    """A ``[[cream]]``."""
    return Cream(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        components=table.each("components", _read_cream_component),
        mass_per_area=number(table, "mass_per_area", Dimension.CREAM_PER_AREA),
        waiting=number(table, "waiting", Dimension.DURATION),
        largest_mass=maybe_number(table, "largest_mass", Dimension.MASS),
        largest_area=maybe_number(table, "largest_area", Dimension.AREA),
        longest_time=maybe_number(table, "longest_time", Dimension.DURATION),
        absorption=table.each("absorption", _read_absorption),
        applies_when=applicability(table),
        not_with=table.texts("not_with"),
        not_in=table.texts("not_in"),
        cautions=table.each("cautions", read_statement),
    )


def _read_cream_component(table: Table) -> tuple[str, ClinicalNumber]:
    return table.text("substance"), number(table, "strength", Dimension.CREAM_STRENGTH)


def _read_absorption(table: Table) -> Absorption:
    return Absorption(
        regions=table.texts("regions"),
        share=table.must("share", read_number),
        note=table.optional_text("note"),
    )
