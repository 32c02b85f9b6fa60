"""Dates of the sessions, their length, and maintenance."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.care import About
from mesoplan.planning.values import Planned, PlannedSession, ZonePlan
from mesoplan.screening.applies import applies_to_option
from mesoplan.screening.conditions import later_by
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit, plain
from mesoplan.vocabulary.source import Kind, Statement

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase


def plan_sessions(zones: tuple[ZonePlan, ...], at: date) -> tuple[PlannedSession, ...]:
    """The sessions with their dates: each zone at its own interval, zones of a day in one session.

    All zones start on the same day, so the first session is the fullest.
    """
    days: dict[date, list[int]] = {}
    for zone in zones:
        day = at
        for number in range(int(zone.sessions.value.amount)):
            if number and zone.interval is not None:
                day = later_by(day, zone.interval.value)
            days.setdefault(day, []).append(zone.option.number)
    return tuple(
        PlannedSession(number=number, date=day, zones=tuple(days[day]))
        for number, day in enumerate(sorted(days), 1)
    )


def session_minutes(zones: tuple[ZonePlan, ...], knowledge: KnowledgeBase) -> Planned:
    """How long one session takes, without the waiting time of a cream.

    The range that sources state, widened where points times time per point take longer.
    """
    stated = [
        item
        for item in knowledge.practice.values()
        if item.about is About.SESSION_LENGTH
        and item.amount is not None
        and any(applies_to_option(item.applies_when, zone.option, knowledge) for zone in zones)
    ]
    amounts = [item.amount for item in stated if item.amount is not None]
    citations = [amount.citation for amount in amounts]
    injecting = Quantity.of(0, Unit.MIN)
    for zone in zones:
        time = zone.technique.time_per_point
        if not isinstance(time, Unknown):
            injecting += time.high.to(Unit.MIN).times(zone.points.value.amount)
            citations.append(time.citation)
    minutes = injecting.amount.to_integral_value(rounding=ROUND_CEILING)
    injecting = Quantity(minutes, Unit.MIN)
    low = min((amount.low.to(Unit.MIN) for amount in amounts), default=injecting)
    high = max((amount.high.to(Unit.MIN) for amount in amounts), default=injecting)
    return Planned(
        value=max(low, injecting),
        low=max(low, injecting),
        high=max(high, injecting),
        kind=Kind.COMPUTED,
        citations=tuple(dict.fromkeys(citations)),
        note=f"as sources state it; the injections alone about {injecting}; without cream time",
    )


def maintenance(zones: tuple[ZonePlan, ...], knowledge: KnowledgeBase) -> tuple[Statement, ...]:
    """What the protocols and the sources say about sessions after the course."""
    own = [zone.protocol.maintenance.text for zone in zones if zone.protocol.maintenance]
    general = [
        item.says
        for item in knowledge.practice.values()
        if item.about is About.MAINTENANCE
        and any(applies_to_option(item.applies_when, zone.option, knowledge) for zone in zones)
    ]
    return tuple(dict.fromkeys([*own, *general]))


def stop_rules(zones: tuple[ZonePlan, ...]) -> tuple[Statement, ...]:
    """When a course ends for want of effect: after how many sessions it is judged, and how."""
    found = []
    for zone in zones:
        stop = zone.protocol.stop
        if not isinstance(stop.after_sessions, Unknown):
            number = stop.after_sessions
            count = plain(number.low.amount)
            text = (
                f"{zone.indication.label}: judged after session {count}, before another is given."
            )
            found.append(Statement(text=text, citation=number.citation, kind=number.kind))
        found.append(stop.text)
    return tuple(dict.fromkeys(found))
