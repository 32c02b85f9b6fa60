"""How far the chain went at moments in the past, in a file outside the database.

Whoever cuts the end off the chain, head and all, would otherwise leave no trace. Checkpoints are
written at each start, backup and verification.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from mesoplan.web.audit.models import Head

PARTS = 3
"""Of a line: number, digest, time."""


class NoHeadError(Exception):
    """The chain takes no event any more, and with it nothing can be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The chain had ``number`` events, the last of them with ``digest``, at ``at`` (ISO, UTC)."""

    number: int
    digest: str
    at: str

    @property
    def line(self) -> bytes:
        """As it stands in the file."""
        return f"{self.number} {self.digest} {self.at}\n".encode("ascii")


def checkpoint_file() -> Path:
    """Where the checkpoints of this installation lie."""
    name = "demonstration-checkpoints" if settings.DEMONSTRATION else "audit-checkpoints"
    return Path(settings.DATA) / name


def write_checkpoint() -> Checkpoint:
    """Add the present end of the chain to the file, and see it on the disk.

    Raises:
        NoHeadError: nothing says any more how far the chain goes.
    """
    head = Head.objects.first()
    if head is None:
        message = "the head of the audit chain is gone: somebody was in the database"
        raise NoHeadError(message)
    made = Checkpoint(
        number=head.number, digest=head.digest, at=timezone.now().isoformat(timespec="seconds")
    )
    with checkpoint_file().open("ab+") as file:
        file.write(b"" if _ends_whole(file) else b"\n")
        file.write(made.line)
        file.flush()
        os.fsync(file.fileno())
    return made


def _ends_whole(file: BinaryIO) -> bool:
    """Whether nothing, or a whole line, stands at the end: a cut one would spoil the next."""
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def checkpoints() -> Iterator[Checkpoint]:
    """All checkpoints in order; a line that was cut off by a power failure is passed over."""
    try:
        text = checkpoint_file().read_text(encoding="ascii")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        parts = line.split()
        if len(parts) == PARTS and parts[0].isdecimal():
            yield Checkpoint(number=int(parts[0]), digest=parts[1], at=parts[2])
