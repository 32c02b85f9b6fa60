"""All writes of patients, and the reading of a chart, which leaves a trace as well."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.audit.actions import record
from mesoplan.web.patients.models import Document, Patient


@transaction.atomic
def open_patient(*, code: str, by: User, page: str) -> Patient:
    """The patient of that code in this person's clinic; that she was looked at is recorded.

    Raises:
        Http404: there is no such patient in this clinic.
    """
    patient = Patient.objects.select_related("clinic").filter(code=code, clinic=by.clinic).first()
    if patient is None:
        raise Http404
    record(
        action="patient.read",
        by=by.username,
        clinic=by.clinic.code,
        subject=f"patient {patient.code}",
        patient=patient.code,
        detail={"page": page},
    )
    return patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a patient is. ``sex`` is the sex used for rules and tables: female, male or unknown."""

    family_name: str
    given_name: str
    birth_date: date | None
    sex: str
    gender: str = ""
    telephone: str = ""
    email: str = ""
    language: str = ""


@transaction.atomic
def register_patient(*, clinic: Clinic, identity: Identity, by: User) -> Patient:
    """A new patient with the clinic's next record number."""
    locked = Clinic.objects.select_for_update().get(pk=clinic.pk)
    patient = Patient.objects.create(
        clinic=locked,
        record_number=locked.next_record_number,
        sort_name=f"{identity.family_name} {identity.given_name}".casefold(),
        created_at=timezone.now(),
        created_by=by,
        **asdict(identity),
    )
    locked.next_record_number += 1
    locked.save(update_fields=["next_record_number"])
    record(
        action="patient.register",
        by=by.username,
        clinic=locked.code,
        subject=f"patient {patient.code}",
        patient=patient.code,
    )
    return patient


@transaction.atomic
def file_document(
    *, patient: Patient, kind: Document.Kind, subject: str, content: bytes, by: User
) -> Document:
    """Keep a printed page as it was given out. ``subject`` is kind and code of what it shows."""
    document = Document.objects.create(
        patient=patient,
        kind=kind,
        subject=subject,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=timezone.now(),
        created_by=by,
    )
    record(
        action="document.file",
        by=by.username,
        clinic=patient.clinic.code,
        subject=f"document {document.code}",
        patient=patient.code,
        detail={"kind": str(kind), "of": subject, "sha256": document.sha256},
    )
    return document
