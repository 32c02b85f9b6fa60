"""Readers of clinical numbers and statements: a value never comes without its source.

A number in a data file::

    {value = 4.5, unit = "mg/kg", kind = "label", source = "lidocaine-label-us", locator = "..."}
    {low = 0.1, high = 0.2, unit = "mL", kind = "literature", source = "...", locator = "..."}
    {value = 2, unit = "count", kind = "assumed", source = "mesoplan-ruling", locator = "...",
     tightens = "why this can only make the plan more careful"}
    {unknown = "not stated in the abstract"}
"""

from __future__ import annotations

from mesoplan.knowledge.reading import Table
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Dimension, Quantity, parse_unit
from mesoplan.vocabulary.source import Citation, ClinicalNumber, Kind, Statement

MaybeNumber = ClinicalNumber | Unknown
"""A sourced number, or the statement that it is not known and why."""

NOT_STATED = Unknown("not stated in the knowledge base")


def read_citation(table: Table) -> Citation:
    """``source`` and ``locator`` of a table."""
    return Citation(table.text("source"), table.text("locator"))


def read_number(table: Table) -> ClinicalNumber:
    """A clinical number from its table.

    Raises:
        KnowledgeError: unit, kind, source or locator missing; low above high; an assumed value
            that does not say what it tightens.
    """
    unit = parse_unit(table.required("unit", "a unit"))
    if table.has("value"):
        low = high = Quantity(table.decimal("value"), unit)
    else:
        low, high = Quantity(table.decimal("low"), unit), Quantity(table.decimal("high"), unit)
        if high <= low:
            raise table.refusal("a high end above the low end", f"{low} and {high}", "high")
    kind = table.choice("kind", Kind)
    tightens = table.optional_text("tightens")
    if (kind is Kind.ASSUMED) is not bool(tightens):
        expected = "`tightens` with every assumed value, and with no other"
        raise table.refusal(expected, kind.value, "tightens")
    return ClinicalNumber(
        low=low,
        high=high,
        kind=kind,
        citation=read_citation(table),
        tightens=tightens,
        reviewed=table.optional_text("reviewed"),
    )


def number(table: Table, key: str, dimension: Dimension) -> ClinicalNumber:
    """The number under a key, of the dimension that the field demands."""
    found = table.must(key, read_number)
    if found.low.unit.dimension is not dimension:
        raise table.refusal(f"a unit of {dimension.value}", str(found.low.unit), f"{key}.unit")
    return found


def maybe_number(table: Table, key: str, dimension: Dimension) -> MaybeNumber:
    """The number under a key, or why it is unknown; ``NOT_STATED`` where the key is left out."""
    if not table.has(key):
        return NOT_STATED
    inner = table.table(key)
    if inner.has("unknown"):
        reason = Unknown(inner.text("unknown"))
        inner.close()
        return reason
    return number(table, key, dimension)


def read_statement(table: Table) -> Statement:
    """A sentence with its source."""
    return Statement(
        text=table.text("text"),
        citation=read_citation(table),
        kind=table.optional_choice("kind", Kind, Kind.LITERATURE),
    )
