"""A course as a case document, and what the core decides on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import tomli_w

from mesoplan.documents.case_file import Case, case_from, parse_toml
from mesoplan.documents.json_plan import decision_json
from mesoplan.planning import Plan, Refusal, plan
from mesoplan.vocabulary.quantity import plain
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping import knowledge, patient_tables
from mesoplan.web.patients.models import Patient

PLACE = "request"
"""What messages of the core name as the file."""

NEEDLE_KEYS = ("length_mm", "inserted_mm", "angle_deg")
NUMBER_KEYS = ("area_cm2", "spacing_mm", "volume_per_point_ml")
WHOLE_KEYS = ("sessions", "points", "interval_days")


def case_document(
    *, patient: Patient, answers: Sheet, request: Sheet, at: date, policy: str
) -> dict[str, Any]:
    """The case document of a course as it stands (docs/reference/case-file.md).

    Keys of the request: ``practitioner``, ``zone.N.KEY`` with the keys of ``[[request.zone]]``
    (needle keys as ``needle_length_mm`` ...; numbers as text; ``aims`` a list), and
    ``override.RULE`` with ``{"reason": CODE, "note": TEXT}``, signed by who entered it (or by
    ``by``, where it was taken over from a released plan).
    """
    overrides = [
        {
            "rule": key.removeprefix("override."),
            "reason": entry.value["reason"],
            "by": entry.value.get("by") or entry.by,
        }
        for key, entry in request.entries.items()
        if key.startswith("override.") and isinstance(entry.value, dict)
    ]
    table: dict[str, Any] = {"zone": zones_of(request)}
    if request.text("practitioner"):
        table["practitioner"] = request.text("practitioner")
    document = {"at": at, "policy": policy, **patient_tables(patient, answers), "request": table}
    return {**document, "override": overrides} if overrides else document


def zones_of(request: Sheet) -> list[dict[str, Any]]:
    """The zones of a request in the order of their numbers, as ``[[request.zone]]`` tables."""
    by_number: dict[int, dict[str, Any]] = {}
    for key, value in request.under("zone").items():
        number, _, name = key.partition(".")
        by_number.setdefault(int(number), {})[name] = value
    return [one_zone(by_number[number]) for number in sorted(by_number)]


def one_zone(entered: Mapping[str, Any]) -> dict[str, Any]:
    """One ``[[request.zone]]`` from its entered values."""
    needle = {
        key: Decimal(str(entered[f"needle_{key}"]))
        for key in NEEDLE_KEYS
        if f"needle_{key}" in entered
    }
    table: dict[str, Any] = {}
    for key, value in entered.items():
        if key in NUMBER_KEYS:
            table[key] = Decimal(str(value))
        elif key in WHOLE_KEYS:
            table[key] = int(value)
        elif not key.startswith("needle_"):
            table[key] = value
    return {**table, "needle": needle} if needle else table


def case_text(document: Mapping[str, Any]) -> str:
    """The case document as TOML: what a released plan keeps, and ``mesoplan plan`` reads."""
    return tomli_w.dumps(document)


def case_of_text(text: str) -> Case:
    """The case in a kept TOML text.

    Raises:
        ClinicalInputError: the text does not fit this knowledge base any more.
    """
    document = parse_toml(text.encode(), PLACE)
    return case_from(document, place=PLACE, knowledge=knowledge())


def case_of(document: Mapping[str, Any]) -> Case:
    """The case in a document.

    Raises:
        ClinicalInputError: something in it cannot be taken as meant; ``key`` says what.
    """
    return case_from(document, place=PLACE, knowledge=knowledge())


def decide(case: Case) -> Plan | Refusal:
    """What the core answers: a plan or a refusal."""
    return plan(case.request, case.facts, knowledge(), at=case.at)


def decision_record(decision: Plan | Refusal) -> dict[str, Any]:
    """The decision as JSON, as ``mesoplan plan --json`` prints it; numbers are kept as text.

    This is what pages show and what is kept of a released plan.
    """
    found: dict[str, Any] = _plain(decision_json(decision, knowledge()))
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """JSON without ``Decimal``: a prescribed number is the text that the command line prints."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return plain(value) if isinstance(value, Decimal) else value
