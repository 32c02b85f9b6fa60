"""Planned against given: what was not recorded is never taken as planned."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan import plan, verify
from mesoplan.planning import DeliveredZone, Delivery, Plan, Verification
from mesoplan.planning.verify import Agreement, Comparison
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.quantity import Quantity, Unit
from tests.lib.base import base
from tests.lib.people import healthy_case

ITEMS = [
    *("technique", "mixture", "points", "volume"),
    *("inserted length", "angle", "dose of lidocaine"),
]


def ml(amount: str) -> Quantity:
    return Quantity.of(amount, Unit.ML)


def mg(amount: str) -> Quantity:
    return Quantity.of(amount, Unit.MG)


@cache
def neck(zones: int = 1) -> Plan:
    """Eight points of 0.125 mL of lidocaine 20 mg/mL in a patient of 62 kg, three sessions."""
    one = {"indication": "neck-pain", "region": "neck", "side": "both"}
    other = {"indication": "myofascial-pain", "region": "lower-back"}
    request = {"practitioner": "physician", "zone": [one, other][:zones]}
    case = healthy_case(base(), request=request)
    made = plan(case.request, case.facts, base(), at=case.at)
    assert isinstance(made, Plan)
    return made


def as_planned(number: int = 1) -> DeliveredZone:
    return DeliveredZone(
        number=number,
        technique="point-by-point",
        mixture="lidocaine-20-mg-ml",
        points=8,
        volume=ml("1"),
        inserted=Quantity.of(4, Unit.MM),
        angle=Quantity.of(30, Unit.DEG),
        doses={"lidocaine": mg("20")},
    )


def given_in(*zones: DeliveredZone, session: int = 1, of: Plan | None = None) -> Verification:
    return verify(of or neck(), Delivery(session=session, zones=zones))


def items(found: Verification) -> dict[str, Comparison]:
    return {item.item: item for item in found.comparisons}


def test_a_session_given_as_planned_is_as_planned_item_by_item() -> None:
    found = given_in(as_planned())
    assert [item.item for item in found.comparisons] == ITEMS
    assert {item.agreement for item in found.comparisons} == {Agreement.AS_PLANNED}
    assert found.as_planned
    assert found.unexplained == ()


def test_the_same_amount_in_another_unit_is_as_planned() -> None:
    other = replace(
        as_planned(),
        volume=Quantity.of(1000, Unit.UL),
        inserted=Quantity.of("0.4", Unit.CM),
        doses={"lidocaine": Quantity.of("0.02", Unit.G)},
    )
    assert given_in(other).as_planned


@pytest.mark.hazard("H-001")
@pytest.mark.parametrize(
    ("field", "item"),
    [
        ("technique", "technique"),
        ("mixture", "mixture"),
        ("points", "points"),
        ("volume", "volume"),
        ("inserted", "inserted length"),
        ("angle", "angle"),
    ],
)
def test_what_was_not_recorded_is_not_recorded_and_never_as_planned(field: str, item: str) -> None:
    missing: Any = {field: None}
    found = given_in(replace(as_planned(), **missing))
    assert items(found)[item].agreement is Agreement.NOT_RECORDED
    assert items(found)[item].given == ""
    assert not found.as_planned
    assert [each.item for each in found.unexplained] == [item]


@pytest.mark.hazard("H-001")
def test_of_a_zone_of_which_nothing_was_recorded_nothing_is_as_planned() -> None:
    found = given_in(DeliveredZone(number=1))
    assert {item.agreement for item in found.comparisons} == {Agreement.NOT_RECORDED}
    assert [item.item for item in found.comparisons] == ITEMS


# What is changed, the item that differs, and what was given in words.
DIFFERENT: list[tuple[Mapping[str, Any], str, str, str]] = [
    ({"technique": "nappage"}, "technique", "point-by-point", "nappage"),
    ({"mixture": "saline"}, "mixture", "lidocaine-20-mg-ml", "saline"),
    ({"points": 9}, "points", "8", "9"),
    ({"points": 0}, "points", "8", "0"),
    ({"volume": ml("1.001")}, "volume", "1 mL", "1.001 mL"),
    ({"inserted": Quantity.of(5, Unit.MM)}, "inserted length", "4 mm", "5 mm"),
    ({"angle": Quantity.of(45, Unit.DEG)}, "angle", "30 deg", "45 deg"),
    ({"doses": {"lidocaine": mg("19")}}, "dose of lidocaine", "20 mg", "19 mg"),
]


@pytest.mark.parametrize(("change", "item", "planned", "delivered"), DIFFERENT)
def test_what_differs_is_shown_with_both_values_and_asks_for_a_reason(
    change: Mapping[str, Any], item: str, planned: str, delivered: str
) -> None:
    found = given_in(replace(as_planned(), **change))
    compared = items(found)[item]
    assert compared.agreement is Agreement.DIFFERS
    assert (compared.planned, compared.given) == (planned, delivered)
    assert compared.needs_reason
    assert [each.item for each in found.unexplained] == [item]
    explained = given_in(replace(as_planned(), **change, reason="patient-asked-to-stop"))
    assert items(explained)[item].reason == "patient-asked-to-stop"
    assert explained.unexplained == ()
    assert not explained.as_planned
    others = [each for each in explained.comparisons if each.item != item]
    assert {(each.agreement, each.reason) for each in others} == {(Agreement.AS_PLANNED, "")}


@pytest.mark.hazard("H-003")
@pytest.mark.parametrize(
    ("dose", "is_over"),
    [("186", False), ("186.01", True), ("200.01", True), ("20", False), ("0", False)],
)
def test_a_dose_above_the_strictest_limit_is_flagged(dose: str, *, is_over: bool) -> None:
    """3 mg/kg in 62 kg are 186 mg, less than the 200 mg of the session."""
    found = given_in(replace(as_planned(), doses={"lidocaine": mg(dose)}, reason="a reason"))
    assert items(found)["dose of lidocaine"].over_limit is is_over
    assert not any(item.over_limit for item in given_in(as_planned()).comparisons)


@pytest.mark.hazard("H-006")
def test_a_substance_that_nobody_planned_is_shown() -> None:
    doses = {"lidocaine": mg("20"), "ketoprofen": mg("50")}
    found = given_in(replace(as_planned(), doses=doses))
    extra = items(found)["dose of ketoprofen"]
    assert (extra.agreement, extra.planned, extra.given) == (Agreement.NOT_PLANNED, "", "50 mg")
    assert extra.needs_reason
    assert not found.as_planned


def test_a_zone_that_was_left_out_or_added_is_shown() -> None:
    found = given_in()
    assert [(item.zone, item.agreement) for item in found.comparisons] == [(1, Agreement.NOT_GIVEN)]
    found = given_in(as_planned(), as_planned(number=7))
    extra = [item for item in found.comparisons if item.zone == 7]
    assert [item.item for item in extra] == ["zone", "dose of lidocaine"]
    assert {item.agreement for item in extra} == {Agreement.NOT_PLANNED}
    assert not found.as_planned


def test_each_zone_is_compared_with_its_own_plan() -> None:
    two = neck(zones=2)
    found = verify(two, Delivery(session=1, zones=(as_planned(2), as_planned(1))))
    assert {item.zone for item in found.comparisons} == {1, 2}
    assert found.as_planned
    found = verify(two, Delivery(session=1, zones=(as_planned(2),)))
    assert [item.zone for item in found.comparisons if item.agreement is Agreement.NOT_GIVEN] == [1]


@pytest.mark.parametrize("session", [0, 4, -1])
def test_a_session_that_is_not_in_the_plan_is_refused(session: int) -> None:
    assert [item.number for item in neck().sessions] == [1, 2, 3]
    with pytest.raises(ClinicalInputError, match="a session from 1 to 3"):
        given_in(as_planned(), session=session)


def test_a_zone_that_was_recorded_twice_is_refused() -> None:
    with pytest.raises(ClinicalInputError, match="each zone once"):
        given_in(as_planned(), as_planned())


@given(points=st.integers(min_value=0, max_value=20), millilitres=st.integers(0, 20))
def test_only_the_planned_amounts_are_as_planned(points: int, millilitres: int) -> None:
    found = given_in(replace(as_planned(), points=points, volume=ml(str(millilitres))))
    assert found.as_planned is (points == 8 and millilitres == 1)


def test_a_dose_that_was_given_is_shown_where_the_planned_one_was_not_known() -> None:
    (zone,) = neck().zones
    (part,) = zone.mixture.components
    unknown = replace(part, dose=replace(part.dose, amount=Unknown("products differ")))
    mixture = replace(zone.mixture, components=(unknown,))
    unsure = replace(neck(), zones=(replace(zone, mixture=mixture),))
    found = given_in(replace(as_planned(), doses={"lidocaine": mg("500")}), of=unsure)
    assert "dose of lidocaine" in items(found)


def test_doses_that_are_within_the_limit_zone_by_zone_and_above_it_together_are_flagged() -> None:
    """Twice 150 mg are 300 mg; 186 mg are allowed."""
    zones = (replace(as_planned(number), doses={"lidocaine": mg("150")}) for number in (1, 2))
    found = verify(neck(zones=2), Delivery(session=1, zones=tuple(zones)))
    assert any(item.over_limit for item in found.comparisons)


@cache
def face() -> Plan:
    """A face with its cream."""
    answers = {"methaemoglobinaemia_risk": False, "porphyria": False, "severe_liver_disease": False}
    request = {
        "practitioner": "physician",
        "zone": [{"indication": "facial-rejuvenation", "region": "face"}],
    }
    case = healthy_case(base(), request=request, facts=answers)
    made = plan(case.request, case.facts, base(), at=case.at)
    assert isinstance(made, Plan)
    assert made.anaesthesia.mass is not None
    return made


@pytest.mark.hazard("H-003")
@pytest.mark.parametrize(("grams", "is_over"), [("60", False), ("60.1", True)])
def test_cream_above_its_label_is_flagged_and_can_be_explained(
    grams: str, *, is_over: bool
) -> None:
    mass = Quantity.of(grams, Unit.G)
    silent = verify(face(), Delivery(session=1, zones=(), cream=mass))
    assert items(silent)["cream"].over_limit is is_over
    assert items(silent)["cream"].needs_reason
    said = verify(face(), Delivery(session=1, zones=(), cream=mass, cream_reason="larger area"))
    assert not items(said)["cream"].needs_reason


@pytest.mark.hazard("H-003")
def test_a_dose_in_another_dimension_does_not_wipe_out_the_sum() -> None:
    """150 mg and 150 mg are above 186 mg, whatever a third zone was recorded in."""
    zones = [replace(as_planned(), number=n, doses={"lidocaine": mg("150")}) for n in (1, 2)]
    odd = replace(as_planned(), number=3, doses={"lidocaine": ml("1")})
    total = items(given_in(*zones, odd))["dose of lidocaine in all zones"]
    assert (total.given, total.over_limit) == ("300 mg", True)
