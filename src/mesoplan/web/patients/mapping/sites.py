"""What is on the skin, and where: each finding of a region and side is an answer of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mesoplan.vocabulary.patient import NOTHING_FOUND, Side
from mesoplan.web.accounts.mapping import knowledge
from mesoplan.web.gestures.posted import Posted
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping.reading import LONGEST_TEXT, REMOVE, Reading, refusal

SITE = "site"
"""Key under which the form speaks of all findings; that of one is ``site.REGION.SIDE.FINDING``."""

SIDES: Mapping[str, str | Promise] = {
    Side.BOTH.value: gettext_lazy("both sides"),
    Side.LEFT.value: gettext_lazy("left"),
    Side.RIGHT.value: gettext_lazy("right"),
    Side.MIDLINE.value: gettext_lazy("midline"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSite:
    """One finding as it is shown; ``is_clear`` is a region that was looked at and has nothing."""

    key: str
    words: str
    is_clear: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChoices:
    """What can be recorded: ids with their labels."""

    regions: tuple[tuple[str, str], ...]
    sides: tuple[tuple[str, str | Promise], ...]
    findings: tuple[tuple[str, str], ...]


@cache
def site_choices() -> SiteChoices:
    """The regions and findings of the base."""
    base = knowledge()
    return SiteChoices(
        regions=tuple(sorted(((one.id, one.label) for one in base.regions.values()), key=_label)),
        sides=tuple(SIDES.items()),
        findings=tuple((one.id, one.label) for one in base.site_findings.values()),
    )


def _label(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


def read_sites(
    data: Mapping[str, str], *, sent: Posted, shown: Sheet, at: date, reading: Reading
) -> None:
    """Read what the form says of the skin into ``reading``: one finding more, or one less."""
    if f"{SITE}{REMOVE}" in data and sent.field in {"", f"{SITE}{REMOVE}"}:
        key = data[f"{SITE}{REMOVE}"][:LONGEST_TEXT]
        if key.startswith(f"{SITE}.") and key in shown.entries:
            reading.values[key] = None
        return
    if f"{SITE}:more" not in data or sent.field not in {"", f"{SITE}:more"}:
        return
    region, side, finding = (
        data.get(f"{SITE}:{name}", "") for name in ("region", "side", "finding")
    )
    base = knowledge()
    if region not in base.regions or finding not in {*base.site_findings, NOTHING_FOUND}:
        reading.errors[SITE] = _("Choose the region and what is there.")
        return
    if side not in SIDES:
        reading.errors[SITE] = _("Choose the side.")
        return
    key = f"{SITE}.{region}.{side}.{finding}"
    if problem := refusal(key, value=True, at=at):
        reading.errors[SITE] = problem
    else:
        reading.values[key] = True


def shown_sites(sheet: Sheet) -> tuple[ShownSite, ...]:
    """The findings that are recorded, in the order in which they were entered."""
    found = []
    for key, entered in sheet.entries.items():
        parts = key.split(".")
        if parts[0] == SITE and len(parts) == len(("site", "region", "side", "finding")):
            _site, region, side, finding = parts
            found.append(
                ShownSite(
                    key=key,
                    words=_words(region, side, finding),
                    is_clear=finding == NOTHING_FOUND,
                    by=entered.by,
                    at=entered.at,
                )
            )
    return tuple(found)


def _words(region: str, side: str, finding: str) -> str:
    base = knowledge()
    place = base.regions[region].label if region in base.regions else region
    what = base.site_findings[finding].label if finding in base.site_findings else finding
    if finding == NOTHING_FOUND:
        what = _("looked at, clear")
    return _("%(place)s, %(side)s: %(what)s") % {
        "place": place,
        "side": SIDES.get(side, side),
        "what": what,
    }
