"""What was given against every limit that counts: as the plan has them, and as of today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from mesoplan.documents.json_plan import limit_json
from mesoplan.documents.json_writer import citation_json
from mesoplan.knowledge.limits import limits_for, needs_weight
from mesoplan.knowledge.schema.policies import Policy
from mesoplan.knowledge.schema.substances import LimitBasis
from mesoplan.mixture.doses import Dose, LimitShare, shares_of
from mesoplan.vocabulary.answer import Known, Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit, parse_unit
from mesoplan.vocabulary.source import Citation
from mesoplan.web.courses.mapping.session_given import (
    GivenZone,
    given_zones,
    number,
    scaled,
)
from mesoplan.web.courses.mapping.session_plan import PlannedDose, PlannedZone, SessionPlan
from mesoplan.web.courses.mapping.words import label_of
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping import knowledge

Kind = tuple[str, str]
"""A substance and the unit of its amounts; amounts of different dimensions stay apart."""

SHARE_STEP = Decimal("0.0001")
"""Shares of a limit are rounded up to a hundredth of a percent."""

_NOT_STATED = Citation(id="session", locator="what was recorded")
"""A dose that was recorded stands in no source; a limit has its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """What was given in one place above a limit that counts there; zone 0 is the whole cream.

    ``basis`` is ``area`` or ``point``, and of the cream ``mass`` or ``time``; both amounts are in
    ``unit``.
    """

    zone: int
    place: str
    label: str
    basis: str
    amount: Decimal
    limit: Decimal
    unit: str
    stated: str
    source: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class GivenDoses:
    """Everything given so far against its limits.

    A limit counts as the plan has it and, for the ``weight`` of today (kg, ``None`` where it is
    not known), as the knowledge base has it under the plan's ``policy``: the stricter one decides.
    """

    plan: SessionPlan
    sheet: Sheet
    policy: str
    weight: Decimal | None

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """What was given of each substance, in the form of the plan's totals."""
        return [self._record(kind, amount) for kind, amount in self._sums.items()]

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """The limits that several substances share, with the share that was used so far."""
        worst: dict[str, Decimal] = {}
        for record in self.records:
            shares = (limit["share"] for limit in record["limits"])
            share = max(shares, default=Decimal(0))
            worst[record["substance"]] = max(share, worst.get(record["substance"], Decimal(0)))
        return [
            {
                "group": group.id,
                "share": sum((worst[name] for name in members), Decimal(0)),
                "substances": members,
                "source": citation_json(group.shared_limit.citation),
            }
            for group in knowledge().groups.values()
            if group.shared_limit is not None
            and (members := [name for name in worst if group.id in _groups_of(name)])
        ]

    @cached_property
    def totals(self) -> list[dict[str, Any]]:
        """Every planned or given substance of the session, with its strictest limit."""
        planned = {(item.substance, item.unit): item for item in self.plan.limits}
        return [
            self._total(kind, self._sums.get(kind))
            for kind in dict.fromkeys([*planned, *self._sums])
        ]

    @cached_property
    def excesses(self) -> tuple[Excess, ...]:
        """What is above a limit for an area, for a point, or of the cream's label."""
        return (
            *(item for zone, given in self._treated for item in self._of_zone(zone, given)),
            *self._of_cream(),
        )

    @cached_property
    def unchecked(self) -> tuple[str, ...]:
        """Limits that cannot be looked at, because something is not known; in words."""
        return tuple(dict.fromkeys(self._unchecked()))

    # --- How they come about ---

    @cached_property
    def _policy(self) -> Policy | None:
        return knowledge().policies.get(self.policy)

    @cached_property
    def _treated(self) -> tuple[tuple[PlannedZone, GivenZone], ...]:
        pairs = zip(self.plan.zones, given_zones(self.plan, self.sheet), strict=True)
        return tuple((zone, given) for zone, given in pairs if not given.was_left_out)

    @cached_property
    def _sums(self) -> Mapping[Kind, Decimal]:
        """What was recorded of each substance: in the zones, and given off by the cream."""
        found: dict[Kind, Decimal] = {}
        for _zone, given in self._treated:
            for dose in given.doses:
                if dose.amount is not None:
                    kind = (dose.substance, dose.unit)
                    found[kind] = found.get(kind, Decimal(0)) + dose.amount
        cream = number(self.sheet, "cream.mass_g")
        if self.plan.cream is not None and cream is not None:
            for limit in self.plan.limits:
                if limit.from_cream is not None:
                    kind = (limit.substance, limit.unit)
                    part = scaled(limit.from_cream, cream, self.plan.cream.mass_g)
                    found[kind] = found.get(kind, Decimal(0)) + part
        return found

    def _record(self, kind: Kind, amount: Decimal) -> dict[str, Any]:
        substance, unit = kind
        limits = self._limits(kind, amount)
        return {
            "substance": substance,
            "dose_mg": amount if unit == "mg" else None,
            **({} if unit == "mg" else {"dose": amount, "dose_unit": unit}),
            "limits": limits,
            "limit_unknown": not limits and self._has_no_limit(kind),
        }

    def _has_no_limit(self, kind: Kind) -> bool:
        planned = next((p for p in self.plan.limits if (p.substance, p.unit) == kind), None)
        if planned is not None:
            return bool(planned.record["limit_unknown"])
        record = knowledge().substances.get(kind[0])
        if record is None or self._policy is None:
            return True
        return record.is_active and not limits_for(record.id, self._policy, knowledge())

    def _limits(self, kind: Kind, amount: Decimal) -> list[dict[str, Any]]:
        """Each limit once, in its stricter form; the one of which most is used first."""
        found: dict[tuple[str, str, str], dict[str, Any]] = {}
        for limit in (*self._planned_limits(kind, amount), *self._limits_of_today(kind, amount)):
            key = (limit["basis"], limit["jurisdiction"], limit["stated"])
            if key not in found or found[key]["share"] < limit["share"]:
                found[key] = limit
        return sorted(found.values(), key=lambda limit: -limit["share"])

    def _planned_limits(self, kind: Kind, amount: Decimal) -> Iterator[dict[str, Any]]:
        for planned in self.plan.limits:
            if (planned.substance, planned.unit) == kind:
                for limit in planned.record["limits"]:
                    of = limit["limit_mg" if kind[1] == "mg" else "limit"]
                    yield {**limit, "share": _ceiled(amount / Decimal(str(of)))}

    def _limits_of_today(self, kind: Kind, amount: Decimal) -> Iterator[dict[str, Any]]:
        for share in self._shares(kind, amount, area=None):
            yield {**limit_json(share), "share": _ceiled(share.share)}

    def _shares(
        self, kind: Kind, amount: Decimal, *, area: Decimal | None
    ) -> tuple[LimitShare, ...]:
        substance, unit = kind
        if self._policy is None or substance not in knowledge().substances:
            return ()
        return shares_of(
            Dose(
                substance=substance,
                volume=Quantity.of(0, Unit.ML),
                amount=Quantity(amount, parse_unit(unit)),
                citation=_NOT_STATED,
            ),
            weight=Unknown("not measured")
            if self.weight is None
            else Known(Quantity(self.weight, Unit.KG)),
            area=None if area is None else Quantity(area, Unit.CM2),
            policy=self._policy,
            knowledge=knowledge(),
        )

    def _total(self, kind: Kind, given: Decimal | None) -> dict[str, Any]:
        substance, unit = kind
        planned = next((p for p in self.plan.limits if (p.substance, p.unit) == kind), None)
        limits = self._limits(kind, Decimal(0) if given is None else given)
        strictest = limits[0] if limits else None
        return {
            "substance": substance,
            "label": label_of("substances", substance),
            "unit": unit,
            "planned": planned.planned if planned else None,
            "given": given,
            "limit": Decimal(str(strictest["limit_mg" if unit == "mg" else "limit"]))
            if strictest
            else None,
            "stated": str(strictest["stated"]) if strictest else "",
            "source": str(strictest["source"]["id"]) if strictest else "",
            "share": strictest["share"] if strictest and given is not None else None,
            "with_cream": planned is not None and planned.from_cream is not None,
        }

    def _of_zone(self, zone: PlannedZone, given: GivenZone) -> Iterator[Excess]:
        for dose in given.doses:
            yield from self._of_area(zone, dose)
            yield from self._of_points(zone, given, dose)

    def _of_area(self, zone: PlannedZone, dose: PlannedDose) -> Iterator[Excess]:
        if dose.amount is None:
            return
        kind = (dose.substance, dose.unit)
        for share in self._shares(kind, dose.amount, area=zone.area_cm2):
            if share.basis is LimitBasis.AREA and share.is_exceeded:
                yield Excess(
                    zone=zone.number,
                    place=zone.place,
                    label=dose.label,
                    basis=share.basis.value,
                    amount=dose.amount,
                    limit=share.limit.amount_in(parse_unit(dose.unit)),
                    unit=dose.unit,
                    stated=str(share.stated),
                    source=citation_json(share.stated.citation),
                )

    def _of_points(
        self, zone: PlannedZone, given: GivenZone, dose: PlannedDose
    ) -> Iterator[Excess]:
        if not given.points or given.volume_ml is None:
            return
        each = given.volume_ml / given.points
        for limit in self._stated(dose.substance, LimitBasis.POINT):
            most = limit.value.amount_in(Unit.ML)
            if each > most:
                yield Excess(
                    zone=zone.number,
                    place=zone.place,
                    label=dose.label,
                    basis=LimitBasis.POINT.value,
                    amount=scaled(given.volume_ml, Decimal(1), Decimal(given.points)),
                    limit=most,
                    unit="mL",
                    stated=str(limit),
                    source=citation_json(limit.citation),
                )

    def _of_cream(self) -> Iterator[Excess]:
        cream, mass = self.plan.cream, number(self.sheet, "cream.mass_g")
        if cream is None:
            return
        used = [(0, "", "mass", mass, "g", cream.largest)]
        for zone in self.plan.zones:
            minutes = self._minutes(f"cream.{zone.number}")
            used.append((zone.number, zone.place, "time", minutes, "min", cream.longest))
        for zone_number, place, basis, amount, unit, limit in used:
            if amount is not None and limit is not None and amount > limit.amount:
                yield Excess(
                    zone=zone_number,
                    place=place,
                    label=cream.label,
                    basis=basis,
                    amount=amount,
                    limit=limit.amount,
                    unit=unit,
                    stated=limit.stated,
                    source=limit.source,
                )

    def _minutes(self, key: str) -> Decimal | None:
        """How long something took, in whole minutes begun."""
        started, ended = (self.sheet.text(f"{key}.{end}") for end in ("on", "off"))
        if not started or not ended:
            return None
        passed = datetime.fromisoformat(ended) - datetime.fromisoformat(started)
        return Decimal(-(-passed // timedelta(minutes=1)))

    def _stated(self, substance: str, basis: LimitBasis) -> list[Any]:
        if self._policy is None or substance not in knowledge().substances:
            return []
        found = limits_for(substance, self._policy, knowledge())
        return [limit.amount for limit in found if limit.basis is basis]

    def _unchecked(self) -> Iterator[str]:
        for zone, given in self._treated:
            for dose in given.doses:
                name = {"name": dose.label, "place": zone.place}
                if dose.amount is None and not self._is_free(dose.substance):
                    yield _("%(name)s: the strength is not known, and so is not the dose") % name
                if zone.area_cm2 is None and self._stated(dose.substance, LimitBasis.AREA):
                    yield _("%(name)s, %(place)s: has a limit by area, which is not known") % name
        if self.weight is None and self._policy is not None:
            planned = {item.substance for item in self.plan.limits if item.limit is not None}
            for substance, _unit in self._sums:
                known = substance in knowledge().substances and substance not in planned
                if known and needs_weight([substance], self._policy, knowledge()):
                    label = label_of("substances", substance)
                    yield _("%(name)s: has a limit by weight, which is not known") % {"name": label}

    def _is_free(self, substance: str) -> bool:
        """Whether a substance is known to act on nothing, such as what others are thinned with."""
        record = knowledge().substances.get(substance)
        return record is not None and not record.is_active and not record.limits


def _groups_of(substance: str) -> tuple[str, ...]:
    record = knowledge().substances.get(substance)
    return record.groups if record is not None else ()


def _ceiled(share: Decimal) -> Decimal:
    return share.quantize(SHARE_STEP, rounding=ROUND_CEILING)
