"""Fictional people for tests: a healthy adult in the form of a case file, and what differs."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from mesoplan.documents.case_file import Case, read_case
from mesoplan.knowledge import KnowledgeBase
from mesoplan.vocabulary.patient import FactType

AT = date(2026, 11, 22)

HEALTHY: Mapping[str, Any] = {
    "at": AT,
    "policy": "default",
    "patient": {
        "birth_date": date(1990, 5, 1),
        "sex": "female",
        "height_cm": 168,
        "weight_kg": 62,
        "phototype": 3,
    },
    "allergies": {"none_known": True},
    "medications": {"none": True},
    "request": {
        "practitioner": "physician",
        "zone": [{"indication": "neck-pain", "region": "neck", "side": "both"}],
    },
}
"""A healthy woman of 36 with neck pain; ``healthy_document`` answers every boolean with no."""


def healthy_document(knowledge: KnowledgeBase, **changes: Any) -> dict[str, Any]:
    """The healthy adult with every boolean fact answered no.

    ``changes`` replace whole tables, except ``facts`` and ``patient``, which are laid over; a
    value of ``None`` leaves the key out.
    """
    document = copy.deepcopy(dict(HEALTHY))
    document["facts"] = {
        fact.id: False
        for fact in knowledge.facts.values()
        if fact.type is FactType.BOOLEAN and not fact.id.startswith("can_")
    }
    for key, value in changes.items():
        if key in {"facts", "patient"}:
            document[key] = document[key] | value
            document[key] = {name: item for name, item in document[key].items() if item is not None}
        elif value is None:
            document.pop(key, None)
        else:
            document[key] = value
    return document


def zone(indication: str, region: str, side: str = "midline", **more: Any) -> dict[str, Any]:
    """A request by a physician for one zone."""
    return {
        "practitioner": "physician",
        "zone": [{"indication": indication, "region": region, "side": side, **more}],
    }


def case_of(document: Mapping[str, Any], knowledge: KnowledgeBase) -> Case:
    """The case of a document, through the same reader that files go through."""
    return read_case(to_toml(document).encode(), place="case.toml", knowledge=knowledge)


def healthy_case(knowledge: KnowledgeBase, **changes: Any) -> Case:
    """The healthy adult as a case, with changes."""
    return case_of(healthy_document(knowledge, **changes), knowledge)


def to_toml(document: Mapping[str, Any]) -> str:
    """A document as TOML, inline; read back it is the same document."""
    text = "\n".join(f"{_key(key)} = {_inline(value)}" for key, value in document.items())
    assert tomllib.loads(text, parse_float=Decimal) is not None
    return text + "\n"


def _key(key: str) -> str:
    return f'"{key}"'


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, Decimal, float)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_inline(item) for item in value)}]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
