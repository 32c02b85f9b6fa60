"""The request of a case document as keys of gestures: the way back from ``mapping.case``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mesoplan.vocabulary.quantity import plain


def request_values(document: Mapping[str, Any]) -> dict[str, Any]:
    """Keys and values of the gestures that say what ``[request]`` and ``[[override]]`` say.

    Zones are numbered from 1. Numbers become text, as they are entered.
    """
    request = document["request"]
    values: dict[str, Any] = {}
    if "practitioner" in request:
        values["practitioner"] = request["practitioner"]
    for number, zone in enumerate(request["zone"], 1):
        values |= {f"zone.{number}.{key}": value for key, value in zone_values(zone).items()}
    for override in document.get("override", ()):
        values[f"override.{override['rule']}"] = {"reason": override["reason"], "note": ""}
    return values


def zone_values(zone: Mapping[str, Any]) -> dict[str, Any]:
    """One ``[[request.zone]]`` as keys of gestures, without the zone's number."""
    needle = zone.get("needle", {})
    flat = {key: value for key, value in zone.items() if key != "needle"}
    flat |= {f"needle_{key}": value for key, value in needle.items()}
    return {key: _entered(value) for key, value in flat.items()}


def _entered(value: object) -> object:
    if isinstance(value, (int, Decimal)):
        return plain(Decimal(value))
    return list(value) if isinstance(value, (list, tuple)) else value
