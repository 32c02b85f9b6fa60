"""Care around the injections: reactions, scales, checklists, and what sources say of practice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.conditions import (
    Applicability,
    Condition,
    applicability,
    read_condition,
)
from mesoplan.knowledge.schema.facts import read_numbers
from mesoplan.knowledge.schema.indications import Grade
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


class Cause(Enum):
    """Cause class of a reaction: the drug, the method, or the needle."""

    DRUG = "drug"
    METHOD = "method"
    NEEDLE = "needle"


class Urgency(Enum):
    """Triage, mildest first."""

    EXPECTED = "expected"
    CALL = "call"
    URGENT = "urgent"

    @property
    def severity(self) -> int:
        """0 for expected, 2 for urgent."""
        return list(Urgency).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a reaction is expected after the session, in the regions named (empty: elsewhere)."""

    regions: tuple[str, ...]
    time: ClinicalNumber
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often, with the denominator, in one context."""

    text: str
    share: MaybeNumber
    of: MaybeNumber
    context: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """A reaction: class, windows, rates, and what to do.

    ``urgency`` is the triage of the reaction inside its window; an expected reaction outside all
    its windows is triaged ``call``. ``red_flag_question`` is asked at every follow-up where it is
    set: a red flag that nobody answered is never expected. ``at_risk`` are regions where it is
    said to be commoner.
    """

    id: str
    label: str
    synonyms: tuple[str, ...]
    causes: tuple[Cause, ...]
    urgency: Urgency
    red_flag_question: str
    applies_when: Applicability
    windows: tuple[Window, ...]
    rates: tuple[Rate, ...]
    at_risk: tuple[str, ...]
    actions: tuple[Statement, ...]
    says: tuple[Statement, ...]


def read_reaction(table: Table) -> Reaction:
    """A ``[[reaction]]``."""
    return Reaction(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        causes=table.choices("causes", Cause),
        urgency=table.choice("urgency", Urgency),
        red_flag_question=table.optional_text("red_flag_question"),
        applies_when=applicability(table),
        windows=table.each("windows", _read_window),
        rates=table.each("rates", _read_rate),
        at_risk=table.texts("at_risk"),
        actions=table.each("actions", read_statement),
        says=table.each("says", read_statement),
    )


def _read_window(table: Table) -> Window:
    return Window(
        regions=table.texts("regions"),
        time=number(table, "time", Dimension.DURATION),
        note=table.optional_text("note"),
    )


def _read_rate(table: Table) -> Rate:
    return Rate(
        text=table.text("text"),
        share=maybe_number(table, "share", Dimension.FRACTION),
        of=maybe_number(table, "of", Dimension.COUNT),
        context=table.text("context"),
        citation=read_citation(table),
    )


class Better(Enum):
    """The direction of improvement on a scale."""

    LOWER = "lower"
    HIGHER = "higher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A scale. ``named_only``: its licence does not allow more than naming it."""

    id: str
    label: str
    synonyms: tuple[str, ...]
    better: Better
    range: MaybeNumber
    smallest_change: MaybeNumber
    named_only: bool
    licence: Statement
    definition: Statement


def read_scale(table: Table) -> Scale:
    """A ``[[scale]]``."""
    return Scale(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        better=table.choice("better", Better),
        range=maybe_number(table, "range", Dimension.SCORE),
        smallest_change=maybe_number(table, "smallest_change", Dimension.SCORE),
        named_only=table.flag("named_only"),
        licence=table.must("licence", read_statement),
        definition=table.must("definition", read_statement),
    )


class CarePart(Enum):
    """Which list of the plan an item belongs to."""

    READINESS = "readiness"
    EMERGENCY_KIT = "emergency-kit"
    OBSERVATION = "observation"
    BEFORE = "before"
    AFTERCARE = "aftercare"
    FOLLOW_UP = "follow-up"
    STATEMENT = "statement"
    ALTERNATIVE = "alternative"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class CareItem:
    """One line of a checklist, with the condition under which it is shown.

    ``when`` looks at the patient's facts; the item is shown where it is true or unknown.
    ``time``: minutes of observation, or when a follow-up is due. ``with_cream``: shown only where
    an anaesthetic cream is planned.
    """

    id: str
    part: CarePart
    says: Statement
    applies_when: Applicability
    when: Condition | None
    numbers: Mapping[str, ClinicalNumber]
    time: ClinicalNumber | None
    order: int
    with_cream: bool


def read_care(table: Table) -> CareItem:
    """A ``[[care]]``."""
    return CareItem(
        id=table.text("id"),
        part=table.choice("part", CarePart),
        says=Statement(text=table.text("text"), citation=read_citation(table)),
        applies_when=applicability(table),
        when=read_condition(table, "when") if table.has("when") else None,
        numbers=read_numbers(table),
        time=table.one("time", read_number),
        order=table.whole("order"),
        with_cream=table.flag("with_cream", default=False),
    )


class About(Enum):
    """What a practice entry speaks of."""

    INTERVAL = "interval"
    SESSIONS = "sessions"
    MAINTENANCE = "maintenance"
    SESSION_LENGTH = "session-length"
    CREAM_WAITING = "cream-waiting"
    NEEDLE_LENGTH = "needle-length"
    DEPTH = "depth"
    RECOVERY = "recovery"
    SKIN_PREPARATION = "skin-preparation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What one source says about how it is done; sources that differ stand side by side."""

    id: str
    about: About
    says: Statement
    amount: ClinicalNumber | None
    applies_when: Applicability


def read_practice(table: Table) -> Practice:
    """A ``[[practice]]``."""
    return Practice(
        id=table.text("id"),
        about=table.choice("about", About),
        says=Statement(text=table.text("text"), citation=read_citation(table)),
        amount=table.one("amount", read_number),
        applies_when=applicability(table),
    )


class TopicKind(Enum):
    """What sort of entry a topic is."""

    DEFINITION = "definition"
    HISTORY = "history"
    CLAIM = "claim"
    DISAGREEMENT = "disagreement"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """An entry of the encyclopaedia: who says what, what the evidence says, how it is measured.

    ``statements`` are what sources claim, each in its own right; ``evidence`` is what studies
    found; ``mesoplan`` says what the program does about it.
    """

    id: str
    label: str
    synonyms: tuple[str, ...]
    kind: TopicKind
    statements: tuple[Statement, ...]
    evidence: tuple[Statement, ...]
    grade: Grade | None
    scales: tuple[str, ...]
    mesoplan: str


def read_topic(table: Table) -> Topic:
    """A ``[[topic]]``."""
    return Topic(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        kind=table.choice("kind", TopicKind),
        statements=table.each("statements", read_statement),
        evidence=table.each("evidence", read_statement),
        grade=table.choice("grade", Grade) if table.has("grade") else None,
        scales=table.texts("scales"),
        mesoplan=table.text("mesoplan"),
    )
