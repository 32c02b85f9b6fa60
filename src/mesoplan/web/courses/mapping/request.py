"""The request of a case document as keys of gestures: the way back from ``mapping.case``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from mesoplan.documents.case_file import parse_toml
from mesoplan.vocabulary.quantity import plain
from mesoplan.web.courses.mapping.case import PLACE, one_zone
from mesoplan.web.gestures.sheet import Entered, Sheet

WISHES = (
    "technique",
    "mixture",
    "needle_length_mm",
    "needle_inserted_mm",
    "needle_angle_deg",
    "points",
    "spacing_mm",
    "volume_per_point_ml",
    "sessions",
    "interval_days",
)
"""Keys of a zone that ask for something within the protocol; without them it is its careful end."""


def zone_numbers(sheet: Sheet) -> tuple[int, ...]:
    """The numbers of a request's zones in their keys, in order; the core counts them from 1."""
    return tuple(sorted({int(key.partition(".")[0]) for key in sheet.under("zone")}))


def zone_table(sheet: Sheet, values: Mapping[str, Any], number: int) -> dict[str, Any]:
    """One zone as ``[[request.zone]]``, with these values laid over it."""
    begin = f"zone.{number}."
    entered = {
        name: value
        for name, value in (
            sheet.under(f"zone.{number}")
            | {
                key.removeprefix(begin): value
                for key, value in values.items()
                if key.startswith(begin)
            }
        ).items()
        if value is not None
    }
    return one_zone(entered)


def entered_text(value: object) -> str:
    """What a field of the request shows for a value: a list line by line."""
    return "\n".join(value) if isinstance(value, list) else str(value or "")


def request_values(document: Mapping[str, Any]) -> dict[str, Any]:
    """Keys and values of the gestures that say what ``[request]`` and ``[[override]]`` say.

    Zones are numbered from 1. Numbers become text, as they are entered. An override keeps the name
    of the physician who decided it.
    """
    request = document["request"]
    values: dict[str, Any] = {}
    if "practitioner" in request:
        values["practitioner"] = request["practitioner"]
    for number, zone in enumerate(request["zone"], 1):
        values |= {f"zone.{number}.{key}": value for key, value in zone_values(zone).items()}
    for override in document.get("override", ()):
        values[f"override.{override['rule']}"] = {
            "reason": override["reason"],
            "note": "",
            "by": override["by"],
        }
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


def kept_request(case: str) -> dict[str, Any]:
    """The request that a kept case text holds, as keys and values of gestures."""
    return request_values(parse_toml(case.encode(), PLACE))


def zones_values(sheet: Sheet) -> dict[str, Any]:
    """The zones of a request and who treats, without what a physician decided on its findings."""
    return {
        key: entry.value
        for key, entry in sheet.entries.items()
        if key == "practitioner" or key.startswith("zone.")
    }


def restoring(sheet: Sheet, case: str) -> dict[str, Any]:
    """The values that make a request say what a kept case says.

    Overrides that stand as they are keep who recorded them and when.
    """
    kept = kept_request(case)
    asked = {key for key in sheet.entries if key == "practitioner" or "." in key}
    same = {
        key
        for key, value in kept.items()
        if key.startswith("override.") and _reason(sheet.value(key)) == _reason(value)
    }
    gone = dict.fromkeys(asked - kept.keys())
    return gone | {key: value for key, value in kept.items() if key not in same}


def _reason(value: object) -> object:
    return value.get("reason") if isinstance(value, dict) else None


def overlaid(sheet: Sheet, values: Mapping[str, Any]) -> Sheet:
    """The request as it would be with these values; nothing is written."""
    entries = {key: entry for key, entry in sheet.entries.items() if key not in values}
    for key, value in values.items():
        if value is not None:
            entries[key] = Entered(
                value=value,
                number=sheet.version,
                by=sheet.last_by,
                by_id=0,
                said_by="",
                at=sheet.last_at or datetime.min.replace(tzinfo=UTC),
            )
    return Sheet(entries=MappingProxyType(entries), version=sheet.version)
