"""What is half known, half inspected or half allowed is never read as the better half."""

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from mesoplan.screening import Screening, screen
from mesoplan.screening.conditions import later_by
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.finding import Verdict
from mesoplan.vocabulary.patient import PatientFacts
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.request import Practitioner
from tests.lib.base import base
from tests.lib.people import AT, healthy_case, zone

MELASMA = zone("melasma", "cheek", "left")
NECK = zone("neck-pain", "neck", "both")
OVERRIDE = {"rule": "urticaria", "reason": "quiescent-over-a-year", "by": "Dr Example"}


def screened(**changes: Any) -> Screening:
    """The screening of a healthy adult with changes."""
    case = healthy_case(base(), **changes)
    return screen(case.facts, case.request, base(), at=case.at)


@pytest.mark.hazard("H-001")
@pytest.mark.parametrize("code", ["B01", "B01A"])
def test_a_medicine_of_which_only_the_group_is_told_does_not_count_as_none(code: str) -> None:
    """Aspirin and heparin share the group: what it is has to be asked."""
    screening = screened(medications={"atc": [code]}, facts={"anticoagulant_therapy": None})

    assert "anticoagulant_therapy" in {item.fact for item in screening.missing}
    assert not Verdict.UNDETERMINED.is_worse_than(screening.verdict)


@pytest.mark.hazard("H-001")
def test_a_code_too_short_for_a_rule_on_medicines_is_asked_for() -> None:
    bursitis = zone("bursitis-pes-anserine", "knee", "left")

    screening = screened(request=bursitis, medications={"atc": ["M01"]})

    assert "medications.atc" in {item.fact for item in screening.missing}
    assert screening.verdict is not Verdict.ELIGIBLE


@pytest.mark.hazard("H-001")
def test_finding_of_a_part_says_nothing_good_of_the_rest() -> None:
    """Herpes at one side bars a request for both."""
    found = [{"region": "cheek", "side": "right", "finding": "active-herpes"}]

    both = screened(request=zone("melasma", "cheek", "both"), site=found)

    assert both.verdict is Verdict.CONTRAINDICATED


@pytest.mark.hazard("H-001")
@pytest.mark.parametrize(("side", "is_open"), [("right", True), ("both", False)])
def test_a_look_at_one_side_does_not_clear_both(side: str, *, is_open: bool) -> None:
    seen = [{"region": "cheek", "side": side, "finding": "none"}]
    request = zone("melasma", "cheek", "both")

    looked = screened(request=request, site=seen, facts={"skin_problem_at_site": None})

    assert ("active-infection-at-site" in {r for m in looked.missing for r in m.rules}) is is_open


@pytest.mark.hazard("H-010")
@pytest.mark.parametrize("role", ["nurse", "assistant", "beautician"])
def test_override_of_anybody_but_the_physician_is_refused_and_shown(role: str) -> None:
    case = healthy_case(base(), facts={"urticaria": True}, override=[OVERRIDE])
    request = replace(case.request, practitioner=Practitioner(role))

    screening = screen(case.facts, request, base(), at=case.at)

    assert screening.verdict_after_override in {None, Verdict.CONTRAINDICATED}
    assert [item.override.rule for item in screening.refused_overrides] == ["urticaria"]
    assert all(item.why for item in screening.refused_overrides)


@pytest.mark.hazard("H-010")
@pytest.mark.parametrize(
    ("override", "facts"),
    [
        pytest.param({"rule": "pregnancy"}, {"pregnant": True}, id="never overridable"),
        pytest.param({"rule": "urticaria"}, {}, id="no such finding"),
    ],
)
def test_override_that_does_not_count_is_shown_with_why(
    override: dict[str, str], facts: dict[str, bool]
) -> None:
    given = {**OVERRIDE, "reason": "benefit-outweighs-risk", **override}
    screening = screened(facts=facts, override=[given])

    (refused,) = screening.refused_overrides
    assert refused.override.rule == override["rule"]
    assert refused.why


@pytest.mark.parametrize(
    ("ended", "verdict"),
    [(AT, Verdict.DEFERRED), (AT - timedelta(days=400), Verdict.ELIGIBLE)],
)
def test_infection_that_is_over_still_waits(ended: date, verdict: Verdict) -> None:
    """A no to an infection of today does not cut the wait after one that ended."""
    facts = {"acute_infection": False, "infection_ended_on": ended}

    assert screened(request=NECK, facts=facts).verdict is verdict


def test_day_on_which_a_wait_ends_lies_ahead() -> None:
    for item in screened(facts={"acute_infection": True}).findings:
        if item.clears is not None and item.clears.on is not None:
            assert item.clears.on > AT


@pytest.mark.hazard("H-001")
def test_unknown_of_today_erases_an_earlier_reassurance() -> None:
    first = screened(request=MELASMA)
    unsure = PatientFacts(answers=MappingProxyType({"cancer": Unknown("not sure any more")}))

    again = screen(unsure, first.request, base(), at=AT + timedelta(days=14), previous=first)

    assert "cancer" in {item.fact for item in again.missing}


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 5, 31), 1, date(2026, 7, 1)),
        (date(2026, 1, 31), 1, date(2026, 3, 1)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_a_wait_in_months_never_ends_early(day: date, months: int, later: date) -> None:
    assert later_by(day, Quantity.of(months, Unit.MONTH)) == later


@pytest.mark.parametrize(
    ("at", "verdict"),
    [(date(2026, 2, 28), Verdict.CONTRAINDICATED), (date(2026, 3, 1), Verdict.ELIGIBLE)],
)
def test_a_person_born_on_a_leap_day_comes_of_age_in_march(at: date, verdict: Verdict) -> None:
    person = {"birth_date": date(2008, 2, 29)}

    assert screened(request=NECK, patient=person, at=at).verdict is verdict


@pytest.mark.hazard("H-006")
def test_allergy_in_words_that_may_mean_an_allergen_is_asked_about() -> None:
    screening = screened(allergies={"other": ["lignocain spray"]})

    assert "allergies.other" in {item.fact for item in screening.missing}
    assert screening.verdict is not Verdict.ELIGIBLE


@pytest.mark.parametrize(
    ("codes", "facts", "rule"),
    [
        pytest.param([], {"inr": "9 ratio"}, "coagulation-disorder", id="a high INR"),
        pytest.param(
            ["C01BD01"],
            {},
            "amide-anaesthetic-heart-or-liver-disease",
            id="amiodarone before lidocaine",
        ),
    ],
)
def test_a_measurement_or_medicine_outweighs_a_recorded_no(
    codes: list[str], facts: dict[str, str], rule: str
) -> None:
    medications = {"atc": codes} if codes else {"none": True}

    screening = screened(request=NECK, facts=facts, medications=medications)

    assert {rule, "answers-disagree"} <= {item.rule for item in screening.findings}


@pytest.mark.hazard("H-001")
@pytest.mark.parametrize("name", ["warfarin", "WARFARIN"])
def test_a_known_medicine_written_under_other_is_refused(name: str) -> None:
    """Under other its group would be lost, and with it what the rules know."""
    with pytest.raises(ClinicalInputError, match=r"medications\.other.*names"):
        screened(medications={"other": [name]})
