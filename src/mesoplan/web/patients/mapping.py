"""The one place of this app that knows both rows and the core: answers as the core reads them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from mesoplan.vocabulary.patient import FactType
from mesoplan.web.accounts.mapping import knowledge as knowledge  # noqa: PLC0414 - for courses
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.models import Patient

MEASUREMENTS = ("height_cm", "weight_kg", "phototype")
"""Keys of ``patient.`` in the answers; name, birth date and sex stand in the patient's row."""


def patient_tables(patient: Patient, answers: Sheet) -> dict[str, Any]:
    """The tables of a case document that speak of the patient (docs/reference/case-file.md).

    Keys of the answers: ``facts.ID``, ``patient.height_cm``, ``patient.weight_kg``,
    ``patient.phototype``, ``girths.REGION``, ``allergies``, ``medications``,
    ``site.REGION.SIDE.FINDING``. A value has the form of the case file, so that one reader checks
    both; numbers are text. What was not answered is left out, and so stays unknown.
    """
    tables: dict[str, Any] = {
        "patient": _identity(patient, answers),
        "facts": {
            name: _fact(name, value, answers) for name, value in answers.under("facts").items()
        },
    }
    for name in ("allergies", "medications"):
        value = answers.value(name)
        if isinstance(value, dict) and "unknown" not in value:
            tables[name] = value
    sites = [
        dict(zip(("region", "side", "finding"), key.split("."), strict=True))
        for key, value in answers.under("site").items()
        if value is True
    ]
    if sites:
        tables["site"] = sites
    return tables


def _identity(patient: Patient, answers: Sheet) -> dict[str, Any]:
    table: dict[str, Any] = {"sex": patient.sex}
    if patient.birth_date is not None:
        table["birth_date"] = patient.birth_date
    for name in MEASUREMENTS:
        value = answers.value(f"patient.{name}")
        if isinstance(value, str):
            table[name] = int(value) if name == "phototype" else Decimal(value)
    girths = {key: Decimal(str(value)) for key, value in answers.under("girths").items()}
    return {**table, "girths_cm": girths} if girths else table


def _fact(name: str, value: object, answers: Sheet) -> object:
    """A fact in the form of the case file, with who said it and when where it was answered."""
    if isinstance(value, dict):
        return value
    if knowledge().facts[name].type is FactType.DATE:
        value = date.fromisoformat(str(value))
    entered = answers.entries[f"facts.{name}"]
    return {
        "value": value,
        "by": f"{entered.said_by or 'staff'}, entered by {entered.by}",
        "at": entered.at.date(),
    }
