"""The words of the printed sheet: text, quantities and dates as runs, never as markup.

A run is a small dictionary that the template draws: plain text, a value with its unit, a source
mark, a bar. Everything that comes from data enters the template as a string and is printed as it
is; a character that the fonts do not have is printed as its code point, never dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from mesoplan.planning.totals import percent
from mesoplan.vocabulary.quantity import Quantity, Unit, plain

Run: TypeAlias = dict[str, Any]
Runs: TypeAlias = list[Run]
Block: TypeAlias = dict[str, Any]
Cell: TypeAlias = Runs | dict[str, Any]

FONTS = Path(__file__).parent / "fonts"
SYMBOLS = "≤≥≈≠→←∞√∑∆≡±…"
"""Signs that the sheet's own font lacks and the typesetter's built-in fonts have."""

MOST_DIGITS = 4
"""A dose is kept exactly; on paper no more significant digits than this are shown."""

LONGEST_WORD = 24
"""A word with more letters than this may be broken anywhere; medicine has few of them."""
_BREAK_EVERY = 8

UNIT_WORDS: Mapping[Unit, str] = {
    Unit.UM: "µm",
    Unit.MM2: "mm²",
    Unit.CM2: "cm²",
    Unit.M2: "m²",
    Unit.UL: "µL",
    Unit.UG: "µg",
    Unit.UG_PER_ML: "µg/mL",
    Unit.UG_PER_KG: "µg/kg",
    Unit.MG_PER_CM2: "mg/cm²",
    Unit.G_PER_CM2: "g/cm²",
    Unit.COUNT: "",
    Unit.CELSIUS: "°C",
    Unit.KG_PER_M2: "kg/m²",
    Unit.ML_PER_MIN_1_73: "mL/min/1.73 m²",
    Unit.GIGA_PER_L: "× 10⁹/L",
    Unit.PER_MIN: "per min",
    Unit.RATIO: "",
    Unit.PH: "",
    Unit.DEG: "°",
}
_COUNTED = {
    Unit.D: "day",
    Unit.WEEK: "week",
    Unit.MONTH: "month",
    Unit.YEAR: "year",
    Unit.POINT: "point",
}

_UNITS_IN_TEXT = (
    r"(?:mm|cm|mL|mg|µg|g|kg|IU|U|h|min|s|days?|weeks?|months?|years?|%|G|points?|sessions?|°)"
)
_VALUE_AND_UNIT = re.compile(rf"(?<=\d) (?={_UNITS_IN_TEXT}(?![\w-]))")
_PLAIN_SPELLINGS = (
    (re.compile(r"\b(mm|cm|m)2\b"), r"\1²"),
    (re.compile(r"\bu(g|L|m)\b(?=[/ .,;)]|$)"), r"µ\1"),
    (re.compile(r"(?<=\d) ?deg\b"), "°"),
    (re.compile(r"(?<=\w) x (?=\w)"), " × "),
)


@cache
def _printable() -> frozenset[int]:
    """Code points that the shipped fonts draw, and the signs that stand in for what they lack."""
    found = {ord(sign) for sign in SYMBOLS}
    for line in (FONTS / "coverage.txt").read_text(encoding="ascii").split():
        first, _, last = line.partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found - {0xFEFF})


def clean(text: str, *, longest_word: int = LONGEST_WORD) -> str:
    """One line of text as it can be printed; nothing in it is read as markup.

    Composed (NFC), white space joined, value and unit kept together by a no-break space, and
    what no font has replaced by its code point in brackets. A word longer than ``longest_word``
    may be broken anywhere (zero-width spaces), so that it never covers its neighbour.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    known = _printable()
    shown = "".join(sign if ord(sign) in known else f"[U+{ord(sign):04X}]" for sign in line)
    shown = _VALUE_AND_UNIT.sub("\u00a0", shown)
    return re.sub(rf"\S{{{longest_word + 1},}}", _breakable, shown)


def _breakable(word: re.Match[str]) -> str:
    return re.sub(rf"(.{{{_BREAK_EVERY}}})(?=.)", "\\1\u200b", word.group())


def spelled(text: str) -> str:
    """A sentence that the program wrote: its plain unit symbols and signs as they are printed."""
    for pattern, replacement in _PLAIN_SPELLINGS:
        text = pattern.sub(replacement, text)
    return text


def words(text: str) -> Run:
    """Plain text."""
    return {"is": "text", "text": _in_line(text)}


def strong(text: str) -> Run:
    """Text that carries the line."""
    return {"is": "strong", "text": _in_line(text)}


def soft(text: str) -> Run:
    """Smaller, second in rank: where a value comes from, what it means."""
    return {"is": "soft", "text": _in_line(text)}


def verbatim(text: str, *, weight: Literal["text", "strong", "soft"] = "text") -> Run:
    """What a person wrote or a record holds: nothing in it is respelt."""
    return {"is": weight, "text": clean(text)}


def _in_line(text: str) -> str:
    """Cleaned; a space at either end is kept, because another run stands there."""
    before = " " if text[:1] == " " else ""
    after = " " if text[-1:] == " " and text.strip() else ""
    return f"{before}{clean(spelled(text))}{after}"


def unknown(text: str) -> Run:
    """What is not known, drawn so that nobody reads it as no or as none."""
    return {"is": "unknown", "text": clean(text)}


def tag(text: str) -> Run:
    """A word in a dashed frame: assumed."""
    return {"is": "tag", "text": clean(text)}


def line_break() -> Run:
    """The next line of the same cell."""
    return {"is": "break"}


def bar(share: Decimal) -> Run:
    """A share of a limit, drawn like the barrel of a syringe: 1 is the limit."""
    return {"is": "bar", "share": float(share)}


def part(share: Decimal) -> Run:
    """A probability drawn as the filled part of a bar."""
    return {"is": "part", "share": float(share)}


def verdict(level: str, word: str) -> Run:
    """Shape and word of a verdict, inside a line."""
    return {"is": "verdict", "level": level, "word": clean(word)}


def number(amount: Decimal) -> str:
    """An amount as it is printed: at most four significant digits, a true minus sign."""
    _, digits, exponent = amount.as_tuple()
    if isinstance(exponent, int) and exponent < 0 and len(digits) > MOST_DIGITS:
        step = Decimal(1).scaleb(max(amount.adjusted() - MOST_DIGITS + 1, exponent))
        amount = amount.quantize(min(step, Decimal(1)))
    return plain(amount).replace("-", "−")


def unit_word(unit: Unit, amount: Decimal) -> str:
    """The unit as it is printed beside an amount."""
    if unit in _COUNTED:
        return _COUNTED[unit] if amount == 1 else f"{_COUNTED[unit]}s"
    return UNIT_WORDS.get(unit, unit.symbol)


def value(quantity: Quantity) -> Run:
    """A value and its unit, which never part."""
    return span(quantity, quantity)


def span(low: Quantity, high: Quantity) -> Run:
    """A range ("6 to 14 mm"), or a single value where both ends are the same."""
    if low.unit is Unit.FRACTION:
        low, high = low.to(Unit.PERCENT), high.to(Unit.PERCENT)
    if low.unit is not high.unit and high.unit.converts_to(low.unit):
        high = high.to(low.unit)
    shown = number(high.amount)
    if low != high:
        shown = f"{number(low.amount)} to {shown}"
    return {
        "is": "value",
        "value": shown,
        "unit": unit_word(high.unit, high.amount),
        "joined": high.unit is Unit.DEG,
    }


def in_words(quantity: Quantity) -> str:
    """A value and its unit inside a sentence."""
    run = value(quantity)
    gap = "" if run["joined"] or not run["unit"] else " "
    return f"{run['value']}{gap}{run['unit']}"


_HOURS_OF_A_DAY = 24
_LAST_IN_HOURS = 72


def window(start: Quantity, end: Quantity) -> Run:
    """A time after the session: in hours up to three days, in days beyond."""
    low, high = start.amount_in(Unit.H), end.amount_in(Unit.H)
    if high <= _LAST_IN_HOURS or high % _HOURS_OF_A_DAY:
        return span(start.to(Unit.H), end.to(Unit.H))
    if low % _HOURS_OF_A_DAY:
        return words(f"{number(low)} h to {in_words(end.to(Unit.D))}")
    return span(start.to(Unit.D), end.to(Unit.D))


def share_words(share: Decimal) -> str:
    """A share of a limit in percent, to a tenth."""
    return percent(share)


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def day(when: date) -> str:
    """A date that no country reads another way: 2 December 2026."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def capital(text: str) -> str:
    """The text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


# --- Blocks -----------------------------------------------------------------------------------


def heading(level: int, text: str) -> Block:
    """A heading; it never stands alone at the foot of a page."""
    return {"is": "heading", "level": level, "text": clean(text)}


def paragraph(*runs: Run) -> Block:
    """Running text."""
    return {"is": "paragraph", "runs": list(runs)}


def lead(*runs: Run) -> Block:
    """Running text that stays on the page of what it introduces."""
    return {"is": "lead", "runs": list(runs)}


def points(items: Iterable[Runs], *, marker: str = "dot") -> Block:
    """A list; ``marker``: dot, check (a box to tick) or number."""
    return {"is": "list", "marker": marker, "items": list(items)}


def spanned(runs: Runs, rows: int) -> Cell:
    """A cell that reaches over several rows."""
    return {"runs": runs, "rows": rows}


def table(head: Iterable[str], widths: Iterable[str], rows: Iterable[Sequence[Cell]]) -> Block:
    """A table. ``widths``: a number of millimetres, ``auto`` or ``rest``; ``>`` sets right."""
    return {
        "is": "table",
        "head": [clean(cell) for cell in head],
        "widths": list(widths),
        "rows": [list(row) for row in rows],
    }


def joined(groups: Iterable[Runs], gap: str = ", ") -> Runs:
    """Runs of several things in one line, with a separator between them."""
    found: Runs = []
    for group in groups:
        if found:
            found.append({"is": "text", "text": gap})
        found += group
    return found
