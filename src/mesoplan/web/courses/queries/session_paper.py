"""A finalised session as paper: its record in the words of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from mesoplan.web.courses.mapping.session_sheet_given import reason_words
from mesoplan.web.courses.models import Amendment, AmendmentReason, Reaction, Session
from mesoplan.web.courses.queries.session_fields import reaction_words
from mesoplan.web.patients.models import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The sealed record, its amendments, reactions that were told since, and its pages."""

    record: Mapping[str, Any]
    zones: tuple[PaperZone, ...]
    amendments: tuple[tuple[Amendment, str], ...]
    lots: tuple[tuple[Mapping[str, Any], date | None], ...]
    later: tuple[tuple[Reaction, str], ...]
    scores: tuple[tuple[str, str], ...]
    documents: tuple[Document, ...]
    not_treated: str
    begun_at: datetime
    finalised_at: datetime
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """One item of a zone, as planned and as given."""

    item: str
    unit: str
    planned: Decimal | str | None
    given: Decimal | str | None
    is_different: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperZone:
    """One zone of the record."""

    record: Mapping[str, Any]
    rows: tuple[PaperRow, ...]
    reason: str


def paper_of(session: Session) -> Paper:
    """The record of a finalised session.

    Raises:
        ValueError: it is not finalised.
    """
    if session.record is None or session.sealed_at is None:
        raise ValueError("a session that is open has no paper")
    record = session.record
    ended = record["not_treated"]
    later = Reaction.objects.filter(session=session, at__gt=session.sealed_at).order_by("pk")
    return Paper(
        record=record,
        zones=tuple(_zone(zone) for zone in record["zones"]),
        amendments=tuple(
            (item, str(AmendmentReason(item.reason).label))
            for item in session.amendments.select_related("by")
        ),
        lots=tuple(
            (lot, date.fromisoformat(lot["expiry"]) if lot["expiry"] else None)
            for lot in record["lots"]
        ),
        later=tuple((item, reaction_words(item)) for item in later),
        scores=tuple(
            (f"{item['label']}, {_MOMENTS[item['when']]}", item["value"])
            for item in record["scores"]
        ),
        documents=tuple(
            Document.objects.filter(
                patient=session.course.patient, subject=f"session {session.code}"
            )
            .defer("content")
            .order_by("pk")
        ),
        not_treated=reason_words(": ".join(part for part in ended.values() if part))
        if ended
        else "",
        begun_at=datetime.fromisoformat(record["begun"]["at"]),
        finalised_at=datetime.fromisoformat(record["finalised"]["at"]),
        day=date.fromisoformat(record["day"]),
    )


_NUMBERS = (
    ("points", _("Points"), ""),
    ("volume_ml", _("Volume"), "mL"),
    ("needle_mm", _("Needle"), "mm"),
    ("gauge", _("Gauge"), "G"),
    ("inserted_mm", _("Inserted length"), "mm"),
    ("angle_deg", _("Angle to the skin"), "°"),
)
_WORDS = (("technique", _("Technique")), ("mixture", _("Mixture")))
_MOMENTS = {"before": _("before"), "during": _("during the treatment"), "after": _("afterwards")}


def _zone(zone: Mapping[str, Any]) -> PaperZone:
    planned, given = zone["planned"], zone["given"]
    rows = [
        PaperRow(
            item=str(label),
            unit=unit,
            planned=_decimal(planned[name]),
            given=_decimal(given[name]),
            is_different=given[name] is not None
            and _decimal(planned[name]) != _decimal(given[name]),
        )
        for name, label, unit in _NUMBERS
        if planned[name] is not None or given[name] is not None
    ]
    rows += [
        PaperRow(
            item=str(label),
            unit="",
            planned=planned[f"{name}_label"],
            given=given[f"{name}_label"],
            is_different=given[name] is not None and planned[name] != given[name],
        )
        for name, label in _WORDS
    ]
    rows += [
        PaperRow(
            item=dose["label"],
            unit=dose["unit"],
            planned=_decimal(dose["planned"]),
            given=_decimal(dose["given"]),
            is_different=dose["given"] is not None and dose["planned"] != dose["given"],
        )
        for dose in zone["doses"]
    ]
    told = ": ".join(part for part in (zone["reason"], zone["words"]) if part)
    return PaperZone(record=zone, rows=tuple(rows), reason=reason_words(told))


def _decimal(text: str | int | None) -> Decimal | None:
    return None if text is None else Decimal(str(text))
