"""Reactions of the knowledge base, as pages offer them."""

from __future__ import annotations

from mesoplan.knowledge.schema.care import Urgency
from mesoplan.web.patients.mapping import knowledge

UNKNOWN_CAUSE = "unknown"


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
