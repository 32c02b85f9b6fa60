"""What is known of one patient: typed facts, measurements, allergies, medicines, skin sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from mesoplan.vocabulary.answer import Answer, Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.quantity import Quantity

FactValue: TypeAlias = bool | date | Quantity | str


class FactType(Enum):
    """What an answer can be."""

    BOOLEAN = "boolean"
    DATE = "date"
    QUANTITY = "quantity"
    CHOICE = "choice"


class Sex(Enum):
    """The sex that body model, thickness tables and rules use; not gender, not name."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class Side(Enum):
    """The side of a zone."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    MIDLINE = "midline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergies:
    """Known allergies: substances and groups of the base, and names the base does not know.

    ``none_known`` is the answer "none known"; it excludes any entry.

    Raises:
        ClinicalInputError: both "none known" and entries, or neither.
    """

    none_known: bool = False
    substances: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse "none" with entries, and an answer that says nothing."""
        _none_or_some("allergies", (*self.substances, *self.groups, *self.other), self.none_known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Medications:
    """Medicines taken: names of the base, ATC codes, and names the base does not know.

    Raises:
        ClinicalInputError: both "none" and entries, or neither.
    """

    none: bool = False
    names: tuple[str, ...] = ()
    atc: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse "none" with entries, and an answer that says nothing."""
        _none_or_some("medications", (*self.names, *self.atc, *self.other), self.none)


def _none_or_some(key: str, entries: tuple[str, ...], none: bool) -> None:  # noqa: FBT001
    if none is bool(entries):
        raise ClinicalInputError(
            expected="either none, or at least one entry",
            came="both" if none else "neither",
            key=key,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFinding:
    """Something on the skin of a region: which finding, on which side."""

    region: str
    side: Side
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts:
    """All that is known of one patient. What is left out is unknown, never no.

    ``answers`` maps fact ids to answers; measurements (``height``, ``weight``, ``phototype``,
    ``hba1c`` ...) are facts like any other, typed by the knowledge base.
    """

    birth_date: Answer[date] = field(default_factory=Unknown)
    sex: Sex = Sex.UNKNOWN
    answers: Mapping[str, Answer[FactValue]] = field(default_factory=lambda: MappingProxyType({}))
    girths: Mapping[str, Quantity] = field(default_factory=lambda: MappingProxyType({}))
    allergies: Answer[Allergies] = field(default_factory=Unknown)
    medications: Answer[Medications] = field(default_factory=Unknown)
    sites: tuple[SiteFinding, ...] = ()

    def answer(self, fact: str) -> Answer[FactValue]:
        """The recorded answer to a fact, ``Unknown`` where there is none."""
        return self.answers.get(fact, NOT_ASKED)


NOT_ASKED = Unknown()

NOTHING_FOUND = "none"
"""The finding of a site that was inspected and is clear."""
