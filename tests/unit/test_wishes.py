"""What a physician asks for, from the case file to the plan: kept, explained, or refused."""

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.documents.json_numbers import ASKED_BY
from mesoplan.documents.json_plan import decision_json
from mesoplan.knowledge import KnowledgeBase
from mesoplan.knowledge.schema.care import CarePart
from mesoplan.knowledge.schema.substances import Limit, LimitBasis
from mesoplan.planning import Plan, Refusal, RefusalCode, plan
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import Citation, ClinicalNumber, Kind
from tests.lib.base import base
from tests.lib.people import healthy_case, zone

BURSITIS = {"indication": "bursitis-pes-anserine", "region": "knee", "side": "left"}
STRIAE = {"indication": "stretch-marks", "region": "abdomen", "side": "midline"}
CREAM = {"methaemoglobinaemia_risk": False}


def decided(knowledge: KnowledgeBase | None = None, **changes: Any) -> Plan | Refusal:
    case = healthy_case(base(), **changes)
    return plan(case.request, case.facts, knowledge or base(), at=case.at)


def planned(knowledge: KnowledgeBase | None = None, **changes: Any) -> Plan:
    decision = decided(knowledge, **changes)
    assert isinstance(decision, Plan), [item.message for item in decision.reasons]
    return decision


def refused(knowledge: KnowledgeBase | None = None, **changes: Any) -> Refusal:
    decision = decided(knowledge, **changes)
    assert isinstance(decision, Refusal)
    return decision


def chosen(decision: Plan) -> dict[str, str]:
    return {
        item.fact.removeprefix("chosen by the physician: "): item.effect
        for item in decision.individualised
        if item.fact.startswith("chosen by the physician: ")
    }


def test_the_plan_says_what_the_physician_chose_and_within_which_range() -> None:
    asked = planned(
        request=zone(
            **BURSITIS,
            points=8,
            spacing_mm=25,
            volume_per_point_ml=Decimal("0.11"),
            interval_days=2,
            sessions=9,
            needle={"length_mm": 4, "inserted_mm": 3, "angle_deg": 45},
        )
    )
    total = "8 points, 0.88 mL in a session"
    assert chosen(asked) == {
        "needle length 4 mm": "zone 1: the range is 4 to 13 mm",
        "inserted length 3 mm": "zone 1: the range is 1.4 to 4 mm",
        "angle 45 deg": "zone 1: the range is 30 to 45 deg",
        "points 8": f"zone 1: the range is 7 to 9; {total}",
        "spacing 25 mm": f"zone 1: the range is 20 to 30 mm; {total}",
        "volume per point 0.11 mL": f"zone 1: the range is 0.1 to 0.2 mL; {total}",
        "sessions 9": "zone 1: the range is 9 and no other",
        "interval 2 d": "zone 1: the range is 2 to 3 d",
    }


def test_every_wish_that_cannot_be_had_is_named_at_once() -> None:
    decision = refused(
        request=zone(
            **BURSITIS,
            spacing_mm=31,
            volume_per_point_ml=Decimal("0.21"),
            interval_days=4,
            sessions=10,
            needle={"angle_deg": 46},
        )
    )
    assert {reason.code for reason in decision.reasons} == {RefusalCode.OUTSIDE_PROTOCOL}
    assert all(reason.way_out for reason in decision.reasons)
    said = " ".join(reason.message for reason in decision.reasons)
    for came, held in (
        ("31 mm", "20 to 30 mm"),
        ("0.21 mL", "0.1 to 0.2 mL"),
        ("4 d", "2 to 3 d"),
        ("10 asked", "9 and no other"),
        ("46 deg", "30 to 45 deg"),
    ):
        assert came in said
        assert held in said
    assert len(decision.reasons) == 5


def test_an_interval_of_weeks_is_asked_for_and_answered_in_days() -> None:
    first, second, *_ = planned(request=zone(**STRIAE, interval_days=17)).sessions
    assert (second.date - first.date).days == 17
    (reason,) = refused(request=zone(**STRIAE, interval_days=29)).reasons
    assert "29 d asked; the range is 14 to 28 d" in reason.message


def test_one_session_has_no_interval_to_ask_for() -> None:
    pores = {"indication": "enlarged-pores", "region": "cheek", "side": "both"}
    assert len(planned(request=zone(**pores)).sessions) == 1
    (reason,) = refused(request=zone(**pores, interval_days=14)).reasons
    assert reason.code is RefusalCode.OUTSIDE_PROTOCOL
    assert "one session is planned" in reason.message


def demanding(days: str) -> KnowledgeBase:
    """The base in which diclofenac demands so many days between two sessions."""
    least = Quantity.of(days, Unit.D)
    citation = Citation("invented", "for a test")
    amount = ClinicalNumber(low=least, high=least, kind=Kind.LABEL, citation=citation)
    limit = Limit(basis=LimitBasis.INTERVAL, jurisdiction="any", population="adult", amount=amount)
    diclofenac = base().substances["diclofenac"]
    changed = replace(diclofenac, limits=(*diclofenac.limits, limit))
    return replace(
        base(), substances=MappingProxyType({**base().substances, diclofenac.id: changed})
    )


@pytest.mark.hazard("H-003")
def test_no_wish_undercuts_the_interval_that_a_substance_demands() -> None:
    """The protocol has two to three days; the substance demands two and a half, or five."""
    (usual,) = planned(demanding("2.5"), request=zone(**BURSITIS)).zones
    assert usual.interval is not None
    assert (str(usual.interval.low), str(usual.interval.value)) == ("2.5 d", "3 d")
    (longer,) = planned(demanding("5"), request=zone(**BURSITIS, interval_days=5)).zones
    assert longer.interval is not None
    assert str(longer.interval.value) == "5 d"
    for demanded, asked, held in (("2.5", 2, "2.5 to 3 d"), ("5", 3, "5 d and no other")):
        request = zone(**BURSITIS, interval_days=asked)
        (reason,) = refused(demanding(demanded), request=request).reasons
        assert f"{asked} d asked; the range is {held}" in reason.message
        assert f"Diclofenac demands at least {demanded} d" in reason.message


def numbers(**wishes: Any) -> Any:
    decision = decision_json(planned(request=zone(**BURSITIS, **wishes)), base())
    return decision["plan"]["zones"][0]["number_sources"]


def test_every_planned_number_has_what_an_editor_needs() -> None:
    found = numbers()
    assert set(ASKED_BY) < set(found)
    for name, item in found.items():
        assert item["low"] <= item["value"] <= item["high"], name
        assert item["unit"]
        assert item["kind"]
        assert item["asked_by"] == ASKED_BY.get(name)
    assert {name for name, item in found.items() if not item["sources"]} == set()
    interval = found["interval"]
    assert [interval[key] for key in ("value", "low", "high", "unit")] == [3, 2, 3, "d"]
    assert [found["spacing_mm"][key] for key in ("low", "high", "unit")] == [20, 30, "mm"]
    assert found["spacing_mm"]["range"] == [2, 3, "cm"]


def test_the_numbers_of_the_cream_and_of_the_visit_have_them_too() -> None:
    face = zone("facial-rejuvenation", "face")
    made = decision_json(planned(request=face, facts=CREAM), base())["plan"]
    cream = made["anaesthesia"]["number_sources"]
    assert set(cream) == {"applied_g", "area_cm2", "minutes", "absorbed_share"}
    assert cream["applied_g"]["value"] == made["anaesthesia"]["applied_g"]
    for item in (*cream.values(), made["session_minutes"]):
        assert item["low"] <= item["value"] <= item["high"]
        assert item["unit"]
        assert item["kind"]


@pytest.mark.hazard("H-004")
@given(data=st.data())
def test_any_inserted_length_of_the_printed_range_is_planned(data: st.DataObject) -> None:
    """With the length and the angle that the range was printed for."""
    length = data.draw(st.decimals(4, 13, places=1), label="length")
    angle = data.draw(st.decimals(30, 45, places=1), label="angle")
    shallow = Decimal("2.5")
    printed = numbers(needle={"length_mm": length, "inserted_mm": shallow, "angle_deg": angle})
    ends = printed["needle.inserted_mm"]
    inserted = data.draw(st.decimals(ends["low"], ends["high"], places=1), label="inserted")
    needle = {"length_mm": length, "inserted_mm": inserted, "angle_deg": angle}
    found = numbers(needle=needle)
    assert found["needle.inserted_mm"]["value"] == inserted
    assert 1 <= found["depth_mm"]["value"] <= 4
    beyond = ends["high"] + Decimal("0.1")
    if beyond <= length:
        decision = refused(request=zone(**BURSITIS, needle=needle | {"inserted_mm": beyond}))
        assert {item.code for item in decision.reasons} == {RefusalCode.OUTSIDE_PROTOCOL}


def test_lines_about_a_cream_are_shown_where_a_cream_is_planned_and_nowhere_else() -> None:
    face = zone("facial-rejuvenation", "face")
    lines = {item.id for item in base().care.values() if item.with_cream}
    assert {base().care[name].part for name in lines} == {CarePart.READINESS, CarePart.BEFORE}

    def shown(decision: Plan) -> set[str]:
        return {line.id for line in (*decision.readiness, *decision.before)} & lines

    with_cream = planned(request=face, facts=CREAM)
    assert with_cream.anaesthesia.cream is not None
    assert shown(with_cream) == {"cream-safe", "skin-disinfected-after-cream"}
    cheek = planned(request=zone("melasma", "cheek", "both"), facts=CREAM)
    assert cheek.anaesthesia.cream is not None
    assert shown(cheek) == lines
    for facts in ({"methaemoglobinaemia_risk": True}, {"methaemoglobinaemia_risk": None}):
        barred = planned(request=face, facts=facts)
        assert barred.anaesthesia.cream is None
        assert shown(barred) == set()
    assert shown(planned(request=zone("neck-pain", "neck", "both"))) == set()
