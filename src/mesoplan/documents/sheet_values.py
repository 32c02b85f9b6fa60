"""What all sheets printed from records carry, as plain values, and the hash of their content.

A sheet holds what was recorded, word for word and number for number, never a plan or an entry of
the knowledge base: it prints the same in twenty years, whatever the base says then.

In every sheet an empty text and ``None`` mean "nobody recorded it" and print as a blank line. Where
a list may be ``None``, an empty list means "recorded that there was none" and prints as words. A
field that is added later has ``None`` or an empty text as its default, so that the content hash of
older records stays what it was.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from mesoplan.documents.typesetting import Paper
from mesoplan.vocabulary.errors import ClinicalInputError, nothing
from mesoplan.vocabulary.quantity import is_ordinary, plain

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"

MOST_DIGITS = 24
"""A recorded number has no more digits than this, and is printed with all of them."""

_NOT_CONTENT = frozenset({"paper"})
"""Fields about the paper, not about what is written on it."""

SHORT_HASH = 16
"""So many hexadecimal digits of the content hash stand on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a sheet. Its numbers are finite and its moments have a time zone.

    Raises:
        ClinicalInputError: a number is not, or a moment has none.
    """

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            key = f"{type(self).__name__}.{field.name}"
            if isinstance(value, datetime) and value.utcoffset() is None:
                raise ClinicalInputError(expected="a time zone", came=nothing(), key=key)
            if isinstance(value, Decimal) and not _is_exact(value):
                raise ClinicalInputError(
                    expected=f"a finite number of ordinary size, at most {MOST_DIGITS} digits",
                    came=value,
                    key=key,
                )


def _is_exact(number: Decimal) -> bool:
    return is_ordinary(number) and len(number.as_tuple().digits) <= MOST_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic(Part):
    """Who answers for the sheet. The telephone number is the one a worried patient calls."""

    name: str
    address: str
    telephone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientIdentity(Part):
    """Whom the sheet is about. ``record_number`` is the clinic's own."""

    name: str
    birth_date: date | None
    record_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetHead(Part):
    """What stands at the head of every sheet.

    ``course`` and ``session`` are as the clinic counts them, such as ``"1"`` and ``"2 of 4"``.
    ``as_of`` is the moment of the last change of the record (its finalising, its last amendment),
    not of printing: it becomes the date of the document, so that a later copy is the same file.
    ``paper`` is the format, and no part of the content.
    """

    clinic: Clinic
    patient: PatientIdentity
    course: str
    session: str
    as_of: datetime
    paper: Paper = "a4"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReference(Part):
    """The plan that a sheet belongs to, and what it was made with."""

    number: str
    made: date | None
    knowledge_release: str
    policy: str
    plan_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose(Part):
    """So much of a substance. ``amount`` is in ``unit``; ``None`` where nobody knows it."""

    substance: str
    amount: Decimal | None
    unit: str


def content_hash(sheet: Part) -> str:
    """SHA-256 of what the sheet says, as 64 hexadecimal digits.

    Over its values in JSON with sorted keys; what was not recorded is left out, and 0.50 is 0.5.
    """
    said = {"sheet": type(sheet).__name__, "says": _plain(sheet)}
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _plain(value: object) -> Plain:
    match value:
        case Part():
            parts = {
                field.name: getattr(value, field.name)
                for field in fields(value)
                if field.name not in _NOT_CONTENT
            }
            return {name: _plain(part) for name, part in parts.items() if part not in (None, "")}
        case tuple():
            return [_plain(part) for part in value]
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
        case Enum():
            return str(value.value)
        case None | bool() | int() | str():
            return value
        case _:
            pass
    message = f"a sheet has no values of type {type(value).__name__}"
    raise TypeError(message)
