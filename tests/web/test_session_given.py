"""What gestures add up to is what the core compares; nothing unrecorded is read as planned."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.documents.case_file import case_from
from mesoplan.planning import DeliveredZone, Delivery, Plan, plan, verify
from mesoplan.planning.verify import Agreement
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.web.courses.mapping.case import decision_record
from mesoplan.web.courses.mapping.session_given import (
    delivery_of,
    given_zone,
    planned_values,
    verified,
)
from mesoplan.web.courses.mapping.session_limits import GivenDoses
from mesoplan.web.courses.mapping.session_plan import (
    COMPUTED,
    DEVICE,
    IDENTITY,
    KIT,
    PAIN_DURING,
    PAIN_SCALES,
    SessionPlan,
    session_plan,
)
from mesoplan.web.courses.queries.session_taps import nudged
from mesoplan.web.gestures.sheet import Sheet
from tests.lib.base import base
from tests.lib.treatment import EXAMPLES, example, sheet_of_values

NECK, MELASMA, TWO = "neck-pain-lidocaine", "melasma-tranexamic-acid", "two-zones-lidocaine"


@cache
def made(name: str) -> Plan:
    case = case_from(example(name), place=name, knowledge=base())
    found = plan(case.request, case.facts, base(), at=case.at)
    assert isinstance(found, Plan)
    return found


@cache
def planned(name: str, number: int = 1) -> SessionPlan:
    return session_plan(decision_record(made(name)), number=number)


def doses(session: SessionPlan, sheet: Sheet) -> GivenDoses:
    return GivenDoses(plan=session, sheet=sheet, policy="default", weight=None)


def plans() -> list[str]:
    found = []
    for path in sorted(EXAMPLES.glob("*.toml")):
        case = case_from(example(path.stem), place=path.stem, knowledge=base())
        if isinstance(plan(case.request, case.facts, base(), at=case.at), Plan):
            found.append(path.stem)
    return found


def as_planned(session: SessionPlan) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for zone in session.due_zones:
        values |= planned_values(zone)
    if session.cream is not None:
        values["cream.mass_g"] = format(session.cream.mass_g, "f")
    return values


@pytest.mark.parametrize("name", plans())
def test_every_session_of_every_example_given_as_planned_is_as_planned_for_the_core(
    name: str,
) -> None:
    for number in range(1, len(made(name).sessions) + 1):
        session = planned(name, number)
        delivery = delivery_of(session, sheet_of_values(as_planned(session)))
        assert verify(made(name), delivery).as_planned, number
        assert delivery.zones


@pytest.mark.parametrize("name", [NECK, MELASMA, TWO])
def test_what_was_not_recorded_is_never_as_planned(name: str) -> None:
    session = planned(name)
    whole = as_planned(session)
    for left_out in whole:
        values = {key: value for key, value in whole.items() if key != left_out}
        found = verify(made(name), delivery_of(session, sheet_of_values(values)))
        if left_out.endswith((".needle_mm", ".gauge")):
            continue  # the core does not compare the needle itself; the page does
        assert not found.as_planned, left_out
        missing = [item.agreement for item in found.comparisons if not item.given]
        assert missing, left_out
        assert set(missing) == {Agreement.NOT_RECORDED}


def test_of_an_empty_session_nothing_is_taken_as_given() -> None:
    delivery = delivery_of(planned(NECK), sheet_of_values({}))
    assert delivery.zones == ()
    assert delivery.left_out == {}
    assert delivery.cream is None


AMOUNTS = st.decimals(min_value="0", max_value="9", places=3).map(lambda number: number.normalize())
OFTEN_NOTHING = st.one_of(st.none(), AMOUNTS.map(lambda number: format(number, "f")))


@st.composite
def recorded_zone(draw: st.DrawFn) -> dict[str, str | None]:
    return {
        "points": draw(st.one_of(st.none(), st.integers(0, 60).map(str))),
        "volume_ml": draw(OFTEN_NOTHING),
        "technique": draw(st.sampled_from([None, "point-by-point", "nappage"])),
        "mixture": draw(st.sampled_from([None, "lidocaine-20-mg-ml"])),
        "inserted_mm": draw(OFTEN_NOTHING),
        "angle_deg": draw(OFTEN_NOTHING),
    }


@given(zones=st.tuples(recorded_zone(), recorded_zone()), reason=st.sampled_from(["", "pain"]))
def test_the_verification_is_that_of_the_core_on_the_same_delivery(
    zones: tuple[dict[str, str | None], ...], reason: str
) -> None:
    """The delivery is built here a second time, from what was typed and the plan's own numbers."""
    session, core = planned(TWO), made(TWO)
    values: dict[str, Any] = {
        f"given.{number}.{name}": value
        for number, zone in enumerate(zones, 1)
        for name, value in zone.items()
    }
    if reason:
        values |= {"reason.1": reason, "reason.2": reason}
    delivered = []
    for number, zone in enumerate(zones, 1):
        if not any(zone.values()):
            continue
        own = core.zones[number - 1]
        volume = Decimal(zone["volume_ml"]) if zone["volume_ml"] else None
        doses = {}
        if volume is not None and zone["mixture"]:
            share = volume / own.total_volume.value.amount_in(Unit.ML)
            for part in own.mixture.components:
                assert isinstance(part.dose.amount, Quantity)
                doses[part.dose.substance] = part.dose.amount.times(share)
        delivered.append(
            DeliveredZone(
                number=number,
                technique=zone["technique"],
                mixture=zone["mixture"],
                points=int(zone["points"]) if zone["points"] else None,
                volume=None if volume is None else Quantity(volume, Unit.ML),
                inserted=Quantity.of(zone["inserted_mm"], Unit.MM) if zone["inserted_mm"] else None,
                angle=Quantity.of(zone["angle_deg"], Unit.DEG) if zone["angle_deg"] else None,
                doses=doses,
                reason=reason,
            )
        )
    expected = verify(core, Delivery(session=1, zones=tuple(delivered)))
    found = verified(core, delivery_of(session, sheet_of_values(values)))
    assert found["as_planned"] == expected.as_planned
    assert [
        (item["zone"], item["item"], item["agreement"], item["reason"], item["over_limit"])
        for item in found["comparisons"]
    ] == [
        (item.zone, item.item, item.agreement.value, item.reason, item.over_limit)
        for item in expected.comparisons
    ]


@given(volumes=st.tuples(AMOUNTS, AMOUNTS))
def test_a_dose_bar_is_over_its_limit_exactly_where_the_core_says_so(
    volumes: tuple[Decimal, Decimal],
) -> None:
    """From 0 to 180 mg in each of two zones, against 196 mg of lidocaine."""
    session, core = planned(TWO), made(TWO)
    values: dict[str, Any] = {}
    for number, volume in enumerate(volumes, 1):
        values[f"given.{number}.volume_ml"] = format(volume, "f")
        values[f"given.{number}.mixture"] = "lidocaine-20-mg-ml"
    sheet = sheet_of_values(values)
    shares = [limit["share"] for dose in doses(session, sheet).records for limit in dose["limits"]]
    found = verify(core, delivery_of(session, sheet))
    over = [item for item in found.comparisons if item.over_limit and item.zone == 0]
    assert bool(over) == (max(shares) > 1)
    total = doses(session, sheet).totals[0]
    assert total["given"] == sum(volumes) * 20


def test_the_cream_counts_by_the_mass_that_was_put_on() -> None:
    session = planned(MELASMA)
    assert session.cream is not None
    half = format(session.cream.mass_g / 2, "f")
    by_name = {item["substance"]: item for item in doses(session, sheet_of_values({})).totals}
    assert by_name["lidocaine"]["given"] is None
    sheet = sheet_of_values({"cream.mass_g": half})
    by_name = {item["substance"]: item for item in doses(session, sheet).totals}
    assert by_name["lidocaine"]["given"] == by_name["lidocaine"]["planned"] / 2
    groups = doses(session, sheet).groups
    all_of_it = sheet_of_values({"cream.mass_g": format(session.cream.mass_g, "f")})
    whole = doses(session, all_of_it).groups
    assert Decimal(0) < groups[0]["share"] < whole[0]["share"]


def test_another_mixture_brings_its_own_doses() -> None:
    zone = planned(NECK).zones[0]
    values = {"given.1.mixture": "tranexamic-acid-4-mg-ml", "given.1.volume_ml": "1.5"}
    found = given_zone(zone, sheet_of_values(values))
    assert [(dose.substance, dose.amount) for dose in found.doses] == [
        ("tranexamic-acid", Decimal(6))
    ]


def test_without_volume_or_mixture_no_dose_is_worked_out() -> None:
    zone = planned(NECK).zones[0]
    for values in ({"given.1.volume_ml": "1"}, {"given.1.mixture": zone.mixture}):
        assert given_zone(zone, sheet_of_values(values)).doses == ()


def test_a_dose_is_never_understated_by_rounding() -> None:
    zone = planned(MELASMA).zones[0]
    for volume in ("0.001", "0.333", "1.999", "1.7777777"):
        values = {"given.1.mixture": zone.mixture, "given.1.volume_ml": volume}
        (dose,) = given_zone(zone, sheet_of_values(values)).doses
        assert dose.amount is not None
        assert dose.amount >= Decimal(volume) * 4


def test_a_session_after_the_last_of_the_plan_is_not_in_the_plan() -> None:
    last = len(made(NECK).sessions)
    assert planned(NECK, last).is_planned
    assert planned(NECK, last).days_to_next is None
    assert not planned(NECK, last + 1).is_planned
    assert planned(NECK, 1).days_to_next == 7


def test_the_names_that_the_page_knows_are_in_the_knowledge_base() -> None:
    """What the program treats apart has to be there under this name, or it is treated as any."""
    assert {*COMPUTED, IDENTITY, KIT, DEVICE} <= set(base().care)
    assert {*PAIN_SCALES, PAIN_DURING} <= set(base().scales)
    assert not any(base().scales[name].named_only for name in PAIN_SCALES)


STEPS = st.lists(
    st.sampled_from(["points -1", "points +1", "volume_ml -1", "volume_ml +1", "as planned"]),
    max_size=12,
)


@given(steps=STEPS)
def test_nudges_never_fall_below_zero_and_the_volume_follows_the_points_it_was_made_of(
    steps: list[str],
) -> None:
    zone = planned(NECK).zones[0]
    each = zone.volume_per_point_ml
    values: dict[str, Any] = {}
    for step in steps:
        before = given_zone(zone, sheet_of_values(values))
        if step == "as planned":
            values |= planned_values(zone)
            continue
        item, by = step.split()
        values |= nudged(sheet_of_values(values), zone, item, int(by))
        after = given_zone(zone, sheet_of_values(values))
        assert (after.points or 0) >= 0
        assert (after.volume_ml or 0) >= 0
        was_made_of_them = before.points is not None and before.volume_ml == before.points * each
        if item == "points" and was_made_of_them:
            assert after.points is not None
            assert after.volume_ml == after.points * each
        elif item == "points":
            assert after.volume_ml == before.volume_ml
        else:
            assert after.points == before.points
