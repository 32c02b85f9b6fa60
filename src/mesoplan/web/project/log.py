"""Log lines that say what failed and where, never about whom.

The message of an exception may hold what somebody typed (a database quotes the row it refuses), so
only its type and the way to it are written.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import TypeAlias

Failure: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class NobodyFormatter(logging.Formatter):
    """Formats a failure without the words of the exception."""

    def formatException(self, ei: Failure) -> str:  # noqa: N802 - the name is logging's
        """Types and places, the cause first, as Python prints them, without their messages."""
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            place = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
            lines = [f"{type(error).__module__}.{type(error).__qualname__}", *place, *lines]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)
