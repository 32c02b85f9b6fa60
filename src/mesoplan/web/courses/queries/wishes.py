"""Whether a wish can be taken: only where the core still gives a plan with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.draft import Draft
from mesoplan.web.courses.mapping.plan_numbers import Number
from mesoplan.web.courses.mapping.plan_page import plan_view
from mesoplan.web.courses.mapping.request import overlaid, zone_numbers
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.plan import draft as draft_as_it_stands
from mesoplan.web.gestures.sheet import Sheet


def refused_wishes(course: Course, sheet: Sheet, values: Mapping[str, Any]) -> dict[str, str]:
    """Why these wishes cannot be taken, by key; empty where a plan comes of them.

    A number must lie in the range that the plan shows, even where the core would find another
    needle for it: what is shown is what is allowed. A wish that is taken back is never refused;
    the protocol's own choice stands behind it.
    """
    asked = {key: str(value) for key, value in values.items() if value is not None}
    if not asked:
        return {}
    shown = dict(_numbers(draft_as_it_stands(course, request=sheet), sheet))
    outside = {key: _outside(shown[key], value) for key, value in asked.items() if key in shown}
    if any(outside.values()):
        return {key: why for key, why in outside.items() if why}
    after = draft_as_it_stands(course, request=overlaid(sheet, values))
    return {} if after.is_releasable else dict.fromkeys(asked, _why(after))


def _numbers(draft: Draft, sheet: Sheet) -> Iterator[tuple[str, Number]]:
    """The numbers of a draft by the keys that ask for them."""
    if draft.plan is None or draft.record is None:
        return
    for zone in plan_view(draft.record, zone_numbers(sheet)).zones:
        for number in zone.numbers.values():
            if number.asked_by:
                yield f"zone.{zone.key}.{number.asked_by}", number


def _outside(number: Number, value: str) -> str:
    """The range, where the value lies outside it."""
    if number.low <= Decimal(value) <= number.high:
        return ""
    ends = {"low": number_format(number.low), "high": number_format(number.high)}
    span = _("from %(low)s to %(high)s") % ends if number.has_range else ends["high"]
    return _("The protocol allows %(span)s %(unit)s; nothing was changed.") % {
        "span": span,
        "unit": number.unit,
    }


def _why(after: Draft) -> str:
    """The core's reasons against it."""
    if after.problem is not None:
        return after.problem.message
    reasons = (after.record or {}).get("refusal", {}).get("reasons", ())
    words = " ".join(dict.fromkeys(str(reason["message"]) for reason in reasons))
    return _("%(why)s Nothing was changed.") % {"why": words or after.verdict}
