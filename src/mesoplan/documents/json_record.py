"""Any record of the knowledge base as a JSON object: field by field, nothing left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from mesoplan.documents.json_writer import Json
from mesoplan.knowledge.schema.facts import FactDefinition
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Quantity
from mesoplan.vocabulary.source import Citation, ClinicalNumber


def record_json(value: Any) -> Any:  # noqa: ANN401 - any value of a record, one return each
    """The value as JSON: numbers with unit, kind and source; unknown with its reason."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, ClinicalNumber):
        return _number(value)
    if isinstance(value, Quantity):
        return {"value": value.amount, "unit": str(value.unit)}
    if isinstance(value, Citation):
        return {"id": value.id, "locator": value.locator}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: record_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [record_json(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: record_json(getattr(value, field.name)) for field in fields(value)}
        kind = type(value).__name__
        return {"is": kind, **found} if kind in _CONDITIONS else found
    return value


_CONDITIONS = frozenset(
    [
        "FactIsYes",
        "FactCompares",
        "FactIsOneOf",
        "TakesMedicine",
        "SexIs",
        "AllergicToGroup",
        "AnsweredNone",
        "SiteHas",
        "ProgramCheck",
        "AllOf",
        "AnyOf",
        "Not",
    ]
)
"""Records whose class is part of what they say."""


def _number(number: ClinicalNumber) -> Json:
    ends: Json = (
        {"low": number.low.amount, "high": number.high.amount}
        if number.is_range
        else {"value": number.low.amount}
    )
    found = {
        **ends,
        "unit": str(number.low.unit),
        "kind": number.kind.value,
        "source": number.citation.id,
        "locator": number.citation.locator,
        "reviewed": number.reviewed or None,
    }
    return {**found, "tightens": number.tightens} if number.tightens else found


def item_json(record: Any) -> Json:  # noqa: ANN401 - a record of any kind
    """A record in a list: id and label; of a fact also type, unit and what yes means."""
    item: Json = {"id": record.id, "label": getattr(record, "label", None) or record.id}
    if isinstance(record, FactDefinition):
        item |= {
            "type": record.type.value,
            "unit": str(record.unit) if record.unit else None,
            "positive_means": record.positive_means.value if record.positive_means else None,
            "question": record.question,
            "choices": dict(record.choices) or None,
        }
    return item
