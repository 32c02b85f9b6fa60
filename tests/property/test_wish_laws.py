"""What a physician may choose: inside the protocol's range it is planned, outside it is refused.

Every protocol of the base that a healthy adult gets is asked for other points, spacing, volume,
sessions and interval, by the ranges that the plan itself prints.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mesoplan.documents.json_plan import decision_json
from mesoplan.planning import plan
from mesoplan.planning.numbers import number_of
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Unit
from tests.lib.base import base
from tests.lib.people import healthy_case

WHOLE = {"points", "sessions", "interval_days"}
KEYS = {
    "points": "points",
    "spacing_mm": "spacing_mm",
    "volume_per_point_ml": "volume_per_point_ml",
    "sessions": "sessions",
    "interval_days": "interval",
}
"""The key of a request, and the name of the planned number that it asks for."""

THIN = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to treat: protocol, mixture and technique in the first region of the protocol."""

    protocol: str
    mixture: str
    technique: str

    def decided(self, **wishes: Any) -> dict[str, Any]:
        """The decision as JSON, of a clinic that mixes at the bedside."""
        protocol = base().protocols[self.protocol]
        region = (protocol.regions or base().indications[protocol.indication].regions)[0]
        zone = {
            "indication": protocol.indication,
            "region": region,
            "side": "left" if base().regions[region].paired else "midline",
            "technique": self.technique,
            "mixture": self.mixture,
            **wishes,
        }
        request = {"practitioner": "physician", "zone": [zone]}
        case = healthy_case(base(), policy="bedside-clinic", request=request)
        return decision_json(plan(case.request, case.facts, base(), at=case.at), base())

    def usual(self) -> dict[str, Any]:
        """The decision where nothing is asked for."""
        return _usual(self)


@cache
def _usual(way: Way) -> dict[str, Any]:
    return way.decided()


@cache
def ways() -> tuple[Way, ...]:
    """Every way of the base that ends in a plan when nothing is asked for."""
    found = tuple(
        Way(protocol.id, mixture, technique)
        for protocol in base().protocols.values()
        for mixture in protocol.mixtures
        for technique in protocol.techniques
    )
    return tuple(way for way in found if way.usual()["outcome"] == "plan")


def zone_of(decision: Mapping[str, Any]) -> Any:
    """The one zone of a plan."""
    assert decision["outcome"] == "plan", decision["refusal"]["reasons"]
    (zone,) = decision["plan"]["zones"]
    return zone


def numbers_of(decision: Mapping[str, Any]) -> Any:
    """The planned numbers of the one zone, by the key that asks for them."""
    numbers = zone_of(decision)["number_sources"]
    found = {key: numbers[name] for key, name in KEYS.items() if name in numbers}
    assert {number["asked_by"] for number in found.values()} == set(found)
    return found


def most(zone: Mapping[str, Any]) -> Decimal:
    """The most that the protocol of a planned zone allows in a session, in millilitres."""
    protocol, technique = base().protocols[zone["protocol"]], base().techniques[zone["technique"]]
    largest = number_of("largest_volume", protocol, technique)
    if not isinstance(largest, Unknown):
        return largest.low.amount_in(Unit.ML)
    points = number_of("points", protocol, technique)
    volume = number_of("volume_per_point", protocol, technique)
    assert not isinstance(points, Unknown)
    assert not isinstance(volume, Unknown)
    return points.high.amount * volume.high.amount_in(Unit.ML)


@st.composite
def inside(draw: st.DrawFn, key: str, number: Mapping[str, Any]) -> Decimal | int:
    """A value of the printed range that a case file can hold."""
    low, high = number["low"], number["high"]
    if key in WHOLE:
        return draw(st.integers(int(low), int(high)))
    return draw(st.decimals(low, high, places=3) | st.sampled_from([low, high]))


@st.composite
def outside(draw: st.DrawFn, key: str, number: Mapping[str, Any]) -> Decimal | int:
    """A value of ordinary size beyond one end of the printed range."""
    low, high = number["low"], number["high"]
    if key in WHOLE:
        above = st.integers(int(high) + 1, int(high) + 500)
        return draw(above if low <= 1 else above | st.integers(1, int(low) - 1))
    above_all = st.decimals(high + THIN, high + 50, places=3)
    below = st.decimals(THIN, low - THIN, places=3) if low > 2 * THIN else st.nothing()
    return draw(above_all | below)


@st.composite
def ways_and_keys(draw: st.DrawFn) -> tuple[Way, str]:
    """A way, and a key that asks for a number of it."""
    way = draw(st.sampled_from(ways()))
    keys = [key for key, number in numbers_of(way.usual()).items() if number["value"]]
    return way, draw(st.sampled_from(keys))


def check_doses(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Volumes, doses and totals follow from points and volume per point, below the protocol."""
    old, new = zone_of(before), zone_of(after)
    total = new["total_volume_ml"]
    assert total == new["points"] * new["volume_per_point_ml"]
    assert total <= most(new)
    assert after["plan"]["totals"]["volume_ml"] == total
    if not old["total_volume_ml"]:
        return
    scale = total / old["total_volume_ml"]
    for was, now in zip(old["mixture"]["components"], new["mixture"]["components"], strict=True):
        assert abs(now["volume_ml"] - was["volume_ml"] * scale) <= THIN * (1 + scale)
        if was["dose_mg"] is not None:
            assert now["dose_mg"] * was["volume_ml"] == was["dose_mg"] * now["volume_ml"]
        assert all(limit["share"] <= 1 for limit in now["limits"])


def chosen(decision: Mapping[str, Any]) -> list[str]:
    """What the plan says the physician chose."""
    return [
        item["fact"]
        for item in decision["plan"]["individualised"]
        if item["fact"].startswith("chosen by the physician")
    ]


@pytest.mark.hazard("H-003")
@given(data=st.data())
def test_a_wish_inside_the_range_is_planned_and_the_doses_follow(data: st.DataObject) -> None:
    way, key = data.draw(ways_and_keys())
    before = way.usual()
    wish = data.draw(inside(key, numbers_of(before)[key]))

    after = way.decided(**{key: wish})

    assert numbers_of(after)[key]["value"] == wish
    check_doses(before, after)
    assert len(chosen(after)) == 1
    assert chosen(before) == []


@cache
def courses() -> tuple[Way, ...]:
    """The ways that take more than one session."""
    return tuple(way for way in ways() if "interval_days" in numbers_of(way.usual()))


@given(data=st.data())
def test_a_wish_for_other_dates_is_seen_in_the_dates(data: st.DataObject) -> None:
    way = data.draw(st.sampled_from(courses()))
    numbers = numbers_of(way.usual())
    wishes = {
        key: data.draw(inside(key, numbers[key]), label=key)
        for key in ("sessions", "interval_days")
    }

    made = way.decided(**wishes)["plan"]

    days = [date.fromisoformat(item["date"]) for item in made["sessions"]]
    assert len(days) == wishes["sessions"]
    assert {(later - day).days for day, later in pairwise(days)} == {wishes["interval_days"]}


@pytest.mark.hazard("H-003")
@given(data=st.data())
def test_a_wish_outside_the_range_is_refused_with_the_range_and_what_came(
    data: st.DataObject,
) -> None:
    way, key = data.draw(ways_and_keys())
    number = numbers_of(way.usual())[key]
    wish = data.draw(outside(key, number))

    decision = way.decided(**{key: wish})

    assert decision["outcome"] == "refusal"
    (reason,) = decision["refusal"]["reasons"]
    assert reason["code"] == "outside-protocol"
    assert reason["way_out"]
    assert reason["sources"]
    for said in (wish, number["high"]):
        assert f"{Decimal(said).normalize():f}" in reason["message"]


@given(data=st.data())
def test_a_wish_for_what_is_planned_anyway_changes_no_more_than_who_chose_it(
    data: st.DataObject,
) -> None:
    way, key = data.draw(ways_and_keys())
    area = data.draw(st.none() | st.decimals(1, 500, places=1), label="area")
    measured = {} if area is None else {"area_cm2": area}
    before = way.decided(**measured)
    assume(before["outcome"] == "plan")
    value = numbers_of(before)[key]["value"]
    wish = int(value) if key in WHOLE else value

    after = way.decided(**measured, **{key: wish})

    assert len(chosen(after)) == 1
    assert without_reasons(after) == without_reasons(before)


def without_reasons(decision: Mapping[str, Any]) -> dict[str, Any]:
    """The plan but for the list of what is individual to the patient."""
    assert decision["outcome"] == "plan", decision["refusal"]["reasons"]
    return {name: item for name, item in decision["plan"].items() if name != "individualised"}


@pytest.mark.hazard("H-003")
@given(data=st.data())
def test_wishes_together_are_planned_as_they_are_or_refused_and_never_bent(
    data: st.DataObject,
) -> None:
    """In any area: what was asked for stands in the plan, or the refusal says why it cannot."""
    way = data.draw(st.sampled_from(ways()))
    before = way.usual()
    wishes = {
        key: data.draw(inside(key, number), label=key)
        for key, number in numbers_of(before).items()
        if number["value"] and data.draw(st.booleans(), label=f"asks for {key}")
    }
    area = data.draw(st.none() | st.decimals(1, 2000, places=1), label="area")

    after = way.decided(**wishes, **({} if area is None else {"area_cm2": area}))

    if after["outcome"] == "refusal":
        assert {reason["code"] for reason in after["refusal"]["reasons"]} == {"outside-protocol"}
        return
    for key, wish in wishes.items():
        assert numbers_of(after)[key]["value"] == wish
    assert len(chosen(after)) == len(wishes)
    check_doses(before, after)
