"""Signatures: who signed, when, and the strokes as they were drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from mesoplan.documents.pdf_words import Block, Runs, clean
from mesoplan.documents.sheet_values import Part
from mesoplan.documents.sheet_words import moment_said, said, shortened
from mesoplan.vocabulary.errors import ClinicalInputError

Stroke: TypeAlias = tuple[tuple[Decimal, Decimal], ...]

WIDEST = Decimal(10)
"""A field to sign in is at most this many times as wide as high, or as high as wide."""

_LINE_MM = 60
_LONGEST_NAME_IN_TEXT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing(Part):
    """Strokes of a pen, each a row of points (x, y).

    x runs from 0 at the left to 1 at the right of the field, y from 0 at its top to 1 at its foot.
    ``aspect`` is the width of the field divided by its height. A stroke of one point is a dot.

    Raises:
        ClinicalInputError: nothing was drawn, a point lies outside the field, or the field is no
            field that anybody could sign in.
    """

    strokes: tuple[Stroke, ...]
    aspect: Decimal

    def __post_init__(self) -> None:
        Part.__post_init__(self)
        if not self.strokes or not all(self.strokes):
            raise ClinicalInputError(
                expected="strokes of one point or more", came=len(self.strokes), key="strokes"
            )
        if not all(_is_in_field(point) for stroke in self.strokes for point in stroke):
            raise ClinicalInputError(
                expected="points (x, y) from 0 to 1", came="a point outside", key="strokes"
            )
        if not 1 / WIDEST <= self.aspect <= WIDEST:
            raise ClinicalInputError(
                expected=f"width divided by height from 0.1 to {WIDEST}",
                came=self.aspect,
                key="aspect",
            )


def _is_in_field(point: tuple[Decimal, Decimal]) -> bool:
    return all(part.is_finite() and 0 <= part <= 1 for part in point)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature(Part):
    """Who signed and when. ``role`` is what they are, such as ``"physician"``.

    ``relation``, such as ``"mother"``, is set where somebody signs for the patient.
    ``drawing`` is ``None`` until it is signed: a line to sign on is printed.
    """

    name: str
    role: str
    relation: str = ""
    at: datetime | None = None
    drawing: Drawing | None = None


def signature_block(signatures: Iterable[tuple[str, Signature]]) -> Block:
    """The signatures beside each other, each under its title."""
    return {"is": "signatures", "items": [_item(title, one) for title, one in signatures]}


def _item(title: str, signature: Signature) -> Block:
    lines: list[tuple[str, Runs]] = [
        ("Name", said(signature.name, mm=_LINE_MM - 16)),
        ("Role", said(signature.role, mm=_LINE_MM - 16)),
    ]
    if signature.relation.strip():
        lines.append(("Signs for the patient as", said(signature.relation)))
    lines.append(("When", moment_said(signature.at, mm=_LINE_MM - 16)))
    drawing = signature.drawing
    name = shortened(signature.name, _LONGEST_NAME_IN_TEXT)
    return {
        "title": clean(title),
        "lines": [{"label": label, "runs": runs} for label, runs in lines],
        "drawn": drawing is not None,
        "alt": clean(f"Signature of {name or 'a person without a name'}, drawn by hand"),
        "aspect": 1.0 if drawing is None else float(drawing.aspect),
        "strokes": []
        if drawing is None
        else [[[float(x), float(y)] for x, y in stroke] for stroke in drawing.strokes],
    }
