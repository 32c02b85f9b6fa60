"""Reactions of the knowledge base, as pages offer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mesoplan.knowledge.schema.care import Urgency
from mesoplan.web.patients.mapping import knowledge

UNKNOWN_CAUSE = "unknown"

LONGEST_LOT = 80
"""Characters of ``Reaction.lot``."""

LONGEST_DEVICE = 120
"""Characters of ``Reaction.device``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionSeen:
    """What was seen or told.

    ``name`` is a reaction of the knowledge base, or empty with ``words``; ``zone`` is the number
    of the zone, 0 for the whole body; ``cause`` and ``severity`` are the words of ``Reaction``.
    """

    severity: str
    cause: str
    name: str = ""
    words: str = ""
    zone: int = 0
    lot: str = ""
    device: str = ""
    began_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionParts:
    """What was used in a session.

    ``zones`` are number, mixture and device of each zone; ``lots`` the key of each product
    (``MIXTURE.SUBSTANCE``) with a lot of it.
    """

    zones: tuple[tuple[int, str, str], ...]
    lots: tuple[tuple[str, str], ...]


def lot_and_device(parts: SessionParts, zone: int) -> tuple[str, str]:
    """Lots and devices that were used in a zone; of 0 those of the whole session."""
    used = [item for item in parts.zones if zone in {0, item[0]}]
    mixtures = {mixture for _number, mixture, _device in used}
    lots = [
        lot for key, lot in parts.lots if lot and (not zone or key.partition(".")[0] in mixtures)
    ]
    devices = [device for _number, _mixture, device in used if device]
    return (
        ", ".join(dict.fromkeys(lots))[:LONGEST_LOT],
        ", ".join(dict.fromkeys(devices))[:LONGEST_DEVICE],
    )


def reaction_choices() -> tuple[tuple[str, str], ...]:
    """Reactions by id and label, the expected ones first, as they are seen in the room."""
    order = list(Urgency)
    found = sorted(
        knowledge().reactions.values(), key=lambda item: (order.index(item.urgency), item.label)
    )
    return tuple((item.id, item.label) for item in found)


def cause_of(name: str) -> str:
    """The cause class where the base names one alone; else nobody knows it."""
    found = knowledge().reactions.get(name)
    if found is None or len(found.causes) != 1:
        return UNKNOWN_CAUSE
    return found.causes[0].value
