"""All reads of the audit, and its verification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mesoplan.web.audit.chain import GENESIS, Link
from mesoplan.web.audit.checkpoints import checkpoints
from mesoplan.web.audit.key import audit_key
from mesoplan.web.audit.models import Event, Head

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
    """Walk the whole chain: every digest, every number, the head, every checkpoint."""
    walk = _Walk()
    faults = list(walk.events())
    faults += _end(walk)
    faults += _missed_checkpoints(walk)
    return ChainReport(events=walk.count, head=walk.previous, faults=tuple(faults))


class _Walk:
    """The state of a walk along the chain."""

    def __init__(self) -> None:
        self.count = 0
        self.number = 0
        self.previous = GENESIS
        self.awaited = {item.number: item for item in checkpoints()}
        self.wrong: list[Fault] = []

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
            point = self.awaited.pop(event.number, None)
            if point is not None and point.digest != event.digest:
                yield Fault(
                    number=event.number, what=f"is not the event that stood here at {point.at}"
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
    head = Head.objects.get()
    if (head.number, head.digest) != (walk.number, walk.previous):
        yield Fault(
            number=head.number,
            what=f"the head says {head.number} events, the chain ends at {walk.number}",
        )


def _missed_checkpoints(walk: _Walk) -> Iterator[Fault]:
    for point in walk.awaited.values():
        if point.number > 0:
            yield Fault(
                number=point.number,
                what=f"stood in the chain at {point.at} and is gone",
            )
