"""Planned against given on the printed session record: lots, zones, totals."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from mesoplan.documents.pdf_words import (
    Block,
    Runs,
    heading,
    lead,
    line_break,
    paragraph,
    share_words,
    soft,
    strong,
    table,
    unknown,
    words,
)
from mesoplan.documents.session_values import (
    ComparedNumber,
    ComparedText,
    SessionTotals,
    SessionZone,
    Syringe,
    SyringeComponent,
    TotalDose,
)
from mesoplan.documents.sheet_words import (
    day_said,
    difference,
    measured,
    moment,
    moment_said,
    named,
    said,
    together,
    with_unit,
    yes_or_no,
)

_HEAD = ("What", "Planned", "Given", "Difference", "Reason")
_WIDTHS = ("34", "38", "38", "24", "rest")


# --- Lots -------------------------------------------------------------------------------------


def syringe_blocks(syringe: Syringe) -> Iterator[Block]:
    """A mixture with the lot and expiry of each component."""
    yield heading(2, named(syringe.label, "Mixture"))
    yield lead(
        *said(syringe.verdict, mm=30),
        words("; prepared by "),
        *said(syringe.prepared_by, mm=40),
        words(", "),
        *moment_said(syringe.prepared_at, mm=50),
    )
    yield table(
        ("Component", "Volume", "Dose", "Lot", "Expiry", "Opened, use before"),
        ("rest", ">16", ">18", "28", "27", "38"),
        (_component(part) for part in syringe.components),
    )


def _component(part: SyringeComponent) -> list[Runs]:
    about: Runs = []
    for text in (part.product, part.strength, part.container):
        about += [line_break(), *said(text, mm=30, weight="soft")]
    opened: Runs = [soft("opened "), *moment_said(part.opened, mm=20)]
    if part.use_before is not None:
        opened += [line_break(), soft("use before "), words(moment(part.use_before))]
    return [
        [*said(part.substance, mm=30, weight="strong"), *about],
        measured(part.volume_ml, "mL", mm=6),
        measured(part.dose, named(part.dose_unit, "unit"), mm=6),
        said(part.lot, mm=22),
        day_said(part.expiry, mm=22),
        opened,
    ]


# --- Zones ------------------------------------------------------------------------------------


def zone_blocks(zone: SessionZone) -> Iterator[Block]:
    """Every item of a zone as planned and as given."""
    what, where = named(zone.indication, "indication"), named(zone.place, "place")
    yield heading(2, f"Zone {zone.number}: {what}, {where}")
    rows = [
        _text("Technique", zone.technique, zone),
        _text("Mixture", zone.mixture, zone),
        _text("Needle", zone.needle, zone),
        _number("Inserted length", zone.inserted_mm, "mm", zone),
        _number("Angle to the skin", zone.angle_deg, "°", zone),
        _number("Points", zone.points, "", zone),
        _number("Volume", zone.volume_ml, "mL", zone),
        *(
            _number(dose.substance, dose.amount, named(dose.unit, "unit"), zone)
            for dose in zone.doses
        ),
    ]
    yield table(_HEAD, _WIDTHS, rows)
    if zone.was_given is None:
        yield paragraph(words("Was this zone given? "), *yes_or_no(None))
    if zone.was_given is False:
        yield paragraph(strong("This zone was not given. "), *_why(zone.reason))
    if zone.was_given is not False and zone.reason.strip():
        yield paragraph(*_why(zone.reason))
    if zone.note.strip():
        yield paragraph(soft("Note: "), *said(zone.note))


def _why(reason: str) -> Runs:
    return [soft("Reason: "), *said(reason, mm=60)]


def _text(item: str, compared: ComparedText, zone: SessionZone) -> list[Runs]:
    planned, given = compared.planned.strip(), compared.given.strip()
    is_same = planned == given
    gap: Runs = []
    if given:
        other = "differs" if planned else "not planned"
        gap = [soft("as planned") if is_same else strong(other)]
    return _row(
        item,
        planned=said(planned) if planned else [soft("not in the plan")],
        given=said(given, mm=28),
        gap=gap,
        reason=_reason(compared.reason, zone, needed=bool(given) and not is_same),
        zone=zone,
    )


def _number(item: str, compared: ComparedNumber, unit: str, zone: SessionZone) -> list[Runs]:
    planned, given = compared.planned, compared.given
    return _row(
        item,
        planned=_planned(planned, unit),
        given=measured(given, unit, mm=20),
        gap=gap_of(compared, unit),
        reason=_reason(compared.reason, zone, needed=given is not None and given != planned),
        zone=zone,
    )


def _row(
    item: str, *, planned: Runs, given: Runs, gap: Runs, reason: Runs, zone: SessionZone
) -> list[Runs]:
    if zone.was_given is False and any(run["is"] == "blank" for run in given):
        given, gap = [words("not given")], []
    return [said(item, mm=26), planned, given, gap, reason]


def _planned(planned: Decimal | None, unit: str) -> Runs:
    return [soft("not in the plan")] if planned is None else measured(planned, unit)


def gap_of(compared: ComparedNumber, unit: str) -> Runs:
    """How far the given number is from the planned one, in words or with its sign."""
    if compared.given is None:
        return []
    if compared.planned is None:
        return [strong("not planned")]
    if compared.given == compared.planned:
        return [soft("as planned")]
    run = with_unit(difference(compared.planned, compared.given), unit)
    return [{**run, "is": "strong-value"} if run["is"] == "value" else run]


def _reason(own: str, zone: SessionZone, *, needed: bool) -> Runs:
    """The reason; a blank where one is due and nobody gave it."""
    if own.strip():
        return said(own)
    if not needed:
        return []
    return [soft("as for the zone")] if zone.reason.strip() else said("", mm=28)


# --- Totals -----------------------------------------------------------------------------------


def total_block(totals: SessionTotals) -> Block:
    """All zones and the cream together, with the share of each limit that was used."""
    found = table(
        ("All zones together", "Planned", "Given", "Difference", "Given against the limit"),
        ("34", "26", "26", "24", "rest"),
        [
            _total("Points", totals.points, "", []),
            _total("Volume", totals.volume_ml, "mL", []),
            *(
                _total(dose.substance, dose.amount, named(dose.unit, "unit"), _limit(dose))
                for dose in totals.doses
            ),
        ],
    )
    return together(heading(2, "Totals of the session"), found)


def _total(item: str, compared: ComparedNumber, unit: str, limit: Runs) -> list[Runs]:
    """The reason of a total, where it has one of its own, stands below its limit."""
    reason = compared.reason.strip()
    if reason:
        limit = [*limit, *([line_break()] if limit else []), *said(reason)]
    return [
        said(item, mm=26),
        _planned(compared.planned, unit),
        measured(compared.given, unit, mm=12),
        gap_of(compared, unit),
        limit,
    ]


def _limit(dose: TotalDose) -> Runs:
    if dose.limit is None:
        return [unknown("limit not known")]
    runs: Runs = []
    given = dose.amount.given
    if given is not None and dose.limit > 0:
        runs = [strong(share_words(given / dose.limit)), words(" of ")]
    runs += measured(dose.limit, named(dose.unit, "unit"))
    if dose.limit_basis.strip():
        runs += [words(" "), *said(dose.limit_basis, weight="soft")]
    if given is not None and given > dose.limit:
        runs += [line_break(), strong("above the limit")]
    return runs
