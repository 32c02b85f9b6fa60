"""What the patient takes home after a session, from its record and the plan it followed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import translation

from mesoplan.documents.aftercare_sheet import (
    AftercareSheet,
    AskedAgain,
    RedFlag,
    UsualReaction,
    write_aftercare_pdf,
)
from mesoplan.documents.sheet_values import Clinic, PatientIdentity, SheetHead
from mesoplan.web.courses.mapping.followup import OTHER, kind_of
from mesoplan.web.courses.mapping.session_plan import FollowUpDay, follow_up_days
from mesoplan.web.courses.mapping.words import place_words
from mesoplan.web.courses.models import Session

URGENT = "urgent"


def aftercare_pdf(session: Session) -> bytes:
    """The aftercare sheet of a finalised session. The same session gives the same bytes.

    Raises:
        ValueError: the session is not finalised, or nothing was given in it.
    """
    # Printed records are in English, whoever prints them.
    with translation.override("en"):
        return write_aftercare_pdf(aftercare_sheet(session))


def aftercare_sheet(session: Session) -> AftercareSheet:
    """The sheet as values.

    Raises:
        ValueError: the session is not finalised, or nothing was given in it.
    """
    record, plan = session.record, session.plan.decision["plan"]
    if record is None or session.sealed_at is None or record["outcome"] != "treated":
        raise ValueError("only a finalised session that was given has an aftercare sheet")
    clinic = session.course.patient.clinic
    zone = ZoneInfo(record["time_zone"])
    treated = datetime.fromisoformat(record["treated_at"]).astimezone(zone)
    born = record["patient"]["birth_date"]
    return AftercareSheet(
        head=SheetHead(
            clinic=Clinic(name=clinic.name, address=clinic.address, telephone=clinic.telephone),
            patient=PatientIdentity(
                name=record["patient"]["name"],
                birth_date=date.fromisoformat(born) if born else None,
                record_number=str(record["patient"]["record_number"]),
            ),
            course=str(record["course"]["number"]),
            session=f"{record['number_in_plan']} of {record['sessions_in_plan']}",
            as_of=session.sealed_at.astimezone(zone),
            paper="us-letter" if clinic.paper == "us-letter" else "a4",
        ),
        treated_at=treated,
        what_was_done=tuple(_done(session)),
        usual=tuple(_usual(session)),
        to_do=tuple(item["text"] for item in plan["aftercare"]),
        not_to_do=(),
        red_flags=tuple(
            RedFlag(question=item["question"], is_urgent=item["urgency"] == URGENT)
            for item in plan["red_flags"]
        ),
        emergency_number=clinic.emergency_number,
        asked_again=tuple(
            AskedAgain(
                when=_after(item),
                on=date.fromisoformat(record["day"]) + timedelta(days=item.due_days),
                what=item.what,
            )
            for item in follow_up_days(session.plan.decision)
        ),
        next_session=session.next_date,
        next_note="" if session.next_date else "No further session is planned.",
    )


def _after(item: FollowUpDay) -> str:
    kind = kind_of(item.what)
    return f"After {item.due_days} days" if kind.name == OTHER else f"After {kind.when}"


def _done(session: Session) -> Iterator[str]:
    """One sentence a zone that was treated: what, where, how much."""
    record = session.record or {}
    for zone in record["zones"]:
        given = zone["given"]
        if not zone["was_given"]:
            continue
        with_what = given["mixture_label"] or zone["planned"]["mixture_label"]
        volume = f", {_plain(given['volume_ml'])} mL" if given["volume_ml"] else ""
        points = f", {given['points']} points" if given["points"] else ""
        yield f"{zone['indication']}, {zone['place']}: {with_what}{volume}{points}."
    cream = record["cream"]
    if cream and Decimal(cream["given_g"] or 0) > 0:
        yield f"Numbing cream: {cream['label']}, {_plain(cream['given_g'])} g."


def _plain(number: str) -> str:
    return format(Decimal(number).normalize(), "f")


def _usual(session: Session) -> Iterator[UsualReaction]:
    """What the plan expects; with the place where it expects it in several places."""
    plan = session.plan.decision["plan"]
    regions = {zone["region"] for zone in plan["zones"]}
    for item in plan["expected_reactions"]:
        where = f", {place_words(item['region'], '')}" if len(regions) > 1 else ""
        yield UsualReaction(
            what=f"{item['label']}{where}",
            from_hours=Decimal(str(item["from_h"])),
            to_hours=Decimal(str(item["to_h"])),
        )
