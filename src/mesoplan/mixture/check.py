"""The door of the room: a formula against what is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.mixtures import CompatibilityPair, Mixture, MixtureVerdict
from mesoplan.mixture.doses import (
    Dose,
    GroupShare,
    LimitShare,
    added,
    doses_of,
    group_shares,
    needs_weight,
    shares_of,
)
from mesoplan.vocabulary.answer import Answer, Known, Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import Citation

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.vocabulary.patient import PatientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMixture:
    """A mixture and the volume of it that would be given."""

    mixture: Mixture
    volume: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason behind a mixture's verdict, with its source."""

    verdict: MixtureVerdict
    text: str
    citation: Citation


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


def compatibility(mixture: Mixture, knowledge: KnowledgeBase) -> tuple[Reason, ...]:
    """What is known of the components together: the formula's own standing, then each pair.

    A pair that data call incompatible or forbidden worsens the formula; a pair without an entry
    adds nothing to what the formula's own source says.
    """
    own = Reason(
        verdict=mixture.verdict,
        text=mixture.note or f"{mixture.label}: {mixture.verdict.value}",
        citation=mixture.citation,
    )
    names = [part.substance for part in mixture.components]
    found = [own]
    for first, second in combinations(names, 2):
        pair = pair_of(first, second, knowledge)
        if pair is not None and pair.verdict.severity >= MixtureVerdict.NO_DATA.severity:
            labels = f"{knowledge.substances[first].label}, {knowledge.substances[second].label}"
            found.append(
                Reason(
                    verdict=pair.verdict,
                    text=f"{labels}: {pair.phenomenon}",
                    citation=pair.citation,
                )
            )
    return tuple(found)


def pair_of(first: str, second: str, knowledge: KnowledgeBase) -> CompatibilityPair | None:
    """The worst entry about two substances, in either order."""
    found = [
        pair for pair in knowledge.pairs.values() if {pair.first, pair.second} == {first, second}
    ]
    return max(found, key=lambda pair: pair.verdict.severity, default=None)
