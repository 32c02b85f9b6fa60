"""A dated correction of one value by a clinical reviewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One signed change of one value.

    ``kind`` and ``id`` name the record, ``key`` the place inside it, such as
    ``limits[1].amount.reviewed`` (lists count from 1); ``value`` is the new value as it would
    stand in the data file.
    """

    kind: str
    id: str
    key: str
    value: object
    by: str
    on: date
    reason: str
