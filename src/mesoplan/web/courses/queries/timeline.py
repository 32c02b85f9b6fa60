"""Where things lie on the timeline of a course: from days to lengths of a drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.utils.formats import date_format

from mesoplan.web.courses.mapping.chart import ChartScale

LEFT, RIGHT, AXIS = 118, 998, 40
"""The drawing is 1006 wide; the time runs from ``LEFT`` to ``RIGHT``, ruled at height ``AXIS``."""

SCORE_TOP, SCORE_BOTTOM = 240, 330
"""Between these heights scores are drawn."""

CROWDED = 30
"""Sessions that lie nearer to each other than this are drawn small, without their number."""

LEAST_DAYS = 14
MOST_TICKS = 40
MOST_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A session on the line: ``x``, its number, whether it happened."""

    x: str
    number: int
    day: date
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words at a place."""

    x: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePoint:
    """A score on a day. ``is_session``: asked before a session; else told at a contact."""

    day: date
    value: Decimal
    is_session: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A score on the drawing; filled where it was asked at a session, hollow where told later."""

    x: str
    y: str
    is_session: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDrawing:
    """Scores over the time: points, the line through them, and the noise band of the first."""

    line: str
    points: tuple[Dot, ...]
    band_top: str
    band_height: str
    ticks: tuple[tuple[str, str], ...]

    @property
    def has_told(self) -> bool:
        """Whether any score was told at a contact."""
        return not all(dot.is_session for dot in self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The days from ``start`` to ``end`` on the line."""

    start: date
    end: date

    def x(self, day: date) -> float:
        """Where a day lies."""
        days = max(LEAST_DAYS, (self.end - self.start).days)
        return LEFT + (RIGHT - LEFT) * min(max((day - self.start).days, 0), days) / days

    def at(self, day: date) -> str:
        """Where a day lies, as the drawing says it."""
        return f"{self.x(day):.1f}"

    @property
    def ticks(self) -> str:
        """A tick a week, or rarer where that would be too many, as one path."""
        days = max(LEAST_DAYS, (self.end - self.start).days)
        step = 7 * (1 + days // (7 * MOST_TICKS))
        xs = (LEFT + (RIGHT - LEFT) * n / days for n in range(0, days + 1, step))
        return "".join(f"M{x:.1f} 33V{AXIS}" for x in xs)

    @property
    def months(self) -> tuple[Label, ...]:
        """The first of each month, or rarer, with the year where it changes; else the first day."""
        firsts = []
        year, month = self.start.year, self.start.month
        while (day := date(year, month, 1)) <= self.end:
            if day >= self.start:
                firsts.append(day)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - months
        step = 1 + len(firsts) // MOST_MONTHS
        shown = firsts[::step] or [self.start]
        return tuple(
            Label(
                x=self.at(day),
                text=date_format(day, "M Y" if n == 0 or day.year != shown[n - 1].year else "M"),
            )
            for n, day in enumerate(shown)
        )


def axis_of(days: Iterable[date]) -> Axis:
    """The line that holds all of these days."""
    known = list(days)
    start, end = min(known), max(known)
    return Axis(
        start=start - timedelta(days=2),
        end=max(end + timedelta(days=2), start + timedelta(days=LEAST_DAYS)),
    )


def spots(axis: Axis, sessions: Iterable[tuple[date, int, bool]]) -> tuple[Spot, ...]:
    """Sessions on the line."""
    return tuple(
        Spot(x=axis.at(day), number=number, day=day, is_done=done) for day, number, done in sessions
    )


def is_crowded(axis: Axis, days: Iterable[date]) -> bool:
    """Whether any two sessions would lie upon each other."""
    xs = sorted(axis.x(day) for day in days)
    return any(after - before < CROWDED for before, after in pairwise(xs))


def squares(axis: Axis, days: Iterable[date], *, size: int = 8, y: int = 148) -> str:
    """A square a check, as one path."""
    half = size / 2
    return "".join(f"M{axis.x(day) - half:.1f} {y}h{size}v{size}h-{size}z" for day in days)


def bars(axis: Axis, spans: Iterable[tuple[date, date]], *, y: int = 185) -> str:
    """A bar a reaction, from its first day to its last, as one path."""
    found = []
    for begin, end in spans:
        x = axis.x(begin)
        width = max(8.0, axis.x(end) - x)
        found.append(f"M{x:.1f} {y}h{width:.1f}v10h-{width:.1f}z")
    return "".join(found)


def score_drawing(
    axis: Axis, points: tuple[ScorePoint, ...], scale: ChartScale, *, first: Decimal
) -> ScoreDrawing:
    """Scores over the time; the range of the drawing is that of the scale, or of the scores.

    The noise band lies around ``first``, the first score of the course.
    """
    values = [first, *(point.value for point in points)]
    noise = scale.noise or Decimal(0)
    low = scale.low if scale.low is not None else min(values) - noise
    high = scale.high if scale.high is not None else max(values) + noise
    span = (high - low) or Decimal(1)

    def y(value: Decimal) -> float:
        share = (min(max(value, low), high) - low) / span
        return SCORE_BOTTOM - (SCORE_BOTTOM - SCORE_TOP) * float(share)

    top, bottom = y(first + noise), y(first - noise)
    placed = tuple(
        Dot(x=axis.at(point.day), y=f"{y(point.value):.1f}", is_session=point.is_session)
        for point in points
    )
    return ScoreDrawing(
        line=" ".join(f"{dot.x},{dot.y}" for dot in placed),
        points=placed,
        band_top=f"{top:.1f}",
        band_height=f"{bottom - top:.1f}" if scale.noise is not None else "",
        ticks=tuple((f"{y(value):.1f}", f"{value.normalize():f}") for value in (low, high)),
    )
