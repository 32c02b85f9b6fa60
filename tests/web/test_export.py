"""The readable copy holds everything, says what it means, and nothing of anybody else."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from pypdf import PdfReader

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.patients.models import Patient
from mesoplan.web.upkeep.export import export, making_folder
from mesoplan.web.upkeep.tables import ELSEWHERE, TABLES, meaning
from tests.lib.clinic import PASSWORD, a_clinic, a_patient, a_user, signed_in
from tests.lib.inside import run_inside
from tests.lib.served import Served
from tests.lib.treated import WORDS, a_treated_patient

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


def texts(place: Path) -> str:
    """Everything in a copy, printed pages as their text."""
    files = [item for item in place.rglob("*") if item.is_file()]
    pages = [page for item in files if item.suffix == ".pdf" for page in PdfReader(item).pages]
    words = [item.read_text() for item in files if item.suffix != ".pdf"]
    return "\n".join([*map(str, files), *words, *(page.extract_text() for page in pages)])


def test_the_copy_of_one_patient_holds_all_of_her_and_nobody_else(
    clinic: Clinic, physician: User, tmp_path: Path
) -> None:
    patient = a_treated_patient(clinic, physician)
    other = a_treated_patient(
        clinic, physician, family_name="Unbeteiligt", birth_date=date(1951, 7, 19)
    )
    place = tmp_path / "copy"
    counts = export(place=place, clinic=clinic, by=physician.username, patient=patient)
    text = texts(place)
    assert "Unbeteiligt" not in text
    assert other.code not in text
    rows = {table.name: table.model._base_manager.all() for table in TABLES if table.to_patient}
    for table in TABLES:
        if table.to_patient:
            hers = rows[table.name].filter(**{table.to_patient: patient.pk})
            theirs = rows[table.name].filter(**{table.to_patient: other.pk})
            assert counts[table.name] == hers.count() == theirs.count(), table.name
            for row in theirs:
                assert getattr(row, "code", "no code") not in text, table.name
    empty = {name for name, count in counts.items() if not count}
    assert empty == {"hand_overs", "plan_withdrawals", "consent_withdrawals"}


def test_a_copy_has_every_document_and_every_plan(
    clinic: Clinic, physician: User, tmp_path: Path
) -> None:
    patient = a_treated_patient(clinic, physician)
    place = tmp_path / "copy"
    export(place=place, clinic=clinic, by=physician.username)
    folder = place / "patients" / f"{patient.record_number:06}"
    kept = {document.sha256 for document in patient.documents.all()}
    files = list((folder / "documents").iterdir())
    assert {hashlib.sha256(file.read_bytes()).hexdigest() for file in files} == kept
    assert {file.name.split("-")[2] for file in files} >= {"plan", "consent", "session"}
    (plan,) = (folder / "plans").iterdir()
    case = tomllib.loads(plan.read_text())
    assert case["patient"]["birth_date"].isoformat() == "1980-03-14"
    assert WORDS in (folder / "record.json").read_text()


def test_the_copy_of_one_clinic_holds_nothing_of_another(
    clinic: Clinic, physician: User, tmp_path: Path
) -> None:
    other = a_clinic(name="Andere Klinik")
    stranger = a_user(other, Role.PHYSICIAN, name="Dr Fremd")
    a_treated_patient(other, stranger, family_name="Unbeteiligt")
    a_patient(clinic, physician)
    export(place=tmp_path / "copy", clinic=clinic, by=physician.username)
    text = texts(tmp_path / "copy")
    assert "Lindqvist" in text
    for name in ("Unbeteiligt", "Fremd", "Andere"):
        assert name not in text


def downloaded(answer: Any, tmp_path: Path) -> Path:
    """What is in the zip file that a browser got."""
    assert answer.status_code == 200
    content = b"".join(answer)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "mesoplan-export"


def test_a_patient_is_exported_from_her_page(
    browser: Client, patient: Patient, tmp_path: Path
) -> None:
    address = f"/patients/{patient.code}/export"
    assert address in browser.get(f"/patients/{patient.code}").content.decode()
    answer = browser.post(address)
    assert "mesoplan-patient-000001.zip" in answer["Content-Disposition"]
    assert "Lindqvist" in texts(downloaded(answer, tmp_path))
    event = Event.objects.latest("number")
    assert (event.action, event.patient, event.by) == (
        "export.patient",
        patient.code,
        "dr.anna.rossi",
    )
    assert left_over() == []


def test_a_clinic_is_exported_by_its_owner_after_the_password(
    browser: Client, patient: Patient, tmp_path: Path
) -> None:
    assert "/clinic/export" in browser.get("/clinic").content.decode()
    asked = browser.post("/clinic/export")
    assert asked["Location"].partition("?")[0] == "/account/prove"
    assert not Event.objects.filter(action="export.clinic").exists()
    answer = browser.post(asked["Location"], {"password": PASSWORD})
    assert "mesoplan-clinic.zip" in answer["Content-Disposition"]
    assert patient.code in texts(downloaded(answer, tmp_path))
    assert Event.objects.get(action="export.clinic").by == "dr.anna.rossi"
    assert left_over() == []


def test_who_may_not_export_sees_no_button(clinic: Clinic, patient: Patient) -> None:
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nora Greco"))
    assert "/export" not in nurse.get(f"/patients/{patient.code}").content.decode()
    assert "/export" not in nurse.get("/clinic").content.decode()


def left_over() -> list[Path]:
    """What a copy to download left in the data folder."""
    return list(making_folder().iterdir())


BESIDE = """
import json, os, sys, threading
from pathlib import Path
from django.db import connection, transaction
from mesoplan.web.accounts.roles import Role
from mesoplan.web.upkeep import export
from mesoplan.web.upkeep.prepare import prepare
from tests.lib.clinic import a_clinic, a_patient, a_user
export.making_folder().mkdir()
for name in ("cut off", "being made"):
    (export.making_folder() / name).mkdir()
os.utime(export.making_folder() / "cut off", (0, 0))
prepare()
assert [item.name for item in export.making_folder().iterdir()] == ["being made"]
(export.making_folder() / "being made").rmdir()
with transaction.atomic():
    clinic = a_clinic()
    user = a_user(clinic, Role.PHYSICIAN)
    a_patient(clinic, user)
def somebody():
    a_patient(clinic, user, family_name="Later")
    connection.close()
def tables(folder, table, *more, found=export._csv):
    if table.name == "people":
        writer = threading.Thread(target=somebody, daemon=True)
        writer.start()
        writer.join(timeout=10)
        assert not writer.is_alive(), "a writer has to wait for the copy"
    return found(folder, table, *more)
export._csv = tables
print(export.export(place=Path(sys.argv[1]), clinic=clinic, by="")["patients"])
"""
"""A copy while somebody registers a patient, after a start that clears what was cut off."""


def test_a_copy_holds_up_nobody_and_is_of_one_moment(tmp_path: Path) -> None:
    site = Served(data=tmp_path / "site")
    assert run_inside(site, BESIDE, str(tmp_path / "copy")) == "1\n"
    assert "Later" not in texts(tmp_path / "copy")


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
