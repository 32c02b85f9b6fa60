"""The consent on paper: what was explained, what was asked, what the patient decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mesoplan.documents.pdf_words import (
    Block,
    Runs,
    heading,
    lead,
    line_break,
    paragraph,
    points,
    soft,
    strong,
    table,
    verbatim,
    words,
)
from mesoplan.documents.sheet_values import Dose, Part, PlanReference, SheetHead, content_hash
from mesoplan.documents.sheet_words import (
    choice,
    frame,
    head_block,
    measured,
    moment,
    moment_said,
    named,
    pairs,
    plan_rows,
    printed,
    said,
    shortened,
    yes_or_no,
)
from mesoplan.documents.signature import Signature, signature_block
from mesoplan.documents.typesetting import typeset

_LONGEST_WHO = 48


class Decision(Enum):
    """What the patient decided."""

    CONSENTED = "consented"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentZone(Part):
    """A zone that is to be treated. ``place`` is region and side in words."""

    indication: str
    place: str
    technique: str
    mixture: str
    doses: tuple[Dose, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentStatement(Part):
    """A sentence as it was shown to the patient; why it stands there; where it comes from."""

    text: str
    why: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Part):
    """What the patient asked, and what was answered."""

    asked: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained(Part):
    """The talk: who explained, in which language, from when (``at``) to when (``until``).

    ``interpreter`` names the interpreter, or says in words that none was needed.
    """

    by: str = ""
    role: str = ""
    at: datetime | None = None
    language: str = ""
    interpreter: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Photographs(Part):
    """Whether photographs may be taken for the record, and be used for teaching."""

    for_record: bool | None
    for_teaching: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Part):
    """When the consent was withdrawn, and by whom. Nobody owes a reason."""

    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSheet(Part):
    """A consent as it was recorded.

    ``questions`` is ``None`` where nobody recorded whether there were any. ``decision`` is ``None``
    until the patient has decided. ``photographs`` is ``None`` where the form does not ask about
    them. ``copy_note`` says what the time cannot, such as that the
    patient wanted no copy.
    """

    head: SheetHead
    title: str
    plan: PlanReference
    zones: tuple[ConsentZone, ...]
    statements: tuple[ConsentStatement, ...]
    explained: Explained
    questions: tuple[Question, ...] | None
    decision: Decision | None
    patient_signature: Signature
    physician_signature: Signature
    copy_given_at: datetime | None = None
    copy_note: str = ""
    withdrawal: Withdrawal | None = None
    photographs: Photographs | None = None


def write_consent_pdf(sheet: ConsentSheet) -> bytes:
    """The consent as PDF/UA. The same sheet gives the same bytes."""
    content = printed(
        sheet.head,
        kind="Consent to treatment",
        title=sheet.title if sheet.title.strip() else "Consent to treatment",
        fingerprint=content_hash(sheet),
        body=_body(sheet),
        alerts=_alerts(sheet),
    )
    return typeset(content, at=sheet.head.as_of)


def _alerts(sheet: ConsentSheet) -> Iterator[str]:
    gone = sheet.withdrawal
    if gone is not None:
        who = shortened(named(gone.by, "a person"), _LONGEST_WHO)
        yield f"WITHDRAWN on {moment(gone.at)} by {who}. It no longer permits treatment."


def _body(sheet: ConsentSheet) -> Iterator[Block]:
    yield head_block(sheet.head)
    if sheet.withdrawal is not None:
        yield _withdrawn(sheet.withdrawal)
    yield heading(1, "The plan that was agreed on")
    yield pairs(plan_rows(sheet.plan))
    yield heading(1, "What is to be treated")
    yield _zones(sheet.zones)
    yield heading(1, "What was explained")
    if sheet.statements:
        yield points([_statement(item) for item in sheet.statements], marker="number")
    else:
        yield paragraph(*said("", mm=120))
    yield heading(1, "The talk")
    yield from _talk(sheet)
    if sheet.photographs is not None:
        yield heading(1, "Photographs")
        yield pairs(
            (
                ("For the record", yes_or_no(sheet.photographs.for_record)),
                ("For teaching", yes_or_no(sheet.photographs.for_teaching)),
            )
        )
    yield heading(1, "Decision")
    yield lead(*_decision(sheet.decision))
    representative = sheet.patient_signature.relation.strip()
    yield signature_block(
        (
            ("For the patient" if representative else "Patient", sheet.patient_signature),
            ("Physician", sheet.physician_signature),
        )
    )
    yield heading(1, "Copy for the patient")
    yield pairs((("Given on", _copy(sheet)),))
    if sheet.withdrawal is None:
        yield paragraph(
            soft("A consent can be withdrawn at any time. A withdrawal is printed on every page.")
        )


def _withdrawn(withdrawal: Withdrawal) -> Block:
    rows = [("When", moment_said(withdrawal.at)), ("By", said(withdrawal.by))]
    if withdrawal.reason.strip():
        rows.append(("Reason", said(withdrawal.reason)))
    return frame(heading(1, "This consent was withdrawn"), pairs(rows), thick=True)


def _zones(zones: tuple[ConsentZone, ...]) -> Block:
    return table(
        ("Zone", "What and where", "Technique", "In the syringe", "Dose in one session"),
        ("10", "rest", "32", "40", "42"),
        (
            [
                [words(str(number))],
                [*said(zone.indication, mm=30, weight="strong"), *_place(zone.place)],
                said(zone.technique, mm=24),
                said(zone.mixture, mm=32),
                _doses(zone.doses),
            ]
            for number, zone in enumerate(zones, 1)
        ),
    )


def _place(place: str) -> Runs:
    return [line_break(), *said(place, mm=30)]


def _doses(doses: tuple[Dose, ...]) -> Runs:
    runs: Runs = []
    for dose in doses:
        if runs:
            runs.append(line_break())
        name = said(dose.substance, mm=20)
        runs += [*name, words(" "), *measured(dose.amount, named(dose.unit, "unit"))]
    return runs or said("", mm=34)


def _statement(item: ConsentStatement) -> Runs:
    origin = " · ".join(part for part in (item.why, item.source) if part.strip())
    runs = said(item.text, mm=120)
    if origin:
        runs += [line_break(), verbatim(origin, weight="soft")]
    return runs


def _talk(sheet: ConsentSheet) -> Iterator[Block]:
    told = sheet.explained
    yield pairs(
        (
            ("Explained by", [*said(told.by), words(", "), *said(told.role, mm=30)]),
            ("When", _when(told)),
            ("In which language", said(told.language)),
            ("Interpreter", said(told.interpreter)),
        )
    )
    yield heading(2, "Questions that the patient asked")
    if sheet.questions is None:
        yield paragraph(*said("", mm=120))
    elif not sheet.questions:
        yield paragraph(words("It is recorded that the patient asked no question."))
    else:
        yield table(
            ("Question", "Answer"),
            ("70", "rest"),
            ([said(item.asked, mm=55), said(item.answer, mm=80)] for item in sheet.questions),
        )


def _when(told: Explained) -> Runs:
    until = [words(" until "), *moment_said(told.until)] if told.until is not None else []
    return [*moment_said(told.at), *until]


def _decision(decision: Decision | None) -> Runs:
    match decision:
        case Decision.CONSENTED:
            return [strong("The patient consented"), words(" to the treatment described here.")]
        case Decision.DECLINED:
            return [strong("The patient declined"), words(" the treatment described here.")]
        case None:
            return [
                words("The patient, about the treatment described here: "),
                choice("consented"),
                choice("declined"),
            ]


def _copy(sheet: ConsentSheet) -> Runs:
    if sheet.copy_given_at is None and sheet.copy_note.strip():
        return said(sheet.copy_note)
    note: Runs = [line_break(), *said(sheet.copy_note)] if sheet.copy_note.strip() else []
    return [*moment_said(sheet.copy_given_at), *note]
