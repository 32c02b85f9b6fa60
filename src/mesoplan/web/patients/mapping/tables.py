"""Answers as the tables of a case document, and as the facts that the core reads from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any

from mesoplan.documents.patient_tables import read_patient_facts
from mesoplan.knowledge.reading import Table
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.patient import FactType, PatientFacts
from mesoplan.web.accounts.clock import clinic_zone
from mesoplan.web.accounts.mapping import knowledge
from mesoplan.web.gestures.sheet import Entered, Sheet
from mesoplan.web.patients.models import Patient

MEASUREMENTS = ("height_cm", "weight_kg", "phototype")
"""Keys of ``patient.`` in the answers; name, birth date and sex stand in the patient's row."""

NEVER = "never"
"""The answer to a date: it never happened."""

PLACE = "answers"
"""What messages of the core name as the file."""


def patient_tables(patient: Patient, answers: Sheet) -> dict[str, Any]:
    """The tables of a case document that speak of the patient (docs/reference/case-file.md).

    Keys of the answers: ``facts.ID``, ``patient.height_cm``, ``patient.weight_kg``,
    ``patient.phototype``, ``girths.REGION``, ``allergies``, ``medications``,
    ``site.REGION.SIDE.FINDING``. A value has the form of the case file, so that one reader checks
    both; numbers are text. What was not answered is left out, and so stays unknown.
    """
    identity: dict[str, Any] = {"sex": patient.sex}
    if patient.birth_date is not None:
        identity["birth_date"] = patient.birth_date
    tables = answered_tables(answers, zone=clinic_zone(patient.clinic))
    return {**tables, "patient": identity | _measured(answers)}


def answered_tables(answers: Sheet, *, zone: tzinfo) -> dict[str, Any]:
    """The same tables without who the patient is: what these answers alone say.

    The day of an answer is that of the ``zone``.
    """
    tables: dict[str, Any] = {
        "patient": _measured(answers),
        "facts": {
            name: _fact(name, value, answers.entries[f"facts.{name}"], zone)
            for name, value in answers.under("facts").items()
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


def _measured(answers: Sheet) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name in MEASUREMENTS:
        value = answers.value(f"patient.{name}")
        if isinstance(value, str):
            table[name] = _number(value)
    girths = {key: _number(str(value)) for key, value in answers.under("girths").items()}
    return {**table, "girths_cm": girths} if girths else table


def _number(text: str) -> object:
    """The number in a text; a text that is none stays, so that the reader refuses it."""
    try:
        return int(text) if text.isdecimal() else Decimal(text)
    except ArithmeticError:
        return text


def _fact(name: str, value: object, entered: Entered, zone: tzinfo) -> object:
    """A fact in the form of the case file, with who said it and when where it was answered."""
    if isinstance(value, dict):
        return value
    by = f"{entered.said_by or 'staff'}, entered by {entered.by}"
    definition = knowledge().facts.get(name)
    if definition is not None and definition.type is FactType.DATE:
        if value == NEVER:
            return {"not_applicable": "recorded as never", "by": by}
        try:
            value = date.fromisoformat(str(value))
        except ValueError:
            return value  # the reader refuses it
    return {"value": value, "by": by, "at": entered.at.astimezone(zone).date()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A patient's answers as the core takes them.

    ``refused`` are keys of answers that this release of the knowledge base does not take; they
    count as not given.
    """

    facts: PatientFacts
    refused: tuple[str, ...]


def recorded(patient: Patient, answers: Sheet, *, at: date) -> Recorded:
    """Everything that is recorded of a patient, for the core; what it refuses is left out."""
    tables = patient_tables(patient, answers)
    refused: list[str] = []
    while True:
        try:
            return Recorded(facts=read_facts_of(tables, at=at), refused=tuple(refused))
        except ClinicalInputError as error:
            key = _answer_key(tables, error.key)
            refused.append(key)
            tables = _without(tables, key)


def read_facts_of(tables: Mapping[str, Any], *, at: date) -> PatientFacts:
    """The facts in tables of a patient, read by the reader of case files.

    Raises:
        ClinicalInputError: something in them cannot be taken as meant; ``key`` says what.
    """
    table = Table(dict(tables), place=PLACE)
    facts = read_patient_facts(table, knowledge(), at)
    table.close()
    return facts


def _answer_key(tables: Mapping[str, Any], key: str) -> str:
    """The answer that an error names: one key of a table of many, else the whole table."""
    name, _, inner = key.partition(".")
    name, inner = name.partition("[")[0], inner.partition(".")[0]
    is_of_many = name in {"patient", "facts"} and inner in tables[name]
    return f"{name}.{inner}" if is_of_many else name


def _without(tables: Mapping[str, Any], key: str) -> dict[str, Any]:
    name, _, inner = key.partition(".")
    rest = {other: table for other, table in tables.items() if other != name}
    if inner:
        rest[name] = {other: value for other, value in tables[name].items() if other != inner}
    return rest
