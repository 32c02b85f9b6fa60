"""Definitions of facts: what can be asked of a patient, and what follows from other answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.conditions import Condition, read_condition
from mesoplan.knowledge.schema.numbers import read_citation, read_number
from mesoplan.vocabulary.patient import FactType
from mesoplan.vocabulary.quantity import Unit, parse_unit
from mesoplan.vocabulary.source import Citation, ClinicalNumber


class PositiveMeans(Enum):
    """What the answer yes means for safety; decides which of two disagreeing answers is worse.

    Every boolean fact of the base is worded so that yes is the concern; the other words are for
    facts that later releases may need.
    """

    CONCERN = "concern"
    REASSURANCE = "reassurance"
    NEUTRAL = "neutral"


class AskedAgain(Enum):
    """How long an answer holds within one course."""

    EACH_SESSION = "each-session"
    EACH_COURSE = "each-course"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactDefinition:
    """One fact: id (lower-case words with underscores), type, question, and how long it holds.

    ``plausible`` bounds a quantity at entry: outside it the file is refused as a slip.
    ``choices`` maps the values of a choice fact to what they mean. ``asked_as`` are the answers
    that are asked for instead, as long as they are open (the birth date for the age).
    """

    id: str
    label: str
    question: str
    type: FactType
    positive_means: PositiveMeans | None
    asked_again: AskedAgain
    unit: Unit | None
    plausible: ClinicalNumber | None
    choices: Mapping[str, str]
    asked_as: tuple[str, ...] = ()
    group: str = "health"
    synonyms: tuple[str, ...] = ()


def read_fact(table: Table) -> FactDefinition:
    """A ``[[fact]]``."""
    fact_type = table.choice("type", FactType)
    unit = parse_unit(table.text("unit")) if fact_type is FactType.QUANTITY else None
    positive = (
        table.choice("positive_means", PositiveMeans) if fact_type is FactType.BOOLEAN else None
    )
    choices = table.optional_table("choices") if fact_type is FactType.CHOICE else None
    return FactDefinition(
        id=table.text("id"),
        label=table.text("label"),
        question=table.text("question"),
        type=fact_type,
        positive_means=positive,
        asked_again=table.choice("asked_again", AskedAgain),
        unit=unit,
        plausible=table.one("plausible", read_number),
        choices=MappingProxyType(
            {} if choices is None else {key: choices.text(key) for key in choices.keys()}
        ),
        asked_as=table.texts("asked_as"),
        group=table.optional_text("group") or "health",
        synonyms=table.texts("synonyms"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """A fact that follows from other answers: where ``when`` is true, ``fact`` is ``gives``."""

    id: str
    fact: str
    gives: bool
    when: Condition
    numbers: Mapping[str, ClinicalNumber]
    because: str
    citation: Citation


def read_derivation(table: Table) -> Derivation:
    """A ``[[derivation]]``."""
    return Derivation(
        id=table.text("id"),
        fact=table.text("fact"),
        gives=table.flag("gives"),
        when=read_condition(table, "when"),
        numbers=read_numbers(table),
        because=table.text("because"),
        citation=read_citation(table),
    )


def read_numbers(table: Table) -> Mapping[str, ClinicalNumber]:
    """The named numbers of a record that its conditions refer to."""
    inner = table.optional_table("numbers")
    if inner is None:
        return MappingProxyType({})
    return MappingProxyType({key: inner.must(key, read_number) for key in inner.keys()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """A medicine by the names that people use, with its ATC codes."""

    id: str
    label: str
    atc: tuple[str, ...]
    synonyms: tuple[str, ...]
    citation: Citation


def read_medicine(table: Table) -> Medicine:
    """A ``[[medicine]]``."""
    return Medicine(
        id=table.text("id"),
        label=table.text("label"),
        atc=table.texts("atc"),
        synonyms=table.texts("synonyms"),
        citation=read_citation(table),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFindingDefinition:
    """A finding on the skin that can be recorded for a region."""

    id: str
    label: str
    synonyms: tuple[str, ...]


def read_site_finding(table: Table) -> SiteFindingDefinition:
    """A ``[[site_finding]]``."""
    return SiteFindingDefinition(
        id=table.text("id"), label=table.text("label"), synonyms=table.texts("synonyms")
    )
