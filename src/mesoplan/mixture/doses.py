"""From a formula and a volume to the dose of each substance and its share of each limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.substances import Limit, LimitBasis
from mesoplan.vocabulary.answer import Answer, Known, Unknown
from mesoplan.vocabulary.quantity import Dimension, Quantity, Unit
from mesoplan.vocabulary.source import Citation, ClinicalNumber

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.mixtures import Mixture
    from mesoplan.knowledge.schema.policies import Policy

_ABSOLUTE = {LimitBasis.SESSION, LimitBasis.DAY}
_PER_KG = {LimitBasis.SESSION_PER_KG, LimitBasis.DAY_PER_KG}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """The dose of one substance in one session; unknown where its strength is not known."""

    substance: str
    volume: Quantity
    amount: Quantity | Unknown
    citation: Citation


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

    The volume is shared out as the batch of the source is. Doses are exact: nothing is rounded.
    """
    batch = sum((part.volume.value.amount_in(Unit.ML) for part in mixture.components), Decimal(0))
    found = []
    for part in mixture.components:
        share = part.volume.value.amount_in(Unit.ML) / batch
        own = Quantity(volume.amount_in(Unit.ML) * share, Unit.ML)
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
    """Doses of the same substance added up; one unknown part makes the sum unknown."""
    sums: dict[str, Dose] = {}
    for dose in doses:
        before = sums.get(dose.substance)
        if before is None:
            sums[dose.substance] = dose
            continue
        amount = before.amount
        if isinstance(amount, Quantity):
            amount = dose.amount if isinstance(dose.amount, Unknown) else amount + dose.amount
        sums[dose.substance] = Dose(
            substance=dose.substance,
            volume=before.volume + dose.volume,
            amount=amount,
            citation=before.citation,
        )
    return tuple(sums.values())


def limits_for(substance: str, policy: Policy, knowledge: KnowledgeBase) -> tuple[Limit, ...]:
    """The limits that count under a policy.

    On each basis a limit of the policy's own jurisdiction stands in for all others; where there
    is none, every limit on that basis counts, so that the strictest decides.
    """
    adult = [
        limit
        for limit in knowledge.substances[substance].limits
        if limit.population in {"adult", "any"}
    ]
    own = {limit.basis for limit in adult if limit.jurisdiction == policy.jurisdiction}
    return tuple(
        limit
        for limit in adult
        if limit.basis not in own or limit.jurisdiction == policy.jurisdiction
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
    if isinstance(dose.amount, Unknown):
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
                    share=dose.amount.over(ceiling),
                )
            )
    return tuple(sorted(found, key=lambda item: -item.share))


def _ceiling(limit: Limit, *, weight: Answer[Quantity], area: Quantity | None) -> Quantity | None:
    stated = limit.amount.value
    if limit.basis in _ABSOLUTE:
        return stated
    if limit.basis in _PER_KG and isinstance(weight, Known):
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


def needs_weight(substances: Iterable[str], policy: Policy, knowledge: KnowledgeBase) -> bool:
    """Whether any limit that counts is stated per kilogram of body weight."""
    return any(
        limit.basis in _PER_KG
        for substance in substances
        for limit in limits_for(substance, policy, knowledge)
    )


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


def is_mass(quantity: Quantity) -> bool:
    """Whether a dose is a mass, and not units of activity."""
    return quantity.unit.dimension is Dimension.MASS
