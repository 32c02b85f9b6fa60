"""E: a rule seen true, false and unknown."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from mesoplan.screening import screen
from mesoplan.vocabulary.finding import Outcome, Strength, Verdict
from tests.lib.base import base
from tests.lib.people import case_of, healthy_document
from tests.reference.seeds.proofs import NECK, Proof


def rule(
    name: str,
    true: Mapping[str, Any],
    unknown: Mapping[str, Any],
    *,
    verdict: Verdict,
    strength: Strength,
    request: Mapping[str, Any] = NECK,
) -> Proof:
    """The rule gives a finding, is cleared, is unanswered; every seed of the row stands in it."""

    def outcomes(changes: Mapping[str, Any]) -> set[Outcome]:
        case = case_of(healthy_document(base(), **{"request": request, **changes}), base())
        screening = screen(case.facts, case.request, base(), at=case.at)
        found = [item for item in screening.results if item.rule == name]
        found += [
            item for aside in screening.set_aside for item in aside.findings if item.rule == name
        ]
        return {item.outcome for item in found}

    def prove(seeds: frozenset[str]) -> None:
        record = base().rules[name]
        assert (record.verdict, record.strength) == (verdict, strength)
        assert seeds <= {position.citation.id for position in record.positions}
        assert Outcome.FINDING in outcomes(true)
        assert outcomes({}) == {Outcome.CLEARED}
        assert Outcome.UNANSWERED in outcomes(unknown)

    return prove


def fact_rule(name: str, fact: str, verdict: Verdict, strength: Strength) -> Proof:
    """A rule over one boolean fact."""
    return rule(
        name,
        {"facts": {fact: True}},
        {"facts": {fact: None}},
        verdict=verdict,
        strength=strength,
    )


BARRED, DEFERRED = Verdict.CONTRAINDICATED, Verdict.DEFERRED
ABSOLUTE, RELATIVE = Strength.ABSOLUTE, Strength.RELATIVE

UNDER_AGE = rule(
    "age-under-18",
    {"patient": {"birth_date": date(2009, 1, 1)}},
    {"patient": {"birth_date": None}},
    verdict=BARRED,
    strength=ABSOLUTE,
)

ELIGIBILITY: dict[str, Proof] = {
    "E01": UNDER_AGE,
    "E02": UNDER_AGE,
    "E03": fact_rule("pregnancy", "pregnant", BARRED, ABSOLUTE),
    "E04": fact_rule("breastfeeding", "breastfeeding", BARRED, ABSOLUTE),
    "E05": fact_rule(
        "stroke-or-paralysis-history", "stroke_or_paralysis_history", BARRED, RELATIVE
    ),
    "E06": fact_rule("insulin-treated-diabetes", "insulin_treated_diabetes", BARRED, RELATIVE),
    "E07": fact_rule("cancer", "cancer", BARRED, RELATIVE),
    "E08": fact_rule("coagulation-disorder", "coagulation_disorder", BARRED, RELATIVE),
    "E09": rule(
        "anticoagulant-therapy",
        {"facts": {"anticoagulant_therapy": True}},
        {"facts": {"anticoagulant_therapy": None}, "medications": None},
        verdict=BARRED,
        strength=RELATIVE,
    ),
    "E10": rule(
        "component-allergy",
        {"allergies": {"substances": ["lidocaine"]}},
        {"allergies": None},
        verdict=BARRED,
        strength=ABSOLUTE,
    ),
    "E11": fact_rule("urticaria", "urticaria", BARRED, RELATIVE),
    "E12": rule(
        "cardiac-disease-several-medicines",
        {"facts": {"cardiac_disease": True, "several_cardiac_medicines": True}},
        {
            "facts": {"cardiac_disease": None, "several_cardiac_medicines": None},
            "medications": None,
        },
        verdict=BARRED,
        strength=RELATIVE,
    ),
    "E13": fact_rule("acute-infection", "acute_infection", DEFERRED, ABSOLUTE),
    "E14": fact_rule("deep-vein-thrombosis", "deep_vein_thrombosis", BARRED, ABSOLUTE),
    "E15": fact_rule("unstable-blood-pressure", "unstable_blood_pressure", DEFERRED, ABSOLUTE),
    "E16": fact_rule("kidney-failure", "kidney_failure", BARRED, RELATIVE),
    "E17": rule(
        "health-check",
        {"facts": {"cancer": True}},
        {"facts": {"cancer": None}},
        verdict=Verdict.CAUTION,
        strength=RELATIVE,
    ),
    "E18": rule(
        "drug-hypersensitivity",
        {"facts": {"drug_hypersensitivity": True}},
        {"facts": {"drug_hypersensitivity": None}, "allergies": {"other": ["kiwi"]}},
        verdict=base().rules["drug-hypersensitivity"].verdict,
        strength=base().rules["drug-hypersensitivity"].strength,
    ),
}
