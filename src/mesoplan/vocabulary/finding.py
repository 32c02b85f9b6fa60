"""Verdicts, and what a rule gives when it is evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from mesoplan.vocabulary.errors import EmptyRuleSetError
from mesoplan.vocabulary.source import Citation


class Verdict(Enum):
    """From mildest to worst. A verdict is compared by ``severity``, never by its name."""

    ELIGIBLE = "eligible"
    CAUTION = "caution"
    UNDETERMINED = "undetermined"
    DEFERRED = "deferred"
    CONTRAINDICATED = "contraindicated"

    @property
    def severity(self) -> int:
        """0 for eligible, 4 for contraindicated."""
        return _SEVERITY[self]

    def is_worse_than(self, other: Verdict) -> bool:
        """Strictly worse."""
        return self.severity > other.severity


_SEVERITY = {verdict: severity for severity, verdict in enumerate(Verdict)}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of the verdicts.

    Raises:
        EmptyRuleSetError: there was none; an empty set of rules is no clean bill.
    """
    found = max(verdicts, key=lambda verdict: verdict.severity, default=None)
    if found is None:
        message = "no rule was evaluated, so there is no verdict"
        raise EmptyRuleSetError(message)
    return found


class Strength(Enum):
    """Whether a finding stands (absolute) or can be overridden by a physician (relative)."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


class Scope(Enum):
    """What a rule looks at."""

    PATIENT = "patient"
    REQUEST = "request"
    SITE = "site"
    MIXTURE = "mixture"
    SESSION = "session"


class Outcome(Enum):
    """What evaluating one applicable rule gave."""

    CLEARED = "cleared"
    FINDING = "finding"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePosition:
    """What one source says under a rule: its own verdict and strength, in its own right."""

    citation: Citation
    verdict: Verdict
    strength: Strength
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """What ends a finding, and the date from which it is ended where that is known."""

    what: str
    on: date | None = None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A physician's decision to go on in spite of a relative finding."""

    rule: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one applicable rule gave, as data.

    ``subject``: what the rule was evaluated for beyond the patient (a zone's region, a
    substance), empty where it is the patient. ``because``: the facts that decided, as fact id and
    shown value. ``missing``: the facts that would have been needed, empty unless unanswered.
    ``verdict`` is the contribution to the whole: eligible when cleared; when unanswered
    undetermined under a rule that defers or contraindicates, caution under a caution rule.
    """

    rule: str
    outcome: Outcome
    verdict: Verdict
    strength: Strength
    scope: Scope
    message: str
    subject: str = ""
    because: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    positions: tuple[SourcePosition, ...] = ()
    clears: Clearing | None = None
    overridable: bool = False
    overridden: Override | None = None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The sources behind the rule, in the order of the rule."""
        return tuple(position.citation for position in self.positions)

    @property
    def verdict_after_override(self) -> Verdict:
        """The contribution once the override is counted: never better than caution."""
        return Verdict.CAUTION if self.overridden else self.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingAnswer:
    """A fact that rules need and nobody has answered."""

    fact: str
    question: str
    rules: tuple[str, ...]
