"""The one typesetter of all printed documents: content goes in, PDF comes out.

typst draws it from the template in ``templates``; the content enters as one JSON value, so that no
text of a case, a record or the base can be read as markup. PDF/UA-1 (tagged, titled, with
language) and PDF/A-2a (all fonts inside, to be read in thirty years). The same content at the same
moment gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias, TypedDict

from mesoplan.documents.pdf_words import FONTS, Block, Runs

Paper: TypeAlias = Literal["a4", "us-letter"]

TEMPLATES = Path(__file__).parent / "templates"

NOTICE = "Decision support for professionals. Not certified as a medical device."

TEXT_POINTS = 9.5
"""Size of running text, in points; headings follow it."""


class HeadRow(TypedDict):
    """One row at the head of each page."""

    left: Runs
    right: Runs


class Printed(TypedDict):
    """All that the template draws. ``places``: how many places of each source are used."""

    title: str
    subtitle: Runs
    head: list[HeadRow]
    alerts: list[str]
    notice: str
    foot: HeadRow
    body: list[Block]
    places: dict[str, int]
    paper: Paper
    points: float


def typeset(content: Mapping[str, object], *, at: datetime, template: str = "main.typ") -> bytes:
    """The content as PDF. ``at``, with its time zone, is the date that the document bears.

    ``template`` is the file in ``templates`` that draws it: ``main.typ`` draws ``Printed``.
    """
    # Imported late: a plan as text or JSON starts without the typesetter.
    import typst

    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        font_paths=[FONTS],
        ignore_system_fonts=True,
        pdf_standards=["ua-1", "a-2a"],
        # The typesetter takes whole seconds.
        timestamp=at.astimezone(UTC).replace(microsecond=0),
    )
