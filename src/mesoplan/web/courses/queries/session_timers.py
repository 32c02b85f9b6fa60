"""Times of a session: how long the cream is on, how long the patient is watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from mesoplan.web.courses.mapping.session_plan import PlannedZone
from mesoplan.web.courses.queries.session import SessionState
from mesoplan.web.gestures.sheet import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something that runs from one moment to another, in UTC.

    ``minutes`` is how long it should, ``longest`` how many minutes it may at most.
    """

    key: str
    label: str
    minutes: int | None
    longest: Decimal | None
    started: datetime | None
    stopped: datetime | None

    @property
    def is_running(self) -> bool:
        """Started and not stopped."""
        return self.started is not None and self.stopped is None

    @property
    def due(self) -> datetime | None:
        """When it has run long enough."""
        if self.started is None or self.minutes is None:
            return None
        return self.started + timedelta(minutes=self.minutes)

    @property
    def latest(self) -> datetime | None:
        """When it has run as long as it may."""
        if self.started is None or self.longest is None:
            return None
        return self.started + timedelta(minutes=float(self.longest))

    @property
    def is_long(self) -> bool:
        """Whether it has run longer than it may."""
        return self.latest is not None and (self.stopped or timezone.now()) > self.latest

    @property
    def elapsed(self) -> int | None:
        """Whole minutes it ran, once it was stopped."""
        if self.started is None or self.stopped is None:
            return None
        return int((self.stopped - self.started).total_seconds() // 60)

    @property
    def is_short(self) -> bool:
        """Whether it was stopped before it had run long enough."""
        return self.due is not None and self.stopped is not None and self.stopped < self.due


def cream_timers(state: SessionState) -> tuple[tuple[PlannedZone, Timer], ...]:
    """The cream on each zone of the session that gets one."""
    cream = state.plan.cream
    if cream is None:
        return ()
    longest = cream.longest.amount if cream.longest else None
    return tuple(
        (zone, _timer(state.sheet, f"cream.{zone.number}", zone.place, cream.minutes, longest))
        for zone in state.plan.due_zones
        if zone.has_cream
    )


def observation(state: SessionState) -> Timer:
    """The time in which the patient is watched after the session."""
    minutes = state.plan.observation_minutes
    return _timer(state.sheet, "observation", state.plan.observation, minutes)


def _timer(
    sheet: Sheet, key: str, label: str, minutes: int | None, longest: Decimal | None = None
) -> Timer:
    return Timer(
        key=key,
        label=label,
        minutes=minutes,
        longest=longest,
        started=moment(sheet, f"{key}.on"),
        stopped=moment(sheet, f"{key}.off"),
    )


def moment(sheet: Sheet, key: str) -> datetime | None:
    """A moment of the sheet; moments are kept as ISO text with their offset."""
    text = sheet.text(key)
    return datetime.fromisoformat(text) if text else None
