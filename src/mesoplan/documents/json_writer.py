"""Writes JSON: decimals digit by digit, and the small shapes that every object shares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeAlias

from mesoplan.vocabulary.quantity import plain
from mesoplan.vocabulary.source import Citation, Statement

Json: TypeAlias = dict[str, Any]

_MARK = "\x00"
_MARKED = re.compile(r'"\\u0000([^"\\]*)\\u0000"')


def dumps(value: Json) -> str:
    """One JSON object as text. A ``Decimal`` is written as the number it is, never as a float."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_marked)
    return _MARKED.sub(r"\1", text)


def _marked(value: object) -> str:
    """A decimal between two marks that no text can hold; ``dumps`` takes marks and quotes off."""
    if isinstance(value, Decimal):
        return f"{_MARK}{plain(value)}{_MARK}"
    raise TypeError(value)


def citation_json(citation: Citation) -> Json:
    """A citation as ``{id, locator}``."""
    return {"id": citation.id, "locator": citation.locator}


def citations_json(citations: Iterable[Citation]) -> list[Json]:
    """Citations as a list of ``{id, locator}``."""
    return [citation_json(item) for item in citations]


def statement_json(statement: Statement) -> Json:
    """A statement as ``{text, source}``."""
    return {"text": statement.text, "source": citation_json(statement.citation)}


def statements_json(statements: Iterable[Statement]) -> list[Json]:
    """Statements as a list of ``{text, source}``."""
    return [statement_json(item) for item in statements]
