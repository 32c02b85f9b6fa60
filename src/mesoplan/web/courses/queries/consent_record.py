"""What a consent says in full: the record that is sealed, and that the printed sheet is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.mapping.consent import recorded_text, recorded_zones
from mesoplan.web.courses.mapping.consent_text import TEXT_LANGUAGE
from mesoplan.web.courses.mapping.draft import canonical
from mesoplan.web.courses.queries.consent import ConsentState, may_explain, question_numbers


def consent_record(
    state: ConsentState, *, at: datetime, sealed_by: User | None = None
) -> dict[str, Any]:
    """All of a consent as JSON: the text as it was read, the talk, the decision, the strokes.

    Without ``sealed_by`` it is the record of a draft, to be printed with blanks. ``at`` is the
    moment of sealing or of printing.
    """
    sheet, plan, patient = state.sheet, state.plan, state.course.patient
    people = {user.code: user for user in may_explain(patient.clinic)}
    explained_by = people.get(sheet.text("talk.by"))
    copy = sheet.entries.get("copy")
    return {
        "as_of": at.isoformat(),
        "time_zone": patient.clinic.time_zone,
        "text_language": TEXT_LANGUAGE,
        "course": {
            "code": state.course.code,
            "number": state.course.number,
            "title": state.course.title,
        },
        "patient": {
            "name": patient.name,
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
            "record_number": patient.record_number,
        },
        "plan": {
            "code": plan.code,
            "number": plan.number,
            "digest": plan.digest,
            "released_at": plan.released_at.isoformat(),
            "knowledge_release": plan.knowledge_release,
            "policy": plan.policy,
            "sessions": len(plan.decision["plan"]["sessions"]),
        },
        "zones": recorded_zones(plan.decision["plan"]),
        "statements": recorded_text(state.parts),
        "talk": {
            "by": _person(explained_by) if explained_by else None,
            "language": sheet.text("talk.language"),
            "interpreter": sheet.text("talk.interpreter"),
            "interpreter_name": sheet.text("talk.interpreter_name"),
            "started": sheet.value("talk.started"),
            "ended": sheet.value("talk.ended"),
        },
        "questions": _questions(state),
        "photographs": {
            "record": sheet.text("photos.record"),
            "teaching": sheet.text("photos.teaching"),
        },
        "decision": state.decision,
        "signer": {
            "who": sheet.text("signer.who"),
            "name": sheet.text("signer.name"),
            "relation": sheet.text("signer.relation"),
        },
        "signed": state.signed,
        "signatures": {who: _signature(state, who) for who in ("patient", "physician")},
        "copy": {"what": copy.value, "at": copy.at.isoformat()} if copy else None,
        "sealed_by": _person(sealed_by) if sealed_by else None,
    }


def digest_of_consent(record: Mapping[str, Any]) -> str:
    """SHA-256 of a record, in JSON with sorted keys."""
    return hashlib.sha256(canonical(record).encode()).hexdigest()


def _questions(state: ConsentState) -> list[dict[str, str]] | None:
    """The questions with their answers; ``None`` where nobody said whether there were any."""
    numbers = question_numbers(state.sheet)
    if not numbers and state.sheet.text("questions.any") != "no":
        return None
    return [
        {name: state.sheet.text(f"question.{number}.{name}") for name in ("asked", "answer")}
        for number in numbers
    ]


def _signature(state: ConsentState, who: str) -> dict[str, Any] | None:
    """A signature with who entered it; one that is void is none."""
    entry = state.signature(who)
    if entry is None or state.is_void(who) or not isinstance(entry.value, dict):
        return None
    by = User.objects.prefetch_related("roles").get(pk=entry.by_id)
    return {
        "drawing": entry.value.get("drawing"),
        "signed": entry.value["signed"],
        "at": entry.at.isoformat(),
        "by": _person(by),
    }


def _person(user: User) -> dict[str, str]:
    return {"code": user.code, "name": user.name, "roles": user.role_labels}
