"""The page of one patient: where her answers stand, her courses, her documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.patients.mapping.banner import Banner
from mesoplan.web.patients.models import Document, Patient
from mesoplan.web.patients.queries.answers import banner, plain_banner
from mesoplan.web.patients.queries.hand_over import HandOverSummary, last_hand_over
from mesoplan.web.patients.queries.intake import Intake, intake

DOCUMENTS_SHOWN = 12
"""Documents on the page, until all are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a person may see of a patient. ``intake`` is missing for those who see no chart."""

    banner: Banner
    intake: Intake | None = None
    hand_over: HandOverSummary | None = None
    courses: Sequence[Any] = ()
    documents: Sequence[Document] = ()
    has_more_documents: bool = False
    may_edit: bool = False
    may_ask: bool = False
    may_plan: bool = False
    may_export: bool = False


def chart(patient: Patient, user: User, *, every_document: bool = False) -> Chart:
    """The page of a patient as this person may see it; the newest documents, unless all."""
    may_edit = user.may(Permission.EDIT_PATIENTS)
    may_export = user.may(Permission.EXPORT_PATIENT)
    if not user.may(Permission.SEE_CHART):
        return Chart(banner=plain_banner(patient), may_edit=may_edit, may_export=may_export)
    asked = intake(patient)
    documents = patient.documents.defer("content").select_related("created_by")
    return Chart(
        banner=banner(patient, asked.sheet),
        intake=asked,
        hand_over=last_hand_over(patient, asked),
        courses=tuple(patient.courses.all()),
        documents=tuple(documents if every_document else documents[:DOCUMENTS_SHOWN]),
        has_more_documents=not every_document and documents.count() > DOCUMENTS_SHOWN,
        may_edit=may_edit,
        may_ask=user.may(Permission.ASK),
        may_plan=user.may(Permission.PLAN),
        may_export=may_export,
    )
