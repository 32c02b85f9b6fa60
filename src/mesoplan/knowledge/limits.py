"""Which limits of a substance count under a policy, and whether they need the weight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.substances import Limit, LimitBasis

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.policies import Policy

PER_SESSION = frozenset({LimitBasis.SESSION, LimitBasis.DAY})
PER_KILOGRAM = frozenset({LimitBasis.SESSION_PER_KG, LimitBasis.DAY_PER_KG})


def limits_for(substance: str, policy: Policy, knowledge: KnowledgeBase) -> tuple[Limit, ...]:
    """The limits for adults that count under a policy.

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


def needs_weight(substances: Iterable[str], policy: Policy, knowledge: KnowledgeBase) -> bool:
    """Whether any limit that counts is stated per kilogram of body weight."""
    return any(
        limit.basis in PER_KILOGRAM
        for substance in substances
        for limit in limits_for(substance, policy, knowledge)
    )
