"""The readable copy holds everything, says what it means, and nothing of anybody else."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.upkeep.export import export
from mesoplan.web.upkeep.tables import ELSEWHERE, TABLES, meaning
from tests.lib.clinic import PASSWORD, a_clinic, a_patient, a_user

pytestmark = pytest.mark.django_db

NOT_ABOUT_PATIENTS = {"accounts.UserRole"}


def test_every_table_about_a_patient_is_copied_or_says_why_not() -> None:
    """A new table breaks this test until somebody has decided."""
    known = {table.model for table in TABLES} | set(ELSEWHERE)
    ours = {
        model
        for app in ("accounts", "patients", "courses")
        for model in apps.get_app_config(app).get_models()
        if model._meta.label not in NOT_ABOUT_PATIENTS
    }
    assert known == ours


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_says_what_it_means(table: object) -> None:
    from mesoplan.web.upkeep.tables import Table

    assert isinstance(table, Table)
    assert all(meaning(table, column) for column in table.columns)


def test_a_patient_stands_in_the_copy_as_she_was_entered(
    clinic: Clinic, physician: User, tmp_path: Path
) -> None:
    patient = a_patient(clinic, physician, family_name="=HYPERLINK(1)", given_name="Zoë, «Ö»\n")
    place = tmp_path / "copy"
    counts = export(place=place, clinic=clinic, by=physician.username)
    assert counts["patients"] == 1
    folder = place / "patients" / f"{patient.record_number:06}"
    (row,) = json.loads((folder / "record.json").read_text())["patients"]
    assert row["family_name"] == "=HYPERLINK(1)"
    assert row["given_name"] == "Zoë, «Ö»\n"
    assert row["birth_date"] == "1980-03-14"
    with (place / "tables" / "patients.csv").open(encoding="utf-8", newline="") as file:
        (cells,) = csv.DictReader(file)
    assert cells["family_name"] == "'=HYPERLINK(1)"
    assert cells["given_name"] == row["given_name"]


def test_no_password_pin_or_secret_leaves_with_the_copy(
    clinic: Clinic, physician: User, tmp_path: Path
) -> None:
    export(place=tmp_path / "copy", clinic=clinic, by=physician.username)
    text = "".join(item.read_text() for item in (tmp_path / "copy").rglob("*") if item.is_file())
    for secret in (PASSWORD, physician.password, physician.pin, "JBSWY3DPEHPK3PXP"):
        assert secret not in text


def test_the_copy_of_one_patient_holds_nobody_else(
    clinic: Clinic, physician: User, tmp_path: Path
) -> None:
    patient = a_patient(clinic, physician)
    a_patient(clinic, physician, family_name="Unbeteiligt")
    export(place=tmp_path / "copy", clinic=clinic, by=physician.username, patient=patient)
    text = "".join(item.read_text() for item in (tmp_path / "copy").rglob("*") if item.is_file())
    assert "Lindqvist" in text
    assert "Unbeteiligt" not in text


def test_the_copy_of_one_clinic_holds_nothing_of_another(
    clinic: Clinic, physician: User, tmp_path: Path
) -> None:
    other = a_clinic(name="Andere Klinik")
    stranger = a_user(other, Role.PHYSICIAN, name="Dr Fremd")
    a_patient(other, stranger, family_name="Unbeteiligt")
    export(place=tmp_path / "copy", clinic=clinic, by=physician.username)
    text = "".join(item.read_text() for item in (tmp_path / "copy").rglob("*") if item.is_file())
    assert "Unbeteiligt" not in text
    assert "Fremd" not in text


def test_a_copy_leaves_a_trace(clinic: Clinic, physician: User, tmp_path: Path) -> None:
    patient = a_patient(clinic, physician)
    export(place=tmp_path / "copy", clinic=clinic, by=physician.username, patient=patient)
    event = Event.objects.latest("number")
    assert (event.action, event.patient, event.by) == (
        "export.patient",
        patient.code,
        physician.username,
    )


def test_a_copy_is_never_written_over_something(
    clinic: Clinic, physician: User, tmp_path: Path
) -> None:
    (tmp_path / "copy").mkdir()
    with pytest.raises(FileExistsError):
        export(place=tmp_path / "copy", clinic=clinic, by=physician.username)


def test_an_unknown_patient_is_refused_by_the_command(clinic: Clinic, tmp_path: Path) -> None:
    assert clinic.pk
    with pytest.raises(CommandError, match="which no patient has"):
        call_command("export", str(tmp_path / "copy"), patient="nobody")
    assert not (tmp_path / "copy").exists()
