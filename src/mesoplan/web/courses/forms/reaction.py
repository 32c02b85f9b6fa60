"""Reads a reaction that is recorded apart from a session and a contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.followup import CAUSES, SEVERITIES
from mesoplan.web.courses.mapping.reactions import (
    LONGEST_DEVICE,
    LONGEST_LOT,
    ReactionSeen,
    cause_of,
    lot_and_device,
    reaction_choices,
)
from mesoplan.web.courses.models import Session
from mesoplan.web.courses.queries.followup import recorded_parts

LONGEST = {"words": 300, "lot": LONGEST_LOT, "device": LONGEST_DEVICE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReaction:
    """A reaction, or what is wrong at which field; what was typed is kept."""

    seen: ReactionSeen | None
    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)


def read_reaction(data: Mapping[str, str], *, session: Session, today: date) -> ReadReaction:
    """The reaction in a form. Lot and device are those of the zone where none are typed."""
    typed = {key: data.get(key, "").strip() for key in _FIELDS}
    errors: dict[str, str] = {}
    if typed["name"] and typed["name"] not in dict(reaction_choices()):
        errors["name"] = _("Choose one of the list.")
    elif not typed["name"] and not typed["words"]:
        errors["name"] = _("Choose a reaction, or say it in words.")
    for key, most in LONGEST.items():
        if len(typed[key]) > most:
            errors[key] = _("At most %(most)s characters.") % {"most": most}
    if typed["severity"] not in SEVERITIES:
        errors["severity"] = _("Choose how severe it is.")
    if typed["cause"] and typed["cause"] not in CAUSES:
        errors["cause"] = _("Choose one of the list.")
    zones = {"0", *(str(zone["number"]) for zone in session.plan.decision["plan"]["zones"])}
    if typed["zone"] and typed["zone"] not in zones:
        errors["zone"] = _("Choose one of the list.")
    began = _day(typed["began_on"], today, errors)
    if errors:
        return ReadReaction(seen=None, typed=typed, errors=errors)
    zone = int(typed["zone"] or 0)
    lot, device = lot_and_device(recorded_parts(session), zone)
    return ReadReaction(
        typed={},
        seen=ReactionSeen(
            severity=typed["severity"],
            cause=typed["cause"] or cause_of(typed["name"]),
            name=typed["name"],
            words=typed["words"],
            zone=zone,
            lot=typed["lot"] or lot,
            device=typed["device"] or device,
            began_on=began,
        ),
    )


_FIELDS = ("name", "words", "severity", "cause", "zone", "began_on", "lot", "device")


def _day(text: str, today: date, errors: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors["began_on"] = _("Enter a day, such as 2026-11-24.")
        return None
    if day > today:
        errors["began_on"] = _("This day has not come yet.")
    return day
