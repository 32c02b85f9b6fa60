"""Planned against given of a sealed record, as it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mesoplan.documents.session_values import (
    ComparedDose,
    ComparedNumber,
    ComparedText,
    SessionTotals,
    SessionZone,
    TotalDose,
)
from mesoplan.web.courses import models
from mesoplan.web.courses.mapping.session_plan import decimal

Record = Mapping[str, Any]
"""A part of the sealed JSON."""


def reason_words(told: str | None) -> str:
    """A coded reason and its words, as people read it."""
    code, _, words = (told or "").partition(": ")
    labels = dict(models.DifferenceReason.choices) | dict(models.NotTreatedReason.choices)
    return ": ".join(part for part in (str(labels.get(code, code)), words) if part)


def _zone_reason(zone: Record) -> str:
    return reason_words(": ".join(part for part in (zone["reason"], zone["words"]) if part))


def zone_sheet(zone: Record) -> SessionZone:
    """One zone, item by item."""
    planned, given = zone["planned"], zone["given"]

    def text(name: str) -> ComparedText:
        return ComparedText(planned=planned[name] or "", given=given[name] or "")

    def amount(name: str) -> ComparedNumber:
        return ComparedNumber(planned=decimal(planned[name]), given=decimal(given[name]))

    is_planned = zone["was_due"]
    was_given = True if zone["was_given"] else (False if zone["was_left_out"] else None)
    return SessionZone(
        number=zone["number"],
        indication=zone["indication"],
        place=zone["place"] + ("" if is_planned else " (not due in this session)"),
        was_given=was_given if is_planned or zone["was_given"] else False,
        technique=text("technique_label"),
        mixture=text("mixture_label"),
        needle=ComparedText(planned=needle_words(planned), given=needle_words(given)),
        inserted_mm=amount("inserted_mm"),
        angle_deg=amount("angle_deg"),
        points=amount("points"),
        volume_ml=amount("volume_ml"),
        doses=tuple(
            ComparedDose(
                substance=dose["label"],
                unit=dose["unit"],
                amount=ComparedNumber(
                    planned=decimal(dose["planned"]), given=decimal(dose["given"])
                ),
            )
            for dose in zone["doses"]
        ),
        reason=_zone_reason(zone),
        note=zone["note"] or "",
    )


def needle_words(zone: Record) -> str:
    """Length and gauge of a needle: ``4 mm, 32 G``."""
    length, gauge = zone["needle_mm"], zone["gauge"]
    return ", ".join(
        part for part in (f"{length} mm" if length else "", f"{gauge} G" if gauge else "") if part
    )


def session_totals(record: Record) -> SessionTotals:
    """All zones and the cream together; what one zone does not know the sum does not know."""
    due = [zone for zone in record["zones"] if zone["was_due"]]
    treated = [zone for zone in record["zones"] if zone["was_given"]]

    def total(name: str) -> ComparedNumber:
        given = [decimal(zone["given"][name]) for zone in treated]
        known = [item for item in given if item is not None]
        planned = [decimal(zone["planned"][name]) or Decimal(0) for zone in due]
        return ComparedNumber(
            planned=sum(planned, Decimal(0)),
            given=sum(known, Decimal(0)) if known and len(known) == len(given) else None,
        )

    return SessionTotals(
        points=total("points"),
        volume_ml=total("volume_ml"),
        doses=tuple(
            TotalDose(
                substance=line["label"],
                unit=line["unit"],
                amount=ComparedNumber(
                    planned=decimal(line["planned"]), given=decimal(line["given"])
                ),
                limit=decimal(line["limit"]),
                limit_basis=line["stated"],
            )
            for line in record["doses"]
        ),
    )
