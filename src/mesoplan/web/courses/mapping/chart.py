"""What a chart takes from the record of a plan: scales with their noise, dates, names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from mesoplan.vocabulary.answer import Unknown
from mesoplan.web.courses.mapping.session_plan import decimal
from mesoplan.web.courses.mapping.words import Chip, label_of, source_chip
from mesoplan.web.patients.mapping import knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartScale:
    """A scale as it is drawn. ``noise`` is its smallest change, ``None`` where nobody knows it.

    ``low`` and ``high`` are the ends of its range where known; ``lower_is_better`` its direction.
    """

    name: str
    label: str
    noise: Decimal | None
    low: Decimal | None
    high: Decimal | None
    lower_is_better: bool
    chip: Chip | None


def chart_scale(decision: Mapping[str, Any], name: str) -> ChartScale | None:
    """A scale of a plan; ``None`` where neither plan nor base know it."""
    entry = next((item for item in decision["plan"]["scales"] if item["id"] == name), None)
    known = knowledge().scales.get(name)
    if entry is None and known is None:
        return None
    known_range = None if known is None or isinstance(known.range, Unknown) else known.range
    return ChartScale(
        name=name,
        label=entry["label"] if entry else label_of("scales", name),
        noise=decimal(entry["smallest_change"]) if entry else None,
        low=known_range.low.amount if known_range else None,
        high=known_range.high.amount if known_range else None,
        lower_is_better=(entry["better"] if entry else known.better.value if known else "")
        == "lower",
        chip=source_chip(entry["source"]) if entry else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShape:
    """What a plan says of time: how many sessions, days between them, what is given in words."""

    sessions: int
    gaps: tuple[int, ...]
    what: str
    before: tuple[str, ...]


def plan_shape(decision: Mapping[str, Any]) -> PlanShape:
    """The times of a plan, and what is given: mixture and technique of each zone."""
    plan = decision["plan"]
    days = [date.fromisoformat(item["date"]) for item in plan["sessions"]]
    given = dict.fromkeys(
        f"{label_of('mixtures', zone['mixture']['id'])}, "
        f"{label_of('techniques', zone['technique']).lower()}"
        for zone in plan["zones"]
    )
    return PlanShape(
        sessions=len(days),
        gaps=tuple((after - before).days for before, after in pairwise(days)),
        what="; ".join(given),
        before=tuple(item["text"] for item in plan["before"]),
    )
