"""Planned against given on the page, zone by zone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.session_given import GivenZone
from mesoplan.web.courses.mapping.session_options import Option, mixtures, techniques, uses_device
from mesoplan.web.courses.mapping.session_plan import PlannedZone
from mesoplan.web.courses.mapping.words import label_of
from mesoplan.web.courses.queries.session import PROPOSED, SessionState
from mesoplan.web.courses.queries.session_check import unexplained
from mesoplan.web.courses.queries.session_fields import Field, Fields, ReasonFields


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRow:
    """One item of a zone. Numbers are numbers, so that the page writes them in its language.

    ``gap`` is given less planned where both are numbers; ``nudge`` the item's name where it has
    buttons for more and less.
    """

    label: str
    unit: str
    planned: Decimal | str | None
    given: Decimal | str | None
    gap: Decimal | None
    is_different: bool
    field: Field | None = None
    nudge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneCard:
    """A zone: what was planned and given, its fields, and whether a reason is wanted."""

    planned: PlannedZone
    given: GivenZone
    rows: tuple[CompareRow, ...]
    more: tuple[CompareRow, ...]
    technique: Field
    techniques: tuple[Option, ...]
    mixture: Field
    mixtures: tuple[Option, ...]
    device: Field
    settings: Field
    note: Field
    reason: ReasonFields
    question: str
    has_device: bool
    has_last: bool
    is_open: bool

    @property
    def more_differs(self) -> bool:
        """Whether technique, mixture or needle are not as planned, or not recorded."""
        return any(row.is_different or row.given is None for row in self.more)

    @property
    def part(self) -> str:
        """The name of the card, as the page follows it."""
        return f"zone-{self.planned.number}"

    @property
    def is_done(self) -> bool:
        """Whether points, volume and mixture are there, or it was left out."""
        given = self.given
        is_given = given.points is not None and given.volume_ml is not None and given.mixture
        return given.was_left_out or bool(is_given)


def zone_cards(state: SessionState, fields: Fields) -> tuple[ZoneCard, ...]:
    """Every zone of the plan; the first one that is due and not done is open."""
    pairs = list(zip(state.plan.zones, state.given, strict=True))
    waiting = next((zone.number for zone, given in pairs if zone.is_due and not _done(given)), 0)
    wanted = unexplained(state)
    return tuple(
        _card(state, fields, zone, given, waiting=waiting, wanted=wanted) for zone, given in pairs
    )


def _done(given: GivenZone) -> bool:
    return given.was_left_out or given.is_recorded


def _card(
    state: SessionState,
    fields: Fields,
    zone: PlannedZone,
    given: GivenZone,
    *,
    waiting: int,
    wanted: tuple[int, ...],
) -> ZoneCard:
    rows = (*_amounts(fields, zone, given), *_doses(zone, given))
    more = tuple(_more(fields, zone, given))
    different = [row.label for row in (*rows, *more) if row.is_different]
    key = f"given.{zone.number}"
    return ZoneCard(
        planned=zone,
        given=given,
        rows=rows,
        more=more,
        technique=fields.field(f"{key}.technique"),
        techniques=techniques(),
        mixture=fields.field(f"{key}.mixture"),
        mixtures=mixtures(zone),
        device=fields.field(f"{key}.device"),
        settings=fields.field(f"{key}.settings"),
        note=fields.field(f"note.{zone.number}"),
        reason=fields.reason(zone.number, is_needed=zone.number in wanted or bool(different)),
        question=_question(zone, given, rows),
        has_device=uses_device(given.technique or zone.technique),
        has_last=bool(state.sheet.under(f"{PROPOSED}{key}")),
        is_open=zone.number == waiting,
    )


def _question(zone: PlannedZone, given: GivenZone, rows: tuple[CompareRow, ...]) -> str:
    """What is asked where something differs, as shortly as it can be said."""
    place = {"place": zone.place}
    if given.was_left_out:
        return _("Why was %(place)s left out?") % place
    gap = rows[0].gap
    if gap:
        words = {"count": abs(gap), "place": zone.place}
        if gap < 0:
            return _("Why %(count)s points fewer: %(place)s?") % words
        return _("Why %(count)s points more: %(place)s?") % words
    return _("Why was it given otherwise: %(place)s?") % place


def _amounts(fields: Fields, zone: PlannedZone, given: GivenZone) -> tuple[CompareRow, ...]:
    key = f"given.{zone.number}"
    points = None if given.points is None else Decimal(given.points)
    return (
        _row(
            _("Points"), "", Decimal(zone.points), points, fields.field(f"{key}.points"), "points"
        ),
        _row(
            _("Volume"),
            "mL",
            zone.volume_ml,
            given.volume_ml,
            fields.field(f"{key}.volume_ml"),
            "volume_ml",
        ),
    )


def _row(
    label: str,
    unit: str,
    planned: Decimal | None,
    given: Decimal | None,
    field: Field | None = None,
    nudge: str = "",
) -> CompareRow:
    gap = None if planned is None or given is None else given - planned
    return CompareRow(
        label=label,
        unit=unit,
        planned=planned,
        given=given,
        gap=gap,
        is_different=given is not None and given != planned,
        field=field,
        nudge=nudge,
    )


def _doses(zone: PlannedZone, given: GivenZone) -> tuple[CompareRow, ...]:
    planned = {dose.substance: dose for dose in zone.doses}
    used = {dose.substance: dose for dose in given.doses}
    found = []
    for name in dict.fromkeys([*planned, *used]):
        dose = planned.get(name) or used[name]
        found.append(
            _row(
                dose.label,
                dose.unit,
                planned[name].amount if name in planned else None,
                used[name].amount if name in used else None,
            )
        )
    return tuple(found)


def _more(fields: Fields, zone: PlannedZone, given: GivenZone) -> list[CompareRow]:
    key = f"given.{zone.number}"
    found = [
        _words(_("Technique"), "techniques", zone.technique, given.technique),
        _words(_("Mixture"), "mixtures", zone.mixture, given.mixture),
    ]
    if zone.needle_mm is not None or given.needle_mm is not None:
        numbers = (
            (_("Needle"), "mm", "needle_mm"),
            (_("Gauge"), "G", "gauge"),
            (_("Inserted length"), "mm", "inserted_mm"),
            (_("Angle to the skin"), "°", "angle_deg"),
        )
        found += [
            _row(
                label,
                unit,
                getattr(zone, name),
                getattr(given, name),
                fields.field(f"{key}.{name}"),
            )
            for label, unit, name in numbers
        ]
    return found


def _words(label: str, kind: str, planned: str, given: str) -> CompareRow:
    return CompareRow(
        label=label,
        unit="",
        planned=label_of(kind, planned),
        given=label_of(kind, given) if given else None,
        gap=None,
        is_different=bool(given) and given != planned,
    )
