"""Reactions of the knowledge base, as pages offer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mesoplan.knowledge.schema.care import Urgency
from mesoplan.web.patients.mapping import knowledge

UNKNOWN_CAUSE = "unknown"


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
