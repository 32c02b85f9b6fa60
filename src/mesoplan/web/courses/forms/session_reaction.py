"""Reads a reaction that is seen during a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.reactions import (
    UNKNOWN_CAUSE,
    ReactionSeen,
    cause_of,
    reaction_choices,
)
from mesoplan.web.courses.queries.session import SessionState

SEVERITIES = ("mild", "moderate", "severe")
LONGEST = 300
_LONGEST_LOT = 80
_LONGEST_DEVICE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReaction:
    """A reaction, or what is wrong at which field; what was typed is kept."""

    seen: ReactionSeen | None
    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)


def read_reaction(data: Mapping[str, str], *, state: SessionState) -> ReadReaction:
    """The reaction in a form. Lot and device are those of the zone it is seen in."""
    name, words = data.get("name", ""), data.get("words", "").strip()
    severity, zone_text = data.get("severity", ""), data.get("zone", "0")
    errors = {}
    if name and name not in dict(reaction_choices()):
        errors["name"] = _("Choose one of the list.")
    elif not name and not words:
        errors["name"] = _("Choose a reaction, or say it in words.")
    if len(words) > LONGEST:
        errors["words"] = _("At most %(most)s characters.") % {"most": LONGEST}
    if severity not in SEVERITIES:
        errors["severity"] = _("Choose how severe it is.")
    zones = {"0": 0} | {str(zone.number): zone.number for zone in state.plan.zones}
    if zone_text not in zones:
        errors["zone"] = _("Choose one of the list.")
    if errors:
        return ReadReaction(seen=None, typed=dict(data), errors=errors)
    number = zones[zone_text]
    seen = ReactionSeen(
        severity=severity,
        cause=cause_of(name) if name else UNKNOWN_CAUSE,
        name=name,
        words=words,
        zone=number,
        lot=_lots_of(state, number),
        device=_device_of(state, number),
        began_on=state.day,
    )
    return ReadReaction(seen=seen, typed={})


def _lots_of(state: SessionState, number: int) -> str:
    """The lots of the mixture of a zone; of the whole body all lots."""
    zone = state.plan.zone(number)
    given = next((item for item in state.given if item.number == number), None)
    mixture = (given.mixture if given else "") or (zone.mixture if zone else "")
    lots = [lot.lot for lot in state.lots if lot.lot and lot.key.startswith(f"lot.{mixture}")]
    return ", ".join(dict.fromkeys(lots))[:_LONGEST_LOT]


def _device_of(state: SessionState, number: int) -> str:
    devices = [item.device for item in state.given if item.device and number in {0, item.number}]
    return ", ".join(dict.fromkeys(devices))[:_LONGEST_DEVICE]
