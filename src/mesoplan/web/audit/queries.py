"""All reads of the audit, and its verification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from mesoplan.web.audit.chain import GENESIS, Link
from mesoplan.web.audit.checkpoints import Checkpoint, checkpoints
from mesoplan.web.audit.key import audit_key
from mesoplan.web.audit.models import Event, Head
from mesoplan.web.audit.snapshot import snapshot

CHUNK = 2000
"""Rows read at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something in the chain that nobody did through Mesoplan, at the event of that number."""

    number: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What a verification found: how many events, and every fault."""

    events: int
    head: str
    faults: tuple[Fault, ...]

    @property
    def is_unbroken(self) -> bool:
        """Whether nothing was changed, taken out or put in another order."""
        return not self.faults


def verify_chain() -> ChainReport:
    """Walk the whole chain: every digest, every number, the head, every checkpoint.

    Others work meanwhile: the checkpoints are read first, the rows as they are at one moment.
    """
    walk = _Walk()
    with snapshot():
        faults = [*walk.events(), *_end(walk), *_missed_checkpoints(walk)]
    return ChainReport(events=walk.count, head=walk.previous, faults=tuple(faults))


class _Walk:
    """The state of a walk along the chain."""

    def __init__(self) -> None:
        self.count = 0
        self.number = 0
        self.previous = GENESIS
        # All that are of one number: after the end was cut off, another event has it.
        self.awaited: dict[int, list[Checkpoint]] = {}
        for point in checkpoints():
            self.awaited.setdefault(point.number, []).append(point)

    def events(self) -> Iterator[Fault]:
        """The faults of each event in turn."""
        for event in Event.objects.order_by("number").iterator(chunk_size=CHUNK):
            self.count += 1
            if event.number != self.number + 1:
                yield Fault(
                    number=event.number,
                    what=f"events {self.number + 1} to {event.number - 1} are missing",
                )
            if event.previous != self.previous:
                yield Fault(number=event.number, what="does not follow the event before it")
            if _digest(event) != event.digest:
                yield Fault(number=event.number, what="was changed after it was written")
            self.number, self.previous = event.number, event.digest
            for point in self.awaited.pop(event.number, ()):
                if point.digest != event.digest:
                    yield Fault(
                        number=event.number,
                        what=f"is not the event that stood here at {point.at}",
                    )


def _digest(event: Event) -> str:
    return Link(
        number=event.number,
        at=event.at,
        clinic=event.clinic,
        by=event.by,
        action=event.action,
        subject=event.subject,
        patient=event.patient,
        detail=event.detail,
        previous=event.previous,
    ).digest(audit_key())


def _end(walk: _Walk) -> Iterator[Fault]:
    head = Head.objects.first()
    if head is None:
        yield Fault(number=walk.number, what="the head, which says how far the chain goes, is gone")
    elif (head.number, head.digest) != (walk.number, walk.previous):
        yield Fault(
            number=head.number,
            what=f"the head says {head.number} events, the chain ends at {walk.number}",
        )


def _missed_checkpoints(walk: _Walk) -> Iterator[Fault]:
    for point in chain.from_iterable(walk.awaited.values()):
        if point.number > 0:
            yield Fault(
                number=point.number,
                what=f"stood in the chain at {point.at} and is gone",
            )
