"""Reads what the consent page sends. What cannot be taken as meant is an error at its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from mesoplan.web.accounts.clock import clinic_zone
from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.forms.request import Entry
from mesoplan.web.courses.mapping.consent import UnreadableDrawingError, drawing_of
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.consent import (
    CONSENTED,
    DECLINED,
    ConsentState,
    may_explain,
    moment_of,
    question_numbers,
)
from mesoplan.web.gestures.posted import Posted
from mesoplan.web.gestures.sheet import Sheet

SHORT, LONG = 120, 2000
"""Characters of a name, and of a question or an answer."""

MOST_QUESTIONS = 40

TALK_TIMES = ("talk.started", "talk.ended")
SIGNERS = ("patient", "physician")
CHOICES = {
    "talk.interpreter": ("none", "named"),
    "questions.any": ("yes", "no"),
    "photos.record": ("yes", "no"),
    "photos.teaching": ("yes", "no"),
    "decision": (CONSENTED, DECLINED),
    "signer.who": ("patient", "representative"),
    "copy": ("given", "declined"),
}
"""What can be chosen, by key. Nothing is chosen beforehand."""

TEXTS = ("talk.language", "talk.interpreter_name", "signer.name", "signer.relation")

_QUESTION = re.compile(r"question\.(?P<number>[1-9][0-9]{0,2})\.(?:asked|answer)")

_TO_THE_MINUTE = len("2026-11-22T14:46")

Read = Callable[[str], object]
"""Reads one field; raises ``_Wrong`` where it cannot be taken as meant."""


class _Wrong(Exception):  # noqa: N818 - an error at a field, not of the program
    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__("a field was not taken")


def read_consent(
    data: Mapping[str, str], *, state: ConsentState, shown: Sheet, posted: Posted, by: User
) -> Entry:
    """The gestures in a form of the consent page; a key that a consent has not is left out.

    ``shown`` is what the page said that sent it.
    """
    entry = Entry()
    if data.get("signing") in SIGNERS:
        _sign(entry, data, data["signing"], state=state, posted=posted, by=by)
        return entry
    for key, read in (_fields(state, shown) | _questions(data, state)).items():
        if key not in data or not posted.speaks_of(key):
            continue
        text = data[key].strip()
        try:
            entry.values[key] = read(text) if text else None
        except _Wrong as error:
            entry.refuse(key, error.why, data[key])
    entry = replace(entry, values=posted.touched(entry.values, shown))
    if data.get("now") in TALK_TIMES and posted.speaks_of("now"):
        _now(entry, data["now"], state, posted)
    _check_order(entry, state)
    if data.get("remove") and posted.speaks_of("remove"):
        _remove(entry, data["remove"], state)
    return entry


def read_withdrawal(data: Mapping[str, str], *, course: Course) -> Entry:
    """The words of a patient who takes her consent back, and when: now if left out."""
    entry = Entry()
    words, at = data.get("words", "").strip(), data.get("at", "").strip()
    entry.typed.update(words=words, at=at)
    try:
        entry.values["words"] = _text(LONG, words)
    except _Wrong as error:
        entry.refuse("words", error.why, words)
    try:
        entry.values["at"] = _local(at, clinic_zone(course.patient.clinic)) if at else None
    except (ValueError, OverflowError):
        entry.refuse("at", _("A day and a time, such as 2026-11-22 14:46."), at)
    return entry


# --- Fields ------------------------------------------------------------------------------------


def _fields(state: ConsentState, shown: Sheet) -> dict[str, Read]:
    people = {user.code for user in may_explain(state.course.patient.clinic)}
    return {
        "talk.by": partial(_choice, people),
        **{key: partial(_choice, set(allowed)) for key, allowed in CHOICES.items()},
        **{key: partial(_text, SHORT) for key in TEXTS},
        **{key: partial(_moment, state, shown, key) for key in TALK_TIMES},
    }


def _questions(data: Mapping[str, str], state: ConsentState) -> dict[str, Read]:
    """Questions that stand, and new ones as far as there is room."""
    known = set(question_numbers(state.sheet))
    found: dict[str, Read] = {}
    for key in data:
        match = _QUESTION.fullmatch(key)
        if match is None:
            continue
        number = int(match["number"])
        if number not in known and data[key].strip():
            known.add(number)
        read = _text if len(known) <= MOST_QUESTIONS else _refuse_more
        found[key] = partial(read, LONG)
    return found


def _refuse_more(_most: int, _text_typed: str) -> object:
    raise _Wrong(_("At most %(most)s questions.") % {"most": MOST_QUESTIONS})


def _choice(allowed: set[str], text: str) -> object:
    if text not in allowed:
        raise _Wrong(_("Choose one of the list."))
    return text


def _text(most: int, text: str) -> object:
    if len(text) > most:
        raise _Wrong(_("At most %(most)s characters.") % {"most": most})
    return text


def _moment(state: ConsentState, shown: Sheet, key: str, text: str) -> object:
    """A day and a time in the clinic; the one that the page showed where it is the same minute."""
    zone = clinic_zone(state.course.patient.clinic)
    try:
        at = _local(text, zone)
    except (ValueError, OverflowError):
        raise _Wrong(_("A day and a time, such as 2026-11-22 14:46.")) from None
    before = moment_of(shown, key)
    if before is not None and before.replace(second=0, microsecond=0) == at:
        return before.isoformat()
    if at > timezone.now():
        raise _Wrong(_("A time that is not to come."))
    return at.isoformat()


def _local(text: str, zone: ZoneInfo) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is not None:
        raise ValueError("a time of the clinic has no zone of its own")
    return found.replace(tzinfo=zone, second=0, microsecond=0).astimezone(UTC)


def _check_order(entry: Entry, state: ConsentState) -> None:
    """A talk does not end before it begins; the error stands at what was entered now."""
    started, ended = (
        entry.values[key] if key in entry.values else state.sheet.value(key) for key in TALK_TIMES
    )
    if started and ended and str(ended)[:_TO_THE_MINUTE] < str(started)[:_TO_THE_MINUTE]:
        key = TALK_TIMES[1] if TALK_TIMES[1] in entry.values else TALK_TIMES[0]
        at = datetime.fromisoformat(str(entry.values.pop(key)))
        local = at.astimezone(clinic_zone(state.course.patient.clinic))
        entry.refuse(key, _("The talk would end before it begins."), f"{local:%Y-%m-%dT%H:%M}")


# --- Buttons and signatures --------------------------------------------------------------------


def _remove(entry: Entry, number: str, state: ConsentState) -> None:
    begin = f"question.{number}."
    for said in (entry.values, entry.errors, entry.typed):
        for key in [key for key in said if key.startswith(begin)]:
            del said[key]
    entry.values.update({key: None for key in state.sheet.entries if key.startswith(begin)})


def _now(entry: Entry, key: str, state: ConsentState, posted: Posted) -> None:
    """The moment of the tap; one that stands is not moved by a second tap."""
    if key not in state.sheet.entries:
        entry.values[key] = posted.at.replace(microsecond=0).isoformat()


def _sign(
    entry: Entry,
    data: Mapping[str, str],
    who: str,
    *,
    state: ConsentState,
    posted: Posted,
    by: User,
) -> None:
    """A signature, drawn or on paper, under exactly what its page showed (``signed``)."""
    key, paper = f"signature.{who}", f"paper.{who}"
    drawn, is_on_paper = data.get(key, "").strip(), paper in data
    if posted.field == paper and is_on_paper:
        drawn = ""
    elif posted.field == key and drawn:
        is_on_paper = False
    if who == "physician" and not by.may(Permission.DECIDE):
        entry.refuse(key, _("Only a physician signs here."), "")
    elif not drawn and not is_on_paper:
        entry.values[key] = None
    elif state.before_signing:
        entry.refuse(
            key, _("First what is signed is chosen: photographs, decision, who signs."), ""
        )
    elif data.get("signed", "") != state.signed:
        entry.refuse(key, _("What is signed has changed since this page was shown. Read it."), "")
    else:
        _keep(entry, key, drawn, state)


def _keep(entry: Entry, key: str, drawn: str, state: ConsentState) -> None:
    value: dict[str, Any] = {"signed": state.signed, "drawing": None}
    try:
        value["drawing"] = drawing_of(drawn) if drawn else None
    except UnreadableDrawingError:
        entry.refuse(key, _("This could not be read as a signature. Sign again."), "")
        return
    entry.values[key] = value
