"""Two plans side by side: any two of the draft, released versions, and other ways of the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.draft import Draft
from mesoplan.web.courses.mapping.options import Way, way_of, ways, wish_values
from mesoplan.web.courses.mapping.plan_rows import Row, rows_of
from mesoplan.web.courses.mapping.request import overlaid, zone_numbers
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import current_plan, is_open, request_sheet
from mesoplan.web.courses.queries.plan import draft as draft_as_it_stands
from mesoplan.web.courses.queries.plan import versions_of
from mesoplan.web.gestures.sheet import Sheet

DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One plan of the comparison, with its short name in the address.

    ``is_chosen`` says that it is what the draft is now; ``can_choose`` that it could become it.
    """

    name: str
    label: str
    can_choose: bool
    is_chosen: bool
    is_plan: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """The comparison: what can be chosen for each side, the two sides, and their rows."""

    choices: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def compare_page(course: Course, *, left: str, right: str) -> ComparePage:
    """Two columns side by side; what is not there is replaced by the first that is."""
    sheet = request_sheet(course)
    draft = draft_as_it_stands(course, request=sheet)
    may_edit = is_open(course, sheet, current_plan(course))
    labels = _labels(course, draft, may_edit=may_edit)
    names = _two(list(labels), left, right)
    records = {name: _record(course, sheet, draft, name) for name in names}
    columns = tuple(
        Column(
            name=name,
            label=labels[name],
            can_choose=may_edit and name != DRAFT,
            is_chosen=name == DRAFT,
            is_plan=(records[name] or {}).get("outcome") == "plan",
        )
        for name in names
    )
    shown = [record for record in records.values() if record is not None]
    return ComparePage(
        choices=tuple(labels.items()),
        columns=columns,
        rows=rows_of(shown) if len(shown) == len(names) else (),
    )


def _labels(course: Course, draft: Draft, *, may_edit: bool) -> dict[str, str]:
    labels: dict[str, str] = {}
    if draft.record is not None and may_edit:
        labels[DRAFT] = _("Draft")
    for version in versions_of(course):
        labels[f"v{version.number}"] = _("Plan %(number)s") % {"number": version.number}
    here = ways(draft) if may_edit else ()
    for zone, options in enumerate(here, 1):
        for number, way in enumerate(options, 1):
            if _is_drafted(draft, zone, way):
                continue
            words = {"zone": zone, "way": way.label}
            label = _("Zone %(zone)s: %(way)s") % words if len(here) > 1 else way.label
            labels[f"o{zone}.{number}"] = label
    return labels


def _is_drafted(draft: Draft, zone: int, way: Way) -> bool:
    """Whether the draft treats the zone in that way already."""
    if draft.record is None or draft.record["outcome"] != "plan":
        return False
    found = draft.record["plan"]["zones"][zone - 1]
    return (found["technique"], found["mixture"]["id"]) == (way.technique, way.mixture)


def _two(names: list[str], left: str, right: str) -> list[str]:
    """Two different names, those asked for where they are there."""
    first = left if left in names else next(iter(names), "")
    others = [name for name in names if name != first]
    second = right if right in others else next(iter(others), "")
    return [name for name in (first, second) if name]


def _record(course: Course, sheet: Sheet, draft: Draft, name: str) -> Mapping[str, Any] | None:
    if name == DRAFT:
        return draft.record
    if name.startswith("v"):
        found: Mapping[str, Any] = course.plans.get(number=int(name[1:])).decision
        return found
    way, place = way_of(name, ways(draft))
    if way is None:
        return None
    values = wish_values(zone_numbers(sheet)[place - 1], way)
    return draft_as_it_stands(course, request=overlaid(sheet, values)).record
