"""Runs the spec of the rules in tests/spec/rules: one sentence a case (see README.md there)."""

import copy
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mesoplan.screening import Screening, screen
from mesoplan.vocabulary.patient import FactType
from tests.lib.base import base
from tests.lib.people import case_of

RULES = Path(__file__).parent / "rules"
HEALTHY = "healthy_adult.toml"
OUTCOMES = {"finding", "cleared", "unanswered"}
WHOLE_TABLES = ("allergies", "medications", "site", "policy")
KEYS = {
    *("rule", "name", "outcome", "zone", "practitioner", "patient", "facts", "unknown"),
    *WHOLE_TABLES,
    *(f"never_{outcome}" for outcome in OUTCOMES),
}


def read(path: Path) -> dict[str, Any]:
    """A spec file, numbers as they are written."""
    return tomllib.loads(path.read_text(), parse_float=Decimal)


def cases() -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Every case with its file and the zones of the file."""
    for path in sorted(RULES.glob("*.toml")):
        if path.name != HEALTHY:
            document = read(path)
            for case in document["case"]:
                yield path.name, case, document.get("zone", {})


def document_of(case: Mapping[str, Any], zones: Mapping[str, Any]) -> dict[str, Any]:
    """The healthy adult with everything that the case changes."""
    document = copy.deepcopy(read(RULES / HEALTHY))
    answers = {
        fact.id: False
        for fact in base().facts.values()
        if fact.type is FactType.BOOLEAN and not fact.id.startswith("can_")
    }
    document["facts"] = answers | case.get("facts", {})
    document["patient"] |= case.get("patient", {})
    document |= {table: case[table] for table in WHOLE_TABLES if table in case}
    if "practitioner" in case:
        document["request"]["practitioner"] = case["practitioner"]
    if "zone" in case:
        document["request"]["zone"] = [zones[case["zone"]]]
    for name in case.get("unknown", ()):
        del table_of(document, name)[name]
    return document


def table_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The table of a case file in which an answer stands."""
    if name in {"allergies", "medications"}:
        return document
    if name in {"birth_date", "sex", "weight_kg"}:
        found: dict[str, Any] = document["patient"]
    elif name == "practitioner":
        found = document["request"]
    else:
        found = document["facts"]
    return found


def screened(case: Mapping[str, Any], zones: Mapping[str, Any]) -> Screening:
    """The screening of a case."""
    read_case = case_of(document_of(case, zones), base())
    return screen(read_case.facts, read_case.request, base(), at=read_case.at)


@pytest.mark.hazard("H-001")
@pytest.mark.parametrize(
    ("case", "zones"),
    [pytest.param(case, zones, id=f"{case['rule']}: {case['name']}") for _, case, zones in cases()],
)
def test_rule_gives_what_the_sentence_says(
    case: Mapping[str, Any], zones: Mapping[str, Any]
) -> None:
    assert set(case) <= KEYS
    results = screened(case, zones).results

    given = {item.outcome.value for item in results if item.rule == case["rule"]}

    assert (given or {"silent"}) == {case["outcome"]}


def test_every_rule_is_seen_true_false_and_unknown() -> None:
    """A new rule breaks this until its spec shows all three, or says why one cannot be."""
    seen: dict[str, set[str]] = {rule: set() for rule in base().rules}
    for _, case, _ in cases():
        excused = {outcome for outcome in OUTCOMES if f"never_{outcome}" in case}
        seen[case["rule"]] |= {case["outcome"], *excused}

    lacking = {rule: OUTCOMES - found for rule, found in seen.items() if OUTCOMES - found}

    assert lacking == {}
