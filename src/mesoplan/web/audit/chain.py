"""The arithmetic of the chain: what is hashed, and how. Knows no row."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
"""What stands where the digest before the first event would stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What one event says, in the form that is hashed. ``at`` is aware."""

    number: int
    at: datetime
    clinic: str
    by: str
    action: str
    subject: str
    patient: str
    detail: Mapping[str, Any]
    previous: str

    def digest(self, key: str) -> str:
        """HMAC-SHA256 over the canonical JSON of the event, under the key of the installation."""
        content = {**asdict(self), "at": self.at.astimezone(UTC).isoformat(timespec="microseconds")}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
