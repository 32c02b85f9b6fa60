"""Policies: what a country, a society or a clinic allows, each line with its source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.conditions import Purpose, Route
from mesoplan.knowledge.schema.numbers import (
    MaybeNumber,
    maybe_number,
    read_citation,
    read_statement,
)
from mesoplan.vocabulary.quantity import Dimension
from mesoplan.vocabulary.request import Practitioner
from mesoplan.vocabulary.source import Citation, Statement


class Mixing(Enum):
    """What may be mixed, from strict to wide; each includes those before it."""

    NONE = "none"
    READY_MIX = "ready-mix"
    COMPOUNDED = "compounded"
    BEDSIDE = "bedside"
    UNKNOWN = "unknown"


class Permission(Enum):
    """Whether something is allowed."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLine:
    """One decision of a policy in one word, with its source and the date it was read or made."""

    value: str
    text: str
    dated: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """Which routes a practitioner may use under a policy."""

    practitioner: Practitioner
    routes: tuple[Route, ...]
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Prohibition:
    """What a policy forbids: all given lists must agree; an empty list sets no condition."""

    substances: tuple[str, ...]
    groups: tuple[str, ...]
    indications: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    techniques: tuple[str, ...]
    devices: tuple[str, ...]
    routes: tuple[Route, ...]
    says: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A practice profile. What is unknown in it never permits."""

    id: str
    label: str
    jurisdiction: str
    summary: str
    mixing: Mixing
    mixing_line: PolicyLine
    most_actives: MaybeNumber
    off_label: Permission
    off_label_line: PolicyLine
    overrides: Permission
    overrides_line: PolicyLine
    no_pregnancy_from_age: MaybeNumber
    authorisations: tuple[Authorisation, ...]
    prohibitions: tuple[Prohibition, ...]
    statements: tuple[Statement, ...]
    unknown: tuple[str, ...]


def read_policy(table: Table) -> Policy:
    """A ``[[policy]]``."""
    mixing = table.must("mixing", _read_line)
    off_label = table.must("off_label", _read_line)
    overrides = table.must("overrides", _read_line)
    return Policy(
        id=table.text("id"),
        label=table.text("label"),
        jurisdiction=table.text("jurisdiction"),
        summary=table.text("summary"),
        mixing=table.member("mixing.value", mixing.value, Mixing),
        mixing_line=mixing,
        most_actives=maybe_number(table, "most_actives", Dimension.COUNT),
        off_label=table.member("off_label.value", off_label.value, Permission),
        off_label_line=off_label,
        overrides=table.member("overrides.value", overrides.value, Permission),
        overrides_line=overrides,
        no_pregnancy_from_age=maybe_number(table, "no_pregnancy_from_age", Dimension.CALENDAR),
        authorisations=table.each("authorisations", _read_authorisation),
        prohibitions=table.each("prohibitions", _read_prohibition),
        statements=table.each("statements", read_statement),
        unknown=table.texts("unknown"),
    )


def _read_line(table: Table) -> PolicyLine:
    return PolicyLine(
        value=table.text("value"),
        text=table.text("text"),
        dated=table.text("dated"),
        citation=read_citation(table),
    )


def _read_authorisation(table: Table) -> Authorisation:
    return Authorisation(
        practitioner=table.choice("practitioner", Practitioner),
        routes=table.choices("routes", Route),
        text=table.text("text"),
        citation=read_citation(table),
    )


def _read_prohibition(table: Table) -> Prohibition:
    return Prohibition(
        substances=table.texts("substances"),
        groups=table.texts("groups"),
        indications=table.texts("indications"),
        purposes=table.choices("purposes", Purpose),
        techniques=table.texts("techniques"),
        devices=table.texts("devices"),
        routes=table.choices("routes", Route),
        says=table.must("says", read_statement),
    )
