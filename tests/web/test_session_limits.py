"""Every limit that counts looks at what was really given, also where that was not planned."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.mapping.session_limits import GivenDoses
from mesoplan.web.courses.mapping.session_sheet import session_sheet
from mesoplan.web.courses.models import Session
from mesoplan.web.courses.queries.session_record import session_record
from tests.lib.base import base
from tests.lib.clinic import signed_in
from tests.lib.treatment import a_neck_plan, an_example_plan, say, sheet_of_values, state
from tests.web.test_session_given import MELASMA, NECK, planned

SUBMENTAL, LIDOCAINE = "submental-fat-us", "lidocaine-20-mg-ml"


def doses(
    name: str, values: dict[str, Any], *, weight: str | None = "60", policy: str = "default"
) -> GivenDoses:
    return GivenDoses(
        plan=planned(name),
        sheet=sheet_of_values(values),
        policy=policy,
        weight=None if weight is None else Decimal(weight),
    )


def given(mixture: str, volume: str, **more: str) -> dict[str, Any]:
    values = {"mixture": mixture, "volume_ml": volume, **more}
    return {f"given.1.{name}": value for name, value in values.items()}


@pytest.mark.hazard("H-019")
def test_a_substance_that_was_not_planned_stands_against_its_own_limits() -> None:
    (dose,) = doses(MELASMA, given(LIDOCAINE, "12")).records
    assert dose["substance"] == "lidocaine"
    assert not dose["limit_unknown"]
    assert max(limit["share"] for limit in dose["limits"]) > 1, "240 mg at 60 kg"


@pytest.mark.hazard("H-019")
def test_a_limit_by_weight_is_that_of_todays_weight() -> None:
    heavy, light = (
        max(
            limit["share"]
            for limit in doses(NECK, given(LIDOCAINE, "6"), weight=kg).records[0]["limits"]
        )
        for kg in ("90", "35")
    )
    assert heavy < 1 < light


@pytest.mark.hazard("H-019")
def test_an_anaesthetic_that_was_not_planned_shares_the_limit_of_the_cream() -> None:
    cream = {"cream.mass_g": "20"}
    alone, both = doses(MELASMA, cream), doses(MELASMA, cream | given(LIDOCAINE, "9"))
    (before,), (after,) = alone.groups, both.groups
    assert set(before["substances"]) == {"lidocaine", "prilocaine"}
    own = [max(limit["share"] for limit in dose["limits"]) for dose in both.records]
    assert before["share"] < after["share"] == sum(own)


@pytest.mark.hazard("H-019")
def test_half_of_the_points_with_the_whole_volume_is_too_much_for_each_point() -> None:
    (zone,) = planned(SUBMENTAL).zones
    volume = format(zone.volume_ml, "f")
    whole = given(zone.mixture, volume, points=str(zone.points))
    assert doses(SUBMENTAL, whole, policy="us").excesses == ()
    half = given(zone.mixture, volume, points=str(zone.points // 2))
    (found,) = doses(SUBMENTAL, half, policy="us").excesses
    assert (found.basis, found.limit, found.zone) == ("point", Decimal("0.2"), 1)
    assert found.amount == Decimal("0.44")


@pytest.mark.hazard("H-019")
def test_a_dose_above_the_limit_of_its_area_is_told() -> None:
    (zone,) = planned(SUBMENTAL).zones
    assert zone.area_cm2 is not None
    limit = zone.area_cm2 * 2
    volume = format(limit / 10 + Decimal("0.1"), "f")
    found = doses(SUBMENTAL, given(zone.mixture, volume), policy="us").excesses
    assert [(item.basis, item.limit) for item in found] == [("area", limit)]


def test_what_cannot_be_looked_at_is_told_and_not_taken_as_kept() -> None:
    unchecked = doses(SUBMENTAL, given(LIDOCAINE, "1"), weight=None).unchecked
    assert any("by weight" in text for text in unchecked)
    assert doses(SUBMENTAL, given(LIDOCAINE, "1")).unchecked == ()


def test_more_cream_than_its_label_allows_is_told() -> None:
    cream = planned(MELASMA).cream
    assert cream is not None
    assert cream.largest is not None
    assert doses(MELASMA, {"cream.mass_g": "60"}).excesses == ()
    (found,) = doses(MELASMA, {"cream.mass_g": "61"}).excesses
    assert (found.basis, found.label, found.limit) == ("mass", cream.label, Decimal(60))


@pytest.mark.parametrize("mixture", sorted(base().mixtures))
def test_whatever_was_given_can_be_looked_at(mixture: str) -> None:
    found = doses(MELASMA, given(mixture, "1", points="3") | {"cream.mass_g": "5"})
    assert len(found.totals) >= len(found.records)
    assert found.groups is not None
    assert found.excesses is not None
    assert found.unchecked is not None


@pytest.fixture
def session(clinic: Clinic, physician: User) -> Session:
    """A session with the whole volume in half of the points."""
    clinic.policy = "us"
    clinic.save(update_fields=["policy"])
    version = an_example_plan(clinic, physician, SUBMENTAL)
    session = begin_session(course=version.course, by=physician)
    zone = state(session).plan.zones[0]
    volume = format(zone.volume_ml, "f")
    half = given(zone.mixture, volume, points=str(zone.points // 2))
    say(session, physician, half)
    return session


@pytest.mark.django_db
@pytest.mark.hazard("H-019")
def test_what_is_above_a_limit_stands_on_the_page_in_the_record_and_on_the_sheet(
    session: Session, physician: User
) -> None:
    page = signed_in(physician).get(f"/courses/{session.course.code}/session").content.decode()
    assert "is above its limit for a point" in page
    found = state(session)
    record = session_record(found, by=physician, at=session.begun_at)
    assert [item["basis"] for item in record["above_limits"]] == ["point"]
    sheet = session_sheet(record | {"treated_at": session.begun_at.isoformat()}, session=session)
    assert "Above a limit: Deoxycholic acid" in sheet.notes
    assert "0.44 mL for each point, limit 0.2 mL" in sheet.notes


@pytest.mark.django_db
def test_the_weight_that_was_answered_is_the_one_that_counts(
    clinic: Clinic, physician: User
) -> None:
    session = begin_session(course=a_neck_plan(clinic, physician).course, by=physician)
    answered = state(session).answers.text("patient.weight_kg")
    assert answered
    assert state(session).doses.weight == Decimal(answered)
