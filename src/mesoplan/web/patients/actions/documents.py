"""Printed pages: filed once as they were given out, and opened with a trace."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.patients.models import Document, Patient


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


@transaction.atomic
def open_document(*, code: str, by: User) -> Document:
    """The printed page of that code in this person's clinic; that it was opened is recorded.

    Raises:
        Http404: there is no such page in this clinic.
    """
    document = (
        Document.objects.select_related("patient__clinic")
        .filter(code=code, patient__clinic=by.clinic)
        .first()
    )
    if document is None:
        raise Http404
    record(
        action="document.read",
        by=by.username,
        clinic=by.clinic.code,
        subject=f"document {document.code}",
        patient=document.patient.code,
        detail={"kind": document.kind},
    )
    return document
