"""From a formula and a volume to the dose of each substance and its share of each limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from mesoplan.knowledge.limits import PER_KILOGRAM, PER_SESSION, limits_for
from mesoplan.knowledge.schema.substances import Limit, LimitBasis
from mesoplan.vocabulary.answer import Answer, Known, Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit, rounded_down
from mesoplan.vocabulary.source import Citation, ClinicalNumber

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.mixtures import Mixture
    from mesoplan.knowledge.schema.policies import Policy


VOLUME_STEP = Quantity.of("0.001", Unit.ML)
"""Volumes of components are stated to a microlitre, rounded down: rounding never adds drug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """The dose of one substance in one session; unknown where its strength is not known.

    ``at_least``: of a sum with an unknown part, the part that is known; limits look at it.
    """

    substance: str
    volume: Quantity
    amount: Quantity | Unknown
    citation: Citation
    at_least: Quantity | None = None

    @property
    def known(self) -> Quantity | None:
        """The dose, or the part of it that is known."""
        return self.amount if isinstance(self.amount, Quantity) else self.at_least


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitShare:
    """A dose against one limit: the limit as a dose for this patient, and the share of it.

    ``share`` 1 is the limit itself. ``stated`` is the limit as the source states it.
    """

    substance: str
    basis: LimitBasis
    jurisdiction: str
    limit: Quantity
    stated: ClinicalNumber
    share: Decimal

    @property
    def is_exceeded(self) -> bool:
        """Whether the dose lies above the limit."""
        return self.share > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """The added shares of all members of a group whose limits count together."""

    group: str
    share: Decimal
    members: tuple[str, ...]
    citation: Citation

    @property
    def is_exceeded(self) -> bool:
        """Whether the members together lie above one whole limit."""
        return self.share > 1


def doses_of(mixture: Mixture, volume: Quantity) -> tuple[Dose, ...]:
    """The dose of each component in a volume of the mixture, diluents included.

    The volume is shared out as the batch of the source is, each part rounded down to a
    microlitre; the dose is that volume times the strength, exactly.
    """
    batch = sum((part.volume.value.amount_in(Unit.ML) for part in mixture.components), Decimal(0))
    found = []
    for part in mixture.components:
        share = part.volume.value.amount_in(Unit.ML) / batch
        own = rounded_down(Quantity(volume.amount_in(Unit.ML) * share, Unit.ML), VOLUME_STEP)
        found.append(
            Dose(
                substance=part.substance,
                volume=own,
                amount=_amount(part.strength, own),
                citation=mixture.citation,
            )
        )
    return tuple(found)


_DOSE_UNITS = {
    Unit.IU_PER_ML: Unit.IU,
    Unit.U_PER_ML: Unit.U,
}


def _amount(strength: ClinicalNumber | Unknown, volume: Quantity) -> Quantity | Unknown:
    if isinstance(strength, Unknown):
        return strength
    unit = _DOSE_UNITS.get(strength.value.unit)
    millilitres = volume.amount_in(Unit.ML)
    if unit is not None:
        return Quantity(strength.value.amount * millilitres, unit)
    return Quantity(strength.value.amount_in(Unit.MG_PER_ML) * millilitres, Unit.MG)


def added(doses: Iterable[Dose]) -> tuple[Dose, ...]:
    """Doses of the same substance added up.

    One unknown part makes the sum unknown; what is known of it is kept and still counts.
    """
    sums: dict[str, Dose] = {}
    for dose in doses:
        before = sums.get(dose.substance)
        sums[dose.substance] = dose if before is None else _sum(before, dose)
    return tuple(sums.values())


def _sum(one: Dose, other: Dose) -> Dose:
    parts = [part for part in (one.known, other.known) if part is not None]
    known = parts[0] + parts[1] if len(parts) > 1 else (parts[0] if parts else None)
    unknown = next((dose.amount for dose in (one, other) if isinstance(dose.amount, Unknown)), None)
    amount = unknown if known is None or unknown is not None else known
    return Dose(
        substance=one.substance,
        volume=one.volume + other.volume,
        amount=amount if amount is not None else Unknown("no part of it is known"),
        citation=one.citation,
        at_least=known if unknown is not None else None,
    )


def shares_of(
    dose: Dose,
    *,
    weight: Answer[Quantity],
    area: Quantity | None,
    policy: Policy,
    knowledge: KnowledgeBase,
) -> tuple[LimitShare, ...]:
    """The dose of one session against every limit that counts over a session.

    A limit per kilogram needs the weight, a limit per area the area; where these are not known
    the limit is left out here and the caller asks for them (``needs_weight``).
    """
    known = dose.known
    if known is None:
        return ()
    found = []
    for limit in limits_for(dose.substance, policy, knowledge):
        ceiling = _ceiling(limit, weight=weight, area=area)
        if ceiling is not None:
            found.append(
                LimitShare(
                    substance=dose.substance,
                    basis=limit.basis,
                    jurisdiction=limit.jurisdiction,
                    limit=ceiling,
                    stated=limit.amount,
                    share=known.over(ceiling),
                )
            )
    return tuple(sorted(found, key=lambda item: -item.share))


def _ceiling(limit: Limit, *, weight: Answer[Quantity], area: Quantity | None) -> Quantity | None:
    stated = limit.amount.value
    if limit.basis in PER_SESSION:
        return stated
    if limit.basis in PER_KILOGRAM and isinstance(weight, Known):
        unit = _PER_KG_UNITS[stated.unit]
        return Quantity(stated.amount * weight.value.amount_in(Unit.KG), unit)
    if limit.basis is LimitBasis.AREA and area is not None:
        return Quantity(stated.amount_in(Unit.MG_PER_CM2) * area.amount_in(Unit.CM2), Unit.MG)
    return None


_PER_KG_UNITS: Mapping[Unit, Unit] = {
    Unit.MG_PER_KG: Unit.MG,
    Unit.UG_PER_KG: Unit.UG,
    Unit.IU_PER_KG: Unit.IU,
}


def group_shares(shares: Iterable[LimitShare], knowledge: KnowledgeBase) -> tuple[GroupShare, ...]:
    """The worst share of each member, added up within every group that shares a limit."""
    worst: dict[str, Decimal] = {}
    for item in shares:
        worst[item.substance] = max(item.share, worst.get(item.substance, Decimal(0)))
    found = []
    for group in knowledge.groups.values():
        if group.shared_limit is None:
            continue
        members = tuple(name for name in worst if group.id in knowledge.substances[name].groups)
        if members:
            found.append(
                GroupShare(
                    group=group.id,
                    share=sum((worst[name] for name in members), Decimal(0)),
                    members=members,
                    citation=group.shared_limit.citation,
                )
            )
    return tuple(found)
