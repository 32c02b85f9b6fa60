"""What the core says today to a course as it stands: its plan, its refusal, or what is open."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from mesoplan.documents.case_file import Case
from mesoplan.planning import Plan, Refusal
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.finding import Verdict
from mesoplan.web.courses.mapping.case import (
    case_document,
    case_of_text,
    case_text,
    decide,
    decision_record,
    zones_of,
)
from mesoplan.web.courses.models import Course
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping import knowledge

ANSWERS_KEPT = 64
"""How many answers of the core a process keeps."""

_RELEASABLE = frozenset({Verdict.ELIGIBLE, Verdict.CAUTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What in the entered values cannot be taken as meant, in the words of the reader of cases."""

    key: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A course as it stands on a day, and the core's answer to it.

    ``case`` and ``decision`` are missing where the request is not complete (``is_whole``), or
    where something in it cannot be read (``problem``). ``digest`` names exactly what was seen: the
    case and the answer; it changes with every answer, wish, day and release of the knowledge base.
    """

    at: date
    text: str
    digest: str
    is_whole: bool
    case: Case | None = None
    decision: Plan | Refusal | None = None
    record: Mapping[str, Any] | None = None
    problem: Problem | None = None

    @property
    def plan(self) -> Plan | None:
        """The plan, where there is one."""
        return self.decision if isinstance(self.decision, Plan) else None

    @property
    def verdict(self) -> str:
        """The verdict that decides, after overrides where there are any; empty without one."""
        return self.decision.screening.decides.value if self.decision else ""

    @property
    def is_missing_answers(self) -> bool:
        """Whether a rule waits for an answer."""
        return bool(self.decision and self.decision.screening.missing)

    @property
    def is_releasable(self) -> bool:
        """Whether it is a plan whose verdict lets it be given."""
        plan = self.plan
        return plan is not None and plan.screening.decides in _RELEASABLE


def draft_of(*, course: Course, answers: Sheet, request: Sheet, at: date) -> Draft:
    """The core's answer to these answers and this request on that day."""
    document = case_document(
        patient=course.patient,
        answers=answers,
        request=request,
        at=at,
        policy=course.patient.clinic.policy,
    )
    text = case_text(document)
    if not is_whole(request):
        return Draft(at=at, text=text, digest=digest_of(text, {}), is_whole=False)
    found = answer_to(text)
    return Draft(
        at=at,
        text=text,
        digest=digest_of(text, found.record or {}),
        is_whole=True,
        case=found.case,
        decision=found.decision,
        record=found.record,
        problem=found.problem,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreAnswer:
    """What the core answers to a case text, or what in it cannot be taken as meant."""

    case: Case | None = None
    decision: Plan | Refusal | None = None
    record: Mapping[str, Any] | None = None
    problem: Problem | None = None


def answer_to(text: str) -> CoreAnswer:
    """The core's answer to a case text: the very text that a release keeps.

    The same text under the same release of the knowledge base has the same answer, so a process
    keeps the last ones: one tap on a page asks for the same draft several times.
    """
    return _answer(text, knowledge().release)


@lru_cache(maxsize=ANSWERS_KEPT)
def _answer(text: str, release: str) -> CoreAnswer:  # noqa: ARG001 - part of the key
    try:
        case = case_of_text(text)
        decision = decide(case)
    except ClinicalInputError as error:
        why = f"{error.expected}; {error.came}"
        return CoreAnswer(problem=Problem(key=error.key, message=why))
    return CoreAnswer(case=case, decision=decision, record=decision_record(decision))


def is_whole(request: Sheet) -> bool:
    """Whether each zone of the request says what is to be treated and where."""
    zones = zones_of(request)
    return bool(zones) and all(_is_placed(zone) for zone in zones)


def _is_placed(zone: Mapping[str, Any]) -> bool:
    region = knowledge().regions.get(zone.get("region", ""))
    needs_side = region is not None and region.paired
    return bool(
        zone.get("indication") and zone.get("region") and (zone.get("side") or not needs_side)
    )


def digest_of(text: str, record: Mapping[str, Any]) -> str:
    """SHA-256 of a case text followed by the canonical JSON of the answer to it."""
    return hashlib.sha256((text + canonical(record)).encode()).hexdigest()


def canonical(record: Mapping[str, Any]) -> str:
    """JSON with sorted keys and without spaces: one text for one record."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
