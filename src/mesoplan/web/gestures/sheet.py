"""What the gestures on a form add up to: for each key the latest one that was not undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from mesoplan.web.gestures.models import Gesture


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What a key says now: the value (JSON), who entered it, who said it, when."""

    value: object
    number: int
    by: str
    by_id: int
    said_by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form as it stands. ``version`` is the number of its last gesture, 0 for an empty one.

    A key that was cleared is left out, like one that was never filled in.
    """

    entries: Mapping[str, Entered]
    version: int
    last_by: str = ""
    last_at: datetime | None = None

    def value(self, key: str) -> object:
        """What the key says, ``None`` where it says nothing."""
        entered = self.entries.get(key)
        return None if entered is None else entered.value

    def text(self, key: str) -> str:
        """What the key says as text, empty where it says nothing."""
        value = self.value(key)
        return "" if value is None else str(value)

    def under(self, prefix: str) -> dict[str, object]:
        """The values of all keys that begin with ``prefix`` and a dot, by the rest of the key."""
        begin = f"{prefix}."
        return {
            key.removeprefix(begin): item.value
            for key, item in self.entries.items()
            if key.startswith(begin)
        }


def undone_batches(gestures: Iterable[Gesture]) -> set[UUID]:
    """The batches that do not count: undone by a batch that is not undone itself.

    An undo always comes after what it undoes, so one walk from the end settles each.
    """
    undone: set[UUID] = set()
    for gesture in reversed(list(gestures)):
        if gesture.undoes is not None and gesture.batch not in undone:
            undone.add(gesture.undoes)
    return undone


def sheet_of(gestures: Iterable[Gesture]) -> Sheet:
    """The form that these gestures, in order and with their users loaded, add up to."""
    made = list(gestures)
    undone = undone_batches(made)
    entries: dict[str, Entered] = {}
    for gesture in made:
        if gesture.undoes is not None or gesture.batch in undone:
            continue
        entries.pop(gesture.key, None)
        if gesture.value is not None:
            entries[gesture.key] = Entered(
                value=gesture.value,
                number=gesture.number,
                by=gesture.by.name,
                by_id=gesture.by_id,
                said_by=gesture.said_by,
                at=gesture.at,
            )
    last = made[-1] if made else None
    return Sheet(
        entries=MappingProxyType(entries),
        version=last.number if last else 0,
        last_by=last.by.name if last else "",
        last_at=last.at if last else None,
    )
