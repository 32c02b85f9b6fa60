"""Fictional sessions, as the product records them: ready to begin, complete, finalised."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.actions.rescreening import confirm_unchanged
from mesoplan.web.courses.actions.session import begin_session, write_computed, write_session
from mesoplan.web.courses.actions.session_end import finalise
from mesoplan.web.courses.models import Consent, PlanVersion, Session
from mesoplan.web.courses.queries.session import SessionState, find_session, state_of
from mesoplan.web.courses.queries.session_taps import as_planned
from mesoplan.web.gestures.sheet import Entered, Sheet
from tests.lib.clinic import a_course, a_patient, a_patient_of, a_released_plan

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOON = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)

LOT = "lot.lidocaine-20-mg-ml.lidocaine.1"
"""Key of the one container of the neck plan."""


class Clock:
    """The server's clock, put to where a test wants it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at: datetime = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.at)

    def on(self, *, days: float = 0, minutes: float = 0) -> None:
        """Let time pass."""
        self.at += timedelta(days=days, minutes=minutes)


def consented(version: PlanVersion, by: User, *, decision: str = "consented") -> Consent:
    """A signed consent to that plan, or another decision on it."""
    return Consent.objects.create(
        plan=version,
        created_at=timezone.now(),
        decision=decision,
        record={},
        digest="0" * 64,
        document=version.document,
        sealed_at=timezone.now(),
        sealed_by=by,
    )


def a_neck_plan(clinic: Clinic, by: User) -> PlanVersion:
    """Eight points of lidocaine in one zone, three sessions a week apart, with consent."""
    version = a_released_plan(a_patient(clinic, by), by)
    consented(version, by)
    return version


def an_example_plan(clinic: Clinic, by: User, name: str) -> PlanVersion:
    """The plan of an example, made today, with consent."""
    from mesoplan.web.courses.actions.plan import release_plan
    from mesoplan.web.courses.queries.plan import draft

    document = example(name)
    patient = a_patient_of(clinic, by, document)
    course = a_course(patient, by, document)
    version = release_plan(course=course, seen=draft(course).digest, by=by)
    consented(version, by)
    return version


def example(name: str) -> dict[str, Any]:
    """The document of an example case."""
    return tomllib.loads((EXAMPLES / f"{name}.toml").read_text(), parse_float=Decimal)


def state(session: Session) -> SessionState:
    """The session as it stands in the database."""
    return state_of(find_session(code=session.code, by=session.begun_by))


def say(session: Session, by: User, values: Mapping[str, Any]) -> None:
    """Enter values."""
    write_session(session=session, values=values, by=by)


def give_as_planned(session: Session, by: User) -> None:
    """Every zone that is due is given as planned."""
    zones = state(session).plan.due_zones
    values = {key: value for zone in zones for key, value in as_planned(zone).items()}
    write_computed(session=session, compute=lambda _state: values, by=by)


def complete(session: Session, by: User) -> None:
    """Everything that must be there to finalise, all of it as planned."""
    found = state(session)
    watched = timezone.now()
    ended = watched + timedelta(minutes=found.plan.observation_minutes or 0)
    values: dict[str, Any] = {
        "ready.identity-and-plan": True,
        "treated_by": by.code,
        "observation.on": watched.isoformat(),
        "observation.off": ended.isoformat(),
    }
    for lot in found.lots:
        values |= {f"{lot.key}.text": "LX 4112", f"{lot.key}.expiry": "2030-01-31"}
    if found.plan.cream is not None:
        values["cream.mass_g"] = format(found.plan.cream.mass_g, "f")
    confirm_unchanged(session=session, by=by)
    say(session, by, values)
    give_as_planned(session, by)


def a_finalised_session(version: PlanVersion, by: User) -> Session:
    """A session that was given as planned, and sealed."""
    session = begin_session(course=version.course, by=by)
    complete(session, by)
    return finalise(session=session, by=by)


def sheet_of_values(values: Mapping[str, Any], *, at: datetime = NOON) -> Sheet:
    """A form that says these values, without a database."""
    entries = {
        key: Entered(value=value, number=number, by="Dr Anna Rossi", by_id=1, said_by="", at=at)
        for number, (key, value) in enumerate(values.items(), 1)
        if value is not None
    }
    return Sheet(entries=MappingProxyType(entries), version=len(values))
