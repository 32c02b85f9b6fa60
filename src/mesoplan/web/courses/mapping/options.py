"""The ways in which a zone of a draft could be treated: what can be chosen, and compared."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mesoplan.screening.options import candidates
from mesoplan.vocabulary.request import Zone
from mesoplan.web.courses.mapping.draft import Draft
from mesoplan.web.courses.mapping.request import WISHES
from mesoplan.web.patients.mapping import knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to treat a zone: a mixture by a technique, as a protocol of the base has it."""

    technique: str
    technique_label: str
    mixture: str
    mixture_label: str
    protocol: str
    grade: str

    @property
    def label(self) -> str:
        """Mixture and technique."""
        return f"{self.mixture_label}, {self.technique_label.lower()}"


def ways(draft: Draft) -> tuple[tuple[Way, ...], ...]:
    """For each zone every way that the base has for it, as it proposes them, each once."""
    zones = draft.case.request.zones if draft.case else ()
    return tuple(_ways_of(number, zone) for number, zone in enumerate(zones, 1))


def _ways_of(number: int, zone: Zone) -> tuple[Way, ...]:
    found: dict[tuple[str, str], Way] = {}
    for option in candidates(number, replace(zone, technique=None, mixture=None), knowledge()):
        if option.protocol and option.mixture and option.technique:
            way = Way(
                technique=option.technique.id,
                technique_label=option.technique.label,
                mixture=option.mixture.id,
                mixture_label=option.mixture.label,
                protocol=option.protocol.label,
                grade=option.protocol.grade.value,
            )
            found.setdefault((way.mixture, way.technique), way)
    return tuple(found.values())


def wish_values(zone: int, way: Way) -> dict[str, str | None]:
    """The gestures that ask for a way in the zone of that key; other wishes there are dropped.

    They belong to the ranges of another protocol.
    """
    cleared: dict[str, str | None] = {f"zone.{zone}.{name}": None for name in WISHES}
    return cleared | {
        f"zone.{zone}.technique": way.technique,
        f"zone.{zone}.mixture": way.mixture,
    }


def number_wishes(zone: int) -> dict[str, None]:
    """The gestures that take back every number that was asked for in a zone."""
    return {f"zone.{zone}.{name}": None for name in WISHES if name not in {"technique", "mixture"}}


def way_of(column: str, ways: tuple[tuple[Way, ...], ...]) -> tuple[Way | None, int]:
    """The way that a column names, and the place of its zone from 1."""
    match = re.fullmatch(r"o([1-9][0-9]?)\.([1-9][0-9]?)", column)
    if match is None:
        return None, 0
    zone, number = int(match[1]), int(match[2])
    here = ways[zone - 1] if zone <= len(ways) else ()
    return (here[number - 1], zone) if number <= len(here) else (None, 0)
