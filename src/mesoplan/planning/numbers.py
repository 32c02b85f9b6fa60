"""From a sourced range to one planned number: the more careful end, and never beyond the range."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.numbers import MaybeNumber
from mesoplan.planning.values import Planned
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Quantity, plain
from mesoplan.vocabulary.source import Citation, ClinicalNumber, Kind

if TYPE_CHECKING:
    from mesoplan.knowledge.schema.indications import Protocol
    from mesoplan.knowledge.schema.techniques import Technique


class Careful(Enum):
    """Which end of a range is the more careful one."""

    LOW = "low"
    HIGH = "high"


CAREFUL_END = {
    "volume_per_point": Careful.LOW,
    "points": Careful.LOW,
    "sessions": Careful.LOW,
    "spacing": Careful.HIGH,
    "interval": Careful.HIGH,
    "gauge": Careful.HIGH,
}
"""Less volume, fewer points and sessions, wider spacing, longer interval, shorter and finer
needle, flatter angle, shallower tip. See docs/explanation/how-a-plan-is-made.md."""


class OutsideProtocolError(Exception):
    """The request asks for something that the protocol's range does not hold.

    ``way_out`` says what could be asked for instead.
    """

    def __init__(self, message: str, *, way_out: str = "") -> None:
        super().__init__(message)
        self.way_out = way_out


@dataclass(frozen=True, slots=True)
class NumberUnknownError(Exception):
    """A number without which the protocol cannot be planned."""

    name: str
    reason: str


def number_of(name: str, protocol: Protocol, technique: Technique) -> MaybeNumber:
    """The protocol's number, or the technique's where the protocol leaves it out."""
    own: MaybeNumber = getattr(protocol, name)
    if isinstance(own, Unknown) and hasattr(technique, name):
        general: MaybeNumber = getattr(technique, name)
        return own if isinstance(general, Unknown) else general
    return own


def needed(name: str, protocol: Protocol, technique: Technique) -> ClinicalNumber:
    """The number, which the protocol cannot do without.

    Raises:
        NumberUnknownError: neither protocol nor technique states it.
    """
    found = number_of(name, protocol, technique)
    if isinstance(found, Unknown):
        raise NumberUnknownError(name, found.reason)
    return found


def planned(name: str, number: ClinicalNumber) -> Planned:
    """The careful end of a range, with the range."""
    value = number.high if CAREFUL_END[name] is Careful.HIGH else number.low
    return Planned(
        value=value,
        low=number.low,
        high=number.high,
        kind=number.kind,
        citations=(number.citation,),
        note=number.tightens,
    )


def as_asked(word: str, found: Planned, wish: Quantity | None) -> Planned:
    """What the physician asks for in place of the careful end, with the range in the same unit.

    Without a wish, or where it asks for what is planned anyway, the number stays as it is.

    Raises:
        OutsideProtocolError: the wish lies outside the range.
    """
    if wish is None or wish == found.value:
        return found
    low, high = found.low.to(wish.unit), found.high.to(wish.unit)
    if not low <= wish <= high:
        because = f" ({found.note})" if found.note else ""
        message = f"{word}: {wish} asked; the range is {span(low, high)}{because}"
        raise OutsideProtocolError(
            message, way_out=f"{word} within the range, or left out: the careful end"
        )
    return replace(
        found, value=wish, low=low, high=high, note="as asked, within the protocol's range"
    )


def span(low: Quantity, high: Quantity) -> str:
    """A range in words: ``20 to 30 mm``, or ``8 and no other`` where there is one number."""
    return f"{high} and no other" if low == high else f"{plain(low.amount)} to {high}"


def computed(value: Quantity, *citations: Citation, note: str = "") -> Planned:
    """A number that the program worked out from others."""
    return Planned(
        value=value, low=value, high=value, kind=Kind.COMPUTED, citations=citations, note=note
    )
