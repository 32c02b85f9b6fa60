"""What a form of the intake sends, as answers; what cannot be taken as meant is refused."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.quantity import Quantity, parse_quantity, parse_unit, plain
from mesoplan.web.gestures.posted import Posted
from mesoplan.web.gestures.sheet import Entered, Sheet
from mesoplan.web.patients.days import UnreadableDayError, read_day
from mesoplan.web.patients.mapping.lists import ListEdit, RefusedEditError, names_in
from mesoplan.web.patients.mapping.questions import Kind, Question, questions
from mesoplan.web.patients.mapping.tables import NEVER, answered_tables, read_facts_of
from mesoplan.web.patients.names import clean

LONGEST_TEXT = 1_000
"""Characters of a field that are read."""

UNKNOWN = "?"
"""The word of a form for "not known"."""

NOT_KNOWN = {"unknown": "not known"}
"""The answer "not known", which is kept and stays unknown."""

CLEAR, AGAIN, NONE = "clear", "again", "none"

WORD, UNIT, ADD, REMOVE, SWAP = ":word", ":unit", ":add", ":remove", ":swap"
"""Endings of names of fields beside the one that has the key itself."""

_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{1,4})?", re.ASCII)

AGO: Mapping[str, int] = {"today": 0, "week": 7, "two-weeks": 14}
"""Days that a button of a day stands for; "month" is one month of the calendar."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """What a form said, by key. ``again`` are answers that are given once more as they stand."""

    values: dict[str, object] = field(default_factory=dict)
    edits: dict[str, ListEdit] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said, right or wrong."""
        return not (self.values or self.edits or self.errors or self.again)


def key_in(name: str) -> str:
    """The key of the question that a field belongs to; empty where it belongs to none."""
    key = name.partition(":")[0]
    return key if key in questions() else ""


def read_form(
    data: Mapping[str, str],
    *,
    sent: Posted,
    shown: Sheet,
    at: date,
    only: frozenset[str] = frozenset(),
) -> Reading:
    """The answers in a form.

    With scripts the field that was changed counts; without, what differs from what the page
    showed (``shown``), and the button that was pressed. ``only`` are keys that the page had, where
    it had not all.
    """
    reading = Reading()
    for key, question in questions().items():
        if only and key not in only:
            continue
        if sent.field and key_in(sent.field) != key:
            continue
        pressed = _pressed(key, data, sent)
        if pressed:
            _press(question, pressed, data, shown, at, reading)
        elif _is_changed(question, data, sent, shown):
            _read(question, data, at, reading)
    return reading


def _pressed(key: str, data: Mapping[str, str], sent: Posted) -> str:
    """The ending of the button of this question that was pressed."""
    for ending in (WORD, REMOVE, SWAP):
        if f"{key}{ending}" in data and sent.field in {"", f"{key}{ending}"}:
            return ending
    return ""


def _is_changed(question: Question, data: Mapping[str, str], sent: Posted, shown: Sheet) -> bool:
    if question.kind is Kind.LIST:
        return bool(data.get(f"{question.key}{ADD}", "").strip())
    if question.key not in data:
        return False
    text, unit = shown_text(question, shown.value(question.key))
    typed = data[question.key].strip(), data.get(f"{question.key}{UNIT}", unit)
    # A unit that was chosen before the number is not an answer yet.
    is_empty = not typed[0] and not text
    return not is_empty and (typed != (text, unit) or sent.field == question.key)


def _press(
    question: Question,
    ending: str,
    data: Mapping[str, str],
    shown: Sheet,
    at: date,
    reading: Reading,
) -> None:
    key, said = question.key, data[f"{question.key}{ending}"][:LONGEST_TEXT]
    is_list = question.kind is Kind.LIST
    if ending == REMOVE and is_list:
        reading.edits[key] = ListEdit(remove=said)
    elif ending == SWAP and is_list and (name := clean(said.rpartition("|")[2])):
        reading.edits[key] = ListEdit(swap=(said.rpartition("|")[0], name))
    elif said == NONE and is_list:
        reading.edits[key] = ListEdit(none=True)
    elif said == UNKNOWN:
        reading.values[key] = NOT_KNOWN
    elif said == CLEAR:
        reading.values[key] = None
    elif said == AGAIN and shown.value(key) is not None:
        reading.again.add(key)
    elif said == NEVER and question.kind is Kind.DAY:
        reading.values[key] = NEVER
    elif (said in AGO or said == "month") and question.kind is Kind.DAY:
        reading.values[key] = _ago(said, at).isoformat()
    else:
        reading.errors[key] = _("Choose one of the answers.")


def _ago(word: str, at: date) -> date:
    if word in AGO:
        return at - timedelta(days=AGO[word])
    before = at.replace(day=1) - timedelta(days=1)
    return before.replace(day=min(at.day, calendar.monthrange(before.year, before.month)[1]))


def _read(question: Question, data: Mapping[str, str], at: date, reading: Reading) -> None:
    key = question.key
    text = data.get(key, "")[:LONGEST_TEXT].strip()
    try:
        if question.kind is Kind.LIST:
            names = names_in(question.fact, data[f"{key}{ADD}"][:LONGEST_TEXT])
            if names:
                reading.edits[key] = ListEdit(add=names)
            return
        value = _value(question, text, data.get(f"{key}{UNIT}", ""), at)
    except (UnreadableDayError, RefusedEditError) as error:
        reading.errors[key] = str(error)
        return
    problem = "" if value is None else refusal(key, value, at=at)
    if problem:
        reading.errors[key] = problem + _other_unit(question, text, at)
    else:
        reading.values[key] = value


def _value(question: Question, text: str, unit: str, at: date) -> object:
    """What a text says as an answer to a question; ``None`` where it is empty.

    Raises:
        UnreadableDayError: it is no day, or lies in the future.
        RefusedEditError: it is no answer to this question.
    """
    if not text:
        return None
    match question.kind:
        case Kind.YES_NO | Kind.CHOICE:
            return _chosen(question, text)
        case Kind.DAY:
            day = read_day(text)
            if day > at:
                raise UnreadableDayError(_("This day is in the future."))
            return day.isoformat()
        case Kind.QUANTITY:
            return _quantity(question, text, unit)
        case Kind.LIST:
            raise RefusedEditError(_("Choose one of the answers."))


def _chosen(question: Question, text: str) -> object:
    answers: dict[str, object] = {UNKNOWN: NOT_KNOWN}
    if question.kind is Kind.YES_NO:
        answers |= {"yes": True, "no": False}
    else:
        answers |= {value: value for value, _label in question.choices}
    if text not in answers:
        raise RefusedEditError(_("Choose one of the answers."))
    return answers[text]


def _quantity(question: Question, text: str, unit: str) -> str:
    """The number with its unit as text; of a measurement the bare number in its own unit."""
    if not _NUMBER.fullmatch(text):
        raise RefusedEditError(_("Write a number, such as 62 or 62.5."))
    if unit and unit not in question.units:
        raise RefusedEditError(_("Choose one of the units."))
    first = parse_unit(question.units[0])
    amount = Quantity(Decimal(text.replace(",", ".")), parse_unit(unit) if unit else first)
    if question.key.startswith("patient."):
        return plain(amount.amount_in(first))
    return str(amount)


def _other_unit(question: Question, text: str, at: date) -> str:
    """A guess, where the same number in another unit would be taken."""
    for unit in question.units[1:]:
        if refusal(question.key, _quantity(question, text, unit), at=at) == "":
            return " " + _("In %(unit)s?") % {"unit": unit}
    return ""


def refusal(key: str, value: object, *, at: date) -> str:
    """What the reader of case files expects in place of a value; empty where it takes it."""
    entered = Entered(
        value=value,
        number=0,
        by="",
        by_id=0,
        said_by="",
        at=datetime(at.year, at.month, at.day, tzinfo=UTC),
    )
    try:
        sheet = Sheet(entries={key: entered}, version=0)
        read_facts_of(answered_tables(sheet, zone=UTC), at=at)
    except ClinicalInputError as error:
        return _("Expected: %(what)s.") % {"what": error.expected}
    return ""


def shown_text(question: Question, value: object) -> tuple[str, str]:
    """What stands in the field and in the choice of unit for a value that is kept.

    Nothing stands there for one that this release does not understand; the page says so beside.
    """
    unit = question.units[0] if question.units else ""
    if value is None or isinstance(value, dict):
        return (UNKNOWN if value and question.kind in {Kind.YES_NO, Kind.CHOICE} else "", unit)
    match question.kind:
        case Kind.YES_NO:
            return {"True": "yes", "False": "no"}.get(str(value), ""), ""
        case Kind.DAY:
            return _shown_day(str(value)), ""
        case Kind.QUANTITY if not question.key.startswith("patient."):
            try:
                amount = parse_quantity(value)
            except ClinicalInputError:
                return "", unit
            return plain(amount.amount), amount.unit.symbol
        case _:
            return str(value), unit


def _shown_day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return f"{day.day}.{day.month}.{day.year}"
