"""Reads what the request page sends. What cannot be taken as meant is an error at its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.choices import (
    fits,
    indication_choice,
    sides_for,
    zone_problem,
)
from mesoplan.web.courses.mapping.request import WISHES, entered_text, zone_numbers, zone_table
from mesoplan.web.courses.mapping.words import PRACTITIONERS, plain_text
from mesoplan.web.gestures.posted import Posted
from mesoplan.web.gestures.sheet import Sheet

MOST_ZONES = 12
"""Zones of one request at most; one session treats a few."""

LONGEST_TEXT = 200
"""Characters of the severity, and of one aim."""

MOST_AIMS = 10

_KEY = re.compile(
    r"zone\.(?P<number>[1-9][0-9]{0,2})\.(?P<name>indication|region|side|severity|aims|area_cm2)"
)

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What was read: values by key, errors and the text as it was typed where there is one."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)

    def refuse(self, key: str, why: str, typed: str) -> None:
        """Keep the text typed, and say under it what is wrong."""
        self.errors[key], self.typed[key] = why, typed


def read_request(
    data: Mapping[str, str], *, sheet: Sheet, shown: Sheet, posted: Posted, at: date
) -> Entry:
    """The gestures in a form of the request page; nothing of a zone that is removed.

    ``sheet`` is the request as it stands, ``shown`` what the page said that sent the form. A field
    that was not touched is not read: another indication or region takes others with it.
    """
    entry = Entry()
    if data.get("remove"):
        _remove(entry, data["remove"], sheet)
        return entry
    for key in data:
        if not posted.speaks_of(key) or not _is_touched(posted, key, data[key], shown):
            continue
        if key == "practitioner":
            _read_practitioner(entry, data[key])
        elif match := _KEY.fullmatch(key):
            _read_zone(entry, match["number"], match["name"], data[key].strip(), sheet)
    _check_zones(entry, sheet, at)
    if entry.errors:
        # Nothing of the form is written, so what was typed stays in its fields; the others show
        # what stands now, which may be newer than what this page showed.
        for key in data:
            if posted.speaks_of(key) and _is_touched(posted, key, data[key], shown):
                entry.typed.setdefault(key, data[key])
    return entry


def _is_touched(posted: Posted, key: str, text: str, shown: Sheet) -> bool:
    """Whether a field says otherwise than the page that sent it showed, or was changed alone."""
    lines = [line.strip() for line in text.splitlines()]
    return bool(posted.field) or lines != entered_text(shown.value(key)).splitlines()


def _remove(entry: Entry, number: str, sheet: Sheet) -> None:
    begin = f"zone.{number}."
    entry.values.update({key: None for key in sheet.entries if key.startswith(begin)})


def _read_practitioner(entry: Entry, text: str) -> None:
    if text and text not in PRACTITIONERS:
        entry.refuse("practitioner", _("Choose one of the list."), text)
    else:
        entry.values["practitioner"] = text or None


def _read_zone(entry: Entry, number: str, name: str, text: str, sheet: Sheet) -> None:
    key = f"zone.{number}.{name}"
    known = zone_numbers(sheet)
    if int(number) not in known and (len(known) >= MOST_ZONES or name != "indication"):
        if text:
            entry.refuse(key, _("This zone is not there any more."), text)
        return
    match name:
        case "indication":
            _read_indication(entry, number, text, sheet)
        case "region":
            _read_region(entry, number, text, sheet)
        case "side":
            region = _value(entry, sheet, f"zone.{number}.region")
            _choose(entry, key, text, {side for side, _words in sides_for(region)})
        case "severity":
            _read_text(entry, key, text)
        case "aims":
            _read_aims(entry, key, text)
        case _:
            _read_area(entry, key, text)


def _choose(entry: Entry, key: str, text: str, allowed: set[str]) -> None:
    if text and text not in allowed:
        entry.refuse(key, _("Choose one of the list."), text)
    else:
        entry.values[key] = text or None


def _read_indication(entry: Entry, number: str, text: str, sheet: Sheet) -> None:
    """Another indication takes with it what was wished for the former one."""
    key = f"zone.{number}.indication"
    if text and indication_choice(text) is None:
        entry.refuse(key, _("Choose one of the list."), text)
        return
    if not text or text == sheet.value(key):
        return
    entry.values[key] = text
    region = sheet.text(f"zone.{number}.region")
    if region and not fits(text, region):
        entry.values.update(
            {f"zone.{number}.{name}": None for name in ("region", "side", "area_cm2")}
        )
    entry.values.update(_without_wishes(number))


def _read_region(entry: Entry, number: str, text: str, sheet: Sheet) -> None:
    key = f"zone.{number}.region"
    indication = _value(entry, sheet, f"zone.{number}.indication")
    if text and not fits(indication, text):
        entry.refuse(key, _("This indication is not treated there."), text)
        return
    if text == sheet.text(key):
        return
    entry.values[key] = text or None
    side = sheet.text(f"zone.{number}.side")
    if side not in {value for value, _words in sides_for(text)}:
        entry.values[f"zone.{number}.side"] = None
    entry.values[f"zone.{number}.area_cm2"] = None
    entry.values.update(_without_wishes(number))


def _without_wishes(number: str) -> dict[str, None]:
    return {f"zone.{number}.{name}": None for name in WISHES}


def _read_text(entry: Entry, key: str, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        entry.refuse(key, _("Shorter: at most %(most)s characters.") % {"most": LONGEST_TEXT}, text)
    else:
        entry.values[key] = text or None


def _read_aims(entry: Entry, key: str, text: str) -> None:
    aims = [line.strip() for line in text.splitlines() if line.strip()]
    if len(aims) > MOST_AIMS or any(len(aim) > LONGEST_TEXT for aim in aims):
        entry.refuse(key, _("Fewer and shorter: at most ten lines."), text)
    else:
        entry.values[key] = aims or None


def _read_area(entry: Entry, key: str, text: str) -> None:
    number = decimal_text(text)
    if text and number is None:
        entry.refuse(key, _("A number, such as 40 or 12.5."), text)
    else:
        entry.values[key] = number


def decimal_text(text: str) -> str | None:
    """A typed number with comma or point as the gesture keeps it; ``None`` where it is none."""
    typed = text.strip().replace(",", ".")
    return plain_text(typed) if _NUMBER.fullmatch(typed) else None


def _check_zones(entry: Entry, sheet: Sheet, at: date) -> None:
    """Let the reader of cases look at each zone that changed; it knows the bounds."""
    changed = {key.split(".")[1] for key in entry.values if key.startswith("zone.")}
    for number in changed:
        zone = zone_table(sheet, entry.values, int(number))
        if not (zone.get("indication") and zone.get("region")):
            continue
        problem = zone_problem(zone, at)
        key = f"zone.{number}.{problem.key}" if problem else ""
        if problem and entry.values.get(key) is not None:
            entry.refuse(key, _expected(problem.message), str(entry.values.pop(key)))


def _expected(message: str) -> str:
    return _("Expected: %(what)s.") % {"what": message}


def _value(entry: Entry, sheet: Sheet, key: str) -> str:
    value = entry.values[key] if key in entry.values else sheet.value(key)
    return "" if value is None else str(value)
