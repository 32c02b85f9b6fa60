"""Indications, the protocols for them, and the studies behind both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.conditions import Purpose
from mesoplan.knowledge.schema.numbers import (
    MaybeNumber,
    maybe_number,
    read_citation,
    read_statement,
)
from mesoplan.vocabulary.quantity import Dimension
from mesoplan.vocabulary.source import Citation, Statement


class Grade(Enum):
    """Evidence grade, per indication and mixture; X is evidence against, or barred."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    X = "X"


class Standing(Enum):
    """How an indication stands in the base."""

    PROTOCOL = "protocol"
    NO_PROTOCOL = "no-protocol"
    NOT_OFFERED = "not-offered"
    NEIGHBOURING = "neighbouring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One study, in own words. ``funding`` is empty where it was not seen."""

    id: str
    label: str
    design: str
    participants: MaybeNumber
    comparator: str
    result: str
    conflict: str
    funding: str
    citation: Citation


def read_study(table: Table) -> Study:
    """A ``[[study]]``."""
    return Study(
        id=table.text("id"),
        label=table.text("label"),
        design=table.text("design"),
        participants=maybe_number(table, "participants", Dimension.COUNT),
        comparator=table.text("comparator"),
        result=table.text("result"),
        conflict=table.optional_text("conflict"),
        funding=table.optional_text("funding"),
        citation=read_citation(table),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication:
    """What is treated.

    ``standing`` other than ``protocol`` makes every request a reasoned refusal: ``reason`` says
    why. ``grade`` sums up the evidence for mesotherapy in this indication as a whole.
    """

    id: str
    label: str
    synonyms: tuple[str, ...]
    purpose: Purpose
    regions: tuple[str, ...]
    standing: Standing
    reason: Statement | None
    grade: Grade
    grade_because: Statement
    severity_scale: str
    outcome_scales: tuple[str, ...]
    studies: tuple[str, ...]
    claims: tuple[Statement, ...]
    advice: tuple[Statement, ...]
    refer: tuple[Statement, ...]
    alternatives: tuple[Statement, ...]


def read_indication(table: Table) -> Indication:
    """An ``[[indication]]``."""
    standing = table.choice("standing", Standing)
    reason = table.one("reason", read_statement)
    if standing is not Standing.PROTOCOL and reason is None:
        raise table.refusal("a reason where there is no protocol", standing.value, "reason")
    return Indication(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        purpose=table.choice("purpose", Purpose),
        regions=table.texts("regions"),
        standing=standing,
        reason=reason,
        grade=table.choice("grade", Grade),
        grade_because=table.must("grade_because", read_statement),
        severity_scale=table.optional_text("severity_scale"),
        outcome_scales=table.texts("outcome_scales"),
        studies=table.texts("studies"),
        claims=table.each("claims", read_statement),
        advice=table.each("advice", read_statement),
        refer=table.each("refer", read_statement),
        alternatives=table.each("alternatives", read_statement),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """When a course ends for want of effect: after so many sessions without enough change."""

    after_sessions: MaybeNumber
    text: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """Sessions after the course."""

    interval: MaybeNumber
    text: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One published way to treat an indication.

    ``rank`` orders the protocols of an indication: 1 is proposed first. ``techniques`` and
    ``mixtures`` are in order of preference. A number left out falls back to the technique's own;
    where both are unknown the protocol cannot be planned.
    """

    id: str
    label: str
    indication: str
    rank: int
    regions: tuple[str, ...]
    techniques: tuple[str, ...]
    mixtures: tuple[str, ...]
    gauge: MaybeNumber
    needle_length: MaybeNumber
    angle: MaybeNumber
    depth: MaybeNumber
    volume_per_point: MaybeNumber
    spacing: MaybeNumber
    points: MaybeNumber
    largest_volume: MaybeNumber
    interval: MaybeNumber
    sessions: MaybeNumber
    maintenance: Maintenance | None
    cream: str
    stop: StopRule
    grade: Grade
    studies: tuple[str, ...]
    citation: Citation
    notes: tuple[Statement, ...]


def read_protocol(table: Table) -> Protocol:
    """A ``[[protocol]]``."""
    return Protocol(
        id=table.text("id"),
        label=table.text("label"),
        indication=table.text("indication"),
        rank=table.whole("rank"),
        regions=table.texts("regions"),
        techniques=table.texts("techniques"),
        mixtures=table.texts("mixtures"),
        gauge=maybe_number(table, "gauge", Dimension.GAUGE),
        needle_length=maybe_number(table, "needle_length", Dimension.LENGTH),
        angle=maybe_number(table, "angle", Dimension.ANGLE),
        depth=maybe_number(table, "depth", Dimension.LENGTH),
        volume_per_point=maybe_number(table, "volume_per_point", Dimension.VOLUME),
        spacing=maybe_number(table, "spacing", Dimension.LENGTH),
        points=maybe_number(table, "points", Dimension.COUNT),
        largest_volume=maybe_number(table, "largest_volume", Dimension.VOLUME),
        interval=maybe_number(table, "interval", Dimension.DURATION),
        sessions=maybe_number(table, "sessions", Dimension.COUNT),
        maintenance=table.one("maintenance", _read_maintenance),
        cream=table.optional_text("cream"),
        stop=table.must("stop", _read_stop),
        grade=table.choice("grade", Grade),
        studies=table.texts("studies"),
        citation=read_citation(table),
        notes=table.each("notes", read_statement),
    )


def _read_stop(table: Table) -> StopRule:
    return StopRule(
        after_sessions=maybe_number(table, "after_sessions", Dimension.COUNT),
        text=table.must("text", read_statement),
    )


def _read_maintenance(table: Table) -> Maintenance:
    return Maintenance(
        interval=maybe_number(table, "interval", Dimension.DURATION),
        text=table.must("text", read_statement),
    )
