"""What can be chosen for what was given: techniques and mixtures of the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable

from mesoplan.web.courses.mapping.session_plan import PlannedZone
from mesoplan.web.patients.mapping import knowledge

Option = tuple[str, str]
"""An id and its label."""


def techniques() -> tuple[Option, ...]:
    """All techniques by their labels."""
    return _sorted((item.id, item.label) for item in knowledge().techniques.values())


def mixtures(zone: PlannedZone | None = None) -> tuple[Option, ...]:
    """All mixtures by their labels; the planned one of a zone first."""
    found = _sorted((item.id, item.label) for item in knowledge().mixtures.values())
    if zone is None:
        return found
    first = [option for option in found if option[0] == zone.mixture]
    return (*first, *(option for option in found if option[0] != zone.mixture))


def uses_device(technique: str) -> bool:
    """Whether a technique is done with a device."""
    found = knowledge().techniques.get(technique)
    return bool(found and found.device)


def _sorted(options: Iterable[Option]) -> tuple[Option, ...]:
    return tuple(sorted(options, key=lambda option: option[1].casefold()))
