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
from django.utils.translation import ngettext

from mesoplan.web.courses.mapping.rescreening import Rescreening
from mesoplan.web.courses.mapping.session_given import COMPARED, GivenZone, number, reason_told
from mesoplan.web.courses.mapping.session_lots import LotFault
from mesoplan.web.courses.mapping.session_plan import IDENTITY, KIT
from mesoplan.web.courses.queries.session import SessionState
from mesoplan.web.courses.queries.session_standing import Obstacle
from mesoplan.web.courses.queries.session_timers import cream_timers, observation

DIFFERENT = frozenset({"differs", "not-planned", "not-given"})
"""How the core says that something was given otherwise than planned."""

STOP_ACCOUNT = "stop.account"
"""Key: what happened where something was given although screening or consent was against it."""

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
    for obstacle in open_obstacles(state):
        url = reverse(obstacle.page, args=[state.course.code])
        yield Lack(text=str(obstacle.label), url=url)
    if not state.sheet.text(STOP_ACCOUNT):
        for text in to_account_for(state):
            yield Lack(text=text, url="#account")


def open_obstacles(state: SessionState) -> tuple[Obstacle, ...]:
    """What of plan and consent is still to be settled."""
    given = bool(state.given_entries)
    return tuple(item for item in state.standing.obstacles if not (given and item.is_past))


def to_account_for(state: SessionState) -> tuple[str, ...]:
    """What stood, or stands, against something that was given: it is told in words."""
    if not state.given_entries:
        return ()
    told = [str(item.label) for item in state.standing.obstacles if item.is_past]
    if not state.rescreening.is_fit:
        told.append(_unfit(state.rescreening))
    elif not state.rescreening_before.is_fit:
        told.append(_("The questions of the day were answered after the treatment had begun"))
    return tuple(told)


def _unfit(found: Rescreening) -> str:
    if found.is_stop or found.record is None:
        return _("Today's screening stands against it")
    count = len(found.record["missing"])
    return ngettext(
        "%(count)s question of today is open", "%(count)s questions of today are open", count
    ) % {"count": count}


def _before(state: SessionState) -> Iterator[Lack]:
    sheet = state.sheet
    if sheet.value(f"ready.{IDENTITY}") is not True:
        yield Lack(text=_("Name and birth date were not said aloud"), url="#ready")
    if not state.rescreening.is_fit and not state.given_entries:
        yield Lack(text=_unfit(state.rescreening), url="#rescreening")
    if not sheet.text("treated_by"):
        yield Lack(text=_("Who treats is not told"), url="#people")
    if is_early(state) and not reason_told(sheet, EARLY):
        yield Lack(text=_("Why it is earlier than planned is not told"), url="#early")
    for line in state.plan.tickable:
        if sheet.value(f"ready.{line.id}") is not True:
            yield Lack(text=line.text, url="#ready", blocks=False)
    if has_kit(state) and is_kit_past(state):
        text = _("Something in the emergency kit is out of date")
        yield Lack(text=text, url="#ready", blocks=False)
    elif has_kit(state) and sheet.value(f"ready.{KIT}") is not True:
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


def is_kit_past(state: SessionState) -> bool:
    """Whether something in the emergency kit is out of date."""
    until = state.sheet.text("kit.until")
    return bool(until) and until < state.day.isoformat()


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
    if all(given.was_left_out for zone, given in due if zone.is_due or given.is_recorded):
        text = _("Nothing was recorded as given; end the session without treatment")
        yield Lack(text=text, url="#given")
    for zone, given in due:
        if given.was_left_out and given.is_recorded:
            text = _("%(zone)s: left out, and yet recorded as given") % {"zone": zone.label}
            yield Lack(text=text, url=f"#zone-{zone.number}")
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
    for place in unexplained(state):
        planned = state.plan.zone(place)
        label = planned.label if planned is not None else _("Cream")
        url = "#cream" if planned is None else f"#zone-{place}"
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

    The core compares what it plans; the rest is compared here.
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
            or is_other(state, given.number)
        )
    }
    cream = {0} if is_other_cream(state) and not reason_told(state.sheet, "cream") else set()
    return tuple(sorted(found | cream | ({0} & different)))


def is_of_zone(item: Mapping[str, Any]) -> bool:
    """Whether a comparison is of one zone or of the cream.

    A sum over the session differs only where a zone does, and takes its reason from there.
    """
    return bool(item["zone"]) or item["item"] == "cream"


def is_other(state: SessionState, number: int) -> bool:
    """Whether something that the core does not compare was recorded otherwise than planned.

    That is the needle itself, and every item where the core cannot compare at all.
    """
    zone = next(item for item in state.plan.zones if item.number == number)
    given = next(item for item in state.given if item.number == number)
    items = ("needle_mm", "gauge") if state.verification else COMPARED
    pairs = ((getattr(zone, item), getattr(given, item)) for item in items)
    return any(planned != used for planned, used in pairs if used not in (None, ""))


def is_other_cream(state: SessionState) -> bool:
    """Whether another mass of cream than planned was recorded, where the core cannot compare."""
    mass, cream = number(state.sheet, "cream.mass_g"), state.plan.cream
    if state.verification or mass is None:
        return False
    return mass != (cream.mass_g if cream else 0)


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
