"""The error tree: every error that Mesoplan raises on purpose, with its exit code.

Errors carry fields, not only a sentence, so that a program can act on them and a page can
translate them. ``str(error)`` is always one line.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal


class MesoplanError(Exception):
    """The root of all errors raised on purpose.

    ``exit_code`` is what the command line returns: 2 for input that cannot be read as meant,
    3 for a defect of the knowledge base or of the program itself.
    """

    exit_code = 3

    @property
    def message(self) -> str:
        """The error as one line."""
        return " ".join(str(self).split())


class ClinicalInputError(MesoplanError):
    """What a person or a file said cannot be taken as meant.

    Fields: ``place`` (file), ``key`` (dotted path inside it, empty for the whole), ``expected``,
    ``came`` (what stood there, shortened) and ``nearest`` (the nearest valid name, if any).
    """

    exit_code = 2

    def __init__(
        self,
        *,
        expected: str,
        came: object,
        key: str = "",
        place: str = "",
        nearest: str | None = None,
    ) -> None:
        self.expected = expected
        self.came = shortened(came)
        self.key = key
        self.place = place
        self.nearest = nearest
        super().__init__(_sentence(place, key, expected, self.came, nearest))

    def at(self, *, place: str, key: str) -> ClinicalInputError:
        """The same error, with the place filled in where it was still open."""
        return type(self)(
            expected=self.expected,
            came=_Verbatim(self.came),
            key=self.key or key,
            place=self.place or place,
            nearest=self.nearest,
        )


class UnknownUnitError(ClinicalInputError):
    """A unit that the closed list does not have."""


class WrongDimensionError(ClinicalInputError):
    """A unit of another dimension: millilitres where millimetres are due."""


class KnowledgeError(ClinicalInputError):
    """A defect of the knowledge base: unknown key, missing source, duplicate, wrong unit."""

    exit_code = 3


class UnknownNameError(ClinicalInputError):
    """An identifier that the knowledge base does not have."""


class EmptyRuleSetError(MesoplanError):
    """A verdict was asked of no results; nothing checked is not the same as nothing found."""


class _Verbatim(str):
    """A text that is shown as it is, without quotes."""

    __slots__ = ()


LONGEST_QUOTE = 60


def shortened(value: object) -> str:
    """The value as it may stand in a message: quoted, on one line, at most 60 characters."""
    try:
        plain = isinstance(value, (_Verbatim, Decimal, date))
        text = str(value) if plain else repr(value)
    except (RecursionError, ValueError):  # nested too deep, or too many digits
        text = f"something of the kind {type(value).__name__} that is too large to show"
    text = " ".join(str(text).split())
    if len(text) <= LONGEST_QUOTE:
        return text
    return f"{text[:LONGEST_QUOTE]}... ({len(text)} characters)"


def _sentence(place: str, key: str, expected: str, came: str, nearest: str | None) -> str:
    where = ": ".join(part for part in (place, key) if part)
    hint = f"; nearest is {nearest!r}" if nearest else ""
    sentence = f"expected {expected}, came {came}{hint}"
    return f"{where}: {sentence}" if where else sentence


def nothing() -> str:
    """What ``came`` says where nothing stood."""
    return _Verbatim("nothing")
