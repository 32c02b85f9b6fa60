"""Finds a patient by name, birth date or telephone; forgives accents and slips of the finger.

Symmetric deletion: of each word of a name its beginnings are kept as keys, and the word with each
one letter left out. Two words that differ by one slip (a letter wrong, missing, too much, or two
swapped) share such a key, so a slip is found by looking up equal keys, however many patients there
are. Which of those found really lie one slip away, and how near, is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from rapidfuzz.distance import OSA

from mesoplan.web.patients.days import (
    DAY_AMONG_DIGITS,
    DAY_IN_DIGITS,
    DAY_IN_WORDS,
    FIRST_YEAR,
    UnreadableDayError,
    days_meant,
    read_day,
)
from mesoplan.web.patients.names import plain, words

LONGEST_SEARCH = 100
"""Characters of a search that are read."""

MOST_WORDS = 6
LONGEST_WORD = 20
"""Letters of a word that count."""

SUFFIXES = range(4, 8)
"""So many last digits of a telephone are kept as keys."""

SURE_DIGITS, WHOLE_DIGITS = 6, 8
"""From so many digits on a telephone counts as the end of a longer one; so many are enough."""

_SLIP = "~"
_WHOLE = "="
_TELEPHONE = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """Digits of a search: what they can mean. ``days`` are first and last day of each meaning."""

    days: tuple[tuple[date, date], ...] = ()
    telephone: str = ""
    record: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a search says: all of its words and numbers hold together.

    ``unparted`` are the numbers where a day that stands among other digits is none.
    """

    words: tuple[str, ...]
    numbers: tuple[Number, ...]
    unparted: tuple[Number, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing that a patient can be found by."""
        return not self.words and not self.numbers


class Named(Protocol):
    """Whoever can be found: a patient, or one who is being entered."""

    @property
    def family_name(self) -> str:
        """Family name."""

    @property
    def given_name(self) -> str:
        """Given name."""

    @property
    def birth_date(self) -> date | None:
        """Birth date, if known."""

    @property
    def telephone(self) -> str:
        """Telephone as it was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What somebody is compared by. ``joined`` is the whole name as one word, in both orders."""

    words: tuple[str, ...]
    joined: tuple[str, ...]
    telephones: tuple[str, ...]


def person_of(named: Named) -> Person:
    """What this person is compared by."""
    given, family = ("".join(plain(name).split()) for name in (named.given_name, named.family_name))
    return Person(
        words=words(f"{named.given_name} {named.family_name}"),
        joined=tuple(dict.fromkeys(one for one in (given + family, family + given) if one)),
        telephones=tuple(_telephones(named.telephone)),
    )


def keys_of(named: Named) -> frozenset[str]:
    """All keys under which this person is found."""
    person = person_of(named)
    short = {word[:LONGEST_WORD] for word in person.words}
    return frozenset(
        {
            *(key for word in short for key in whole_keys(word)),
            *(word[:length] for word in short for length in range(1, len(word) + 1)),
            *(key for word in short for key in slip_keys(word)),
            # The names as one word are found too, but only whole.
            *(joined_key(word) for word in person.joined),
            *(
                f"{_TELEPHONE}{digits[-length:]}"
                for digits in person.telephones
                for length in SUFFIXES
                if len(digits) >= length
            ),
        }
    )


def whole_keys(word: str) -> frozenset[str]:
    """The key of those who have this very word in their name."""
    return frozenset({f"{_WHOLE}{word[:LONGEST_WORD]}"})


def beginning_keys(word: str) -> frozenset[str]:
    """The key of those in whose name a word begins so."""
    return frozenset({word[:LONGEST_WORD]})


def near_keys(word: str) -> frozenset[str]:
    """The keys of those in whose name a word begins so, or is one slip away."""
    return beginning_keys(word) | slip_keys(word)


def joined_key(joined: str) -> str:
    """The key of those whose whole name is this, written as one word."""
    return f"{_SLIP}{joined[:LONGEST_WORD]}"


def slip_keys(word: str) -> frozenset[str]:
    """The keys of a word that it shares with every word one slip away."""
    short = word[:LONGEST_WORD]
    left_out = (short[:place] + short[place + 1 :] for place in range(len(short)))
    return frozenset(f"{_SLIP}{text}" for text in (short, *left_out) if text)


def sought_in(text: str, *, today: date) -> Sought:
    """What a person typed into the search."""
    written = " ".join(text[:LONGEST_SEARCH].split())
    named, written = _days_in_words(written)
    runs = _DIGITS.findall(written)
    parted = [number for run in runs for number in _parted(run, today)]
    unparted = [_number(run, today) for run in runs]
    return Sought(
        words=words(_DIGITS.sub(" ", written))[:MOST_WORDS],
        numbers=_longest_first([*named, *parted]),
        unparted=_longest_first([*named, *unparted]),
    )


def _days_in_words(written: str) -> tuple[list[Number], str]:
    """The days whose month is a word, and the text without them."""
    found: list[Number] = []
    for text in DAY_IN_WORDS.findall(written):
        try:
            day = read_day(text)
        except UnreadableDayError:
            continue
        written = written.replace(text, " ", 1)
        found.append(Number(days=((day, day),)))
    return found, written


def _parted(run: str, today: date) -> list[Number]:
    """The numbers in digits that stand beside each other: a day, and what stands around it."""
    day = DAY_AMONG_DIGITS.search(run)
    if day is None or day[0] == run or not days_meant(day[0], today=today):
        return [_number(run, today)]
    around = (run[: day.start()].strip(), run[day.end() :].strip())
    return [_number(part, today) for part in (day[0], *around) if part]


def _longest_first(numbers: list[Number]) -> tuple[Number, ...]:
    """The numbers that are read; the longest tells the most."""
    return tuple(sorted(numbers, key=lambda number: -len(number.telephone))[:MOST_WORDS])


_DIGITS = re.compile(r"\+?\d(?:[\d\s()./-]*\d)?", re.ASCII)
"""Digits as telephones are written, with gaps between them."""


def telephone_keys(digits: str) -> frozenset[str]:
    """The keys of people whose telephone can end so."""
    ends = (digits, digits.lstrip("0"))
    return frozenset(
        f"{_TELEPHONE}{end[-SUFFIXES[-1] :]}" for end in ends if len(end) >= SUFFIXES[0]
    )


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text, flags=re.ASCII)


def _telephones(text: str) -> Iterator[str]:
    """The digits of each telephone in a field that may hold several."""
    for one in re.split(r"[,;/]", text):
        digits = _digits(one)
        if len(digits) >= SUFFIXES[0]:
            yield digits


def _number(run: str, today: date) -> Number:
    """What digits can mean that stand together: a day or a telephone, a year, a record number."""
    digits = _digits(run)
    if DAY_IN_DIGITS.fullmatch(run) and (days := days_meant(run, today=today)):
        return Number(days=tuple((day, day) for day in days), telephone=digits)
    year = int(digits) if len(digits) == len("1980") else 0
    span = ((date(year, 1, 1), date(year, 12, 31)),) if year >= FIRST_YEAR else ()
    record = int(digits) if len(digits) < len(str(2**31)) else None
    return Number(days=span, telephone=digits, record=record)


def other_readings(sought: Sought) -> tuple[Sought, ...]:
    """What else a search can say: a space can be a slip too, and digits that look like a day."""
    typed = sought.words
    joined = tuple(
        replace(
            sought, words=(*typed[:place], typed[place] + typed[place + 1], *typed[place + 2 :])
        )
        for place in range(len(typed) - 1)
    )
    is_parted = sought.unparted != sought.numbers
    return (*joined, *((replace(sought, numbers=sought.unparted),) if is_parted else ()))


def nearness(person: Person, typed: Iterable[str]) -> int:
    """How near a name is to the words of a search; 0 where a word is more than one slip away.

    A whole word counts more than a beginning, and that more than a word with a slip.
    """
    own = (*person.words, *person.joined)
    points = [max((_points(word, one) for one in own), default=0) for word in typed]
    return sum(points) if all(points) else 0


WHOLE, BEGINNING, SLIP = 3, 2, 1


def _points(typed: str, own: str) -> int:
    if own == typed:
        return WHOLE
    if own.startswith(typed):
        return BEGINNING
    return SLIP if OSA.distance(typed, own, score_cutoff=1) <= 1 else 0


def is_similar(one: Person, other: Person) -> bool:
    """Whether one name has all words of the other, each at most one slip away.

    De Luca is Deluca too, and Anne Marie is Annemarie: the names as one word are compared as well.
    """
    return _holds(one, other.words) or _holds(other, one.words) or _are_one_slip_apart(one, other)


def is_same_name(one: Person, other: Person) -> bool:
    """Whether the names are the same, in whatever order and with whatever spaces."""
    return bool(set(one.joined) & set(other.joined))


def _are_one_slip_apart(one: Person, other: Person) -> bool:
    return any(
        OSA.distance(own, joined, score_cutoff=1) <= 1
        for own in one.joined
        for joined in other.joined
    )


def _holds(person: Person, typed: tuple[str, ...]) -> bool:
    own = person.words
    return bool(typed) and all(
        any(OSA.distance(word, one, score_cutoff=1) <= 1 for one in own) for word in typed
    )


def one_slip_from(name: str, names: Iterable[str]) -> str:
    """The first of the names that is the same but for one slip; empty where none is."""
    typed = plain(name).strip()
    near = (other for other in names if OSA.distance(typed, plain(other), score_cutoff=1) <= 1)
    return next(near, "") if len(typed) > SHORT else ""


SHORT = 4
"""Letters up to which one slip makes another word of a name."""


def fits(named: Named, record_number: int, number: Number) -> bool:
    """Whether digits of a search are this person's: birth date, record number or telephone."""
    birth = named.birth_date
    return (
        number.record == record_number
        or any(birth is not None and first <= birth <= last for first, last in number.days)
        or any(same_telephone(own, number.telephone) for own in _telephones(named.telephone))
    )


def same_telephone(own: str, typed: str) -> bool:
    """Whether the digits are the last of a telephone, or all of it with another prefix.

    +44 (0)20 7946 0018 and +44 20 7946 0018 are one: the last eight digits settle it.
    """
    short, long = sorted((own.lstrip("0"), typed.lstrip("0")), key=len)
    end = min(len(short), WHOLE_DIGITS)
    is_whole = end >= SURE_DIGITS and long.endswith(short[-end:])
    return is_whole or (len(typed) >= SUFFIXES[0] and own.endswith(typed))


def shares_telephone(one: Person, other: Person) -> bool:
    """Whether two people can be reached under one telephone."""
    return any(
        len(digits) >= SURE_DIGITS and same_telephone(own, digits)
        for own in one.telephones
        for digits in other.telephones
    )
