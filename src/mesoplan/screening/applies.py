"""Whether a record speaks at all for a patient, a zone and what would be given there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.conditions import Applicability, Route
from mesoplan.vocabulary.answer import Known, NotApplicable

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.indications import Indication, Protocol
    from mesoplan.knowledge.schema.mixtures import Mixture
    from mesoplan.knowledge.schema.techniques import Technique
    from mesoplan.screening.effective import EffectiveFacts
    from mesoplan.vocabulary.request import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to treat one zone: protocol, technique and mixture.

    ``protocol`` is ``None`` where the request names a mixture or technique that no protocol of
    the indication has; rules still look at what would be given. ``number`` counts zones from 1.
    """

    number: int
    zone: Zone
    indication: Indication
    protocol: Protocol | None
    technique: Technique | None
    mixture: Mixture | None

    @property
    def route(self) -> Route | None:
        """The route of the technique."""
        return self.technique.route if self.technique else None

    def substances(self) -> tuple[str, ...]:
        """The substances of the mixture."""
        return tuple(part.substance for part in self.mixture.components) if self.mixture else ()

    def groups(self, knowledge: KnowledgeBase) -> frozenset[str]:
        """The groups of all substances of the mixture."""
        return frozenset(
            group for name in self.substances() for group in knowledge.substances[name].groups
        )


def applies_to_patient(when: Applicability, facts: EffectiveFacts, policy: str) -> bool:
    """The part of the conditions that looks at the patient and the policy.

    Silent only where a fact is known to exclude the record; unknown never silences.
    """
    if when.policies and policy not in when.policies:
        return False
    if when.sexes:
        sex = facts.answer("sex")
        if isinstance(sex, Known) and sex.value not in {item.value for item in when.sexes}:
            return False
    return not any(_known_to_be_no(facts, fact) for fact in when.needs)


def _known_to_be_no(facts: EffectiveFacts, fact: str) -> bool:
    answer = facts.answer(fact)
    return isinstance(answer, NotApplicable) or (
        isinstance(answer, Known) and answer.value is False
    )


def applies_to_option(when: Applicability, option: Option, knowledge: KnowledgeBase) -> bool:
    """The part of the conditions that looks at one zone and what would be given there."""
    regions = knowledge.regions_around(option.zone.region)
    return all(
        (
            not when.purposes or option.indication.purpose in when.purposes,
            not when.indications or option.indication.id in when.indications,
            not when.regions or bool(set(regions) & set(when.regions)),
            not when.techniques
            or (option.technique is not None and option.technique.id in when.techniques),
            not when.routes or option.route in when.routes,
            not when.components or bool(set(option.substances()) & set(when.components)),
            not when.component_groups
            or bool(option.groups(knowledge) & set(when.component_groups)),
        )
    )


def looks_at_option(when: Applicability) -> bool:
    """Whether any condition looks at what would be given, not only at patient and indication."""
    return bool(when.techniques or when.routes or when.components or when.component_groups)
