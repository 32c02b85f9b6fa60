"""Reads a reaction that is seen during a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.reactions import (
    UNKNOWN_CAUSE,
    ReactionSeen,
    SessionParts,
    cause_of,
    lot_and_device,
    reaction_choices,
)
from mesoplan.web.courses.queries.session import SessionState

SEVERITIES = ("mild", "moderate", "severe")
LONGEST = 300


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
    lot, device = lot_and_device(_parts(state), number)
    seen = ReactionSeen(
        severity=severity,
        cause=cause_of(name) if name else UNKNOWN_CAUSE,
        name=name,
        words=words,
        zone=number,
        lot=lot,
        device=device,
        began_on=state.day,
    )
    return ReadReaction(seen=seen, typed={})


def _parts(state: SessionState) -> SessionParts:
    """What is used so far; of a zone that is not recorded yet what is planned there."""
    pairs = zip(state.plan.zones, state.given, strict=True)
    return SessionParts(
        zones=tuple(
            (zone.number, given.mixture or zone.mixture, given.device) for zone, given in pairs
        ),
        lots=tuple((lot.product.key, lot.lot) for lot in state.lots),
    )
