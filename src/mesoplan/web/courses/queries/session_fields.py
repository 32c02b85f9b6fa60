"""The rows and fields of the session page, and the words in which values are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.rescreening import Asked
from mesoplan.web.courses.mapping.session_given import reason_told
from mesoplan.web.courses.mapping.session_lots import Lot, LotFault
from mesoplan.web.courses.mapping.session_plan import Scale
from mesoplan.web.courses.mapping.words import label_of
from mesoplan.web.courses.models import Reaction
from mesoplan.web.courses.queries.session_timers import Timer
from mesoplan.web.gestures.sheet import Entered, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the page: its name, what it says, and what is wrong with what was typed."""

    name: str
    value: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRow:
    """A line of the readiness list. ``entry`` is who ticked it and when; ``url`` its matter."""

    id: str
    text: str
    name: str
    is_done: bool
    is_computed: bool
    entry: Entered | None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """One container with its fields, what keeps it from being ready, and what is proposed."""

    lot: Lot
    product: Field
    text: Field
    expiry: Field
    container: Field
    opened: Field
    faults: tuple[str, ...]
    proposed: Lot | None
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleRow:
    """A scale with its fields; ``after`` is missing where it is asked before alone."""

    scale: Scale
    before: Field
    after: Field | None
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRow:
    """A timer with the fields in which its times can be corrected."""

    timer: Timer
    on: Field
    off: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A question of the day, and what was typed where that could not be taken."""

    asked: Asked
    said: str
    error: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonFields:
    """The coded reason of a difference and its words."""

    code: Field
    words: Field
    is_needed: bool


STEPS = 11
"""A scale with at most so many whole steps is shown as a row of them."""

HARD = frozenset(LotFault) - {LotFault.NO_LOT, LotFault.NO_EXPIRY}
"""Faults that more entries do not mend."""


def fault_words(fault: LotFault) -> str:
    """What keeps a container from being ready."""
    return {
        LotFault.NO_LOT: _("the lot is missing"),
        LotFault.NO_EXPIRY: _("the expiry date is missing"),
        LotFault.EXPIRED: _("expired"),
        LotFault.OPENED_BEFORE: _("single-dose, and opened on an earlier day"),
        LotFault.NOT_OPENED_YET: _("opened on a day that is to come"),
        LotFault.CONTAINER_UNKNOWN: _("opened on an earlier day, and not known to be multi-dose"),
    }[fault]


def steps_of(scale: Scale) -> tuple[str, ...]:
    """The whole steps of a short scale, to be tapped; none of one that is long or not known."""
    if scale.low is None or scale.high is None:
        return ()
    steps = range(int(scale.low), int(scale.high) + 1)
    return tuple(str(step) for step in steps) if len(steps) <= STEPS else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of the page: what the sheet says, and what was typed where it was not taken."""

    sheet: Sheet
    errors: Mapping[str, str]
    typed: Mapping[str, str]

    def field(self, name: str, shown: str | None = None) -> Field:
        """A field of that name; ``shown`` where it is shown in another form than it is kept."""
        value = self.sheet.text(name) if shown is None else shown
        if name not in self.errors:
            return Field(name=name, value=value)
        return Field(name=name, value=self.typed.get(name, value), error=self.errors[name])

    def reason(self, subject: str | int, *, is_needed: bool) -> ReasonFields:
        """The fields of a reason; shown where one is needed or was given."""
        code, words = self.field(f"reason.{subject}"), self.field(f"reason.{subject}.text")
        is_told = bool(reason_told(self.sheet, str(subject)) or code.error or words.error)
        return ReasonFields(code=code, words=words, is_needed=is_needed or is_told)


def reaction_words(reaction: Reaction) -> str:
    """What a reaction is called, or how it was told."""
    return label_of("reactions", reaction.name) if reaction.name else reaction.words


def day_text(day: date) -> str:
    """A day as it is typed: 31.3.2027."""
    return f"{day.day}.{day.month}.{day.year}"


def answer_words(value: object, unit: str) -> str:
    """An answer of the intake in words."""
    match value:
        case None:
            return ""
        case True:
            return _("yes")
        case False:
            return _("no")
        case {"unknown": _reason}:
            return _("not known")
        case {"none_known": True} | {"none": True}:
            return _("none")
        case dict():
            named = [item for items in value.values() if isinstance(items, list) for item in items]
            return ", ".join(str(item) for item in named)
        case _:
            text = str(value)
            return f"{text} {unit}" if unit and unit not in text else text
