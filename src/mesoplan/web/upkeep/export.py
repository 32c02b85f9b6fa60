"""A readable copy of a clinic or of one patient: CSV, JSON and PDF, with a description."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic
from mesoplan.web.audit.actions import record
from mesoplan.web.audit.snapshot import snapshot
from mesoplan.web.patients.models import Document, Patient
from mesoplan.web.upkeep.tables import TABLES, Table, meaning
from mesoplan.web.upkeep.values import to_json

CHUNK = 1000

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would compute a text that begins so; an apostrophe before it stops that."""

READ_ME = """\
A readable copy from Mesoplan, made {at} UTC by {by}.

clinic: {clinic}
{scope}

tables/*.csv            one file a table, UTF-8, commas, a header line
patients/NUMBER/        one folder a patient, by record number
  record.json           everything about her, the same columns as the tables
  documents/            every printed page as it was filed
  plans/                the case file of each released plan: `mesoplan plan FILE` makes it again
description.json        what each table and column means

Times are UTC. A text in a CSV file that begins with = + - @ has an apostrophe before it, so that a
spreadsheet does not compute it; the JSON files hold it as it was entered.

This copy holds medical records. Keep it as you keep those.
"""


def export(
    *, place: Path, clinic: Clinic, by: str, patient: Patient | None = None
) -> dict[str, int]:
    """Write the copy into a new folder, whole or not at all; the number of rows by table.

    Raises:
        FileExistsError: there is something at that place already.
    """
    if place.exists():
        message = f"{place} is there already"
        raise FileExistsError(message)
    # A transaction of its own: the copy may take long, and nobody waits for the audit meanwhile.
    with transaction.atomic():
        record(
            action="export.patient" if patient else "export.clinic",
            by=by,
            clinic=clinic.code,
            subject=f"patient {patient.code}" if patient else f"clinic {clinic.code}",
            patient=patient.code if patient else "",
        )
    partial = place.with_name(f"{place.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "tables").mkdir(parents=True, mode=0o700)
    try:
        with snapshot():
            counts = _write(partial, clinic, patient)
            _describe(partial, clinic, patient, by)
        partial.rename(place)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return counts


def making_folder() -> Path:
    """Where copies to download are made; what a power cut left there goes at a later start."""
    return Path(settings.DATA) / "copies-in-the-making"


def export_to_download(*, clinic: Clinic, by: str, patient: Patient | None = None) -> BinaryIO:
    """The same copy as one zip file to read once. What it is made of is gone when it is made.

    It is made in the data folder, which is protected, and not where the system keeps such files.
    """
    file = cast("BinaryIO", tempfile.TemporaryFile(dir=settings.DATA))  # noqa: SIM115 - who sends it closes it
    try:
        making_folder().mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=making_folder()) as folder:
            copy = Path(folder) / "mesoplan-export"
            export(place=copy, clinic=clinic, by=by, patient=patient)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for item in sorted(copy.rglob("*")):
                    archive.write(item, item.relative_to(folder))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write(folder: Path, clinic: Clinic, patient: Patient | None) -> dict[str, int]:
    tables = [table for table in TABLES if patient is None or not table.is_of_clinic]
    counts = {}
    for table in tables:
        counts[table.name] = _csv(folder / "tables" / f"{table.name}.csv", table, clinic, patient)
    wanted = Patient.objects.filter(clinic=clinic).order_by("pk")
    for one in (wanted.filter(pk=patient.pk) if patient else wanted).iterator(chunk_size=CHUNK):
        _patient_folder(folder / "patients" / f"{one.record_number:06}", clinic, one)
    return counts


def _rows(table: Table, clinic: Clinic, patient: Patient | None) -> Iterator[dict[str, Any]]:
    """The rows of a table by column; a row that is pointed to stands by its own name."""
    conditions: dict[str, Any] = {table.to_clinic: clinic.pk}
    if patient is not None:
        conditions[table.to_patient] = patient.pk
    fields = [
        field
        for field in table.model._meta.concrete_fields  # noqa: SLF001
        if field.name in table.columns
    ]
    names = [_read_as(field) for field in fields]
    rows = table.model._base_manager.filter(**conditions).order_by("pk").values_list(*names)  # noqa: SLF001
    for row in rows.iterator(chunk_size=CHUNK):
        yield dict(zip(table.columns, map(_readable, row), strict=True))


def _read_as(field: models.Field[Any, Any]) -> str:
    """How a column is read: of a row it points to, the name that people know it by."""
    if not isinstance(field, models.ForeignKey):
        return field.name
    known = {item.name for item in field.related_model._meta.concrete_fields}  # noqa: SLF001
    return f"{field.name}__{'username' if 'username' in known else 'code'}"


def _readable(value: object) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return to_json(value)


def _csv(place: Path, table: Table, clinic: Clinic, patient: Patient | None) -> int:
    count = 0
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        for row in _rows(table, clinic, patient):
            writer.writerow([_cell(value) for value in row.values()])
            count += 1
    return count


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list, bool)):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def _patient_folder(folder: Path, clinic: Clinic, patient: Patient) -> None:
    (folder / "documents").mkdir(parents=True)
    (folder / "plans").mkdir()
    whole = {
        table.name: list(_rows(table, clinic, patient))
        for table in TABLES
        if not table.is_of_clinic
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    (folder / "record.json").write_text(text, encoding="utf-8")
    for plan in whole["plans"]:
        name = f"course-{plan['course']}-plan-{plan['number']}.toml"
        (folder / "plans" / name).write_text(plan["case"], encoding="utf-8")
    for document in Document.objects.filter(patient=patient).order_by("pk").iterator():
        name = f"{document.created_at:%Y%m%d-%H%M%S}-{document.kind}-{document.code}.pdf"
        (folder / "documents" / name).write_bytes(bytes(document.content))


def _describe(folder: Path, clinic: Clinic, patient: Patient | None, by: str) -> None:
    described = {
        table.name: {
            "about": (table.model.__doc__ or "").strip(),
            "columns": {column: meaning(table, column) for column in table.columns},
        }
        for table in TABLES
        if patient is None or not table.is_of_clinic
    }
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (folder / "description.json").write_text(text, encoding="utf-8")
    scope = f"one patient: record number {patient.record_number}" if patient else "all patients"
    at = timezone.now().strftime("%Y-%m-%d %H:%M")
    (folder / "README.txt").write_text(
        READ_ME.format(
            at=at, by=by or "the keeper of this installation", clinic=clinic, scope=scope
        ),
        encoding="utf-8",
    )
