"""Reads wishes that the plan page sends: only what the protocol leaves open, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mesoplan.web.courses.forms.request import Entry, decimal_text
from mesoplan.web.courses.mapping.options import Way, number_wishes, way_of, wish_values
from mesoplan.web.courses.mapping.plan_numbers import WHOLE
from mesoplan.web.courses.mapping.request import WISHES, zone_numbers
from mesoplan.web.gestures.posted import Posted
from mesoplan.web.gestures.sheet import Sheet

_WISH = re.compile(rf"zone\.(?P<number>[1-9][0-9]{{0,2}})\.(?P<name>{'|'.join(WISHES)})")


def read_wishes(
    data: Mapping[str, str],
    *,
    sheet: Sheet,
    shown: Sheet,
    posted: Posted,
    ways: tuple[tuple[Way, ...], ...],
) -> Entry:
    """The wishes in a form of the plan page.

    A button sends ``set`` with ``KEY=VALUE`` (an empty value takes the wish back), or ``clear``
    with the key of a zone, which takes back every wish there; a field sends its own name. Whether
    a wish lies within the protocol is the core's to say.
    ``sheet`` is the request as it stands, ``shown`` what the page said that sent the form.
    """
    entry = Entry()
    numbers = zone_numbers(sheet)
    if "clear" in data:
        _clear(entry, data["clear"], numbers)
        return entry
    key, _equals, value = data.get("set", "").partition("=")
    fields = {name: data[name] for name in data if posted.speaks_of(name)}
    touched = [name for name in fields if posted.field or fields[name].strip() != shown.text(name)]
    pairs = {key: value} if key else {name: fields[name] for name in touched}
    for name, text in pairs.items():
        match = _WISH.fullmatch(name)
        if match and int(match["number"]) in numbers:
            zone = int(match["number"])
            here = ways[numbers.index(zone)] if ways else ()
            _read(entry, sheet, zone, match["name"], text.strip(), here)
    return entry


def _clear(entry: Entry, number: str, numbers: tuple[int, ...]) -> None:
    if number in map(str, numbers):
        entry.values.update({f"zone.{number}.{name}": None for name in WISHES})


def _read(
    entry: Entry, sheet: Sheet, zone: int, name: str, text: str, here: tuple[Way, ...]
) -> None:
    key = f"zone.{zone}.{name}"
    if text == sheet.text(key):
        return
    if name in {"technique", "mixture"}:
        _read_way(entry, sheet, zone, name, text, here)
        return
    number = decimal_text(text)
    if text and number is None:
        entry.refuse(key, _("A number, such as 4 or 12.5."), text)
    elif number is not None and name in WHOLE and "." in number:
        entry.refuse(key, _("A whole number."), text)
    else:
        entry.values[key] = number
        entry.typed[key] = text


def _read_way(
    entry: Entry, sheet: Sheet, zone: int, name: str, text: str, here: tuple[Way, ...]
) -> None:
    """Another mixture or technique: numbers asked for belong to the former way and go."""
    key = f"zone.{zone}.{name}"
    if text and text not in {getattr(way, name) for way in here}:
        entry.refuse(key, _("Choose one of the list."), text)
        return
    values: dict[str, Any] = {key: text or None, **number_wishes(zone)}
    other = "mixture" if name == "technique" else "technique"
    kept = sheet.text(f"zone.{zone}.{other}")
    fits = any(getattr(way, name) == text and getattr(way, other) == kept for way in here)
    if text and kept and not fits:
        values[f"zone.{zone}.{other}"] = None
    entry.values.update(values)


def read_choice(column: str, *, sheet: Sheet, ways: tuple[tuple[Way, ...], ...]) -> Entry:
    """The wish behind a column of the comparison: ``oZONE.NUMBER``, counted from 1."""
    entry = Entry()
    way, place = way_of(column, ways)
    numbers = zone_numbers(sheet)
    if way is not None and place <= len(numbers):
        entry.values.update(wish_values(numbers[place - 1], way))
    return entry
