"""A plan or a refusal as a PDF that one physician hands to another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mesoplan.documents.pdf_plan import Released, sheet
from mesoplan.documents.typesetting import typeset

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.planning import Plan, Refusal


def write_pdf(
    decision: Plan | Refusal,
    knowledge: KnowledgeBase,
    *,
    patient_label: str = "",
    released: Released | None = None,
) -> bytes:
    """The decision as PDF/UA on A4.

    ``patient_label`` stands at the head of each page as it is given; left empty, a blank line
    stands there to be filled in by hand. A plan that is ``released`` says at the foot of each page
    which one it is. The date of the document is the day of the decision. The same decision gives
    the same bytes.
    """
    at = decision.at
    return typeset(
        sheet(decision, knowledge, patient_label, released),
        at=datetime(at.year, at.month, at.day, tzinfo=UTC),
    )
