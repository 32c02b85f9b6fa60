"""Where a value comes from: sources, citations, and the clinical number that carries one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from mesoplan.vocabulary.quantity import Quantity, plain


class SourceKind(Enum):
    """What sort of text a source is."""

    LAW = "law"
    AUTHORITY = "authority"
    GUIDELINE = "guideline"
    LABEL = "label"
    TRIAL = "trial"
    STUDY = "study"
    REVIEW = "review"
    TEXTBOOK = "textbook"
    TRAINING_PAGE = "training-page"
    CLINIC_PAGE = "clinic-page"
    VENDOR = "vendor"
    SEED = "seed"
    RULING = "ruling"


class Kind(Enum):
    """How a value came about. ``assumed`` may only tighten and is shown as such."""

    MEASURED = "measured"
    LITERATURE = "literature"
    CONSENSUS = "consensus"
    LABEL = "label"
    COMPUTED = "computed"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One entry of the bibliography. ``read`` says how far it was read (full, abstract ...)."""

    id: str
    kind: SourceKind
    read: str
    author: str = ""
    title: str = ""
    year: str = ""
    journal: str = ""
    detail: str = ""
    address: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """The source in one line: who, what, where, when."""
        parts = (
            self.author.replace(" and ", "; "),
            self.title,
            self.journal,
            self.year,
            self.detail,
        )
        return ". ".join(part.rstrip(".") for part in parts if part) or self.note


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A source and the place in it: page, table, section, or ``abstract``."""

    id: str
    locator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalNumber:
    """A number or a range that a source stands behind.

    ``low`` equals ``high`` for a single number. ``kind`` says how it came about; ``tightens``
    says, for an assumed value, why it can only make the plan more careful. ``reviewed`` names the
    clinician who signed it, empty as long as nobody did.
    """

    low: Quantity
    high: Quantity
    kind: Kind
    citation: Citation
    tightens: str = ""
    reviewed: str = ""

    @property
    def value(self) -> Quantity:
        """The single number; of a range the lower end, which is the more careful for a dose."""
        return self.low

    @property
    def is_range(self) -> bool:
        """Whether two different ends stand behind it."""
        return self.low != self.high

    def __str__(self) -> str:
        """``0.1 to 0.2 mL`` or ``0.1 mL``."""
        if self.is_range:
            return f"{plain(self.low.amount)} to {self.high}"
        return str(self.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence that a source stands behind."""

    text: str
    citation: Citation
    kind: Kind = Kind.LITERATURE


def gathered(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """The citations, each once, in order of their names."""
    return tuple(sorted(set(citations)))
