"""What the base knows of the components of a mixture together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.mixtures import (
    CompatibilityPair,
    Mixture,
    MixtureVerdict,
    Preparation,
)
from mesoplan.vocabulary.source import Citation

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason behind a mixture's verdict, with its source."""

    verdict: MixtureVerdict
    text: str
    citation: Citation


def compatibility(mixture: Mixture, knowledge: KnowledgeBase) -> tuple[Reason, ...]:
    """The formula's own standing, then each pair that worsens it.

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


def actives_of(mixture: Mixture, knowledge: KnowledgeBase) -> tuple[str, ...]:
    """The components that act, without diluents."""
    names = (part.substance for part in mixture.components)
    return tuple(name for name in names if knowledge.substances[name].is_active)


def standing(mixture: Mixture, knowledge: KnowledgeBase) -> MixtureVerdict:
    """The worst of the reasons; a single active as the maker supplies it is no mixing at all."""
    as_supplied = (
        len(actives_of(mixture, knowledge)) <= 1 and mixture.preparation is Preparation.SINGLE
    )
    if as_supplied and mixture.verdict.severity < MixtureVerdict.INCOMPATIBLE.severity:
        return MixtureVerdict.COMPATIBLE
    reasons = compatibility(mixture, knowledge)
    return max((item.verdict for item in reasons), key=lambda verdict: verdict.severity)


def pair_of(first: str, second: str, knowledge: KnowledgeBase) -> CompatibilityPair | None:
    """The worst entry about two substances, in either order."""
    wanted = {first, second}
    found = [pair for pair in knowledge.pairs.values() if {pair.first, pair.second} == wanted]
    return max(found, key=lambda pair: pair.verdict.severity, default=None)
