"""Reads answers that the screening page sends, and a physician's override."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from mesoplan.web.courses.forms.request import Entry, decimal_text
from mesoplan.web.courses.mapping.asks import Ask, refused
from mesoplan.web.courses.mapping.findings import FindingCard, override_reasons
from mesoplan.web.courses.queries.screening import WORD
from mesoplan.web.gestures.posted import Posted
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping.tables import NEVER

UNKNOWN = {"unknown": "not known"}
"""The answer "not known", which is kept and stays unknown."""

LONGEST_NOTE = 500


def read_answers(
    data: Mapping[str, str], *, asked: tuple[Ask, ...], shown: Sheet, posted: Posted, at: date
) -> Entry:
    """The answers to questions in a form; what is left empty says nothing.

    In a whole form "not known" may be what the page showed: it says nothing beside a day or a
    number that was typed, nor anew where ``shown`` has a word of not knowing already.
    """
    entry = Entry()
    for ask in asked:
        if not ask.key:
            continue
        for name in (ask.key, ask.key + WORD):
            text = data.get(name, "").strip()
            if text == "unknown" and not posted.field:
                is_typed = name != ask.key and bool(data.get(ask.key, "").strip())
                if is_typed or _is_unknown(shown.value(ask.key)):
                    continue
            if text and posted.speaks_of(name):
                _read(entry, ask, text, at)
                entry.typed[name] = text
    return entry


def _is_unknown(value: object) -> bool:
    return isinstance(value, dict) and "unknown" in value


def _read(entry: Entry, ask: Ask, text: str, at: date) -> None:
    if ask.kind == "elsewhere":
        entry.refuse(ask.key, _("Something was found there meanwhile. Look at the intake."), text)
    elif text == "unknown":
        entry.values[ask.key] = UNKNOWN
    elif ask.kind == "date":
        _read_day(entry, ask, text, at)
    elif ask.kind == "quantity":
        _read_quantity(entry, ask, text, at)
    elif text in (values := _values(ask)):
        entry.values[ask.key] = values[text]
    else:
        entry.refuse(ask.key, _("Choose one of the answers."), text)


def _values(ask: Ask) -> dict[str, object]:
    """What can be said to a question with listed answers, and what is kept of it."""
    match ask.kind:
        case "yes-no":
            return {"yes": True, "no": False}
        case "site":
            return {"clear": True}
        case "none":
            return {"none": {"none_known": True} if ask.key == "allergies" else {"none": True}}
        case _:
            return {value: value for value, _label in ask.options}


def _read_day(entry: Entry, ask: Ask, text: str, at: date) -> None:
    if text == NEVER:
        entry.values[ask.key] = NEVER
        return
    try:
        day = date.fromisoformat(text)
    except ValueError:
        entry.refuse(ask.key, _("A day, such as 2026-11-22."), text)
        return
    if day > at:
        entry.refuse(ask.key, _("A day that is not after today."), text)
    else:
        entry.values[ask.key] = day.isoformat()


def _read_quantity(entry: Entry, ask: Ask, text: str, at: date) -> None:
    number = decimal_text(text)
    if number is None:
        entry.refuse(ask.key, _("A number, such as 40 or 12.5."), text)
        return
    value = number if ask.key.startswith("patient.") else f"{number} {ask.unit}"
    if expected := refused(ask.key, value, at):
        entry.refuse(ask.key, _("Expected: %(what)s.") % {"what": expected}, text)
    else:
        entry.values[ask.key] = value


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideEntry:
    """A coded reason and a note, or what is wrong with them."""

    reason: str
    note: str
    error: str = ""


def read_override(data: Mapping[str, str], card: FindingCard) -> OverrideEntry:
    """The override of a finding: the reason must be one that fits its rule."""
    reason, note = data.get("reason", ""), data.get("note", "").strip()
    error = ""
    if reason not in dict(override_reasons(card.rule)):
        error = _("Choose the reason.")
    elif len(note) > LONGEST_NOTE:
        error = _("The note is too long.")
    return OverrideEntry(reason=reason, note=note, error=error)
