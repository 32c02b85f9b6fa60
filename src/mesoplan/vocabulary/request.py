"""What is asked for: zones with their indication, who would do it, under which policy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mesoplan.vocabulary.finding import Override
from mesoplan.vocabulary.patient import Side
from mesoplan.vocabulary.quantity import Quantity


class Practitioner(Enum):
    """Who would give the treatment."""

    PHYSICIAN = "physician"
    NURSE = "nurse"
    ASSISTANT = "assistant"
    BEAUTICIAN = "beautician"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleWish:
    """A needle as the physician wants it; what is left out follows the protocol."""

    length: Quantity | None = None
    inserted: Quantity | None = None
    angle: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One zone of the request. What is ``None`` is left to the protocol.

    ``points``, ``spacing`` (a length), ``volume_per_point`` and ``interval`` (a duration) are the
    physician's choice within the protocol's ranges, as ``sessions`` and ``needle`` are.
    """

    indication: str
    region: str
    side: Side
    technique: str | None = None
    mixture: str | None = None
    severity: str | None = None
    aims: tuple[str, ...] = ()
    sessions: int | None = None
    area: Quantity | None = None
    needle: NeedleWish | None = None
    points: int | None = None
    spacing: Quantity | None = None
    volume_per_point: Quantity | None = None
    interval: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Zones, practitioner, policy, and the overrides a physician recorded."""

    zones: tuple[Zone, ...]
    practitioner: Practitioner | None
    policy: str
    overrides: tuple[Override, ...] = ()
