"""Answers in words, as pages show them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.quantity import parse_quantity
from mesoplan.web.patients.mapping.lists import NONE, shown_list
from mesoplan.web.patients.mapping.questions import Kind, Question
from mesoplan.web.patients.mapping.tables import NEVER


def answer_words(question: Question, value: object) -> str:
    """What an answer says, in the language of the page; empty where there is none."""
    if isinstance(value, dict) and "unknown" in value:
        return _("Not known")
    if value is None:
        return ""
    match question.kind:
        case Kind.YES_NO:
            return {"True": _("Yes"), "False": _("No")}.get(str(value), str(value))
        case Kind.CHOICE:
            return dict(question.choices).get(str(value), str(value)).capitalize()
        case Kind.DAY:
            return _day(str(value))
        case Kind.QUANTITY:
            return _quantity(question, value)
        case Kind.LIST:
            return _list(question.fact, value)


def _day(text: str) -> str:
    if text == NEVER:
        return _("Never")
    try:
        return date_format(date.fromisoformat(text), "j M Y")
    except ValueError:
        return text


def _quantity(question: Question, value: object) -> str:
    try:
        if question.key.startswith("patient."):
            return f"{number_format(Decimal(str(value)))} {question.units[0]}"
        amount = parse_quantity(value)
    except (ClinicalInputError, ArithmeticError):
        return str(value)
    return f"{number_format(amount.amount)} {amount.unit}"


def _list(fact: str, value: object) -> str:
    if isinstance(value, dict) and value.get(NONE[fact]) is True:
        return _("None")
    return ", ".join(one.label for one in shown_list(fact, value))
