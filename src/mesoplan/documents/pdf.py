"""A plan or a refusal as a PDF that one physician hands to another.

typst draws it from the template in ``templates``; the content enters as one JSON value, so that no
text of a case or of the base can be read as markup. PDF/UA-1 (tagged, titled, with language) and
PDF/A-2a (all fonts inside, to be read in thirty years). The same decision gives the same bytes.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mesoplan.documents.pdf_plan import sheet
from mesoplan.documents.pdf_words import FONTS

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.planning import Plan, Refusal

TEMPLATES = Path(__file__).parent / "templates"


def write_pdf(
    decision: Plan | Refusal, knowledge: KnowledgeBase, *, patient_label: str = ""
) -> bytes:
    """The decision as PDF/UA on A4.

    ``patient_label`` stands at the head of each page as it is given; left empty, a blank line
    stands there to be filled in by hand. The date of the document is the day of the decision.
    """
    # Imported late: a plan as text or JSON starts without the typesetter.
    import typst

    at = decision.at
    content = sheet(decision, knowledge, patient_label)
    return typst.compile(
        TEMPLATES / "main.typ",
        root=TEMPLATES,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        font_paths=[FONTS],
        ignore_system_fonts=True,
        pdf_standards=["ua-1", "a-2a"],
        timestamp=datetime(at.year, at.month, at.day, tzinfo=UTC),
    )
