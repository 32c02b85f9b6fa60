"""The words of sheets printed from records: what was said as it was said, and blanks for the rest.

Nothing here respells, rounds or leaves out what a record holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Literal

from mesoplan.documents.pdf_words import (
    Block,
    Run,
    Runs,
    clean,
    day,
    line_break,
    soft,
    verbatim,
    words,
)
from mesoplan.documents.sheet_values import (
    SHORT_HASH,
    PlanReference,
    SheetHead,
)
from mesoplan.documents.typesetting import NOTICE, TEXT_POINTS, Printed
from mesoplan.vocabulary.quantity import plain

BLANK_MM = 45
"""Length of the line to write on, in millimetres, where nothing narrower holds it."""

_NAME_MM = 60
_NUMBER_MM = 24
"""Room for a name or a number at the head of each page; the first page carries all of it."""

_MOST_LETTERS = 200
"""More than this never fits there."""

_LONGEST_TOGETHER = 12
"""A value and its unit never part, unless one of them is longer than any that was ever measured."""

_EXACT = 64
"""Digits that keep a difference of two recorded numbers exact."""


# --- Runs -------------------------------------------------------------------------------------


def blank(mm: int = BLANK_MM) -> Run:
    """A line to write on."""
    return {"is": "blank", "mm": mm}


def choice(name: str) -> Run:
    """A box to tick, with its word."""
    return {"is": "choice", "text": clean(name)}


def said(
    text: str, *, mm: int = BLANK_MM, weight: Literal["text", "strong", "soft"] = "text"
) -> Runs:
    """What was recorded, line by line; a blank where nothing was."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return [blank(mm)]
    runs: Runs = []
    for line in lines:
        if runs:
            runs.append(line_break())
        runs.append(verbatim(line, weight=weight))
    return runs


def named(text: str, what: str) -> str:
    """The text, or that it was not recorded: for titles, which have no room for a blank."""
    return text if text.strip() else f"{what} not recorded"


def exact(amount: Decimal) -> str:
    """A recorded number with all its digits and a true minus sign; 0.50 is 0.5."""
    return plain(amount).replace("-", "−")


def difference(planned: Decimal, given: Decimal) -> str:
    """Given less planned, with its sign; 0 where they are the same."""
    with localcontext(prec=_EXACT):
        gap = given - planned
    return f"+{exact(gap)}" if gap > 0 else exact(gap)


def with_unit(shown: str, unit: str) -> Run:
    """A number, written out, and its unit."""
    if max(len(shown), len(unit)) > _LONGEST_TOGETHER:
        return verbatim(f"{shown} {unit}".strip())
    return {"is": "value", "value": clean(shown), "unit": clean(unit), "joined": unit == "°"}


def measured(amount: Decimal | None, unit: str, *, mm: int = 12) -> Runs:
    """A recorded number and its unit; where it is not recorded, a blank and the unit."""
    if amount is not None:
        return [with_unit(exact(amount), unit)]
    if not unit:
        return [blank(mm)]
    if len(unit) > _LONGEST_TOGETHER:
        return [blank(mm), words(" "), verbatim(unit, weight="soft")]
    return [{**blank(mm), "unit": clean(unit)}]


def moment(at: datetime) -> str:
    """A moment with its time zone: 24 November 2026, 14:54 UTC+01:00."""
    return f"{day(at)}, {clock(at)}"


def clock(at: datetime) -> str:
    """The time of day with its zone: 14:54 UTC+01:00."""
    offset = at.utcoffset() or timedelta()
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "−" if offset < timedelta() else "+"
    zone = f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"
    return f"{at.hour:02}:{at.minute:02} {zone}"


def moment_said(at: datetime | None, *, mm: int = BLANK_MM) -> Runs:
    """The moment, or a blank."""
    return [blank(mm)] if at is None else [words(moment(at))]


def day_said(on: date | None, *, mm: int = BLANK_MM) -> Runs:
    """The day, or a blank."""
    return [blank(mm)] if on is None else [words(day(on))]


def minutes_said(start: datetime | None, end: datetime | None, *, mm: int = 12) -> Runs:
    """Whole minutes from one moment to another; a blank until both are recorded."""
    if start is None or end is None:
        return measured(None, "min", mm=mm)
    return [with_unit(exact(Decimal((end - start) // timedelta(minutes=1))), "min")]


def yes_or_no(answer: bool | None) -> Runs:  # noqa: FBT001 - it is the answer, not a switch
    """The answer as a word; two boxes to tick where there is none."""
    if answer is None:
        return [choice("yes"), choice("no")]
    return [words("yes" if answer else "no")]


# --- Blocks -----------------------------------------------------------------------------------


def pairs(rows: Iterable[tuple[str, Runs]], *, label_mm: int = 42) -> Block:
    """What it is and what was recorded, one below the other."""
    return {
        "is": "pairs",
        "label-mm": label_mm,
        "rows": [{"label": clean(label), "runs": runs} for label, runs in rows],
    }


def frame(*blocks: Block, thick: bool = False) -> Block:
    """Blocks with a line around them; ``thick`` for what must not be overlooked."""
    return {"is": "frame", "thick": thick, "blocks": list(blocks)}


def together(*blocks: Block) -> Block:
    """Blocks that stay on one page where they can."""
    return {"is": "together", "blocks": list(blocks)}


def plan_rows(plan: PlanReference) -> list[tuple[str, Runs]]:
    """The plan and what it was made with, as rows of pairs."""
    return [
        ("Plan", [*said(plan.number, mm=20), words(", made on "), *day_said(plan.made)]),
        ("Policy", said(plan.policy)),
        ("Knowledge release", said(plan.knowledge_release)),
        ("Hash of the plan", said(plan.plan_hash)),
    ]


def head_block(head: SheetHead) -> Block:
    """Clinic, patient, course and session, in full."""
    patient, clinic = head.patient, head.clinic
    cells = (
        ("Patient", said(patient.name, weight="strong")),
        ("Born", day_said(patient.birth_date, mm=30)),
        ("Record number", said(patient.record_number, mm=30)),
        ("Course", said(head.course, mm=30)),
        ("Clinic", said(clinic.name)),
        ("Address", said(clinic.address, mm=30)),
        ("Telephone", said(clinic.telephone, mm=30)),
        ("Session", said(head.session, mm=30)),
    )
    return {"is": "facts", "cells": [{"label": name, "runs": runs} for name, runs in cells]}


def shortened(text: str, longest: int) -> str:
    """The text on one line as it is printed, cut after so many characters."""
    line = clean(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def printed(
    head: SheetHead,
    *,
    kind: str,
    title: str,
    fingerprint: str,
    body: Iterable[Block],
    alerts: Iterable[str] = (),
    points: float = TEXT_POINTS,
) -> Printed:
    """The sheet as the template draws it.

    ``kind`` and the patient stand at the head of each page, ``alerts`` in a frame below them;
    ``fingerprint``, the hash of the content, at the foot. ``points`` is the size of the text.
    """
    patient = head.patient
    born = f" · born {day(patient.birth_date)}" if patient.birth_date is not None else ""
    who: Runs = [
        *_in_head("Patient", patient.name, _NAME_MM, blank_mm=30, named=False),
        words(f"{born} · "),
        *_in_head("record", patient.record_number, _NUMBER_MM, blank_mm=14),
    ]
    where: Runs = [
        *_in_head("Course", head.course, _NUMBER_MM, blank_mm=8),
        words(" · "),
        *_in_head("session", head.session, _NUMBER_MM, blank_mm=8),
    ]
    return {
        "title": clean(title),
        "subtitle": [],
        "head": [
            {
                "left": [verbatim(kind, weight="strong")],
                "right": _in_head("Clinic", head.clinic.name, _NAME_MM, blank_mm=30, named=False),
            },
            {"left": who, "right": where},
        ],
        "alerts": [clean(alert) for alert in alerts],
        "notice": NOTICE,
        "foot": {
            "left": [soft(f"Record as of {moment(head.as_of)}")],
            "right": [soft(f"Content hash {fingerprint[:SHORT_HASH]}")],
        },
        "body": list(body),
        "places": {},
        "paper": head.paper,
        "points": points,
    }


def _in_head(name: str, text: str, mm: int, *, blank_mm: int, named: bool = True) -> Runs:
    """The text at the head of a page; its name stands before it, or before its blank."""
    if not text.strip():
        return [words(f"{name} "), blank(blank_mm)]
    fit: Run = {"is": "fit", "text": shortened(text, _MOST_LETTERS), "mm": mm}
    return [*([words(f"{name} ")] if named else []), fit]
