"""Strict reading of a parsed TOML table: every key is asked for by name, or it is refused.

Used for the knowledge base and for the files that users write; the error class says which.
Every message names the file, the dotted key, what was expected, what came, and the nearest valid
name where a name was misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeGuard, TypeVar

from mesoplan.vocabulary.errors import ClinicalInputError, nothing
from mesoplan.vocabulary.quantity import LARGEST_POWER, is_ordinary

Item = TypeVar("Item")
Choice = TypeVar("Choice", bound=Enum)

_LARGEST_WHOLE = 10**LARGEST_POWER

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters that no text needs: all but tabulator and line feed."""

_SIMILAR_ENOUGH = 60
"""Percent of likeness (rapidfuzz WRatio) from which a name is offered as the nearest one."""


def nearest_name(name: object, names: Iterable[str]) -> str | None:
    """The most similar of the names, or ``None`` where none is similar."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(
        str(name), list(names), scorer=fuzz.WRatio, score_cutoff=_SIMILAR_ENOUGH
    )
    return found[0] if found else None


def best_likeness(name: str, names: Iterable[str]) -> float:
    """How like the name is to the most similar of the names, 0 to 100, any part of it counting."""
    from rapidfuzz import fuzz

    return max(
        (fuzz.partial_ratio(name.casefold(), other.casefold()) for other in names), default=0.0
    )


class Table:
    """A table being read. ``close()`` refuses whatever was not asked for.

    ``error`` is the class of the errors raised: ``KnowledgeError`` for the base,
    ``ClinicalInputError`` for a user's file.
    """

    def __init__(
        self,
        data: object,
        *,
        place: str,
        key: str = "",
        error: type[ClinicalInputError] = ClinicalInputError,
    ) -> None:
        self.place = place
        self.key = key
        self._error = error
        if not isinstance(data, dict):
            raise self.refusal("a table", data)
        self._data: dict[str, object] = data
        self._open = set(data)
        self._asked: list[str] = []

    def refusal(
        self, expected: str, came: object, key: str = "", nearest: str | None = None
    ) -> ClinicalInputError:
        """An error at a key of this table, to be raised by the caller."""
        return self._error(
            expected=expected, came=came, key=self.path(key), place=self.place, nearest=nearest
        )

    def path(self, key: str = "") -> str:
        """The dotted path of a key."""
        return ".".join(part for part in (self.key, key) if part)

    def has(self, key: str) -> bool:
        """Whether the key stands in the table."""
        self._asked.append(key)
        return key in self._data

    def keys(self) -> tuple[str, ...]:
        """All keys, for tables whose keys are data themselves; they then count as asked for."""
        self._open.clear()
        return tuple(self._data)

    def raw(self, key: str) -> object:
        """The value as it was parsed, ``None`` where the key is left out."""
        self._asked.append(key)
        self._open.discard(key)
        return self._data.get(key)

    def required(self, key: str, expected: str) -> object:
        """The value as it was parsed, refusing its absence."""
        value = self.raw(key)
        if value is None:
            raise self.refusal(expected, nothing(), key)
        return value

    def text(self, key: str) -> str:
        """A text that says something, without control characters."""
        value = self.required(key, "a text")
        if not _is_text(value):
            raise self.refusal("a text", value, key)
        return value

    def optional_text(self, key: str) -> str:
        """A text, or the empty text where the key is left out."""
        return self.text(key) if self.has(key) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, each once; empty where the key is left out."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(_is_text(item) for item in value):
            raise self.refusal("a list of texts", value, key)
        if len(set(value)) < len(value):
            raise self.refusal("a list of different texts", value, key)
        return tuple(value)

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """True or false."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            raise self.refusal("true or false", nothing() if value is None else value, key)
        return value

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self.required(key, "a whole number")
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refusal("a whole number", value, key)
        if abs(value) > _LARGEST_WHOLE:
            raise self.refusal("a whole number of ordinary size", value, key)
        return value

    def decimal(self, key: str) -> Decimal:
        """A finite number, exactly as written."""
        value = self.required(key, "a number")
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise self.refusal("a number", value, key)
        number = Decimal(value)
        if not is_ordinary(number):
            raise self.refusal("a finite number of ordinary size", value, key)
        return number

    def day(self, key: str) -> date:
        """A date without a time of day."""
        value = self.required(key, "a date such as 1990-05-01")
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.refusal("a date such as 1990-05-01, without quotes", value, key)
        return value

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """A member of an enumeration, by its value."""
        return self.member(key, self.text(key), choices)

    def optional_choice(self, key: str, choices: type[Choice], default: Choice) -> Choice:
        """A member of an enumeration, or the default where the key is left out."""
        return self.choice(key, choices) if self.has(key) else default

    def choices(self, key: str, choices: type[Choice]) -> tuple[Choice, ...]:
        """A list of members of an enumeration."""
        return tuple(self.member(key, text, choices) for text in self.texts(key))

    def member(self, key: str, text: str, choices: type[Choice]) -> Choice:
        """The member of an enumeration with this value."""
        for choice in choices:
            if choice.value == text:
                return choice
        values = [str(choice.value) for choice in choices]
        raise self.refusal(
            f"one of {', '.join(values)}", text, key, nearest=nearest_name(text, values)
        )

    def name(self, key: str, names: Mapping[str, object], what: str) -> str:
        """An identifier that must be one of the names."""
        return self.known(key, self.text(key), names, what)

    def known(self, key: str, text: str, names: Mapping[str, object], what: str) -> str:
        """The text, refused with the nearest name unless it is one of the names."""
        if text not in names:
            article = "an" if what[0] in "aeiou" else "a"
            nearest = nearest_name(text, names)
            raise self.refusal(f"the id of {article} {what}", text, key, nearest=nearest)
        return text

    def table(self, key: str) -> Table:
        """A table inside this one."""
        return self._inner(self.required(key, "a table"), self.path(key))

    def optional_table(self, key: str) -> Table | None:
        """A table inside this one, ``None`` where the key is left out."""
        return self.table(key) if self.has(key) else None

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables; empty where the key is left out."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.refusal("a list of tables", value, key)
        return tuple(
            self._inner(item, f"{self.path(key)}[{number}]") for number, item in enumerate(value, 1)
        )

    def each(self, key: str, read: Callable[[Table], Item]) -> tuple[Item, ...]:
        """A list of tables, each read whole by the given reader and closed."""
        return tuple(self._closed(table, read) for table in self.tables(key))

    def one(self, key: str, read: Callable[[Table], Item]) -> Item | None:
        """One table read whole by the given reader, ``None`` where the key is left out."""
        table = self.optional_table(key)
        return None if table is None else self._closed(table, read)

    def must(self, key: str, read: Callable[[Table], Item]) -> Item:
        """One table read whole by the given reader, refusing its absence."""
        return self._closed(self.table(key), read)

    def close(self) -> None:
        """Refuse every key that was not asked for."""
        for key in sorted(self._open):
            expected = f"one of the keys {', '.join(sorted(set(self._asked)))}"
            raise self.refusal(
                expected, _Key(key), key, nearest=nearest_name(key, set(self._asked))
            )

    def _inner(self, data: object, key: str) -> Table:
        return Table(data, place=self.place, key=key, error=self._error)

    @staticmethod
    def _closed(table: Table, read: Callable[[Table], Item]) -> Item:
        try:
            item = read(table)
        except ClinicalInputError as error:
            if error.place:
                raise
            raise table._error(
                expected=error.expected,
                came=_Key(error.came),
                key=table.path(error.key),
                place=table.place,
                nearest=error.nearest,
            ) from error
        table.close()
        return item


def _is_text(value: object) -> TypeGuard[str]:
    """Whether a value is a text that says something and cannot play tricks on a screen."""
    return isinstance(value, str) and bool(value.strip()) and not _CONTROL.search(value)


class _Key(str):
    """A key in a message: shown as it stands, not as a quoted value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
