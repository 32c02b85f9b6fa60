"""What a session still lacks: what keeps it from being finalised, and what is only not recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.session_given import GivenZone, reason_told
from mesoplan.web.courses.mapping.session_lots import LotFault
from mesoplan.web.courses.mapping.session_plan import IDENTITY, KIT
from mesoplan.web.courses.queries.session import SessionState
from mesoplan.web.courses.queries.session_timers import cream_timers, observation

DIFFERENT = frozenset({"differs", "not-planned", "not-given"})
"""How the core says that something was given otherwise than planned."""

STOP_ACCOUNT = "stop.account"
"""Key: what happened where something was given although the screening of the day was against it."""

LOTS = "lots"
"""Subject of the reason for using what was not ready; in ``reason.lots.text``."""

EARLY = "early"
"""Subject of the reason for a session before its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that is not there. ``url`` leads to its field; ``blocks`` finalising or not."""

    text: str
    url: str
    blocks: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Everything that a session lacks."""

    lacks: tuple[Lack, ...]

    @property
    def blocking(self) -> tuple[Lack, ...]:
        """What keeps it from being finalised."""
        return tuple(item for item in self.lacks if item.blocks)

    @property
    def unrecorded(self) -> tuple[Lack, ...]:
        """What will stand in the record as not recorded."""
        return tuple(item for item in self.lacks if not item.blocks)


def check_session(state: SessionState) -> Check:
    """What is missing, in the order of the page."""
    return Check(
        lacks=(
            *_standing(state),
            *_before(state),
            *_lots(state),
            *_cream(state),
            *_given(state),
            *_after(state),
        )
    )


def _standing(state: SessionState) -> Iterator[Lack]:
    for obstacle in state.standing.obstacles:
        url = reverse(obstacle.page, args=[state.course.code])
        yield Lack(text=str(obstacle.label), url=url)


def _before(state: SessionState) -> Iterator[Lack]:
    sheet, found = state.sheet, state.rescreening
    if sheet.value(f"ready.{IDENTITY}") is not True:
        yield Lack(text=_("Name and birth date were not said aloud"), url="#ready")
    if not found.is_fit and not (state.given_at and sheet.text(STOP_ACCOUNT)):
        count = len(found.record["missing"]) if found.record else 0
        text = _("%(count)s questions of today are open") % {"count": count}
        if found.is_stop:
            text = _("Today's screening stands against it")
        yield Lack(text=text, url="#rescreening")
    if not sheet.text("treated_by"):
        yield Lack(text=_("Who treats is not told"), url="#people")
    if is_early(state) and not reason_told(sheet, EARLY):
        yield Lack(text=_("Why it is earlier than planned is not told"), url="#early")
    for line in state.plan.tickable:
        if sheet.value(f"ready.{line.id}") is not True:
            yield Lack(text=line.text, url="#ready", blocks=False)
    if sheet.value(f"ready.{KIT}") is not True and has_kit(state):
        yield Lack(text=_("The emergency kit was not checked"), url="#ready", blocks=False)
    yield from _scores(state)


def _scores(state: SessionState) -> Iterator[Lack]:
    for scale in state.plan.scales:
        if scale.is_named_only:
            continue
        moments = [("before", _("before"))]
        if scale.has_after:
            moments.append(("after", _("afterwards")))
        for name, words in moments:
            if not state.sheet.text(f"score.{scale.id}.{name}"):
                text = _("%(scale)s %(when)s") % {"scale": scale.label, "when": words}
                yield Lack(text=text, url="#scores", blocks=False)


def has_kit(state: SessionState) -> bool:
    """Whether the plan asks for an emergency kit."""
    return any(line.id == KIT for line in state.plan.ready)


def is_early(state: SessionState) -> bool:
    """Whether fewer days have passed since the last session than the plan leaves between them."""
    passed = days_passed(state)
    planned = state.plan.days_since_last
    return passed is not None and planned is not None and passed < planned


def days_passed(state: SessionState) -> int | None:
    """Days of the clinic's calendar since the last treatment, ``None`` before the second."""
    if state.last is None or state.last.record is None:
        return None
    return (state.day - date.fromisoformat(state.last.record["day"])).days


def _lots(state: SessionState) -> Iterator[Lack]:
    words = {
        LotFault.NO_LOT: _("%(product)s: the lot is missing"),
        LotFault.NO_EXPIRY: _("%(product)s: the expiry date is missing"),
    }
    not_ready = False
    for lot in state.lots:
        for fault in lot.faults(on=state.day, zone=state.zone):
            if fault in words:
                text = words[fault] % {"product": lot.product.label}
                yield Lack(text=text, url="#lots")
            else:
                not_ready = True
    if not_ready and not reason_told(state.sheet, LOTS):
        yield Lack(text=_("Why a container that is not ready is used is not told"), url="#lots")


def _cream(state: SessionState) -> Iterator[Lack]:
    sheet, cream = state.sheet, state.plan.cream
    if cream is None:
        return
    if not sheet.text("cream.mass_g"):
        yield Lack(text=_("How much cream was put on is not told"), url="#cream")
        return
    for zone, timer in cream_timers(state):
        if timer.started is None or timer.stopped is None:
            text = _("Cream on %(place)s: from when to when") % {"place": zone.place}
            yield Lack(text=text, url="#cream", blocks=False)


def _given(state: SessionState) -> Iterator[Lack]:
    due = list(zip(state.plan.zones, state.given, strict=True))
    if not any(zone.is_due or given.is_recorded for zone, given in due):
        yield Lack(text=_("Nothing was recorded as given"), url="#given")
    for zone, given in due:
        if given.was_left_out or not (zone.is_due or given.is_recorded):
            continue
        url = f"#zone-{zone.number}"
        if not given.is_recorded:
            yield Lack(text=_("%(zone)s: not recorded") % {"zone": zone.label}, url=url)
            continue
        for text, value in _needed(given):
            if value in (None, ""):
                yield Lack(text=f"{zone.label}: {text}", url=url)
        for text, value in _wanted(given, has_needle=zone.needle_mm is not None):
            if value in (None, ""):
                yield Lack(text=f"{zone.label}: {text}", url=url, blocks=False)
    for number in unexplained(state):
        planned = state.plan.zone(number)
        label = planned.label if planned is not None else _("Cream")
        url = "#cream" if planned is None else f"#zone-{number}"
        yield Lack(text=_("%(zone)s: why it differs is not told") % {"zone": label}, url=url)


def _needed(given: GivenZone) -> list[tuple[str, object]]:
    return [
        (_("points"), given.points),
        (_("volume"), given.volume_ml),
        (_("mixture"), given.mixture),
    ]


def _wanted(given: GivenZone, *, has_needle: bool) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = [(_("technique"), given.technique)]
    if has_needle:
        found += [
            (_("needle"), given.needle_mm),
            (_("inserted length"), given.inserted_mm),
            (_("angle"), given.angle_deg),
        ]
    return found


def unexplained(state: SessionState) -> tuple[int, ...]:
    """Numbers of zones in which something differs and nobody said why; 0 is the cream.

    The core compares what it plans; the needle itself is compared here.
    """
    items = state.verification["comparisons"] if state.verification else ()
    different = {
        item["zone"]
        for item in items
        if item["agreement"] in DIFFERENT and not item["reason"] and is_of_zone(item)
    }
    found = {
        given.number
        for given in state.given
        if not given.told_reason
        and (
            given.was_left_out
            or (given.is_recorded and given.number in different)
            or other_needle(state, given.number)
        )
    }
    return tuple(sorted(found | ({0} & different)))


def is_of_zone(item: Mapping[str, Any]) -> bool:
    """Whether a comparison is of one zone or of the cream.

    A sum over the session differs only where a zone does, and takes its reason from there.
    """
    return bool(item["zone"]) or item["item"] == "cream"


def other_needle(state: SessionState, number: int) -> bool:
    """Whether another needle than the planned one was recorded."""
    zone = state.plan.zone(number)
    given = next(item for item in state.given if item.number == number)
    pairs = (
        (zone.needle_mm, given.needle_mm) if zone else (None, None),
        (zone.gauge, given.gauge) if zone else (None, None),
    )
    return any(planned != used for planned, used in pairs if used is not None)


def _after(state: SessionState) -> Iterator[Lack]:
    timer, sheet = observation(state), state.sheet
    if timer.minutes is not None and not reason_told(sheet, "observation"):
        if timer.started is None:
            yield Lack(text=_("The observation has not begun"), url="#observation")
        elif timer.stopped is None:
            due = date_format(timezone.localtime(timer.due), "H:i")
            text = _("The observation has not ended; it is due until %(time)s") % {"time": due}
            yield Lack(text=text, url="#observation")
        elif timer.is_short:
            yield Lack(text=_("Why the observation was short is not told"), url="#observation")
    if not state.reactions and sheet.value("reactions.none") is not True:
        yield Lack(text=_("Whether there was a reaction"), url="#reactions", blocks=False)
    if not sheet.text("pain.during"):
        yield Lack(text=_("Pain during the treatment"), url="#scores", blocks=False)
