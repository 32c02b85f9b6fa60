"""The door of the room: a formula against what is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mesoplan.knowledge.compatibility import Reason, compatibility
from mesoplan.knowledge.limits import needs_weight
from mesoplan.knowledge.schema.mixtures import Mixture, MixtureVerdict
from mesoplan.mixture.doses import (
    Dose,
    GroupShare,
    LimitShare,
    added,
    doses_of,
    group_shares,
    shares_of,
)
from mesoplan.vocabulary.answer import Answer, Known, Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.vocabulary.patient import PatientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMixture:
    """A mixture and the volume of it that would be given."""

    mixture: Mixture
    volume: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class MixtureCheck:
    """Compatibility, doses and shares of limits of one drawn mixture.

    ``missing`` names facts that a limit needs and nobody answered (the weight).
    """

    verdict: MixtureVerdict
    reasons: tuple[Reason, ...]
    doses: tuple[Dose, ...]
    shares: tuple[LimitShare, ...]
    groups: tuple[GroupShare, ...]
    missing: tuple[str, ...]

    @property
    def is_over_a_limit(self) -> bool:
        """Whether any limit, or any limit shared by a group, is exceeded."""
        return any(item.is_exceeded for item in self.shares) or any(
            item.is_exceeded for item in self.groups
        )


def check_mixture(
    mixture: DrawnMixture,
    facts: PatientFacts,
    knowledge: KnowledgeBase,
    *,
    policy: str,
    at: date,
    given: Iterable[Dose] = (),
) -> MixtureCheck:
    """A drawn mixture against compatibility data and limits, with doses already given that day.

    ``at`` is the day of the decision; no rule here depends on it yet, and it keeps the interface
    stable for limits with dates. ``given`` are doses of the same day, cream included.
    """
    del at
    line = knowledge.policies[policy]
    doses = doses_of(mixture.mixture, mixture.volume)
    total = added((*doses, *given))
    weight = weight_of(facts)
    shares = tuple(
        share
        for dose in total
        for share in shares_of(dose, weight=weight, area=None, policy=line, knowledge=knowledge)
    )
    reasons = compatibility(mixture.mixture, knowledge)
    missing = needs_weight((dose.substance for dose in total), line, knowledge) and not (
        isinstance(weight, Known)
    )
    return MixtureCheck(
        verdict=max((reason.verdict for reason in reasons), key=lambda item: item.severity),
        reasons=reasons,
        doses=doses,
        shares=shares,
        groups=group_shares(shares, knowledge),
        missing=("weight",) if missing else (),
    )


def weight_of(facts: PatientFacts) -> Answer[Quantity]:
    """The body weight, where it was answered in a unit of mass."""
    answer = facts.answer("weight")
    if isinstance(answer, Known) and isinstance(answer.value, Quantity):
        return Known(answer.value.to(Unit.KG), answer.by, answer.said_at)
    return Unknown("not measured")
