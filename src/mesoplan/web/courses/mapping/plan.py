"""A released plan as the core's value, and a draft as what is released."""

from __future__ import annotations

from mesoplan.documents.pdf import write_pdf
from mesoplan.documents.pdf_plan import Released
from mesoplan.planning import Plan
from mesoplan.web.courses.mapping.draft import Draft, answer_to
from mesoplan.web.courses.models import PlanVersion
from mesoplan.web.patients.mapping import knowledge
from mesoplan.web.patients.models import Patient


class PlanOutdatedError(Exception):
    """The core does not give this plan any more: its knowledge or its program has changed.

    The released plan stays readable as it was kept; nothing new may be computed from it.
    """


def plan_value(version: PlanVersion) -> Plan:
    """The released plan as the core's value, computed again from the case it was made from.

    Raises:
        PlanOutdatedError: what comes out is not, to the last digit, what was released.
    """
    found = answer_to(version.case)
    if not isinstance(found.decision, Plan) or found.record != version.decision:
        raise PlanOutdatedError
    return found.decision


def plan_pdf(draft: Draft, patient: Patient, *, number: int) -> bytes:
    """The plan as PDF: the patient at the head, at the foot its number and the draft's digest.

    Raises:
        ValueError: there is no decision.
    """
    if draft.decision is None:
        raise ValueError("a draft without a decision has no page")
    return write_pdf(
        draft.decision,
        knowledge(),
        patient_label=label_of(patient),
        released=Released(number=number, fingerprint=draft.digest),
    )


def label_of(patient: Patient) -> str:
    """Name, birth date and record number: who a printed page is about."""
    born = f", {patient.birth_date.isoformat()}" if patient.birth_date else ""
    return f"{patient.name}{born}, {patient.record_number}"
