"""Zones and substances of one session are looked at together, and what is not known is refused."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from mesoplan.knowledge import KnowledgeBase
from mesoplan.knowledge.compatibility import standing
from mesoplan.knowledge.schema.mixtures import MixtureVerdict
from mesoplan.planning import Plan, Refusal, RefusalCode, plan
from mesoplan.vocabulary.answer import Unknown
from tests.lib.base import base
from tests.lib.people import healthy_case, zone

NECK = zone("neck-pain", "neck", "both")
BURSITIS = zone("bursitis-pes-anserine", "knee", "left")


def decided(knowledge: KnowledgeBase | None = None, **changes: Any) -> Plan | Refusal:
    """The decision for a healthy adult with changes."""
    case = healthy_case(base(), **changes)
    return plan(case.request, case.facts, knowledge or base(), at=case.at)


def codes(decision: Plan | Refusal) -> set[RefusalCode]:
    return {item.code for item in decision.reasons} if isinstance(decision, Refusal) else set()


def together(*requests: dict[str, Any]) -> dict[str, Any]:
    return {"practitioner": "physician", "zone": [z for item in requests for z in item["zone"]]}


@pytest.mark.hazard("H-003")
@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        pytest.param(NECK, True, id="the same"),
        pytest.param(zone("neck-pain", "trapezius", "left"), False, id="beside it"),
        pytest.param(BURSITIS, False, id="far away"),
    ],
)
def test_zones_that_share_skin_are_refused(other: dict[str, Any], *, overlap: bool) -> None:
    assert (RefusalCode.ZONES_OVERLAP in codes(decided(request=together(NECK, other)))) is overlap


@pytest.mark.hazard("H-003")
def test_a_region_and_the_larger_one_it_lies_in_share_skin() -> None:
    face = zone("facial-rejuvenation", "face")
    cheek = zone("melasma", "cheek", "left")

    assert RefusalCode.ZONES_OVERLAP in codes(decided(request=together(face, cheek)))


def test_left_and_right_of_one_region_are_two_zones() -> None:
    right = zone("bursitis-pes-anserine", "knee", "right")

    assert RefusalCode.ZONES_OVERLAP not in codes(decided(request=together(BURSITIS, right)))


@pytest.mark.hazard("H-003")
def test_an_unknown_dose_of_a_limited_substance_is_refused() -> None:
    """An unknown strength must not pass a limit just because nothing can be compared."""
    spoilt = base()
    unlabelled = Unknown("the label was lost")
    mixtures = {}
    for mixture in spoilt.mixtures.values():
        components = tuple(
            replace(item, strength=unlabelled) if item.substance == "lidocaine" else item
            for item in mixture.components
        )
        mixtures[mixture.id] = replace(mixture, components=components)
    spoilt = replace(spoilt, mixtures=MappingProxyType(mixtures))
    assert isinstance(decided(request=NECK), Plan)

    decision = decided(spoilt, request=NECK)

    assert isinstance(decision, Refusal)
    assert codes(decision) <= {RefusalCode.NUMBERS_UNKNOWN, RefusalCode.OVER_LIMIT}


@pytest.mark.hazard("H-005")
@pytest.mark.parametrize("policy", sorted(base().policies))
def test_no_plan_holds_a_mixture_that_is_incompatible_or_forbidden(policy: str) -> None:
    for indication in base().indications.values():
        region = base().regions[(indication.regions or ("abdomen",))[0]]
        request = zone(indication.id, region.id, "left" if region.paired else "midline")
        decision = decided(request=request, policy=policy)
        if isinstance(decision, Plan):
            chosen = standing(decision.zones[0].mixture.mixture, base())
            assert chosen not in {MixtureVerdict.INCOMPATIBLE, MixtureVerdict.FORBIDDEN}
