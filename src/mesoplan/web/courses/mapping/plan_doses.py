"""The doses of a plan's record against their limits, as bars on a syringe's graduation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mesoplan.web.courses.mapping.words import (
    Chip,
    label_of,
    number_text,
    plain_text,
    source_chip,
)

SCALE = Decimal("1.25")
"""The bar runs to 125 % of the limit (design language, section 5)."""

NEAR = Decimal("0.8")
"""From 80 % of a limit the bar says so (design language, section 5)."""

TICKS = 25
"""Graduation of the bar: one tick for 5 %; each fifth is long."""

BASES = {
    "session": gettext_lazy("for each session"),
    "session-per-kg": gettext_lazy("for each session, by body weight"),
    "day": gettext_lazy("for each day"),
    "day-per-kg": gettext_lazy("for each day, by body weight"),
    "area": gettext_lazy("on this area"),
    "point": gettext_lazy("for each point"),
    "sessions-in-course": gettext_lazy("sessions in a course"),
    "days-in-course": gettext_lazy("days in a course"),
    "interval": gettext_lazy("between sessions"),
}
"""What a limit counts over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit and how much of it is used; ``amount`` is this patient's, ``stated`` the source."""

    amount: Decimal
    unit: str
    stated: str
    basis: str
    jurisdiction: str
    percent: Decimal
    share: Decimal
    source: Chip


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseBar:
    """A dose of one session, all zones together, against the limit of which it uses most.

    ``amount`` is ``None`` where nobody knows it, and ``why_unknown`` says why; without a
    ``strictest`` limit nothing is added up: the bar is hatched.
    """

    label: str
    amount: Decimal | None
    unit: str
    why_unknown: str
    is_limit_unknown: bool
    strictest: Limit | None
    others: tuple[Limit, ...]

    @property
    def level(self) -> str:
        """``near`` from 80 %, ``over`` above 100 %, else empty."""
        share = self.strictest.share if self.strictest else Decimal(0)
        return "over" if share > 1 else "near" if share >= NEAR else ""

    @property
    def width(self) -> str:
        """Length of the filled part, of the whole bar."""
        share = self.strictest.share if self.strictest else Decimal(0)
        return _percent_of(min(share, SCALE) / SCALE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupBar:
    """Substances whose shares are added, such as local anaesthetics."""

    label: str
    members: str
    percent: Decimal
    share: Decimal
    source: Chip

    @property
    def level(self) -> str:
        """As for a dose."""
        return "over" if self.share > 1 else "near" if self.share >= NEAR else ""

    @property
    def width(self) -> str:
        """As for a dose."""
        return _percent_of(min(self.share, SCALE) / SCALE)


def ticks() -> tuple[tuple[str, bool], ...]:
    """The graduation of every bar: place of each tick, and whether it is a long one."""
    return tuple((_percent_of(Decimal(tick) / TICKS), not tick % 5) for tick in range(TICKS + 1))


LIMIT_AT = "80%"
"""Where the limit itself lies on the scale."""


def _percent_of(part: Decimal) -> str:
    return f"{part * 100:.2f}%"


def dose_bars(doses: Iterable[Mapping[str, Any]]) -> tuple[DoseBar, ...]:
    """The bars of ``totals.doses`` or of a zone's components."""
    return tuple(_bar(dose) for dose in doses)


def _bar(dose: Mapping[str, Any]) -> DoseBar:
    limits = sorted((_limit(item) for item in dose["limits"]), key=lambda item: -item.share)
    amount, unit = amount_of(dose)
    return DoseBar(
        label=label_of("substances", dose["substance"]),
        amount=amount,
        unit=unit,
        why_unknown=dose.get("dose_unknown", ""),
        is_limit_unknown=bool(dose["limit_unknown"]),
        strictest=limits[0] if limits else None,
        others=tuple(limits[1:]),
    )


def amount_of(dose: Mapping[str, Any]) -> tuple[Decimal | None, str]:
    """Amount and unit of a dose; ``None`` where nobody knows it."""
    if dose["dose_mg"] is not None:
        return number_text(dose["dose_mg"]), "mg"
    if "dose" in dose:
        return number_text(dose["dose"]), dose["dose_unit"]
    return None, ""


def _limit(item: Mapping[str, Any]) -> Limit:
    is_mass = item["limit_mg"] is not None
    share = Decimal(str(item["share"]))
    jurisdiction = item["jurisdiction"]
    return Limit(
        amount=number_text(item["limit_mg"] if is_mass else item["limit"]),
        unit="mg" if is_mass else item["limit_unit"],
        stated=item["stated"],
        basis=str(BASES.get(item["basis"], item["basis"])),
        jurisdiction="" if jurisdiction == "any" else jurisdiction.upper(),
        percent=Decimal(plain_text(share * 100)),
        share=share,
        source=source_chip(item["source"]),
    )


def group_bars(groups: Iterable[Mapping[str, Any]]) -> tuple[GroupBar, ...]:
    """The bars of ``totals.groups``: those that join more than one substance."""
    return tuple(
        GroupBar(
            label=_("%(group)s together") % {"group": label_of("groups", group["group"])},
            members=", ".join(label_of("substances", name) for name in group["substances"]),
            percent=Decimal(plain_text(Decimal(str(group["share"])) * 100)),
            share=Decimal(str(group["share"])),
            source=source_chip(group["source"]),
        )
        for group in groups
        if len(group["substances"]) > 1
    )
