"""What a form sends beside its fields: the gesture's id and age, the page's version, the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from mesoplan.web.gestures.sheet import Sheet

LONGEST = 18
"""Digits of a number at most; more is no number."""

OLDEST = timedelta(days=7)
"""A gesture that a tablet has kept for longer says nothing of when it was made."""

ON_ITS_WAY = timedelta(seconds=30)
"""Below this age a gesture was not kept but on its way, and gestures keep the order they came in.

How long the one before was on its way nobody knows: dated back, the one behind could pass it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a form sent beside its fields.

    ``batch`` is the id that the page made, ``seen`` the version it showed, ``field`` the name of
    the field that was changed: empty where a whole form was sent by its button. ``made_at`` is when
    it was made, which is before it came where a tablet had to keep it.
    """

    batch: UUID | None = None
    seen: int | None = None
    field: str = ""
    made_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """When it was made; now where nothing is known of that."""
        return self.made_at or timezone.now()

    def speaks_of(self, key: str) -> bool:
        """Whether this key is meant: with scripts only the changed field counts."""
        return not self.field or self.field == key

    def touched(self, values: Mapping[str, Any], shown: Sheet) -> dict[str, Any]:
        """What is meant: of a whole form only what its page, which said ``shown``, did not say.

        A whole form carries every value its page showed. Meanwhile others may have entered newer
        ones; whoever sends the form takes none of them back.
        """
        if self.field:
            return dict(values)
        return {key: value for key, value in values.items() if shown.value(key) != value}


UNSENT = Posted()
"""Beside values that no page sent."""


def posted(data: Mapping[str, str]) -> Posted:
    """What a form sent; what cannot be read is as if it had not been sent."""
    return Posted(
        batch=_uuid(data.get("gesture", "")),
        seen=_number(data.get("seen", "")),
        field=data.get("gesture_field", ""),
        made_at=_before_now(data.get("gesture_age", "")),
    )


def _before_now(seconds: str) -> datetime | None:
    number = _number(seconds)
    if number is None or number > OLDEST.total_seconds():
        return None
    age = timedelta(seconds=number)
    return timezone.now() - age if age >= ON_ITS_WAY else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
