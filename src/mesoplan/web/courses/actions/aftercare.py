"""The aftercare sheet: printed from the record, and filed as it was given out."""

from __future__ import annotations

import hashlib

from django.db import transaction

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.mapping.aftercare import aftercare_pdf
from mesoplan.web.courses.models import Session
from mesoplan.web.patients.actions import file_document, open_document
from mesoplan.web.patients.models import Document


@transaction.atomic
def give_aftercare(*, session: Session, by: User) -> Document:
    """The sheet of a finalised session, filed once: printed again it is the same paper.

    Raises:
        ValueError: the session is not finalised, or nothing was given in it.
    """
    content = aftercare_pdf(session)
    patient, subject = session.course.patient, f"session {session.code}"
    digest = hashlib.sha256(content).hexdigest()
    filed = patient.documents.filter(
        kind=Document.Kind.AFTERCARE, subject=subject, sha256=digest
    ).first()
    if filed is not None:
        return open_document(code=filed.code, by=by)
    return file_document(
        patient=patient, kind=Document.Kind.AFTERCARE, subject=subject, content=content, by=by
    )
