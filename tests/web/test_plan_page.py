"""The plan page: exactly the core's numbers, edits within the protocol, plans side by side."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mesoplan.knowledge import KnowledgeBase
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.mapping.plan_doses import dose_bars, group_bars
from mesoplan.web.courses.mapping.plan_numbers import WISH_OF, step_of
from mesoplan.web.courses.mapping.plan_page import plan_view
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.course import request_sheet
from mesoplan.web.courses.queries.plan import draft
from tests.conftest import ROOT
from tests.lib.clinic import (
    a_clinic,
    a_course,
    a_patient_of,
    a_user,
    signed_in,
)
from tests.lib.pages import page_text, texts_by
from tests.lib.people import healthy_document

HTMX = {"HX-Request": "true"}
PLANS = (
    "acute-low-back-pain-mixture",
    "face-rejuvenation-hyaluronic-acid",
    "hydration-by-beautician",
    "melasma-tranexamic-acid",
    "pes-anserine-bursitis-diclofenac",
    "submental-fat-us",
    "two-zones-lidocaine",
)
"""Examples that are plans and differ: with cream, without needle, with layers, with two zones."""


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    def stand_still(day: date) -> None:
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_, **__: day)

    return stand_still


@pytest.fixture
def neck(clinic: Clinic, physician: User, knowledge: KnowledgeBase) -> Course:
    """A healthy patient with neck pain: a plan with lidocaine."""
    document = healthy_document(knowledge)
    return a_course(a_patient_of(clinic, physician, document), physician, document)


@pytest.fixture(params=PLANS)
def planned(
    request: pytest.FixtureRequest,
    db: None,  # noqa: ARG001
    on_day: Callable[[date], None],
) -> Course:
    path: Path = ROOT / "examples" / f"{request.param}.toml"
    document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    on_day(document["at"])
    clinic = a_clinic(policy=document["policy"])
    by = a_user(clinic, Role.PHYSICIAN)
    return a_course(a_patient_of(clinic, by, document), by, document)


def record(course: Course) -> dict[str, Any]:
    found = draft(course).record
    assert found is not None
    return dict(found)


def numbers(course: Course, place: int = 0) -> dict[str, Any]:
    zone_record = record(course)["plan"]["zones"][place]
    found: dict[str, Any] = zone_record["number_sources"]
    return found


def edit(browser: Client, course: Course, **data: str) -> int:
    sent = {key.replace("__", "."): value for key, value in data.items()}
    return browser.post(f"/courses/{course.code}/plan/edit", sent, headers=HTMX).status_code


# --- The numbers -------------------------------------------------------------------------------


def test_the_page_shows_exactly_the_numbers_of_the_record(planned: Course) -> None:
    content = signed_in(planned.created_by).get(f"/courses/{planned.code}/plan").content
    shown = texts_by(content, "data-number")
    plan = record(planned)["plan"]
    for place, item in enumerate(plan["zones"]):
        for name, entry in item["number_sources"].items():
            text = shown[name][place]
            value = f'value="{entry["value"]}"'
            assert text.startswith(entry["value"]) or value in content.decode(), (name, text)
            if entry["low"] != entry["high"]:
                assert f"{entry['low']} to {entry['high']}" in text
            if entry["note"]:
                assert " ".join(entry["note"].split()) in text
    assert shown["totals.volume_ml"] == [f"{plan['totals']['volume_ml']} mL"]


def test_layers_are_shown_as_likely_as_they_are_or_not_known(
    planned: Course, knowledge: KnowledgeBase
) -> None:
    assert knowledge.release
    content = signed_in(planned.created_by).get(f"/courses/{planned.code}/plan").content
    shown = texts_by(content, "data-layer")
    for item in record(planned)["plan"]["zones"]:
        layers = item["layers"]
        if "unknown" in layers:
            assert layers["unknown"] in page_text(content)
        for layer in {"epidermis", "dermis", "subcutis", "muscle"} & layers.keys():
            percent = (Decimal(layers[layer]) * 100).normalize()
            assert shown[layer][0].startswith(f"{percent:f} %")


def test_every_dose_stands_against_the_limit_of_which_it_uses_most(
    planned: Course, knowledge: KnowledgeBase
) -> None:
    content = signed_in(planned.created_by).get(f"/courses/{planned.code}/plan").content
    shown = texts_by(content, "data-dose")
    for dose in record(planned)["plan"]["totals"]["doses"]:
        (text,) = shown[knowledge.substances[dose["substance"]].label]
        shares = [Decimal(limit["share"]) for limit in dose["limits"]]
        assert all(f"{(share * 100).normalize():f} %" in text for share in shares)
        if shares:
            worst = (max(shares) * 100).normalize()
            assert f"{worst:f} % of the limit" in text
        if dose["dose_mg"] is not None:
            assert f"{dose['dose_mg']} mg" in text
        assert ("limit unknown" in text) is dose["limit_unknown"]


@pytest.mark.parametrize(
    ("share", "level", "width"),
    [
        ("0.1", "", "8.00%"),
        ("0.7999", "", "63.99%"),
        ("0.8", "near", "64.00%"),
        ("1", "near", "80.00%"),
        ("1.0001", "over", "80.01%"),
        ("9", "over", "100.00%"),
    ],
)
def test_a_bar_is_as_long_as_its_share_and_says_near_and_over(
    share: str, level: str, width: str
) -> None:
    limit = {
        "basis": "session",
        "jurisdiction": "any",
        "limit_mg": "200",
        "stated": "200 mg",
        "share": share,
        "source": {"id": "lidocaine-hpra-smpc", "locator": "section 4.2"},
    }
    dose = {"substance": "lidocaine", "dose_mg": "1", "limits": [limit], "limit_unknown": False}
    (bar,) = dose_bars([dose])
    assert (bar.level, bar.width) == (level, width)
    group = {
        "group": "local-anaesthetics",
        "share": share,
        "substances": ["lidocaine", "prilocaine"],
    }
    (joined,) = group_bars([{**group, "source": limit["source"]}])
    assert (joined.level, joined.width) == (level, width)


def test_an_unknown_limit_is_hatched_and_has_no_length() -> None:
    dose = {"substance": "tranexamic-acid", "dose_mg": "8", "limits": [], "limit_unknown": True}
    (bar,) = dose_bars([dose])
    assert bar.strictest is None
    assert bar.is_limit_unknown


# --- Edits -------------------------------------------------------------------------------------


def test_an_edit_within_the_range_is_planned_and_undone(browser: Client, neck: Course) -> None:
    assert edit(browser, neck, set="zone.1.needle_angle_deg=45") == 200
    assert numbers(neck)["needle.angle_deg"]["value"] == "45"
    assert numbers(neck)["depth_mm"]["value"] == "2.8"
    browser.post(f"/courses/{neck.code}/plan/undo")
    assert numbers(neck)["needle.angle_deg"]["value"] == "30"


@pytest.mark.hazard("H-018")
def test_an_edit_outside_the_range_never_changes_anything(planned: Course) -> None:
    browser = signed_in(planned.created_by)
    before = request_sheet(planned)
    tried = 0
    for place, item in enumerate(record(planned)["plan"]["zones"], 1):
        for entry in item["number_sources"].values():
            if not entry["asked_by"]:
                continue
            name = WISH_OF.get(entry["asked_by"], entry["asked_by"])
            for wrong in outside(entry):
                key = f"zone.{place}.{name}"
                answer = browser.post(
                    f"/courses/{planned.code}/plan/edit", {key: wrong}, headers=HTMX
                )
                assert answer.status_code == 422, (name, wrong)
                assert request_sheet(planned).version == before.version
                tried += 1
                if entry["low"] != entry["high"]:
                    text = page_text(answer.content)
                    assert f"from {entry['low']} to {entry['high']}" in text
                    assert f'value="{wrong}"' in answer.content.decode()
    assert tried >= 4


def outside(entry: dict[str, Any]) -> Iterator[str]:
    low, high = Decimal(entry["low"]), Decimal(entry["high"])
    yield f"{high + 1:f}"
    if low > 1:
        yield f"{low - 1:f}"
    yield f"{high * 100:.2f}"


def test_every_edit_within_the_range_is_a_plan_or_is_refused_with_the_reason(
    planned: Course,
) -> None:
    browser = signed_in(planned.created_by)
    for place, item in enumerate(record(planned)["plan"]["zones"], 1):
        for name, entry in item["number_sources"].items():
            if not entry["asked_by"] or entry["low"] == entry["high"]:
                continue
            key = f"zone.{place}.{WISH_OF.get(entry['asked_by'], entry['asked_by'])}"
            for value in (entry["low"], entry["high"]):
                version = request_sheet(planned).version
                status = edit(browser, planned, set=f"{key}={value}")
                if status == 200:
                    assert numbers(planned, place - 1)[name]["value"] == value
                    edit(browser, planned, set=f"{key}=")
                else:
                    assert status == 422
                    assert request_sheet(planned).version == version
                assert record(planned)["outcome"] == "plan"


def test_a_number_is_typed_with_a_comma(browser: Client, neck: Course) -> None:
    assert edit(browser, neck, **{"zone.1.needle_angle_deg": "37,5"}) == 200
    assert numbers(neck)["needle.angle_deg"]["value"] == "37.5"


@pytest.mark.parametrize("value", ["steep", "1e1", "-30", "3.5 sessions", "4.5"])
def test_what_is_no_number_changes_nothing(browser: Client, neck: Course, value: str) -> None:
    before = request_sheet(neck).version
    assert edit(browser, neck, **{"zone.1.sessions": value}) == 422
    assert request_sheet(neck).version == before


def test_a_tip_that_would_leave_the_depth_is_refused_in_the_words_of_the_core(
    browser: Client, neck: Course
) -> None:
    edit(browser, neck, set="zone.1.needle_length_mm=13")
    before = request_sheet(neck).version
    answer = browser.post(
        f"/courses/{neck.code}/plan/edit", {"set": "zone.1.needle_inserted_mm=13"}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "Nothing was changed" in page_text(answer.content) or "nothing was changed" in page_text(
        answer.content
    )
    assert request_sheet(neck).version == before


def test_another_mixture_drops_the_numbers_asked_for_in_the_former_one(
    browser: Client, neck: Course
) -> None:
    edit(browser, neck, set="zone.1.needle_angle_deg=45")
    assert edit(browser, neck, **{"zone.1.mixture": "dry"}) == 200
    assert record(neck)["plan"]["zones"][0]["mixture"]["id"] == "dry"
    wished = request_sheet(neck).under("zone.1").keys()
    assert wished == {"indication", "region", "side", "mixture"}
    edit(browser, neck, clear="1")
    assert "mixture" not in request_sheet(neck).under("zone.1")


def test_a_mixture_that_no_protocol_has_is_refused(browser: Client, neck: Course) -> None:
    before = request_sheet(neck).version
    assert edit(browser, neck, **{"zone.1.mixture": "tranexamic-acid-4-mg-ml"}) == 422
    assert edit(browser, neck, **{"zone.1.technique": "no-such"}) == 422
    assert request_sheet(neck).version == before


def test_a_nudge_goes_through_its_range_in_round_steps() -> None:
    assert step_of(Decimal(30), Decimal(45), is_whole=False) == 1
    assert step_of(Decimal("0.1"), Decimal("0.2"), is_whole=False) == Decimal("0.01")
    assert step_of(Decimal("0.01"), Decimal("0.05"), is_whole=False) == Decimal("0.005")
    assert step_of(Decimal(3), Decimal(4), is_whole=True) == 1
    assert step_of(Decimal(1), Decimal(100), is_whole=True) == 10


def test_nudges_never_leave_the_range(planned: Course) -> None:
    found = record(planned)
    for item in plan_view(found, range(1, len(found["plan"]["zones"]) + 1)).zones:
        for name, nudge in item.nudges.items():
            number = item.numbers[name]
            for tap in (nudge.down, nudge.up):
                assert not tap or number.low <= Decimal(tap) <= number.high
            assert (nudge.down == "") is (number.value == number.low)
            assert (nudge.up == "") is (number.value == number.high)


def test_who_may_not_plan_reads_but_does_not_edit(assistant: User, neck: Course) -> None:
    browser = signed_in(assistant)
    assert browser.get(f"/courses/{neck.code}/plan").status_code == 200
    assert edit(browser, neck, set="zone.1.needle_angle_deg=45") == 403


def test_two_people_who_change_one_number_are_told(
    browser: Client, clinic: Clinic, neck: Course
) -> None:
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nina Verdi"))
    seen = request_sheet(neck).version
    edit(nurse, neck, set="zone.1.needle_angle_deg=45")
    data = {"set": "zone.1.needle_angle_deg=40", "seen": str(seen)}
    answer = browser.post(f"/courses/{neck.code}/plan/edit", data, headers=HTMX)
    assert "Nina Verdi had changed this meanwhile" in page_text(answer.content)
    assert numbers(neck)["needle.angle_deg"]["value"] == "40"
