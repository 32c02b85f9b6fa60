"""Rules: what a condition over facts means for the treatment, as each source states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.conditions import (
    Applicability,
    Condition,
    applicability,
    read_condition,
)
from mesoplan.knowledge.schema.facts import read_numbers
from mesoplan.knowledge.schema.numbers import read_citation
from mesoplan.vocabulary.finding import Scope, SourcePosition, Strength, Verdict
from mesoplan.vocabulary.source import Citation, ClinicalNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearingRule:
    """What ends a finding: in words, and as a time after a date fact where the base knows one."""

    what: str
    after_fact: str = ""
    wait: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. See design section 3 for the meaning of each part.

    ``strength`` is the ruling of the base; each source keeps its own under ``positions``.
    ``never_overridable`` marks the findings that no override may touch. ``numbers`` are the
    sourced numbers that ``when`` and ``clears`` refer to by name.
    """

    id: str
    label: str
    message: str
    scope: Scope
    verdict: Verdict
    strength: Strength
    never_overridable: bool
    when: Condition
    applies_when: Applicability
    positions: tuple[SourcePosition, ...]
    numbers: Mapping[str, ClinicalNumber]
    clears: ClearingRule | None
    strength_because: str = ""
    synonyms: tuple[str, ...] = ()


def read_rule(table: Table) -> Rule:
    """A ``[[rule]]``.

    Raises:
        KnowledgeError: no source; a verdict that a rule cannot give; a source milder than the
            rule is allowed, but then at least one must be as strict as the rule.
    """
    verdict = table.choice("verdict", Verdict)
    if verdict in {Verdict.ELIGIBLE, Verdict.UNDETERMINED}:
        raise table.refusal("caution, deferred or contraindicated", verdict.value, "verdict")
    positions = table.each("sources", _read_position)
    if not any(position.verdict is verdict for position in positions):
        expected = f"a source whose own verdict is {verdict.value}, or the project's ruling"
        raise table.refusal(expected, [position.verdict.value for position in positions], "sources")
    strength = table.choice("strength", Strength)
    never = table.flag("never_overridable", default=False)
    if never and strength is Strength.RELATIVE:
        raise table.refusal("strength absolute where never_overridable", "relative", "strength")
    return Rule(
        id=table.text("id"),
        label=table.text("label"),
        message=table.text("message"),
        scope=table.choice("scope", Scope),
        verdict=verdict,
        strength=strength,
        never_overridable=never,
        when=read_condition(table, "when"),
        applies_when=applicability(table),
        positions=positions,
        numbers=read_numbers(table),
        clears=table.one("clears", _read_clearing),
        strength_because=table.optional_text("strength_because"),
        synonyms=table.texts("synonyms"),
    )


def _read_position(table: Table) -> SourcePosition:
    return SourcePosition(
        citation=read_citation(table),
        verdict=table.choice("verdict", Verdict),
        strength=table.choice("strength", Strength),
        says=table.optional_text("says"),
    )


def _read_clearing(table: Table) -> ClearingRule:
    return ClearingRule(
        what=table.text("what"),
        after_fact=table.optional_text("after_fact"),
        wait=table.optional_text("wait"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideReason:
    """A coded reason for an override."""

    id: str
    label: str
    rules: tuple[str, ...]
    citation: Citation


def read_override_reason(table: Table) -> OverrideReason:
    """An ``[[override_reason]]``; ``rules`` empty means any relative rule."""
    return OverrideReason(
        id=table.text("id"),
        label=table.text("label"),
        rules=table.texts("rules"),
        citation=read_citation(table),
    )
