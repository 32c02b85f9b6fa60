"""What one tap in a session writes where it says several things: values for ``write_computed``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from mesoplan.web.courses.mapping.session_given import given_zone, planned_values
from mesoplan.web.courses.mapping.session_plan import KIT, PlannedZone
from mesoplan.web.courses.mapping.words import plain_text
from mesoplan.web.courses.queries.session import PROPOSED, SessionState
from mesoplan.web.gestures.sheet import Sheet


def as_planned(zone: PlannedZone) -> dict[str, Any]:
    """A zone was given as it is planned."""
    return {**planned_values(zone), f"given.{zone.number}.left_out": None}


def as_last_time(state: SessionState, zone: PlannedZone) -> dict[str, Any]:
    """A zone was given as in the session that is repeated."""
    begin = f"{PROPOSED}given.{zone.number}"
    values = {
        f"given.{zone.number}.{name}": value for name, value in state.sheet.under(begin).items()
    }
    return {**values, f"given.{zone.number}.left_out": None} if values else {}


def lots_again(state: SessionState) -> dict[str, Any]:
    """The lots of the session that is repeated are in use again, those that are in date."""
    found: dict[str, Any] = {}
    for key, lot in state.proposed_lots.items():
        if not lot.faults(on=state.day, zone=state.zone):
            begin = f"{PROPOSED}{key}"
            found |= {f"{key}.{name}": value for name, value in state.sheet.under(begin).items()}
    return found


def all_ready(state: SessionState) -> dict[str, Any]:
    """Every line of the readiness list that a person ticks, and the kit where it is in date.

    Not the identity, which is said aloud.
    """
    lines = {f"ready.{line.id}": True for line in state.plan.tickable}
    return {**lines, **kit_checked(state)}


def kit_checked(state: SessionState) -> dict[str, Any]:
    """The emergency kit was checked; nothing where its date is unknown or past."""
    until = state.sheet.text("kit.until") or state.sheet.text(f"{PROPOSED}kit.until")
    if not until or until < state.day.isoformat():
        return {}
    return {"kit.until": until, f"ready.{KIT}": True}


def nudged(sheet: Sheet, zone: PlannedZone, item: str, steps: int) -> dict[str, Any]:
    """Points more or fewer, or the volume by that of a point; from the plan where none stands.

    The volume follows the points as long as it is what these points make.
    """
    given = given_zone(zone, sheet)
    key = f"given.{zone.number}"
    if item == "points":
        points = max(0, (zone.points if given.points is None else given.points) + steps)
        values = {f"{key}.points": str(points)}
        each = zone.volume_per_point_ml
        if given.points is not None and given.volume_ml == given.points * each:
            values[f"{key}.volume_ml"] = plain_text(points * each)
        return values
    volume = zone.volume_ml if given.volume_ml is None else given.volume_ml
    volume = max(Decimal(0), volume + steps * zone.volume_per_point_ml)
    return {f"{key}.volume_ml": plain_text(volume)}
