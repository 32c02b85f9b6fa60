"""Screening as a whole: overrides, disagreement, options set aside, sites, re-screening."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest

from mesoplan.screening import Screening, screen
from mesoplan.vocabulary.answer import Known, Unknown
from mesoplan.vocabulary.errors import ClinicalInputError, UnknownNameError
from mesoplan.vocabulary.finding import Outcome, Verdict
from mesoplan.vocabulary.patient import PatientFacts
from tests.lib.base import base
from tests.lib.people import AT, case_of, healthy_case, healthy_document, zone

NECK = zone("neck-pain", "neck", "both")
MELASMA = zone("melasma", "cheek", "both")


def screened(**changes: Any) -> Screening:
    """The screening of a healthy adult with changes."""
    case = healthy_case(base(), **changes)
    return screen(case.facts, case.request, base(), at=case.at)


def rules_of(screening: Screening) -> set[str]:
    return {item.rule for item in screening.findings}


OVERRIDE = [{"rule": "urticaria", "reason": "quiescent-over-a-year", "by": "Dr Example"}]


def test_healthy_adult_is_eligible_and_nothing_is_missing() -> None:
    screening = screened(request=NECK)

    assert screening.verdict is Verdict.ELIGIBLE
    assert screening.missing == ()


def test_override_of_a_relative_finding_leaves_the_verdict_and_gives_caution_beside_it() -> None:
    screening = screened(facts={"urticaria": True}, override=OVERRIDE)

    assert screening.verdict is Verdict.CONTRAINDICATED
    assert screening.verdict_after_override is Verdict.CAUTION
    overridden = next(item for item in screening.findings if item.rule == "urticaria")
    assert overridden.overridden is not None
    assert overridden.overridden.by == "Dr Example"


def test_without_an_override_nothing_stands_beside_the_verdict() -> None:
    assert screened(facts={"urticaria": True}).verdict_after_override is None


@pytest.mark.hazard("H-010")
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"facts": {"pregnant": True}}, id="pregnancy"),
        pytest.param({"facts": {"breastfeeding": True}}, id="breastfeeding"),
        pytest.param({"facts": {"deep_vein_thrombosis": True}}, id="deep vein thrombosis"),
        pytest.param({"patient": {"birth_date": date(2012, 1, 1)}}, id="age under 18"),
        pytest.param({"request": {**NECK, "practitioner": "nurse"}}, id="not authorised"),
        pytest.param(
            {"site": [{"region": "neck", "side": "left", "finding": "active-herpes"}]},
            id="active infection at the site",
        ),
        pytest.param({"request": zone("submental-fat", "submental")}, id="route not approved"),
        pytest.param(
            {"request": zone("submental-fat", "submental"), "policy": "fr"}, id="forbidden here"
        ),
        pytest.param(
            {
                "allergies": {"substances": ["tranexamic-acid"]},
                "request": zone("melasma", "cheek", "left"),
            },
            id="allergy to a component",
        ),
    ],
)
def test_what_may_never_be_overridden_stands_against_every_coded_reason(
    changes: dict[str, Any],
) -> None:
    before = screened(**changes)
    barred = [item for item in before.findings if base().rules[item.rule].never_overridable]
    overrides = [
        {"rule": item.rule, "reason": reason, "by": "Dr Example"}
        for item in barred
        for reason in ("benefit-outweighs-risk", "specialist-agreed")
        if not base().override_reasons[reason].rules
    ]

    after = screened(**changes, override=overrides) if overrides else before

    assert barred
    assert not any(item.overridable or item.overridden for item in after.findings if item in barred)
    assert (after.verdict_after_override or after.verdict) is Verdict.CONTRAINDICATED


def test_override_without_a_name_does_not_count() -> None:
    case = healthy_case(base(), facts={"urticaria": True}, override=OVERRIDE)
    nameless = replace(case.request.overrides[0], by="  ")

    screening = screen(case.facts, replace(case.request, overrides=(nameless,)), base(), at=case.at)

    assert screening.verdict_after_override is None


@pytest.mark.hazard("H-001")
def test_answer_and_medicine_that_disagree_leave_the_worse_and_say_so() -> None:
    screening = screened(medications={"names": ["warfarin"]})

    found = {item.rule: item for item in screening.findings}

    assert found["anticoagulant-therapy"].verdict is Verdict.CONTRAINDICATED
    assert "anticoagulant_therapy" in dict(found["answers-disagree"].because)
    assert screening.disagreements[0].recorded is False


@pytest.mark.hazard("H-007")
@pytest.mark.parametrize("patient", [{"sex": "male"}, {"birth_date": date(1950, 1, 1)}])
@pytest.mark.parametrize(("fact", "rule"), [("pregnant", "pregnancy")])
def test_recorded_pregnancy_is_never_ignored_whatever_sex_or_age_say(
    patient: dict[str, Any], fact: str, rule: str
) -> None:
    assert rule in rules_of(screened(patient=patient, facts={fact: True}))


@pytest.mark.parametrize(
    "patient",
    [
        pytest.param({"sex": "male"}, id="a man of 70"),
        pytest.param({"sex": "female"}, id="a woman of 70"),
        pytest.param({}, id="a person of 70 of unknown sex"),
    ],
)
def test_nobody_of_seventy_is_asked_about_pregnancy_or_breastfeeding(
    patient: dict[str, Any],
) -> None:
    document = {"at": AT, "patient": {"birth_date": date(1956, 1, 1), **patient}, "request": NECK}
    case = case_of(document, base())

    missing = {item.fact for item in screen(case.facts, case.request, base(), at=AT).missing}

    assert not missing & {"pregnant", "breastfeeding", "can_become_pregnant"}


@pytest.mark.parametrize("indication", sorted(base().indications))
@pytest.mark.parametrize("policy", sorted(base().policies))
def test_one_request_asks_at_most_twenty_five_questions(indication: str, policy: str) -> None:
    region = base().regions[base().indications[indication].regions[0]]
    request = zone(indication, region.id, "both" if region.paired else "midline")
    case = case_of({"at": AT, "policy": policy, "request": request}, base())

    assert len(screen(case.facts, case.request, base(), at=AT).missing) <= 25


@pytest.mark.hazard("H-006")
def test_allergy_to_the_first_mixture_sets_it_aside_and_takes_the_next() -> None:
    screening = screened(allergies={"substances": ["lidocaine"]})

    chosen = screening.options[0].substances()
    aside = {item.rule for entry in screening.set_aside for item in entry.findings}

    assert "lidocaine" not in chosen
    assert "component-allergy" in aside
    assert "listed-allergy" in rules_of(screening)


@pytest.mark.hazard("H-006")
@pytest.mark.parametrize(
    "allergies", [{"substances": ["mepivacaine"]}, {"groups": ["amide-anaesthetics"]}]
)
def test_allergy_within_the_same_group_bars_the_whole_group(allergies: dict[str, Any]) -> None:
    screening = screened(allergies=allergies)

    assert "lidocaine" not in screening.options[0].substances()


@pytest.mark.parametrize("table", ["allergies", "medications"])
def test_name_that_the_base_does_not_know_is_kept_and_is_always_missing(table: str) -> None:
    screening = screened(**{table: {"other": ["kiwi"]}})

    missing = {item.fact: item.question for item in screening.missing}

    assert "cannot be checked by the program" in missing[f"{table}.other"]
    assert "kiwi" in missing[f"{table}.other"]
    assert screening.verdict is Verdict.CAUTION


def test_finding_inside_a_larger_zone_counts_and_one_on_the_other_side_does_not() -> None:
    inside = [{"region": "perioral", "side": "left", "finding": "active-herpes"}]
    other = [{"region": "cheek", "side": "right", "finding": "active-herpes"}]

    face = screened(request=zone("facial-rejuvenation", "face"), site=inside)
    left = screened(request=zone("melasma", "cheek", "left"), site=other)

    assert "active-infection-at-site" in rules_of(face)
    assert "active-infection-at-site" not in rules_of(left)


def test_deferral_names_the_day_on_which_it_clears() -> None:
    ended = date(2026, 11, 20)
    screening = screened(facts={"acute_infection": True, "infection_ended_on": ended})

    found = next(item for item in screening.findings if item.rule == "acute-infection")

    assert found.clears is not None
    assert found.clears.on is not None
    assert found.clears.on > AT


def test_all_results_of_all_zones_are_shown() -> None:
    request = {
        "practitioner": "physician",
        "zone": [*NECK["zone"], *zone("cellulite", "thigh", "left")["zone"]],
    }
    screening = screened(request=request)

    assert len(screening.options) == 2


def rescreened(first: Screening, today: PatientFacts, at: date) -> Screening:
    return screen(today, first.request, base(), at=at, previous=first)


def test_rescreening_asks_only_what_can_have_changed() -> None:
    first = screened(request=MELASMA)

    again = rescreened(first, PatientFacts(), AT + timedelta(days=14))

    missing = {item.fact for item in again.missing}
    assert {"pregnant", "acute_infection", "allergies"} <= missing
    assert not missing & {"cancer", "stroke_or_paralysis_history", "birth_date", "seizures"}
    assert all(
        base().facts[fact].asked_again.value == "each-session"
        for fact in missing
        if fact in base().facts
    )


def test_rescreening_on_the_same_day_asks_nothing_again() -> None:
    first = screened(request=NECK)

    assert rescreened(first, PatientFacts(), AT).verdict is Verdict.ELIGIBLE


def test_rescreening_takes_todays_answer_over_the_earlier_one() -> None:
    first = screened(request=MELASMA)
    later = AT + timedelta(days=14)
    changed = PatientFacts(answers=MappingProxyType({"cancer": Known(value=True)}))

    again = rescreened(first, changed, later)

    assert "cancer" in rules_of(again)


def test_unknown_of_today_does_not_erase_what_still_holds() -> None:
    first = screened(request=MELASMA, facts={"cancer": True})
    unsure = PatientFacts(answers=MappingProxyType({"cancer": Unknown("not sure")}))

    assert "cancer" in rules_of(rescreened(first, unsure, AT + timedelta(days=14)))


def test_moment_with_an_offset_counts_as_its_own_local_day() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    case = healthy_case(base(), patient={"birth_date": date(2008, 11, 22)})

    assert screen(case.facts, case.request, base(), at=late).verdict is Verdict.ELIGIBLE


def test_birth_after_the_decision_is_refused() -> None:
    case = healthy_case(base())
    unborn = replace(case.facts, birth_date=Known(AT + timedelta(days=1)))

    with pytest.raises(ClinicalInputError, match="birth_date"):
        screen(unborn, case.request, base(), at=AT)


def test_policy_and_names_that_the_base_does_not_have_are_refused() -> None:
    case = healthy_case(base())
    with pytest.raises(UnknownNameError, match="policy"):
        screen(case.facts, replace(case.request, policy="mars"), base(), at=AT)
    unknown = replace(case.request.zones[0], indication="melsma")
    with pytest.raises(UnknownNameError, match="melasma"):
        screen(case.facts, replace(case.request, zones=(unknown,)), base(), at=AT)


def test_same_input_gives_the_same_output() -> None:
    document = healthy_document(base(), facts={"cancer": True})
    one, other = (case_of(document, base()) for _ in range(2))

    assert (
        screen(one.facts, one.request, base(), at=AT).results
        == screen(other.facts, other.request, base(), at=AT).results
    )


def test_shifting_every_date_by_the_same_time_changes_nothing() -> None:
    """No clock: a patient of the same age is judged alike on any day."""
    leap = timedelta(days=1461)
    now = healthy_case(base(), facts={"urticaria": True})
    born = now.facts.birth_date
    assert isinstance(born, Known)
    shifted = replace(now.facts, birth_date=Known(born.value + leap))

    one = screen(now.facts, now.request, base(), at=AT)
    other = screen(shifted, now.request, base(), at=AT + leap)

    assert [(item.rule, item.outcome) for item in one.results] == [
        (item.rule, item.outcome) for item in other.results
    ]
    assert {item.outcome for item in one.results} >= {Outcome.FINDING, Outcome.CLEARED}
