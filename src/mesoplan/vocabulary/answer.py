"""An answer is known, unknown, or does not apply; and a truth has three values.

Nothing here can be used as a Python condition by accident: ``bool()`` raises on every answer and
on every truth, because ``if answer:`` would silently read unknown as yes or as no.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Generic, NoReturn, TypeAlias, TypeVar

Value = TypeVar("Value", covariant=True)


class _NoTruth:
    __slots__ = ()

    def __bool__(self) -> NoReturn:
        """Always raise.

        Raises:
            TypeError: an answer was used as a condition.
        """
        name = type(self).__name__
        message = f"{name} is neither true nor false: match Known, Unknown, NotApplicable"
        raise TypeError(message)


@dataclass(frozen=True, slots=True)
class Known(_NoTruth, Generic[Value]):
    """An answer that was given: the value, who said so, and when (ISO text), where recorded."""

    value: Value
    by: str | None = None
    said_at: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown(_NoTruth):
    """No answer yet, and why: not asked, not sure, could not be checked."""

    reason: str = "not asked"


@dataclass(frozen=True, slots=True)
class NotApplicable(_NoTruth):
    """The question does not arise for this person: why, and who said so."""

    reason: str
    by: str | None = None


Answer: TypeAlias = Known[Value] | Unknown | NotApplicable


class Truth(Enum):
    """Kleene's three truth values.

    ======= ======= ======= =======
    and     true    unknown false
    ======= ======= ======= =======
    true    true    unknown false
    unknown unknown unknown false
    false   false   false   false
    ======= ======= ======= =======
    """

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __bool__(self) -> NoReturn:
        """Always raise.

        Raises:
            TypeError: a three-valued truth was used as a condition.
        """
        message = "a truth has three values: compare it with Truth.TRUE, FALSE or UNKNOWN"
        raise TypeError(message)

    def negated(self) -> Truth:
        """True for false, false for true, unknown for unknown."""
        return Truth(Truth.TRUE.value - self.value)


def truth_of(condition: bool) -> Truth:  # noqa: FBT001 - a two-valued truth enters here
    """The three-valued truth of a two-valued condition."""
    return Truth.TRUE if condition else Truth.FALSE


def all_of(truths: tuple[Truth, ...]) -> Truth:
    """Kleene's and: the least of the truths; true of none."""
    return Truth(min((truth.value for truth in truths), default=Truth.TRUE.value))


def any_of(truths: tuple[Truth, ...]) -> Truth:
    """Kleene's or: the greatest of the truths; false of none."""
    return Truth(max((truth.value for truth in truths), default=Truth.FALSE.value))
