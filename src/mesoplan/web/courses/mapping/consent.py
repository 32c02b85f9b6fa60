"""A consent as it is recorded, the sheet printed of it, and signatures as they are drawn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation

from mesoplan.documents.consent_sheet import (
    ConsentSheet,
    ConsentStatement,
    ConsentZone,
    Decision,
    Explained,
    Photographs,
    Question,
    Withdrawal,
    write_consent_pdf,
)
from mesoplan.documents.sheet_values import Clinic, Dose, PatientIdentity, PlanReference, SheetHead
from mesoplan.documents.signature import Drawing, Signature
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.web.accounts import models as accounts
from mesoplan.web.courses.mapping.consent_text import (
    TEXT_LANGUAGE,
    Line,
    Part,
    mixture_of,
    place_of,
    plan_chip,
)
from mesoplan.web.courses.mapping.plan_doses import amount_of
from mesoplan.web.courses.mapping.words import label_of, source_chip
from mesoplan.web.courses.models import ConsentWithdrawal

LONGEST_DRAWING = 200_000
"""Characters of a signature as it is sent; more is no signature."""

Record = Mapping[str, Any]


class UnreadableDrawingError(Exception):
    """What was sent is no drawing of a signature."""


def drawing_of(text: str) -> dict[str, Any]:
    """A drawing as ``<signature-pad>`` sends it, checked by the value that is printed.

    Nought has no sign: a database may forget it, and what is hashed is what is kept.

    Raises:
        UnreadableDrawingError: it cannot be printed.
    """
    if len(text) > LONGEST_DRAWING:
        raise UnreadableDrawingError
    try:
        sent = json.loads(text)
        _drawing(sent)
    except (ValueError, TypeError, KeyError, RecursionError, ArithmeticError) as error:
        raise UnreadableDrawingError from error
    except ClinicalInputError as error:
        raise UnreadableDrawingError from error
    return {
        "aspect": sent["aspect"] + 0,
        "strokes": [[[x + 0, y + 0] for x, y in stroke] for stroke in sent["strokes"]],
    }


def _drawing(kept: Record) -> Drawing:
    return Drawing(
        aspect=_number(kept["aspect"]),
        strokes=tuple(
            tuple((_number(x), _number(y)) for x, y in stroke) for stroke in kept["strokes"]
        ),
    )


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("a drawing is made of numbers")
    return Decimal(str(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """A drawing as lengths of an SVG: its width where it is 100 high, and the path of its pen."""

    width: str
    path: str


def ink_of(kept: Record) -> Ink:
    """A kept drawing as it is shown on paper. A stroke of one point is a dot."""
    width = float(kept["aspect"]) * 100

    def place(point: Sequence[float]) -> str:
        return f"{point[0] * width:.1f} {point[1] * 100:.1f}"

    strokes = (
        f"M{place(stroke[0])}" + "".join(f"L{place(point)}" for point in stroke[1:] or stroke)
        for stroke in kept["strokes"]
    )
    return Ink(width=f"{width:.1f}", path="".join(strokes))


# --- What is recorded --------------------------------------------------------------------------


def recorded_text(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """The text as it was read, sentence by sentence, each with its heading and its source."""
    return [
        {
            "part": part.key,
            "heading": part.heading,
            "text": line.text,
            "source": dict(line.source) if line.source else None,
            "source_words": _source_words(line, part),
            "is_statement": line.is_statement,
            "is_lead": line.is_lead,
        }
        for part in parts
        for line in part.lines
    ]


def _source_words(line: Line, part: Part) -> str:
    with translation.override(TEXT_LANGUAGE):
        return source_chip(dict(line.source)).title if line.source else part.plan_chip.title


def parts_of(record: Record) -> tuple[Part, ...]:
    """The text of a sealed consent as it was read."""
    chip = plan_chip(record["plan"]["number"])
    return tuple(
        Part(
            key=key,
            heading=heading,
            plan_chip=chip,
            lines=tuple(
                Line(
                    text=item["text"],
                    source=item["source"],
                    is_statement=item["is_statement"],
                    is_lead=item["is_lead"],
                )
                for item in items
            ),
        )
        for (key, heading), items in groupby(
            record["statements"], key=lambda item: (item["part"], item["heading"])
        )
    )


def recorded_zones(plan: Record) -> list[dict[str, Any]]:
    """What is to be treated, in words, with the doses of one session in each zone."""
    with translation.override(TEXT_LANGUAGE):
        return [
            {
                "indication": label_of("indications", zone["indication"]),
                "place": place_of(zone),
                "technique": label_of("techniques", zone["technique"]),
                "mixture": mixture_of(zone),
                "doses": [_dose(dose) for dose in zone["mixture"]["components"]],
            }
            for zone in plan["zones"]
        ]


def _dose(dose: Record) -> dict[str, Any]:
    amount, unit = amount_of(dose)
    return {
        "substance": label_of("substances", dose["substance"]),
        "amount": None if amount is None else str(amount),
        "unit": unit or "mg",
    }


# --- What is printed ---------------------------------------------------------------------------


def consent_pdf(
    record: Record, *, clinic: accounts.Clinic, withdrawal: ConsentWithdrawal | None = None
) -> bytes:
    """The consent on paper; what is not recorded yet is a blank to fill in by hand.

    The same record gives the same bytes. Clinic and paper are those of today.
    """
    # Printed records are in English, whoever prints them.
    with translation.override(TEXT_LANGUAGE):
        return write_consent_pdf(consent_sheet(record, clinic=clinic, withdrawal=withdrawal))


def consent_sheet(
    record: Record, *, clinic: accounts.Clinic, withdrawal: ConsentWithdrawal | None = None
) -> ConsentSheet:
    """The sheet of a record, sealed or not."""
    zone, copy = ZoneInfo(record["time_zone"]), record["copy"]
    questions = record["questions"]
    return ConsentSheet(
        head=_head(record, clinic, zone, withdrawal),
        title=f"Consent to treatment: {record['course']['title']}",
        plan=PlanReference(
            number=str(record["plan"]["number"]),
            made=_needed(record["plan"]["released_at"], zone).date(),
            knowledge_release=record["plan"]["knowledge_release"],
            policy=label_of("policies", record["plan"]["policy"]),
            plan_hash=record["plan"]["digest"],
        ),
        zones=tuple(_zone(item) for item in record["zones"]),
        statements=tuple(
            ConsentStatement(text=item["text"], why=item["heading"], source=item["source_words"])
            for item in record["statements"]
        ),
        explained=_explained(record["talk"], zone),
        questions=(
            None
            if questions is None
            else tuple(Question(asked=item["asked"], answer=item["answer"]) for item in questions)
        ),
        decision=Decision(record["decision"]) if record["decision"] else None,
        patient_signature=_patient_signature(record, zone),
        physician_signature=_physician_signature(record["signatures"]["physician"], zone),
        copy_given_at=_moment(copy["at"], zone) if copy and copy["what"] == "given" else None,
        copy_note="The patient wanted no copy." if copy and copy["what"] == "declined" else "",
        withdrawal=None if withdrawal is None else _withdrawal(record, withdrawal, zone),
        photographs=Photographs(
            for_record=_yes(record["photographs"]["record"]),
            for_teaching=_yes(record["photographs"]["teaching"]),
        ),
    )


def _head(
    record: Record, clinic: accounts.Clinic, zone: ZoneInfo, withdrawal: ConsentWithdrawal | None
) -> SheetHead:
    born, sessions = record["patient"]["birth_date"], record["plan"]["sessions"]
    as_of = _needed(record["as_of"], zone)
    return SheetHead(
        clinic=Clinic(name=clinic.name, address=clinic.address, telephone=clinic.telephone),
        patient=PatientIdentity(
            name=record["patient"]["name"],
            birth_date=date.fromisoformat(born) if born else None,
            record_number=str(record["patient"]["record_number"]),
        ),
        course=str(record["course"]["number"]),
        session=f"all {sessions} of this course",
        as_of=as_of if withdrawal is None else max(as_of, withdrawal.at.astimezone(zone)),
        paper="us-letter" if clinic.paper == "us-letter" else "a4",
    )


def _zone(item: Record) -> ConsentZone:
    return ConsentZone(
        indication=item["indication"],
        place=item["place"],
        technique=item["technique"],
        mixture=item["mixture"],
        doses=tuple(
            Dose(
                substance=dose["substance"],
                amount=None if dose["amount"] is None else Decimal(dose["amount"]),
                unit=dose["unit"],
            )
            for dose in item["doses"]
        ),
    )


def _explained(talk: Record, zone: ZoneInfo) -> Explained:
    by, interpreter = talk["by"], talk["interpreter"]
    return Explained(
        by=by["name"] if by else "",
        role=by["roles"] if by else "",
        at=_moment(talk["started"], zone),
        until=_moment(talk["ended"], zone),
        language=talk["language"],
        interpreter="none was needed" if interpreter == "none" else talk["interpreter_name"],
    )


def _patient_signature(record: Record, zone: ZoneInfo) -> Signature:
    kept, signer = record["signatures"]["patient"], record["signer"]
    is_patient = signer["who"] != "representative"
    role = "patient" if is_patient else "representative of the patient"
    return Signature(
        name=record["patient"]["name"] if is_patient else signer["name"],
        role=f"{role}, {_how(kept)}" if _how(kept) else role,
        relation="" if is_patient else signer["relation"],
        at=_moment(kept["at"], zone) if kept else None,
        drawing=_drawing(kept["drawing"]) if kept and kept["drawing"] else None,
    )


def _physician_signature(kept: Record | None, zone: ZoneInfo) -> Signature:
    if kept is None:
        return Signature(name="", role="")
    return Signature(
        name=kept["by"]["name"],
        role=", ".join(filter(None, (kept["by"]["roles"], _how(kept)))),
        at=_moment(kept["at"], zone),
        drawing=_drawing(kept["drawing"]) if kept["drawing"] else None,
    )


def _how(kept: Record | None) -> str:
    return "signed on paper, filed with the record" if kept and not kept["drawing"] else ""


def _withdrawal(record: Record, row: ConsentWithdrawal, zone: ZoneInfo) -> Withdrawal:
    return Withdrawal(at=row.at.astimezone(zone), by=record["patient"]["name"], reason=row.words)


def _yes(answer: str) -> bool | None:
    return {"yes": True, "no": False}.get(answer)


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(zone) if text else None


def _needed(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).astimezone(zone)
