"""Days as people write them. Day before month, always: the other order is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.dates import MONTHS, MONTHS_3, MONTHS_AP
from django.utils.translation import gettext

from mesoplan.web.patients.names import plain

LONGEST = 40
"""Characters in which any day can be written."""

_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})[-./ ]{1,2}(\d{1,2})[-./ ]{1,2}(\d{4})", re.ASCII)
_WORDS = re.compile(r"(\d{1,2})\.? (?:de )?([^\W\d_]+)\.? (?:de )?(\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[-./ ]{1,2}\d{1,2}[-./ ]{1,2}\d{2}", re.ASCII)

_GAP = r"(?:\s?[-./]\s?|\s)"
_POINT = r"\s?[-./]\s?"

DAY_IN_DIGITS = re.compile(
    rf"\d{{4}}{_GAP}\d{{1,2}}{_GAP}\d{{1,2}}|\d{{1,2}}{_GAP}\d{{1,2}}{_GAP}(?:\d{{4}}|\d{{2}})",
    re.ASCII,
)
"""Digits that can be a day where nothing stands beside them."""

DAY_AMONG_DIGITS = re.compile(
    rf"(?<!\S)(?:\d{{4}}{_POINT}\d{{1,2}}{_POINT}\d{{1,2}}|"
    rf"\d{{1,2}}{_POINT}\d{{1,2}}{_POINT}\d{{4}})(?!\S)",
    re.ASCII,
)
"""A day with its whole year that stands apart from other digits beside it."""

DAY_IN_WORDS = re.compile(r"\b\d{1,2}\.? (?:de )?[^\W\d_]+\.? (?:de )?\d{4}\b")
"""Where in a text a day may be written with the name of its month."""

FIRST_YEAR = 1900
"""Nobody who can be found was born before it: older numbers are no years."""

_CENTURY = 100


class UnreadableDayError(ValueError):
    """A text that is no day, or not surely one day. ``str()`` says what to write, translated."""


def read_day(text: str) -> date:
    """The day that a person wrote: 14.3.1980, 14/03/1980, 14 March 1980 or 1980-03-14.

    Raises:
        UnreadableDayError: it is no day, or the year has two digits.
    """
    written = " ".join(text[: LONGEST + 1].split())
    if found := _ISO.fullmatch(written):
        year, month, day = (int(part) for part in found.groups())
    elif found := _NUMBERS.fullmatch(written):
        day, month, year = (int(part) for part in found.groups())
    elif found := _WORDS.fullmatch(written):
        day, year = int(found[1]), int(found[3])
        month = _month(found[2])
    elif _SHORT_YEAR.fullmatch(written):
        raise UnreadableDayError(gettext("Write the year with four digits."))
    else:
        raise UnreadableDayError(gettext("Write day, month and year, such as 14.3.1980."))
    try:
        return date(year, month, day)
    except ValueError:
        said = gettext("There is no such day. The day stands first, then the month.")
        raise UnreadableDayError(said) from None


def _month(word: str) -> int:
    """The number of a month by its name in the language of the page or in English; 0 is none."""
    wanted = plain(word)
    for number in MONTHS:
        spoken = (str(months[number]) for months in (MONTHS, MONTHS_AP, MONTHS_3))
        english = _ENGLISH[number - 1]
        if wanted in {plain(name).strip() for name in (*spoken, english, english[: len("mar")])}:
            return number
    return 0


_ENGLISH = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def age_on(birth: date, today: date) -> int:
    """Whole years; whoever was born on 29 February is a year older on 1 March."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def days_one_slip_from(day: date) -> frozenset[date]:
    """The other days that one slip makes of it: a digit wrong, two swapped, or day and month."""
    written = day.isoformat().replace("-", "")
    texts = [
        written[:place] + digit + written[place + 1 :]
        for place in range(len(written))
        for digit in "0123456789"
    ]
    texts += [
        written[:place] + written[place + 1] + written[place] + written[place + 2 :]
        for place in range(len(written) - 1)
    ]
    texts.append(written[:4] + written[6:] + written[4:6])
    return frozenset(_real_days(texts)) - {day}


def _real_days(texts: Iterable[str]) -> Iterator[date]:
    for text in texts:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            continue
        if day.year >= FIRST_YEAR:
            yield day


def days_meant(text: str, *, today: date) -> tuple[date, ...]:
    """The birth dates that a search can mean: the day, with a short year both centuries."""
    parts = re.split(_GAP, text)
    if len(parts[0]) > len("31"):
        orders = [(parts[0], parts[1], parts[2])]
    else:
        orders = [(parts[2], parts[1], parts[0]), (parts[2], parts[0], parts[1])]
    # Of 14/3 only one order is a day. Of 4/3 the search shows both: it is no entry.
    return tuple(dict.fromkeys(day for order in orders for day in _days(order, today)))


def _days(parts: tuple[str, str, str], today: date) -> Iterator[date]:
    year, month, day = (int(part) for part in parts)
    century = today.year // _CENTURY * _CENTURY
    is_short = len(parts[0]) <= len("80")
    years = (century + year, century - _CENTURY + year) if is_short else (year,)
    for one in years:
        try:
            meant = date(one, month, day)
        except ValueError:
            continue
        if meant.year >= FIRST_YEAR and meant <= today:
            yield meant
