"""What was in the syringe: the lots of a session, and what keeps a lot from being ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from mesoplan.web.courses.mapping.session_given import given_zone, number
from mesoplan.web.courses.mapping.session_plan import PlannedZone, SessionPlan
from mesoplan.web.courses.mapping.words import label_of
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping import knowledge

CREAM = "cream"
"""Stands where the mixture stands in the key of an anaesthetic cream."""

SINGLE = "single-dose"
MULTI = "multi-dose"
MOST_LOTS = 9
"""Containers of one product that a session can name."""


class LotFault(Enum):
    """Why a lot is not ready."""

    NO_LOT = "no-lot"
    NO_EXPIRY = "no-expiry"
    EXPIRED = "expired"
    OPENED_BEFORE = "opened-before"
    NOT_OPENED_YET = "not-opened-yet"
    CONTAINER_UNKNOWN = "container-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something whose lot is recorded. ``key`` is ``MIXTURE.SUBSTANCE`` or ``cream.CREAM``."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One container. ``container`` is single- or multi-dose, empty where nobody said.

    ``opened`` is when it was opened; ``is_proposed``: of the last session, not confirmed yet.
    """

    key: str
    number: int
    product: Product
    name: str
    lot: str
    expiry: date | None
    container: str
    opened: datetime | None
    is_proposed: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was recorded of it."""
        return not (self.name or self.lot or self.expiry or self.container or self.opened)

    def faults(self, *, on: date, zone: ZoneInfo) -> tuple[LotFault, ...]:
        """What keeps it from being ready on that day of the clinic.

        A single-dose container that was opened on an earlier day served somebody already.
        """
        found = []
        if not self.lot:
            found.append(LotFault.NO_LOT)
        if self.expiry is None:
            found.append(LotFault.NO_EXPIRY)
        elif self.expiry < on:
            found.append(LotFault.EXPIRED)
        opened_on = self.opened.astimezone(zone).date() if self.opened else None
        if opened_on is not None and opened_on > on:
            found.append(LotFault.NOT_OPENED_YET)
        if opened_on is not None and opened_on < on and self.container != MULTI:
            is_single = self.container == SINGLE
            found.append(LotFault.OPENED_BEFORE if is_single else LotFault.CONTAINER_UNKNOWN)
        return tuple(found)


def products(plan: SessionPlan, sheet: Sheet) -> tuple[Product, ...]:
    """Everything whose lot is to be recorded, once: what is in the syringes, and the cream.

    Of a zone that was given with another mixture it is that mixture; of one that was left out,
    and of a cream that was not used, nothing.
    """
    found: dict[str, str] = {}
    for zone in plan.zones:
        given = given_zone(zone, sheet)
        if given.was_left_out or not (zone.is_due or given.is_recorded):
            continue
        mixture = given.mixture or zone.mixture
        for substance in components(zone, mixture):
            found[f"{mixture}.{substance}"] = label_of("substances", substance)
    if plan.cream is not None and number(sheet, f"{CREAM}.mass_g") != 0:
        found[f"{CREAM}.{plan.cream.id}"] = plan.cream.label
    return tuple(Product(key=key, label=label) for key, label in found.items())


def components(zone: PlannedZone, mixture: str) -> tuple[str, ...]:
    """The substances of a mixture: of the planned one by the plan's record."""
    if mixture == zone.mixture:
        return tuple(dose.substance for dose in zone.doses)
    other = knowledge().mixtures.get(mixture)
    return tuple(part.substance for part in other.components) if other else ()


def lots(plan: SessionPlan, sheet: Sheet) -> tuple[Lot, ...]:
    """Every container of every product of this session; of each product at least one."""
    return tuple(
        _lot(product, number, sheet, prefix="")
        for product in products(plan, sheet)
        for number in range(1, count_of(product, sheet) + 1)
    )


def proposed_lots(plan: SessionPlan, sheet: Sheet) -> Mapping[str, Lot]:
    """What the last session used, by the key of the lot, where nothing was recorded instead."""
    found = {
        lot.key: _lot(lot.product, lot.number, sheet, prefix="proposed.")
        for lot in lots(plan, sheet)
        if lot.is_empty
    }
    return {key: lot for key, lot in found.items() if not lot.is_empty}


def count_of(product: Product, sheet: Sheet) -> int:
    """How many containers of a product were named."""
    text = sheet.text(f"lots.{product.key}")
    return min(int(text), MOST_LOTS) if text else 1


def _lot(product: Product, number: int, sheet: Sheet, *, prefix: str) -> Lot:
    key = f"lot.{product.key}.{number}"
    expiry, opened = (sheet.text(f"{prefix}{key}.{name}") for name in ("expiry", "opened"))
    return Lot(
        key=key,
        number=number,
        product=product,
        name=sheet.text(f"{prefix}{key}.product"),
        lot=sheet.text(f"{prefix}{key}.text"),
        expiry=date.fromisoformat(expiry) if expiry else None,
        container=sheet.text(f"{prefix}{key}.container"),
        opened=datetime.fromisoformat(opened) if opened else None,
        is_proposed=bool(prefix),
    )
