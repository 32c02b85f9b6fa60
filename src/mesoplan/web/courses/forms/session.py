"""Reads what the session page sends: its fields, by their keys, and its one-tap buttons."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mesoplan.web.courses.forms.request import Entry, decimal_text
from mesoplan.web.courses.mapping.session_given import ITEMS
from mesoplan.web.courses.mapping.session_lots import MOST_LOTS, MULTI, SINGLE, count_of, products
from mesoplan.web.courses.mapping.session_options import mixtures, techniques
from mesoplan.web.courses.mapping.session_plan import COMPUTED, KIT, Scale
from mesoplan.web.courses.models import DifferenceReason
from mesoplan.web.courses.queries import session_taps as taps
from mesoplan.web.courses.queries.session import SessionState
from mesoplan.web.courses.queries.session_check import EARLY, LOTS, STOP_ACCOUNT
from mesoplan.web.courses.queries.session_record import NOBODY
from mesoplan.web.gestures.posted import Posted
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.days import UnreadableDayError, read_day

SHORT, LONG = 120, 4000
"""Characters of a name and of notes."""

RIGHT_ANGLE = 90
"""Degrees to the skin at most."""

MOST_POINTS = 99_999
_SCORE_PLACES = 2
_MONTH = re.compile(r"(0?[1-9]|1[0-2])\s?[-./]\s?(\d{4})", re.ASCII)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)

Read = Callable[[str], object]
"""Reads one field; raises ``_Wrong`` where it cannot be taken as meant."""


class _Wrong(Exception):  # noqa: N818 - an error at a field, not of the program
    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__("a field was not taken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the page sent: values of fields, and what a one-tap button computes, if one was."""

    entry: Entry
    tap: Callable[[SessionState], Mapping[str, Any]] | None


def read_session(
    data: Mapping[str, str], *, state: SessionState, shown: Sheet, posted: Posted
) -> Sent:
    """The gestures in a form of the session page. A key that this session has not is left out.

    ``shown`` is what the page said that sent it.
    """
    entry, known = Entry(), fields(state if posted.field else replace(state, sheet=shown))
    for key, read in known.items():
        if key not in data or not posted.speaks_of(key):
            continue
        text = data[key].strip()
        try:
            entry.values[key] = read(text) if text else None
        except _Wrong as error:
            entry.refuse(key, error.why, data[key])
    entry = replace(entry, values=posted.touched(entry.values, shown))
    _clear_left_out(entry, state)
    _check_needles(entry, state)
    _check_times(entry, state)
    _check_kit(entry, state)
    tap = _tap(data.get("do", ""), state, known, posted) if posted.speaks_of("do") else None
    return Sent(entry=entry, tap=tap)


# --- The fields of a session -------------------------------------------------------------------


def fields(state: SessionState) -> dict[str, Read]:
    """Every key that can be entered in this session, with how it is read."""
    people = {user.code for user in state.course.patient.clinic.users.filter(is_active=True)}
    found: dict[str, Read] = {
        **{f"ready.{line.id}": _tick for line in state.plan.ready if line.id not in COMPUTED},
        "kit.until": _expiry,
        "treated_by": partial(_choice, people),
        "assisted_by": partial(_choice, {*people, NOBODY}),
        "pain.during": partial(_score, state.plan.pain_scale),
        "cream.mass_g": partial(_number, None),
        "notes": partial(_text, LONG),
        "next.date": _day,
        "next.none": _tick,
        "reactions.none": _tick,
        STOP_ACCOUNT: partial(_text, LONG),
        **_moments(state),
        **_reasons(EARLY),
        f"reason.{LOTS}.text": partial(_text, SHORT),
        **_reasons("cream"),
        **_reasons("observation"),
        **_lots(state),
    }
    for scale in state.plan.scales:
        if not scale.is_named_only:
            found[f"score.{scale.id}.before"] = partial(_score, scale)
            found[f"score.{scale.id}.after"] = partial(_score, scale)
    for zone in state.plan.zones:
        found |= _zone(zone.number)
    return found


def _moments(state: SessionState) -> dict[str, Read]:
    """Times that can be entered where nobody pressed the button at the moment itself."""
    keys = ["observation.on", "observation.off"]
    keys += [f"cream.{zone.number}.{end}" for zone in state.plan.zones for end in ("on", "off")]
    return {key: partial(_clock, state, key) for key in keys}


def _reasons(subject: str | int) -> dict[str, Read]:
    return {
        f"reason.{subject}": partial(_choice, set(DifferenceReason.values)),
        f"reason.{subject}.text": partial(_text, SHORT),
    }


def _lots(state: SessionState) -> dict[str, Read]:
    found: dict[str, Read] = {}
    for product in products(state.plan, state.sheet):
        for number in range(1, count_of(product, state.sheet) + 1):
            key = f"lot.{product.key}.{number}"
            found[f"{key}.product"] = partial(_text, SHORT)
            found[f"{key}.text"] = partial(_text, SHORT)
            found[f"{key}.expiry"] = _expiry
            found[f"{key}.container"] = partial(_choice, {SINGLE, MULTI})
            found[f"{key}.opened"] = partial(_moment, state, f"{key}.opened")
    return found


def _zone(number: int) -> dict[str, Read]:
    key = f"given.{number}"
    return {
        f"{key}.points": partial(_whole, MOST_POINTS),
        f"{key}.volume_ml": partial(_number, None),
        f"{key}.technique": partial(_choice, {name for name, _label in techniques()}),
        f"{key}.mixture": partial(_choice, {name for name, _label in mixtures()}),
        f"{key}.needle_mm": partial(_number, None),
        f"{key}.gauge": partial(_whole, RIGHT_ANGLE),
        f"{key}.inserted_mm": partial(_number, None),
        f"{key}.angle_deg": partial(_number, RIGHT_ANGLE),
        f"{key}.device": partial(_text, SHORT),
        f"{key}.settings": partial(_text, SHORT),
        f"{key}.left_out": _tick,
        f"note.{number}": partial(_text, LONG),
        **_reasons(number),
    }


def _clear_left_out(entry: Entry, state: SessionState) -> None:
    """Of a zone that is left out nothing was given: what stands there goes in the same gesture."""
    for zone in state.plan.zones:
        key = f"given.{zone.number}"
        if entry.values.get(f"{key}.left_out") is True:
            entry.values.update({f"{key}.{item}": None for item in ITEMS})


def _check_needles(entry: Entry, state: SessionState) -> None:
    """No needle goes in further than it is long."""
    for zone in state.plan.zones:
        needle, depth = f"given.{zone.number}.needle_mm", f"given.{zone.number}.inserted_mm"
        length, inserted = _stands(entry, state, needle), _stands(entry, state, depth)
        if not length or not inserted or Decimal(inserted) <= Decimal(length):
            continue
        if entry.values.pop(depth, None):
            why = _("The needle is %(length)s mm long.") % {"length": length}
            entry.refuse(depth, why, inserted)
        elif entry.values.pop(needle, None):
            why = _("It is recorded as inserted %(depth)s mm.") % {"depth": inserted}
            entry.refuse(needle, why, length)


def _stands(entry: Entry, state: SessionState, key: str) -> str:
    """What stands in a field with this form: a field that it empties is empty."""
    return str(entry.values[key] or "") if key in entry.values else state.sheet.text(key)


def _check_times(entry: Entry, state: SessionState) -> None:
    """Nothing ends before it began."""
    for key in {name.rpartition(".")[0] for name in _moments(state)}:
        started, ended = (_stands(entry, state, name) for name in (f"{key}.on", f"{key}.off"))
        if not started or not ended or _at(started) <= _at(ended):
            continue
        for name, why in (
            (f"{key}.off", _("It began at %(at)s.") % {"at": _clock_text(state, started)}),
            (f"{key}.on", _("It ended at %(at)s.") % {"at": _clock_text(state, ended)}),
        ):
            if entry.values.pop(name, None):
                entry.refuse(name, why, _clock_text(state, ended if ".off" in name else started))


def _check_kit(entry: Entry, state: SessionState) -> None:
    """A kit in which something is out of date is not in date; a tick that says so goes."""
    until = _stands(entry, state, "kit.until")
    tick = f"ready.{KIT}"
    if not until or until >= state.day.isoformat():
        return
    if entry.values.pop(tick, None):
        entry.refuse(tick, _("Something in it is out of date."), "on")
    elif state.sheet.value(tick):
        entry.values[tick] = None


# --- One field ---------------------------------------------------------------------------------


def _tick(text: str) -> object:
    return True if text in {"on", "true", "1"} else None


def _text(most: int, text: str) -> object:
    if len(text) > most:
        raise _Wrong(_("At most %(most)s characters.") % {"most": most})
    return text


def _choice(allowed: set[str], text: str) -> object:
    if text not in allowed:
        raise _Wrong(_("Choose one of the list."))
    return text


def _number(most: int | None, text: str) -> object:
    number = decimal_text(text)
    if number is None:
        raise _Wrong(_("A number, such as 4 or 0.9."))
    if most is not None and Decimal(number) > most:
        raise _Wrong(_("At most %(most)s.") % {"most": most})
    return number


def _whole(most: int, text: str) -> object:
    is_short = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not is_short or int(text) > most:
        raise _Wrong(_("A whole number, at most %(most)s.") % {"most": most})
    return str(int(text))


def _score(scale: Scale, text: str) -> object:
    number = decimal_text(text)
    value = None if number is None else Decimal(number)
    if value is None or value != round(value, _SCORE_PLACES):
        raise _Wrong(_("A number, such as 6."))
    low, high = scale.low or Decimal(0), scale.high
    if high is not None and not low <= value <= high:
        raise _Wrong(_("A number from %(low)s to %(high)s.") % {"low": low, "high": high})
    if value > MOST_POINTS:
        raise _Wrong(_("A number, such as 6."))
    return number


def _day(text: str) -> object:
    try:
        return read_day(text).isoformat()
    except UnreadableDayError as error:
        raise _Wrong(str(error)) from None


def _expiry(text: str) -> object:
    """A day, or a month as it is printed on a vial: its last day."""
    found = _MONTH.fullmatch(text)
    if found is None:
        return _day(text)
    month, year = int(found[1]), int(found[2])
    if not date.min.year <= year:
        raise _Wrong(_("Write day, month and year, or month and year."))
    return date(year, month, calendar.monthrange(year, month)[1]).isoformat()


def _clock(state: SessionState, key: str, text: str) -> object:
    """A time of the day of the session, in the clinic."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise _Wrong(_("A time, such as 14:10."))
    at = datetime.combine(state.day, time(int(found[1]), int(found[2])), tzinfo=state.zone)
    return _kept(state, key, at)


def _moment(state: SessionState, key: str, text: str) -> object:
    """A day and a time in the clinic, as the browser sends them."""
    try:
        return _kept(state, key, datetime.fromisoformat(text).replace(tzinfo=state.zone))
    except (ValueError, OverflowError):
        raise _Wrong(_("A day and a time.")) from None


def _kept(state: SessionState, key: str, at: datetime) -> str:
    """The moment; the one that stands where it is the same minute, so that no second is lost."""
    now = state.sheet.text(key)
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    if now and datetime.fromisoformat(now).replace(second=0, microsecond=0) == minute:
        return now
    return _past(at)


def _at(kept: str) -> datetime:
    return datetime.fromisoformat(kept)


def _clock_text(state: SessionState, kept: str) -> str:
    return f"{_at(kept).astimezone(state.zone):%H:%M}"


def _past(at: datetime) -> str:
    if at > timezone.now():
        raise _Wrong(_("A time that is not to come."))
    return at.astimezone(UTC).isoformat()


# --- One-tap buttons ---------------------------------------------------------------------------

Tap = Callable[[SessionState], Mapping[str, Any]]


def _tap(text: str, state: SessionState, known: Mapping[str, Read], posted: Posted) -> Tap | None:
    """What a button computes: its verb and its object; nothing where it makes no sense here."""
    verb, _space, subject = text.partition(" ")
    match verb:
        case "as-planned" | "as-last":
            return _zone_tap(verb, subject, state)
        case "nudge":
            return _nudge(subject, state)
        case "all-ready":
            return taps.all_ready
        case "lots-again":
            return taps.lots_again
        case "now" if subject in known and subject.endswith((".on", ".off", ".opened")):
            return partial(_now, subject, posted)
        case "another-lot":
            return _another_lot(subject, state)
        case _:
            return None


def _now(key: str, posted: Posted, state: SessionState) -> Mapping[str, Any]:
    """The moment of the tap; one that stands is not moved by a second tap.

    A tap that was kept on a tablet is not before what another tablet has begun meanwhile.
    """
    if key in state.sheet.entries:
        return {}
    began = state.sheet.text(f"{key.removesuffix('.off')}.on") if key.endswith(".off") else ""
    at = posted.at
    return {key: max(at, datetime.fromisoformat(began) if began else at).isoformat()}


def _zone_tap(verb: str, subject: str, state: SessionState) -> Tap | None:
    zone = next((zone for zone in state.plan.zones if str(zone.number) == subject), None)
    if zone is None:
        return None
    if verb == "as-planned":
        return lambda _state: taps.as_planned(zone)
    return lambda found: taps.as_last_time(found, zone)


_NUDGE = re.compile(r"([1-9]\d{0,2}) (points|volume_ml) ([+-]1)", re.ASCII)


def _nudge(subject: str, state: SessionState) -> Tap | None:
    found = _NUDGE.fullmatch(subject)
    zone = state.plan.zone(int(found[1])) if found else None
    if found is None or zone is None:
        return None
    return lambda now: taps.nudged(now.sheet, zone, found[2], int(found[3]))


def _another_lot(subject: str, state: SessionState) -> Tap | None:
    product = next(
        (item for item in products(state.plan, state.sheet) if item.key == subject), None
    )
    if product is None:
        return None
    return lambda now: {
        f"lots.{product.key}": str(min(MOST_LOTS, count_of(product, now.sheet) + 1))
    }
