"""A sealed record of a session as the sheet that is printed of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import translation

from mesoplan.documents.consent_sheet import Decision
from mesoplan.documents.session_sheet import write_session_pdf
from mesoplan.documents.session_values import (
    Amendment,
    BaselineScore,
    Check,
    ComparedNumber,
    ConsentReference,
    CreamRecord,
    DeviceRecord,
    FindingRecord,
    Observation,
    OverrideRecord,
    ReactionRecord,
    ScreeningRecord,
    SessionSheet,
    Syringe,
    SyringeComponent,
)
from mesoplan.documents.sheet_values import Clinic, PatientIdentity, PlanReference, SheetHead
from mesoplan.vocabulary.finding import Verdict
from mesoplan.web.courses import models
from mesoplan.web.courses.mapping.session_lots import CREAM
from mesoplan.web.courses.mapping.session_plan import DEVICE, IDENTITY, decimal, device_of
from mesoplan.web.courses.mapping.session_sheet_given import (
    Record,
    reason_words,
    session_totals,
    zone_sheet,
)
from mesoplan.web.courses.mapping.words import label_of


def session_pdf(
    record: Record, *, session: models.Session, amendments: Iterable[models.Amendment] = ()
) -> bytes:
    """The printed record, with its amendments. The same record gives the same bytes."""
    # Printed records are in English, whoever prints them.
    with translation.override("en"):
        return write_session_pdf(session_sheet(record, session=session, amendments=amendments))


def session_sheet(
    record: Record, *, session: models.Session, amendments: Iterable[models.Amendment] = ()
) -> SessionSheet:
    """The sheet of a record; clinic and paper are those of today."""
    clinic = session.course.patient.clinic
    zone = ZoneInfo(record["time_zone"])
    added = tuple(_amendment(item, zone) for item in amendments)
    finalised = _moment(record["finalised"]["at"], zone)
    return SessionSheet(
        head=SheetHead(
            clinic=Clinic(name=clinic.name, address=clinic.address, telephone=clinic.telephone),
            patient=PatientIdentity(
                name=record["patient"]["name"],
                birth_date=_day(record["patient"]["birth_date"]),
                record_number=str(record["patient"]["record_number"]),
            ),
            course=str(record["course"]["number"]),
            session=f"{record['number_in_plan']} of {record['sessions_in_plan']}",
            as_of=added[-1].at if added else _needed(finalised),
            paper="us-letter" if clinic.paper == "us-letter" else "a4",
        ),
        plan=PlanReference(
            number=str(record["plan"]["number"]),
            made=_needed(_moment(record["plan"]["released_at"], zone)).date(),
            knowledge_release=record["plan"]["knowledge_release"],
            policy=label_of("policies", record["plan"]["policy"]),
            plan_hash=record["plan"]["digest"],
        ),
        indication="; ".join(dict.fromkeys(zone["indication"] for zone in record["zones"])),
        started=_moment(record["begun"]["at"], zone),
        ended=finalised,
        identity_checked=_identity(record),
        screening=_screening(record["rescreening"], zone),
        consent=_consent(record, zone),
        checks=tuple(
            Check(what=line["text"], done=line["done"], by=line["by"] or "")
            for line in record["readiness"]
        ),
        baseline=_scores(record, zone),
        syringes=_syringes(record, zone),
        zones=tuple(zone_sheet(item) for item in record["zones"]),
        totals=session_totals(record),
        creams=_creams(record["cream"], zone),
        device=_device(record),
        reactions=_reactions(record, zone),
        observation=Observation(
            start=_moment(record["observation"]["started"], zone),
            end=_moment(record["observation"]["ended"], zone),
            result=reason_words(record["observation"]["reason"]),
        ),
        treated_by=_person(record["treated_by"]),
        assisted_by="Nobody" if record["assisted_by_nobody"] else _person(record["assisted_by"]),
        notes=_notes(record),
        next_session=_day(record["next"]["date"]),
        next_note="",
        finalised_by=record["finalised"]["by"],
        finalised_at=finalised,
        amendments=added,
    )


def _needed(value: datetime | None) -> datetime:
    if value is None:
        raise ValueError("a sealed record has this moment")
    return value


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(zone) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _person(person: Record | None) -> str:
    return f"{person['name']}, {person['roles']}" if person else ""


def _identity(record: Record) -> str:
    line = next((item for item in record["readiness"] if item["id"] == IDENTITY), None)
    return f"Name and birth date said aloud; {line['by']}" if line and line["done"] else ""


def _screening(found: Record, zone: ZoneInfo) -> ScreeningRecord | None:
    screening = found["screening"]
    if screening is None:
        return None
    after = screening["verdict_after_override"]
    return ScreeningRecord(
        verdict=Verdict(screening["verdict"]),
        after_override=Verdict(after) if after else None,
        at=_moment(found["confirmed"]["at"], zone) if found["confirmed"] else None,
        findings=tuple(_finding(item) for item in screening["findings"]),
        unanswered=tuple(item["question"] for item in screening["missing"]),
        note=". ".join(found["refusals"]),
    )


def _finding(item: Record) -> FindingRecord:
    overridden = item["overridden"]
    return FindingRecord(
        message=item["message"],
        verdict=Verdict(item["verdict"]),
        strength=item["strength"],
        because="; ".join(f"{name}: {value}" for name, value in item["because"].items()),
        override=(
            OverrideRecord(
                by=overridden["by"], reason=label_of("override_reasons", overridden["reason"])
            )
            if overridden
            else None
        ),
    )


def _consent(record: Record, zone: ZoneInfo) -> ConsentReference | None:
    consent = record["standing"]["consent"]
    if consent is None:
        return None
    withdrawn = _moment(consent["withdrawn_at"], zone)
    notes = (
        f"Withdrawn on {withdrawn:%d %B %Y, %H:%M}" if withdrawn else "",
        "Signed after the treatment had begun" if _is_late(record, consent) else "",
    )
    return ConsentReference(
        decision=Decision(consent["decision"]) if consent["decision"] else None,
        at=_moment(consent["sealed_at"], zone),
        content_hash=consent["digest"],
        note=". ".join(note for note in notes if note),
    )


def _is_late(record: Record, consent: Record) -> bool:
    begun, sealed = record["treated_from"], consent["sealed_at"]
    return bool(begun and sealed) and datetime.fromisoformat(sealed) > datetime.fromisoformat(begun)


def _scores(record: Record, zone: ZoneInfo) -> tuple[BaselineScore, ...] | None:
    """The scores before the treatment; what was asked later stands in the notes."""
    places = "; ".join(dict.fromkeys(item["place"] for item in record["zones"]))
    found = tuple(
        BaselineScore(
            scale=item["label"],
            value=_score(item),
            place=places,
            at=_moment(item["at"], zone),
        )
        for item in record["scores"]
        if item["when"] == "before"
    )
    return found or None


def _score(item: Record) -> str:
    return f"{item['value']} of {item['high']}" if item["high"] else str(item["value"])


def _syringes(record: Record, zone: ZoneInfo) -> tuple[Syringe, ...] | None:
    """The lots of each mixture, and of the cream."""
    by_mixture: dict[str, list[Record]] = {}
    for lot in record["lots"]:
        by_mixture.setdefault(lot["key"].partition(".")[0], []).append(lot)
    found = tuple(
        Syringe(
            label=lots[0]["label"] if mixture == CREAM else label_of("mixtures", mixture),
            verdict=_verdict(record, mixture),
            components=tuple(_component(record, lot, lots, zone) for lot in lots),
        )
        for mixture, lots in by_mixture.items()
    )
    return found or None


def _verdict(record: Record, mixture: str) -> str:
    return next(
        (
            item["planned"]["mixture_verdict"]
            for item in record["zones"]
            if item["planned"]["mixture"] == mixture
        ),
        "",
    )


def _component(
    record: Record, lot: Record, lots: Iterable[Record], zone: ZoneInfo
) -> SyringeComponent:
    """A lot, with what was given of it where it was the only one of its kind."""
    mixture, _dot, substance = lot["key"].partition(".")
    is_only = [item["key"] for item in lots].count(lot["key"]) == 1
    doses = [
        dose
        for item in record["zones"]
        if item["was_given"] and item["given"]["mixture"] == mixture and is_only
        for dose in item["doses"]
        if dose["substance"] == substance
    ]
    return SyringeComponent(
        substance=lot["label"],
        product=lot["product"] or "",
        strength="",
        container=lot["container"] or "",
        volume_ml=_sum(dose["volume_ml"] for dose in doses),
        dose=_sum(dose["given"] for dose in doses),
        dose_unit=doses[0]["unit"] if doses else "mg",
        lot=lot["lot"] or "",
        expiry=_day(lot["expiry"]),
        opened=_moment(lot["opened"], zone),
    )


def _sum(texts: Iterable[str | None]) -> Decimal | None:
    """The sum, where all of it is known."""
    found = [decimal(text) for text in texts]
    known = [item for item in found if item is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(found) else None


def _creams(cream: Record | None, zone: ZoneInfo) -> tuple[CreamRecord, ...] | None:
    """The cream on each zone; its mass is that of all zones together and stands with the first.

    That none was used is said where a mass of 0 was recorded, and not where none was planned.
    """
    if cream is None:
        return None
    given = decimal(cream["given_g"])
    if given == 0:
        return ()
    mass = ComparedNumber(
        planned=decimal(cream["planned_g"]),
        given=given,
        reason=reason_words(cream["reason"]),
    )
    return tuple(
        CreamRecord(
            name=cream["label"] if place == 0 else f"{cream['label']}, mass as above",
            place=item["place"],
            mass_g=mass if place == 0 else ComparedNumber(),
            planned_minutes=decimal(item["planned_minutes"]),
            applied=_moment(item["started"], zone),
            removed=_moment(item["ended"], zone),
        )
        for place, item in enumerate(cream["zones"])
    )


def _device(record: Record) -> DeviceRecord:
    """What was typed; by hand follows from the techniques that were given."""
    treated = [zone for zone in record["zones"] if zone["was_given"]]
    devices = {
        zone["number"]: zone["given"]["device"] for zone in treated if zone["given"]["device"]
    }
    settings = {
        zone["number"]: zone["given"]["settings"] for zone in treated if zone["given"]["settings"]
    }
    techniques = [zone["given"]["technique"] for zone in treated]
    by_hand = techniques and all(name and not device_of(name) for name in techniques)
    cleaned = next((item for item in record["readiness"] if item["id"] == DEVICE), None)
    return DeviceRecord(
        name=_by_zone(devices) or ("by hand" if by_hand else ""),
        settings=_by_zone(settings),
        cleaning=f"{cleaned['text']} {cleaned['by']}" if cleaned and cleaned["done"] else "",
    )


def _by_zone(texts: Mapping[int, str]) -> str:
    return "; ".join(f"zone {number}: {text}" for number, text in texts.items())


def _reactions(record: Record, zone: ZoneInfo) -> tuple[ReactionRecord, ...] | None:
    found = tuple(
        ReactionRecord(
            what=item["label"] or item["words"] or "",
            place=item["place"] or "",
            severity=item["severity"],
            at=_moment(item["at"], zone),
            done=item["words"] or "" if item["label"] else "",
        )
        for item in record["reactions"]
    )
    return found or (() if record["no_reaction"] else None)


def _notes(record: Record) -> str:
    ended = record["not_treated"]
    why = (
        f"Nothing was given: {reason_words(': '.join(filter(None, ended.values())))}"
        if ended
        else ""
    )
    early = record["days_since_last"]["reason"]
    lots, account = record["lots_reason"], record["rescreening"]["account"]
    when = {"during": "during the treatment", "after": "afterwards"}
    scores = [
        f"{item['label']} {when[item['when']]}: {_score(item)}"
        for item in record["scores"]
        if item["when"] in when
    ]
    parts = (
        why,
        *_above_limits(record),
        f"Given all the same: {account}" if account else "",
        *_answered_late(record["rescreening"]),
        *scores,
        f"Earlier than planned: {reason_words(early)}" if early else "",
        f"A container that was not ready was used: {reason_words(lots)}" if lots else "",
        record["notes"] or "",
    )
    return "\n".join(part for part in parts if part)


def _answered_late(found: Record) -> Iterator[str]:
    if found["is_fit"] and found["was_fit_when_given"] is False:
        yield "The questions of the day were answered after the treatment had begun."


def _above_limits(record: Record) -> Iterator[str]:
    for item in record["above_limits"]:
        where = f", {item['place']}" if item["place"] else ""
        basis = f" for each {item['basis']}" if item["basis"] == "point" else ""
        yield (
            f"Above a limit: {item['label']}{where}: {item['amount']} {item['unit']}{basis}, "
            f"limit {item['limit']} {item['unit']} (stated as {item['stated']})."
        )
    for group in record["shared_limits"]:
        if Decimal(group["share"]) > 1 and len(group["substances"]) > 1:
            names = ", ".join(label_of("substances", name) for name in group["substances"])
            percent = Decimal(group["share"]) * 100
            yield f"Above a limit that is shared: {names} together {percent:.1f} % of one limit."
    yield from (f"Not checked against a limit: {text}." for text in record["limits_not_checked"])


def _amendment(item: models.Amendment, zone: ZoneInfo) -> Amendment:
    labels = dict(models.AmendmentReason.choices)
    return Amendment(
        number=item.number,
        at=item.at.astimezone(zone),
        by=item.by.name,
        reason=str(labels.get(item.reason, item.reason)),
        text=item.text,
    )
