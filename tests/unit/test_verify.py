"""Planned against given: what was not recorded is never taken as planned."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
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


def test_a_zone_that_was_left_out_on_purpose_carries_its_reason_and_stays_not_given() -> None:
    found = verify(neck(), Delivery(session=1, zones=(), left_out={1: "patient-asked-to-stop"}))
    assert [(item.zone, item.agreement, item.reason) for item in found.comparisons] == [
        (1, Agreement.NOT_GIVEN, "patient-asked-to-stop")
    ]
    assert not found.as_planned
    assert not found.unexplained


def test_a_zone_that_was_both_given_and_left_out_is_refused() -> None:
    with pytest.raises(ClinicalInputError, match="given or left out"):
        verify(neck(), Delivery(session=1, zones=(as_planned(),), left_out={1: "reaction"}))


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


@cache
def two_anaesthetics() -> Plan:
    """Lidocaine in the neck, mepivacaine in the lower back; a clinic that mixes at the bedside."""
    neck_zone = {"indication": "neck-pain", "region": "neck", "side": "both"}
    back = {
        "indication": "myofascial-pain",
        "region": "lower-back",
        "mixture": "thiocolchicoside-mepivacaine",
    }
    request = {"practitioner": "physician", "zone": [neck_zone, back]}
    case = healthy_case(base(), policy="bedside-clinic", request=request)
    made = plan(case.request, case.facts, base(), at=case.at)
    assert isinstance(made, Plan)
    (group,) = made.totals.groups
    assert (group.group, set(group.members)) == ("local-anaesthetics", {"lidocaine", "mepivacaine"})
    return made


def strictest(substance: str, of: Plan) -> Decimal:
    """The smallest limit of a substance in milligrams, looked up one by one."""
    (part,) = (part for part in of.totals.doses if part.dose.substance == substance)
    return min(share.limit.amount_in(Unit.MG) for share in part.shares)


@pytest.mark.hazard("H-003")
@given(
    one=st.decimals("0", "1", places=3),
    other=st.decimals("0", "1", places=3),
)
def test_anaesthetics_that_share_a_limit_are_flagged_when_they_pass_it_together(
    one: Decimal, other: Decimal
) -> None:
    """Each is within its own limit; together they may not be more than one whole limit."""
    of = two_anaesthetics()
    doses = (
        ("lidocaine", one * strictest("lidocaine", of)),
        ("mepivacaine", other * strictest("mepivacaine", of)),
    )
    zones = (
        DeliveredZone(number=number, doses={name: mg(str(amount))})
        for number, (name, amount) in enumerate(doses, 1)
    )
    found = items(given_in(*zones, of=of))
    assert not any(item.over_limit for name, item in found.items() if name.startswith("dose of"))
    assert ("local-anaesthetics together" in found) is (one + other > 1)
    if one + other > 1:
        together = found["local-anaesthetics together"]
        assert together.over_limit
        assert together.needs_reason
        assert (together.zone, together.agreement) == (0, Agreement.DIFFERS)
        share = (one + other) * 100
        assert abs(Decimal(together.given.split()[0]) - share) <= Decimal("0.05")


@pytest.mark.hazard("H-003")
@given(grams=st.decimals("0.5", "60", places=1))
def test_what_a_cream_gives_off_counts_toward_the_shared_limit(grams: Decimal) -> None:
    """Twice the cream is twice the share of the plan; without a record nothing is assumed."""
    (group,) = face().totals.groups
    mass = face().anaesthesia.mass
    assert mass is not None
    share = group.share * grams / mass.value.amount_in(Unit.G)
    applied = Quantity.of(grams, Unit.G)
    found = verify(face(), Delivery(session=1, zones=(), cream=applied, cream_reason="larger area"))
    assert ("local-anaesthetics together" in items(found)) is (share > 1)
    silent = verify(face(), Delivery(session=1, zones=()))
    assert not any(item.over_limit for item in silent.comparisons)


@pytest.mark.hazard("H-003")
def test_cream_and_injection_of_one_substance_are_added() -> None:
    """The cream of the face and 180 mg of lidocaine are each below 186 mg, and together above."""
    injected = DeliveredZone(number=1, doses={"lidocaine": mg("180")}, reason="asked for")
    mass = face().anaesthesia.mass
    assert mass is not None
    found = items(verify(face(), Delivery(session=1, zones=(injected,), cream=mass.value)))
    total = found["dose of lidocaine in all zones and cream"]
    assert total.over_limit
    assert "dose of lidocaine in all zones" not in found
    without = items(verify(face(), Delivery(session=1, zones=(injected,))))
    assert not any(item.over_limit for item in without.values())
