"""What the request page shows: the zones as they are filled in, and what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mesoplan.web.courses.mapping import choices
from mesoplan.web.courses.mapping.draft import is_whole
from mesoplan.web.courses.mapping.request import entered_text, zone_numbers
from mesoplan.web.courses.mapping.words import PRACTITIONERS, course_title, place_words
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import current_plan, is_open, request_sheet
from mesoplan.web.gestures.sheet import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the page: its name, what it says, and what is wrong with what was typed."""

    name: str
    value: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneCard:
    """One zone: what was chosen, and what can be chosen next."""

    number: int
    place: int
    indication: choices.IndicationChoice | None
    where: str
    fields: Mapping[str, Field]
    regions: tuple[choices.Option, ...] = ()
    sides: tuple[choices.Option, ...] = ()
    is_paired: bool = False
    severity_scale: str = ""
    area: choices.AreaHint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage:
    """The page: zones, the empty zone that is being added, who treats, what can be repeated."""

    sheet: Sheet
    is_open: bool
    is_whole: bool
    can_add: bool
    title: str
    zones: tuple[ZoneCard, ...]
    groups: tuple[choices.IndicationGroup, ...]
    practitioner: Field
    practitioners: tuple[choices.Option, ...]
    others: tuple[Course, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


def request_page(
    course: Course,
    *,
    add: bool = False,
    change: int = 0,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> RequestPage:
    """The request of a course.

    ``add`` opens an empty zone, ``change`` the choice of a zone's indication; ``errors`` and
    ``typed`` are what could not be taken as meant, by key.
    """
    sheet = request_sheet(course)
    errors, typed = errors or {}, typed or {}
    numbers = zone_numbers(sheet)
    shown = [*numbers, max(numbers, default=0) + 1] if add or not numbers else [*numbers]
    may_edit = is_open(course, sheet, current_plan(course))
    zones = tuple(
        _card(sheet, number, place, errors, typed, is_choosing=number == change)
        for place, number in enumerate(shown if may_edit else numbers, 1)
    )
    needs_groups = may_edit and any(zone.indication is None for zone in zones)
    return RequestPage(
        sheet=sheet,
        is_open=may_edit,
        is_whole=is_whole(sheet),
        can_add=all(zone.indication is not None for zone in zones),
        title=course_title(sheet),
        zones=zones,
        groups=choices.indication_groups() if needs_groups else (),
        practitioner=_field("practitioner", sheet.value("practitioner"), errors, typed),
        practitioners=tuple((value, str(label)) for value, label in PRACTITIONERS.items()),
        others=old_requests(course) if not numbers and may_edit else (),
        problems=errors,
    )


def old_requests(course: Course) -> tuple[Course, ...]:
    """The patient's other courses that name zones, the newest first."""
    others = course.patient.courses.exclude(pk=course.pk).exclude(title="")
    return tuple(others.order_by("-number"))


def _card(
    sheet: Sheet,
    number: int,
    place: int,
    errors: Mapping[str, str],
    typed: Mapping[str, str],
    *,
    is_choosing: bool,
) -> ZoneCard:
    values = sheet.under(f"zone.{number}")
    names = ("indication", "region", "side", "severity", "aims", "area_cm2")
    fields = {
        name: _field(f"zone.{number}.{name}", values.get(name), errors, typed) for name in names
    }
    indication, region = str(values.get("indication", "")), str(values.get("region", ""))
    return ZoneCard(
        number=number,
        place=place,
        indication=None if is_choosing else choices.indication_choice(indication),
        where=place_words(region, str(values.get("side", ""))) if region else "",
        fields=fields,
        regions=choices.regions_for(indication),
        sides=choices.sides_for(region),
        is_paired=choices.is_paired(region),
        severity_scale=choices.severity_scale(indication),
        area=choices.area_hint(region),
    )


def _field(name: str, value: object, errors: Mapping[str, str], typed: Mapping[str, str]) -> Field:
    return Field(name=name, value=typed.get(name, entered_text(value)), error=errors.get(name, ""))
