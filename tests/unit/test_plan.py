"""The one door: plans, refusals, totals, schedules, and what follows from one patient's facts."""

from dataclasses import fields, is_dataclass
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import Any

import pytest

from mesoplan.knowledge.limits import limits_for
from mesoplan.knowledge.schema.care import Urgency
from mesoplan.knowledge.schema.mixtures import Preparation
from mesoplan.knowledge.schema.substances import LimitBasis
from mesoplan.planning import Plan, Refusal, RefusalCode, plan
from mesoplan.planning.values import Planned
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import Kind
from tests.lib.base import base
from tests.lib.people import AT, healthy_case, zone

NECK = zone("neck-pain", "neck", "both")
FACE = zone("facial-rejuvenation", "face")


def decided(**changes: Any) -> Plan | Refusal:
    """The decision for a healthy adult with changes."""
    case = healthy_case(base(), **changes)
    return plan(case.request, case.facts, base(), at=case.at)


def planned(**changes: Any) -> Plan:
    decision = decided(**changes)
    assert isinstance(decision, Plan), [item.message for item in decision.reasons]
    return decision


def refused(**changes: Any) -> Refusal:
    decision = decided(**changes)
    assert isinstance(decision, Refusal)
    return decision


def zones(*requests: dict[str, Any]) -> dict[str, Any]:
    """One request for the zones of several."""
    return {"practitioner": "physician", "zone": [z for item in requests for z in item["zone"]]}


def test_doses_of_several_zones_are_added_up_against_one_limit() -> None:
    one = planned(request=NECK).totals.doses[0]
    spine = zone("chronic-spinal-pain", "lower-back", "both")
    other = planned(request=spine).totals.doses[0]

    both = planned(request=zones(NECK, spine)).totals.doses[0]

    assert isinstance(one.dose.amount, Quantity)
    assert isinstance(other.dose.amount, Quantity)
    assert both.dose.amount == one.dose.amount + other.dose.amount
    assert both.shares[0].share == one.shares[0].share + other.shares[0].share


@pytest.mark.hazard("H-003")
def test_zones_that_fit_alone_are_refused_where_they_pass_a_limit_together() -> None:
    spine = zone("chronic-spinal-pain", "lower-back", "both")
    many = zones(*([spine] * 7))
    assert isinstance(decided(request=spine, patient={"weight_kg": 45}), Plan)

    together = refused(request=many, patient={"weight_kg": 45})

    assert RefusalCode.OVER_LIMIT in {reason.code for reason in together.reasons}


@pytest.mark.hazard("H-003")
def test_cream_counts_toward_the_limit_of_what_is_injected() -> None:
    """Both contain lidocaine: the totals hold the sum, cream at its upper absorption."""
    facts = {"methaemoglobinaemia_risk": False}
    alone = planned(request=FACE, facts=facts)
    both = planned(request=zones(FACE, NECK), facts=facts)
    neck = planned(request=NECK)

    def lidocaine(decision: Plan) -> Quantity:
        amounts = [
            part.dose.amount
            for part in decision.totals.doses
            if part.dose.substance == "lidocaine" and isinstance(part.dose.amount, Quantity)
        ]
        return amounts[0]

    assert lidocaine(both) == lidocaine(alone) + lidocaine(neck)
    cream = alone.anaesthesia
    assert cream.mass is not None
    grams = cream.mass.value.amount_in(Unit.G)
    assert lidocaine(alone).amount_in(Unit.MG) == grams * 25 * Decimal("0.10")


@pytest.mark.hazard("H-006")
@pytest.mark.parametrize("allergy", ["lidocaine", "prilocaine"])
def test_no_cream_is_planned_on_an_allergy_to_it(allergy: str) -> None:
    found = planned(
        request=FACE,
        facts={"methaemoglobinaemia_risk": False},
        allergies={"substances": [allergy]},
    )

    assert found.anaesthesia.cream is None
    assert "allergy" in found.anaesthesia.reason


def test_no_cream_is_planned_where_its_own_question_is_open_or_answered_yes() -> None:
    for answer in (None, True):
        found = planned(request=FACE, facts={"methaemoglobinaemia_risk": answer})
        assert found.anaesthesia.cream is None


def test_cream_beyond_its_label_is_not_planned() -> None:
    found = planned(
        request=zone("facial-rejuvenation", "face", area_cm2=700),
        facts={"methaemoglobinaemia_risk": False},
    )

    assert found.anaesthesia.cream is None
    assert any(not check.is_kept for check in found.anaesthesia.label_checks)


def test_unknown_weight_under_a_limit_per_kilogram_is_asked_for() -> None:
    found = refused(request=NECK, patient={"weight_kg": None})

    assert {reason.code for reason in found.reasons} == {RefusalCode.UNDETERMINED}
    assert "weight" in {item.fact for item in found.missing}


def test_heavier_patient_has_a_higher_limit_and_never_a_higher_dose() -> None:
    light, heavy = (planned(request=NECK, patient={"weight_kg": kg}) for kg in (45, 90))

    per_kg = [
        next(
            share
            for share in item.totals.doses[0].shares
            if share.basis is LimitBasis.SESSION_PER_KG
        )
        for item in (light, heavy)
    ]

    assert per_kg[1].limit.amount == per_kg[0].limit.amount * 2
    assert light.totals.doses[0].dose == heavy.totals.doses[0].dose


def test_limit_of_the_own_jurisdiction_stands_in_for_the_others() -> None:
    limits = limits_for("lidocaine", base().policies["us"], base())
    bases = {(limit.basis, limit.jurisdiction) for limit in limits}

    assert (LimitBasis.SESSION_PER_KG, "us") in bases
    assert (LimitBasis.SESSION_PER_KG, "any") not in bases


@pytest.mark.hazard("H-015")
def test_sessions_lie_the_interval_apart_and_a_substance_can_lengthen_it() -> None:
    neck = planned(request=NECK)
    submental = zone("submental-fat", "submental", sessions=3)
    chin = planned(request=submental, policy="us")

    def gaps(decision: Plan) -> set[timedelta]:
        days = [item.date for item in decision.sessions]
        return {later - earlier for earlier, later in pairwise(days)}

    assert neck.sessions[0].date == AT
    assert gaps(neck) == {timedelta(days=7)}
    assert min(gaps(chin)) >= timedelta(days=31)


@pytest.mark.hazard("H-015")
def test_more_sessions_than_the_label_allows_are_refused() -> None:
    found = refused(request=zone("submental-fat", "submental", sessions=7), policy="us")

    assert RefusalCode.OUTSIDE_PROTOCOL in {reason.code for reason in found.reasons}


def test_each_zone_keeps_the_dates_of_its_own_plan() -> None:
    both = planned(request=zones(NECK, FACE))
    alone = [planned(request=NECK), planned(request=FACE)]

    for number, single in enumerate(alone, start=1):
        own = [item.date for item in both.sessions if number in item.zones]
        assert own == [item.date for item in single.sessions]


@pytest.mark.hazard("H-014")
@pytest.mark.parametrize("role", ["nurse", "assistant", "beautician"])
def test_person_without_authority_gets_no_plan_with_a_needle(role: str) -> None:
    found = refused(request={**NECK, "practitioner": role})

    assert RefusalCode.CONTRAINDICATED in {reason.code for reason in found.reasons}


@pytest.mark.hazard("H-005")
def test_product_for_the_outside_of_the_skin_never_gets_into_a_needle() -> None:
    """Over every plan of every indication: no injected substance is topical only."""
    for protocol in base().protocols.values():
        for technique in protocol.techniques:
            if not base().techniques[technique].uses_needle:
                continue
            for mixture in protocol.mixtures:
                region = base().regions[base().indications[protocol.indication].regions[0]]
                side = "both" if region.paired else "midline"
                request = zone(
                    protocol.indication, region.id, side, technique=technique, mixture=mixture
                )
                decision = decided(request=request, policy="bedside-clinic")
                names = {part.substance for part in base().mixtures[mixture].components}
                if "hyaluronic-acid-topical" in names or "epidermal-growth-factor" in names:
                    assert isinstance(decision, Refusal)


@pytest.mark.hazard("H-005")
def test_cosmetic_gel_asked_for_with_a_needle_is_barred_for_good() -> None:
    request = zone(
        "skin-dryness", "face", technique="micropapule", mixture="hyaluronic-acid-15-mg-ml"
    )

    found = {item.rule: item for item in refused(request=request).screening.findings}

    assert not found["route-not-approved"].overridable


@pytest.mark.hazard("H-004")
def test_depth_is_a_probability_per_layer_and_unknown_where_no_thickness_is_sourced() -> None:
    cheek = planned(request=zone("melasma", "cheek", "both")).zones[0].layers
    neck = planned(request=NECK).zones[0].layers

    assert sum(cheek.probabilities.values()) == 1
    assert cheek.used
    assert isinstance(neck.unknown, Unknown)
    assert not neck.probabilities


@pytest.mark.hazard("H-004")
def test_needle_that_the_request_names_must_reach_the_protocols_depth() -> None:
    deep = zone(
        "neck-pain", "neck", "both", needle={"length_mm": 13, "inserted_mm": 13, "angle_deg": 90}
    )

    assert RefusalCode.OUTSIDE_PROTOCOL in {reason.code for reason in refused(request=deep).reasons}


@pytest.mark.hazard("H-008")
def test_every_planned_number_has_a_kind_and_a_source() -> None:
    for request, policy in (
        (NECK, "default"),
        (FACE, "default"),
        (zone("submental-fat", "submental"), "us"),
    ):
        numbers = list(planned_numbers(planned(request=request, policy=policy)))
        assert len(numbers) > 8
        for number in numbers:
            assert number.kind in set(Kind)
            assert number.citations or number.kind is Kind.MEASURED
            assert {citation.id for citation in number.citations} <= set(base().sources)


def planned_numbers(value: object) -> list[Planned]:
    """Every planned number anywhere in a plan."""
    if isinstance(value, Planned):
        return [value]
    if isinstance(value, (tuple, list)):
        return [number for item in value for number in planned_numbers(item)]
    if is_dataclass(value) and not isinstance(value, (type, Enum)):
        module = type(value).__module__
        if module.startswith("mesoplan.planning"):
            return [
                number
                for field in fields(value)
                for number in planned_numbers(getattr(value, field.name))
            ]
    return []


@pytest.mark.hazard("H-009")
def test_plan_keeps_the_release_and_the_policy_it_was_made_with() -> None:
    found = planned(request=NECK, policy="it")

    assert found.knowledge_release == base().release
    assert found.policy == "it"
    assert found.screening.knowledge_release == base().release


@pytest.mark.hazard("H-011")
def test_every_plan_asks_again_after_weeks_for_what_comes_late() -> None:
    found = planned(request=NECK)
    due = [check.due.amount_in(Unit.H) for check in found.follow_up]

    assert {48, 7 * 24} <= set(due)
    assert max(due) >= 12 * 7 * 24
    assert any(
        check.due == Quantity.of(4, Unit.WEEK) and check.latest == Quantity.of(6, Unit.WEEK)
        for check in found.follow_up
    )
    assert "late-nodules" in {flag.reaction for flag in found.red_flags}


def test_red_flags_stand_in_order_of_urgency() -> None:
    urgencies = [flag.urgency for flag in planned(request=NECK).red_flags]

    assert urgencies == sorted(urgencies, key=lambda name: -Urgency(name).severity)
    assert urgencies[0] == Urgency.URGENT.value


def test_refusal_lists_every_reason_and_every_missing_answer() -> None:
    found = refused(
        request={"zone": NECK["zone"]}, facts={"cancer": True, "urticaria": True, "pregnant": None}
    )

    messages = " ".join(reason.message for reason in found.reasons)
    assert base().rules["cancer"].message in messages
    assert base().rules["urticaria"].message in messages
    assert {"pregnant", "practitioner"} <= {item.fact for item in found.missing}


def test_no_treatment_is_among_the_alternatives_of_plan_and_refusal() -> None:
    for decision in (decided(request=NECK), decided(request=NECK, facts={"pregnant": True})):
        assert any("o treatment" in item.text for item in decision.alternatives)


def test_override_leads_to_a_plan_that_names_who_and_why() -> None:
    override = [{"rule": "urticaria", "reason": "quiescent-over-a-year", "by": "Dr Example"}]
    found = planned(request=NECK, facts={"urticaria": True}, override=override)

    assert any("Dr Example" in item.effect for item in found.individualised)
    assert found.observation.time == Quantity.of(30, Unit.MIN)


@pytest.mark.parametrize("policy", sorted(base().policies))
def test_policy_of_one_active_never_plans_a_bedside_mixture(policy: str) -> None:
    record = base().policies[policy]
    for protocol in base().protocols.values():
        region = base().regions[
            (protocol.regions or base().indications[protocol.indication].regions)[0]
        ]
        request = zone(protocol.indication, region.id, "both" if region.paired else "midline")
        decision = decided(request=request, policy=policy)
        if isinstance(decision, Plan) and record.mixing.value != "bedside":
            mixture = decision.zones[0].mixture.mixture
            actives = [
                part for part in mixture.components if base().substances[part.substance].is_active
            ]
            assert mixture.preparation is not Preparation.BEDSIDE or len(actives) == 1


@pytest.mark.parametrize("name", sorted(base().protocols))
def test_every_protocol_is_planned_or_refused_with_a_reason(name: str) -> None:
    protocol = base().protocols[name]
    region = base().regions[
        (protocol.regions or base().indications[protocol.indication].regions)[0]
    ]
    side = "both" if region.paired else "midline"
    for technique in protocol.techniques:
        for mixture in protocol.mixtures:
            request = zone(
                protocol.indication, region.id, side, technique=technique, mixture=mixture
            )
            decision = decided(
                request=request, policy="bedside-clinic", facts={"methaemoglobinaemia_risk": False}
            )
            if isinstance(decision, Refusal):
                assert decision.reasons
            else:
                shares = [s for part in decision.totals.doses for s in part.shares]
                assert all(share.share <= 1 for share in shares)
                assert decision.statements
                assert decision.stop_rules
