"""The numbers of a plan's record for a page: value, unit, range, source, and the next steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from mesoplan.web.courses.mapping.words import Chip, cited, number_chips, number_text, plain_text

UNITS = {"deg": "°", "cm2": "cm²", "count": "", "d": "d", "%": "%"}
"""Symbols that a page writes otherwise than a record."""

STEPS_IN_A_RANGE = 15
"""A nudge goes through a range in about so many taps."""

WISH_OF = {
    "needle.length_mm": "needle_length_mm",
    "needle.inserted_mm": "needle_inserted_mm",
    "needle.angle_deg": "needle_angle_deg",
}
"""Keys of gestures for what a record says is asked by a key inside a table."""

WHOLE = frozenset({"points", "sessions", "interval_days"})
"""Wishes that are whole numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """How a number is changed within its range: the gesture's key, and one tap down and up.

    ``down`` and ``up`` are empty at the ends of the range.
    """

    key: str
    value: str
    down: str
    up: str
    error: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A planned number: as the record says it, with where it comes from."""

    name: str
    value: Decimal
    low: Decimal
    high: Decimal
    unit: str
    note: str
    kind: str
    chips: tuple[Chip, ...]
    asked_by: str

    @property
    def has_range(self) -> bool:
        """Whether the protocol leaves a choice."""
        return self.low != self.high


def number_of(name: str, entry: Mapping[str, Any]) -> Number:
    """An entry of ``number_sources``."""
    asked_by = entry["asked_by"] or ""
    return Number(
        name=name,
        value=number_text(entry["value"]),
        low=number_text(entry["low"]),
        high=number_text(entry["high"]),
        unit=UNITS.get(entry["unit"], entry["unit"]),
        note=cited(entry["note"] or ""),
        kind=entry["kind"],
        chips=number_chips(entry),
        asked_by=WISH_OF.get(asked_by, asked_by),
    )


def nudge_of(number: Number, zone: int) -> Nudge | None:
    """How a number of the zone with that key is changed; nothing where there is no choice."""
    if not number.asked_by or not number.has_range:
        return None
    step = step_of(number.low, number.high, is_whole=number.asked_by in WHOLE)
    down, up = number.value - step, number.value + step
    return Nudge(
        key=f"zone.{zone}.{number.asked_by}",
        value=plain_text(number.value),
        down=plain_text(max(down, number.low)) if number.value > number.low else "",
        up=plain_text(min(up, number.high)) if number.value < number.high else "",
    )


def step_of(low: Decimal, high: Decimal, *, is_whole: bool) -> Decimal:
    """A round step: 1, 2 or 5 in some decimal place, about fifteen of them in the range."""
    finest = (high - low) / STEPS_IN_A_RANGE
    place = Decimal(1).scaleb(finest.adjusted())
    lead = (finest / place).to_integral_value(ROUND_CEILING)
    round_lead = next(candidate for candidate in (1, 2, 5, 10) if lead <= candidate)
    step = place * round_lead
    return max(step, Decimal(1)) if is_whole else step
