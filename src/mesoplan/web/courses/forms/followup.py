"""Reads the phone script: answers to red flags, what was told, scores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from mesoplan.web.courses.forms.request import Entry
from mesoplan.web.courses.mapping.followup import CAUSES, SEVERITIES
from mesoplan.web.courses.mapping.triage import NO, NOT_ASKED, YES
from mesoplan.web.courses.queries.followup import ContactPage
from mesoplan.web.gestures.posted import Posted
from mesoplan.web.gestures.sheet import Sheet

LONGEST = 300
"""Characters of what was told in other words."""

LONGEST_NOTE = 2000

_NUMBER = re.compile(r"[0-9]{1,5}([.,][0-9]{1,2})?")

NO_ZONE = "0"
"""What the choice of a zone says where nothing is chosen."""

WHOLE = "whole"
"""Field of the button that sends the whole script: then a box that is not sent is not ticked."""


def read_contact(
    data: Mapping[str, str], *, page: ContactPage, shown: Sheet, posted: Posted
) -> Entry:
    """The gestures in a form of the script; a field that is not of the script is left alone.

    ``shown`` is what the page said that sent it.
    """
    entry = Entry()
    for key in _keys(page):
        if not posted.speaks_of(key):
            continue
        is_box = key.startswith("reaction.") and key.count(".") == 1
        if is_box:
            if posted.field or WHOLE in data:
                entry.values[key] = True if data.get(key) else None
        elif key in data:
            _read(entry, key, data[key].strip(), page)
    return replace(entry, values=posted.touched(entry.values, shown))


def _keys(page: ContactPage) -> list[str]:
    flags = [f"flag.{row.flag.reaction}" for row in page.flags]
    boxes = [f"reaction.{row.choice.name}" for row in page.reactions]
    fields = [
        f"{begin}.{name}"
        for begin in (*boxes, "other")
        for name in ("severity", "cause", "zone", "began")
    ]
    return [
        *flags,
        *boxes,
        *fields,
        "other",
        *(f"score.{row.scale.id}" for row in page.scores),
        "notes",
    ]


def _read(entry: Entry, key: str, text: str, page: ContactPage) -> None:
    name = key.rsplit(".", 1)[-1]
    if key.startswith("score."):
        _read_score(entry, key, text, page)
    elif key in {"other", "notes"}:
        longest = LONGEST if key == "other" else LONGEST_NOTE
        if len(text) > longest:
            entry.refuse(key, _("At most %(most)s characters.") % {"most": longest}, text)
        else:
            entry.values[key] = text or None
    elif not text or (name == "zone" and text == NO_ZONE):
        entry.values[key] = None
    elif name == "began" and not key.startswith("flag."):
        _read_day(entry, key, text, page)
    elif text in _choices(key, name, page):
        entry.values[key] = text
    else:
        entry.refuse(key, _("Choose one of the list."), text)


def _choices(key: str, name: str, page: ContactPage) -> frozenset[str]:
    if key.startswith("flag."):
        return frozenset({YES, NO, NOT_ASKED})
    if name == "severity":
        return frozenset(SEVERITIES)
    if name == "cause":
        return frozenset(CAUSES)
    return frozenset(number for number, _place in page.zones)


def _read_day(entry: Entry, key: str, text: str, page: ContactPage) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        entry.refuse(key, _("Enter a day, such as 2026-11-24."), text)
        return
    if day > page.today:
        entry.refuse(key, _("This day has not come yet."), text)
    else:
        entry.values[key] = day.isoformat()


def _read_score(entry: Entry, key: str, text: str, page: ContactPage) -> None:
    row = next(row for row in page.scores if key == f"score.{row.scale.id}")
    if not text:
        entry.values[key] = None
        return
    if row.steps:
        if text in row.steps:
            entry.values[key] = text
        else:
            ends = {"low": row.steps[0], "high": row.steps[-1]}
            entry.refuse(key, _("A whole number from %(low)s to %(high)s.") % ends, text)
        return
    if not _NUMBER.fullmatch(text):
        entry.refuse(key, _("Enter a number."), text)
        return
    number = Decimal(text.replace(",", "."))
    low, high = row.scale.low, row.scale.high
    if low is not None and high is not None and not low <= number <= high:
        between = {"low": low.normalize(), "high": high.normalize()}
        entry.refuse(key, _("Between %(low)s and %(high)s.") % between, text)
        return
    entry.values[key] = format(number, "f")
