"""Reads of treatment sessions: one session as it stands, with all that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.http import Http404
from django.utils import timezone

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.mapping.plan import PlanOutdatedError, plan_value
from mesoplan.web.courses.mapping.rescreening import UNCHANGED, Rescreening, rescreen
from mesoplan.web.courses.mapping.session_given import (
    GivenZone,
    delivery_of,
    given_zones,
    number,
    verified,
)
from mesoplan.web.courses.mapping.session_limits import GivenDoses
from mesoplan.web.courses.mapping.session_lots import Lot, lots, proposed_lots
from mesoplan.web.courses.mapping.session_plan import SessionPlan, session_plan
from mesoplan.web.courses.models import Course, Reaction, Session, SessionGesture
from mesoplan.web.courses.queries.session_standing import Standing, standing
from mesoplan.web.gestures.actions import Journal
from mesoplan.web.gestures.sheet import Entered, Sheet, sheet_of
from mesoplan.web.patients.queries import answers_journal

PROPOSED = "proposed."
"""Before a key: what the last session said, shown to be confirmed and never taken as recorded."""


def session_journal(session: Session) -> Journal:
    """The gestures of a session."""
    patient = session.course.patient
    return Journal(
        table=SessionGesture,
        field="session",
        owner=session,
        clinic=patient.clinic.code,
        patient=patient.code,
    )


def find_session(*, code: str, by: User) -> Session:
    """The session of that code in this person's clinic.

    Raises:
        Http404: there is no such session in this clinic.
    """
    found = (
        Session.objects.select_related(
            "course__patient__clinic", "plan", "begun_by", "sealed_by", "document"
        )
        .defer("document__content")
        .filter(code=code, course__patient__clinic=by.clinic)
        .first()
    )
    if found is None:
        raise Http404
    return found


def open_session(course: Course) -> Session | None:
    """The session that is being recorded, if there is one."""
    return (
        Session.objects.select_related("course__patient__clinic", "plan", "begun_by")
        .filter(course=course, sealed_at__isnull=True)
        .first()
    )


def treated_sessions(course: Course) -> models.QuerySet[Session]:
    """The finalised sessions in which something was given, the newest first."""
    return Session.objects.filter(course=course, sealed_at__isnull=False, abandoned_because="")


@dataclass(frozen=True, kw_only=True)
class SessionState:
    """A session as its gestures say it, and everything that follows from them.

    ``number`` is that of the session in the plan: sessions in which nothing was given do not
    count. ``last`` is the one before it. All else is computed when it is first asked for.
    """

    session: Session
    sheet: Sheet
    number: int
    last: Session | None

    @property
    def course(self) -> Course:
        """The course of the session."""
        return self.session.course

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the clinic."""
        return ZoneInfo(self.course.patient.clinic.time_zone)

    @cached_property
    def plan(self) -> SessionPlan:
        """What is planned for it."""
        return session_plan(self.session.plan.decision, number=self.number)

    @cached_property
    def given(self) -> tuple[GivenZone, ...]:
        """Every zone as it was given."""
        return given_zones(self.plan, self.sheet)

    @cached_property
    def given_entries(self) -> tuple[Entered, ...]:
        """The gestures that say that something was given, in the order of their time."""
        found = [
            item
            for key, item in self.sheet.entries.items()
            if key.startswith("given.") and not key.endswith(".left_out")
        ]
        return tuple(sorted(found, key=lambda item: item.at))

    @property
    def given_from(self) -> datetime | None:
        """When the first of what was given was recorded."""
        return self.given_entries[0].at if self.given_entries else None

    @property
    def given_at(self) -> datetime | None:
        """When the last of what was given was recorded."""
        return self.given_entries[-1].at if self.given_entries else None

    @cached_property
    def day(self) -> date:
        """The day of the treatment in the clinic: of the first that was given, or today."""
        return (self.given_from or timezone.now()).astimezone(self.zone).date()

    @property
    def proposed_next(self) -> date | None:
        """The day of the next session by the plan's interval from this one; none after the last."""
        days = self.plan.days_to_next
        return None if days is None else self.day + timedelta(days=days)

    @property
    def next_date(self) -> date | None:
        """The day of the next session: as it was entered, else as the plan proposes."""
        if self.sheet.value("next.none") is True:
            return None
        entered = self.sheet.text("next.date")
        return date.fromisoformat(entered) if entered else self.proposed_next

    @cached_property
    def answer_rows(self) -> list[Any]:
        """The gestures of the patient's answers."""
        return list(answers_journal(self.course.patient).rows())

    @cached_property
    def answers(self) -> Sheet:
        """The patient's answers as they stand."""
        return sheet_of(self.answer_rows)

    @cached_property
    def rescreening(self) -> Rescreening:
        """The screening of the day of the treatment; what was said on a later day is not of it."""
        rows = [row for row in self.answer_rows if self._day_of(row) <= self.day]
        return self._rescreened(rows, self.sheet)

    @cached_property
    def rescreening_before(self) -> Rescreening:
        """The same with what had been said when the first was given; today's while nothing was."""
        begun, tap = self.given_from, self.sheet.entries.get(UNCHANGED)
        if begun is None:
            return self.rescreening
        rows = [row for row in self.answer_rows if row.at <= begun]
        if len(rows) == len(self.answer_rows) and (tap is None or tap.at <= begun):
            return self.rescreening
        gestures = session_journal(self.session).rows().filter(at__lte=begun)
        return self._rescreened(rows, sheet_of(gestures))

    def _rescreened(self, rows: list[Any], sheet: Sheet) -> Rescreening:
        before = [row for row in rows if row.undoes is not None or self._day_of(row) < self.day]
        return rescreen(
            version=self.session.plan,
            patient=self.course.patient,
            answers=sheet_of(rows),
            earlier=sheet_of(before),
            session=sheet,
            roles=self._roles,
            day=self.day,
            zone=self.zone,
        )

    def _day_of(self, row: Any) -> date:  # noqa: ANN401 - a gesture of any table
        day: date = row.at.astimezone(self.zone).date()
        return day

    @cached_property
    def _roles(self) -> frozenset[str] | None:
        """The roles of who treats, ``None`` where nobody is told."""
        code = self.sheet.text("treated_by")
        person = User.objects.filter(clinic=self.course.patient.clinic, code=code).first()
        return frozenset(person.role_names) if person is not None else None

    @cached_property
    def standing(self) -> Standing:
        """Whether plan and consent hold."""
        return standing(
            self.course,
            self.session.plan,
            number=self.number,
            given_from=self.given_from,
            given_at=self.given_at,
        )

    @cached_property
    def doses(self) -> GivenDoses:
        """What was given against every limit."""
        weight = self.answers.value("patient.weight_kg")
        return GivenDoses(
            plan=self.plan,
            sheet=self.sheet,
            policy=self.session.plan.policy,
            weight=number(self.answers, "patient.weight_kg") if isinstance(weight, str) else None,
        )

    @cached_property
    def lots(self) -> tuple[Lot, ...]:
        """Every container that was named, and of each product at least one row."""
        return lots(self.plan, self.sheet)

    @cached_property
    def proposed_lots(self) -> Mapping[str, Lot]:
        """Containers of the last session, where this one has none yet."""
        return proposed_lots(self.plan, self.sheet)

    @cached_property
    def verification(self) -> dict[str, Any] | None:
        """Planned against given by the core; ``None`` where the core cannot compare."""
        if not self.plan.is_planned:
            return None
        try:
            plan = plan_value(self.session.plan)
        except PlanOutdatedError:
            return None
        return verified(plan, delivery_of(self.plan, self.sheet))

    @cached_property
    def reactions(self) -> list[Reaction]:
        """Reactions that were recorded during the session, in order."""
        return list(
            Reaction.objects.filter(session=self.session, contact__isnull=True)
            .select_related("by")
            .order_by("pk")
        )

    @property
    def entered(self) -> tuple[int, int]:
        """Changes with every gesture in the session and among the patient's answers."""
        return self.sheet.version, self.answers.version

    @cached_property
    def version(self) -> str:
        """Changes with everything that the page of this session shows."""
        consent = self.standing.consent
        parts = (
            self.sheet.version,
            self.answers.version,
            len(self.reactions),
            self.session.plan_id,
            consent.pk if consent else 0,
            ",".join(self.standing.obstacles),
            self.day.isoformat(),
        )
        return ".".join(str(part) for part in parts)


def state_of(session: Session, *, sheet: Sheet | None = None) -> SessionState:
    """A session with its gestures; ``sheet`` where they were read already."""
    before = treated_sessions(session.course).filter(number__lt=session.number)
    last = before.defer("verification").first()
    return SessionState(
        session=session,
        sheet=sheet or session_journal(session).sheet(),
        number=before.count() + 1,
        last=last,
    )
