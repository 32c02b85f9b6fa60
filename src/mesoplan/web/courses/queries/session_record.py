"""Everything that a session leaves behind, as the JSON that is sealed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.mapping.session_given import (
    COMPARED,
    GivenZone,
    number,
    reason_told,
)
from mesoplan.web.courses.mapping.session_lots import Lot
from mesoplan.web.courses.mapping.session_plan import COMPUTED, KIT, PlannedZone, ReadyLine
from mesoplan.web.courses.mapping.words import label_of
from mesoplan.web.courses.models import Reaction
from mesoplan.web.courses.queries.session import SessionState
from mesoplan.web.courses.queries.session_check import (
    DIFFERENT,
    EARLY,
    LOTS,
    STOP_ACCOUNT,
    days_passed,
    is_kit_past,
    is_of_zone,
    is_other,
    is_other_cream,
)
from mesoplan.web.courses.queries.session_timers import Timer, cream_timers, observation
from mesoplan.web.gestures.sheet import Entered

FORM = 1
"""The form of the record; a later one gets the next number."""


def session_record(
    state: SessionState, *, by: User, at: datetime, reason: str = "", words: str = ""
) -> dict[str, Any]:
    """The record of a session that ``by`` ends now.

    ``reason`` is a code of ``NotTreatedReason`` where it ends without treatment. Numbers are text,
    moments ISO in UTC; what was not recorded is ``None``.
    """
    session, sheet = state.session, state.sheet
    patient, plan = state.course.patient, session.plan
    people = {user.code: user for user in User.objects.filter(clinic=patient.clinic)}
    found = {
        "form": FORM,
        "session": session.code,
        "number": session.number,
        "course": {"code": state.course.code, "number": state.course.number},
        "number_in_plan": state.number,
        "sessions_in_plan": state.plan.of,
        "patient": {
            "code": patient.code,
            "name": patient.name,
            "birth_date": patient.birth_date,
            "record_number": patient.record_number,
        },
        "plan": {
            "code": plan.code,
            "number": plan.number,
            "digest": plan.digest,
            "knowledge_release": plan.knowledge_release,
            "policy": plan.policy,
            "released_at": plan.released_at,
        },
        "day": state.day,
        "time_zone": patient.clinic.time_zone,
        "begun": {"at": session.begun_at, "by": session.begun_by.name},
        "finalised": {"at": at, "by": by.name},
        "outcome": "not-treated" if reason else "treated",
        "not_treated": {"reason": reason, "words": words} if reason else None,
        "treated_from": state.given_from,
        "treated_at": state.given_at,
        "treated_by": _person(people.get(sheet.text("treated_by"))),
        "assisted_by": _person(people.get(sheet.text("assisted_by"))),
        "assisted_by_nobody": sheet.text("assisted_by") == NOBODY,
        "standing": _standing(state),
        "rescreening": _rescreening(state),
        "readiness": [_ready(state, line) for line in state.plan.ready],
        "kit_until": sheet.text("kit.until") or None,
        "scores": _scores(state),
        "lots": [_lot(state, lot) for lot in state.lots if not lot.is_empty],
        "lots_reason": reason_told(sheet, LOTS) or None,
        "cream": _cream(state),
        "zones": [
            _zone(zone, given) for zone, given in zip(state.plan.zones, state.given, strict=True)
        ],
        "doses": state.doses.totals,
        "shared_limits": state.doses.groups,
        "above_limits": [asdict(item) for item in state.doses.excesses],
        "limits_not_checked": state.doses.unchecked,
        "days_since_last": {
            "planned": state.plan.days_since_last,
            "passed": days_passed(state),
            "reason": reason_told(sheet, EARLY) or None,
        },
        "observation": _timed(observation(state), reason_told(sheet, "observation")),
        "reactions": [_reaction(state, item) for item in state.reactions],
        "no_reaction": sheet.value("reactions.none") is True,
        "notes": sheet.text("notes") or None,
        "next": {"date": state.next_date},
        "entries": {key: _entry(item) for key, item in sheet.entries.items()},
    }
    plain: dict[str, Any] = as_json(found)
    return plain


NOBODY = "nobody"
"""Value of ``assisted_by``: it is recorded that nobody did."""


def digest_of(record: Mapping[str, Any], verification: Mapping[str, Any] | None) -> str:
    """SHA-256 over the record and the verification, in JSON with sorted keys."""
    said = {"record": record, "verification": verification}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def difference_count(state: SessionState) -> int:
    """How many things were given otherwise than planned."""
    others = [zone for zone in state.plan.zones if is_other(state, zone.number)]
    if state.verification is None:
        left_out = [zone for zone in state.given if zone.was_left_out]
        return len(others) + len(left_out) + int(is_other_cream(state))
    items = state.verification["comparisons"]
    different = [item for item in items if item["agreement"] in DIFFERENT and is_of_zone(item)]
    return len(different) + len(others)


def as_json(value: Any) -> Any:  # noqa: ANN401 - values of a record
    """JSON: numbers as text, days and moments in ISO, moments in the zone they carry."""
    match value:
        case Mapping():
            return {str(key): as_json(item) for key, item in value.items()}
        case list() | tuple():
            return [as_json(item) for item in value]
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case _:
            return value


def _person(user: User | None) -> dict[str, str] | None:
    return (
        None if user is None else {"code": user.code, "name": user.name, "roles": user.role_labels}
    )


def _standing(state: SessionState) -> dict[str, Any]:
    consent = state.standing.consent
    return {
        "obstacles": [item.value for item in state.standing.obstacles],
        "consent": None
        if consent is None
        else {
            "code": consent.code,
            "decision": consent.decision,
            "digest": consent.digest,
            "sealed_at": consent.sealed_at,
            "withdrawn_at": consent.withdrawal.at if hasattr(consent, "withdrawal") else None,
        },
    }


def _rescreening(state: SessionState) -> dict[str, Any]:
    found = state.rescreening
    return {
        "day": found.day,
        "since": found.since,
        "verdict": found.verdict or None,
        "was": found.was,
        "is_fit": found.is_fit,
        "was_fit_when_given": state.rescreening_before.is_fit if state.given_entries else None,
        "problem": found.problem or None,
        "refusals": found.refusals,
        "account": state.sheet.text(STOP_ACCOUNT) or None,
        "confirmed": _entry(found.confirmed) if found.confirmed else None,
        "asked": [
            {
                "fact": item.ask.fact,
                "question": item.ask.question,
                "state": item.state,
                "said": item.so_far,
            }
            for item in found.asked
        ],
        "screening": found.record,
    }


def _ready(state: SessionState, line: ReadyLine) -> dict[str, Any]:
    entry = state.sheet.entries.get(f"ready.{line.id}")
    done = True if entry is not None and entry.value is True else None
    if line.id == KIT and is_kit_past(state):
        done = None
    if line.id in COMPUTED:
        done = computed_line(state, line.id)
    return {
        "id": line.id,
        "text": line.text,
        "done": done,
        "by": entry.by if entry else None,
        "at": entry.at if entry else None,
    }


def computed_line(state: SessionState, name: str) -> bool:
    """Whether a line of the readiness list that nobody ticks is so."""
    match name:
        case "consent-valid":
            return state.standing.is_consented
        case "answers-today":
            found = state.rescreening_before
            return found.record is not None and not found.is_open
        case "baseline-recorded":
            return any(
                state.sheet.text(f"score.{scale.id}.before")
                for scale in state.plan.scales
                if not scale.is_named_only
            )
        case _:
            return not any(lot.faults(on=state.day, zone=state.zone) for lot in state.lots)


def _scores(state: SessionState) -> list[dict[str, Any]]:
    asked = [
        (f"score.{scale.id}.{when}", scale, when)
        for scale in state.plan.scales
        for when in ("before", "after")
    ]
    asked.append(("pain.during", state.plan.pain_scale, "during"))
    return [
        {
            "scale": scale.id,
            "label": scale.label,
            "when": when,
            "value": state.sheet.text(key),
            "low": scale.low,
            "high": scale.high,
            "at": state.sheet.entries[key].at,
            "by": state.sheet.entries[key].by,
        }
        for key, scale, when in asked
        if key in state.sheet.entries
    ]


def _lot(state: SessionState, lot: Lot) -> dict[str, Any]:
    return {
        "key": lot.product.key,
        "label": lot.product.label,
        "product": lot.name or None,
        "lot": lot.lot or None,
        "expiry": lot.expiry,
        "container": lot.container or None,
        "opened": lot.opened,
        "faults": [fault.value for fault in lot.faults(on=state.day, zone=state.zone)],
    }


def _cream(state: SessionState) -> dict[str, Any] | None:
    cream = state.plan.cream
    if cream is None:
        return None
    return {
        "id": cream.id,
        "label": cream.label,
        "planned_g": cream.mass_g,
        "given_g": number(state.sheet, "cream.mass_g"),
        "reason": reason_told(state.sheet, "cream") or None,
        "zones": [
            {"zone": zone.number, "place": zone.place, **_timed(timer, "")}
            for zone, timer in cream_timers(state)
        ],
    }


def _timed(timer: Timer, reason: str) -> dict[str, Any]:
    return {
        "planned_minutes": timer.minutes,
        "started": timer.started,
        "ended": timer.stopped,
        "minutes": timer.elapsed,
        "reason": reason or None,
    }


def _zone(zone: PlannedZone, given: GivenZone) -> dict[str, Any]:
    planned_doses = {dose.substance: dose for dose in zone.doses}
    given_doses = {dose.substance: dose for dose in given.doses}
    kinds = dict.fromkeys([*planned_doses, *given_doses])
    return {
        "number": zone.number,
        "indication": zone.indication,
        "place": zone.place,
        "was_due": zone.is_due,
        "was_given": given.is_recorded and not given.was_left_out,
        "was_left_out": given.was_left_out,
        "planned": {
            **{name: getattr(zone, name) for name in COMPARED},
            "technique_label": label_of("techniques", zone.technique),
            "mixture_label": label_of("mixtures", zone.mixture),
            "mixture_verdict": zone.mixture_verdict,
            "device": zone.device or None,
        },
        "given": {
            **{name: getattr(given, name) or None for name in ("technique", "mixture")},
            **{
                name: getattr(given, name)
                for name in (
                    "points",
                    "volume_ml",
                    "needle_mm",
                    "gauge",
                    "inserted_mm",
                    "angle_deg",
                )
            },
            "technique_label": label_of("techniques", given.technique) or None,
            "mixture_label": label_of("mixtures", given.mixture) or None,
            "device": given.device or None,
            "settings": given.settings or None,
        },
        "doses": [
            {
                "substance": name,
                "label": (planned_doses.get(name) or given_doses[name]).label,
                "unit": (planned_doses.get(name) or given_doses[name]).unit,
                "volume_ml": given_doses[name].volume_ml if name in given_doses else None,
                "planned": planned_doses[name].amount if name in planned_doses else None,
                "given": given_doses[name].amount if name in given_doses else None,
            }
            for name in kinds
        ],
        "reason": given.reason or None,
        "words": given.words or None,
        "note": given.note or None,
    }


def _reaction(state: SessionState, reaction: Reaction) -> dict[str, Any]:
    zone = state.plan.zone(reaction.zone)
    return {
        "code": reaction.code,
        "name": reaction.name or None,
        "label": label_of("reactions", reaction.name) if reaction.name else None,
        "words": reaction.words or None,
        "zone": reaction.zone,
        "place": zone.place if zone else None,
        "severity": reaction.severity,
        "cause": reaction.cause,
        "at": reaction.at,
        "by": reaction.by.name,
    }


def _entry(entry: Entered) -> dict[str, Any]:
    return {"value": entry.value, "by": entry.by, "said_by": entry.said_by, "at": entry.at}
