"""Reads of follow-up: one contact with its script and triage, and the contacts of a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils import timezone

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import User
from mesoplan.web.courses.mapping.followup import REPORT, CheckKind, kind_of
from mesoplan.web.courses.mapping.reactions import SessionParts
from mesoplan.web.courses.mapping.session_plan import Scale, session_plan
from mesoplan.web.courses.mapping.triage import (
    Flag,
    ReactionChoice,
    flags_of,
    reactions_to_choose,
    told,
    triage_record,
)
from mesoplan.web.courses.mapping.words import Chip, place_words, source_chips
from mesoplan.web.courses.models import Contact, ContactGesture, Course, Session
from mesoplan.web.courses.queries.session_fields import steps_of
from mesoplan.web.gestures.actions import Journal
from mesoplan.web.gestures.sheet import Entered, Sheet

SECONDS_OF_AN_HOUR = 3600


def contact_of(code: str, user: User) -> Contact:
    """The contact of that code in this person's clinic.

    Raises:
        Http404: there is no such contact in this clinic.
    """
    found = (
        Contact.objects.select_related(
            "clinic",
            "patient__clinic",
            "session__course__patient__clinic",
            "session__plan",
            "sealed_by",
        )
        .defer("session__verification")
        .filter(code=code, clinic=user.clinic)
        .first()
    )
    if found is None:
        raise Http404
    return found


def contact_journal(contact: Contact) -> Journal:
    """The gestures on a contact."""
    return Journal(
        table=ContactGesture,
        field="contact",
        owner=contact,
        clinic=contact.clinic.code,
        patient=contact.patient.code,
    )


def last_session(course: Course) -> Session | None:
    """The session that a patient speaks of who calls now: the last one that was not given up."""
    return (
        Session.objects.select_related("course__patient__clinic", "plan")
        .filter(course=course, abandoned_because="")
        .order_by("-number")
        .first()
    )


def treated_at(session: Session) -> datetime:
    """When something was last given in the session; when it began, where nobody recorded that."""
    record = session.record or {}
    text = record.get("treated_at")
    return datetime.fromisoformat(text) if text else session.begun_at


def contact_record(contact: Contact, sheet: Sheet, *, at: datetime) -> dict[str, Any]:
    """The triage of a contact as it stands at that moment, with everything that was told."""
    seconds = max(0, int((at - treated_at(contact.session)).total_seconds()))
    what = told(sheet, hours=Decimal(seconds) / SECONDS_OF_AN_HOUR)
    return {
        **triage_record(contact.session.plan, what),
        "at": at.isoformat(),
        "session": contact.session.code,
        "scores": {key: str(value) for key, value in sheet.under("score").items()},
        "notes": sheet.text("notes") or None,
        "tries": [str(value) for value in sheet.under("try").values()],
        "entries": {
            key: {"value": item.value, "by": item.by, "at": item.at.isoformat()}
            for key, item in sheet.entries.items()
        },
    }


def recorded_parts(session: Session) -> SessionParts:
    """What was used in a session as its record says it."""
    record = session.record or {}
    return SessionParts(
        zones=tuple(
            (zone["number"], zone["given"]["mixture"] or "", zone["given"]["device"] or "")
            for zone in record.get("zones", ())
        ),
        lots=tuple((lot["key"], lot["lot"] or "") for lot in record.get("lots", ())),
    )


# --- The page of a contact ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    """A red flag, its answer as it stands (empty: not asked yet), and who gave it."""

    flag: Flag
    answer: str
    entered: Entered | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRow:
    """A reaction on the script. ``fields`` are its severity, cause, zone and first day."""

    choice: ReactionChoice
    is_chosen: bool
    fields: Mapping[str, str]
    suggested: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """A scale of the plan, and what is told today; ``steps`` are those of a short scale."""

    scale: Scale
    value: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence of the triage with the chips of its sources."""

    text: str
    urgency: str
    chips: tuple[Chip, ...]
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class ContactPage:
    """One contact as it stands now. All that follows is computed when it is first asked for."""

    contact: Contact
    sheet: Sheet
    errors: Mapping[str, str]
    typed: Mapping[str, str]

    @property
    def is_open(self) -> bool:
        """Whether something can be entered."""
        return self.contact.sealed_at is None

    @cached_property
    def kind(self) -> CheckKind:
        """Which check it is."""
        return kind_of(self.contact.what)

    @property
    def is_report(self) -> bool:
        """Whether the patient called by herself."""
        return self.contact.what == REPORT

    @cached_property
    def day(self) -> date:
        """The day of the session in the clinic."""
        zone = ZoneInfo(self.contact.clinic.time_zone)
        return treated_at(self.contact.session).astimezone(zone).date()

    @cached_property
    def today(self) -> date:
        """Today in the clinic."""
        return local_today(self.contact.clinic)

    @property
    def days_since(self) -> int:
        """Days from the session to today."""
        return (self.today - self.day).days

    @property
    def is_overdue(self) -> bool:
        """Whether the last day of the contact is past."""
        return self.is_open and self.contact.latest < self.today

    @cached_property
    def flags(self) -> tuple[FlagRow, ...]:
        """The red flags of the plan, the most urgent first."""
        return tuple(
            FlagRow(
                flag=flag,
                answer=self.sheet.text(f"flag.{flag.reaction}"),
                entered=self.sheet.entries.get(f"flag.{flag.reaction}"),
            )
            for flag in flags_of(self.contact.session.plan)
        )

    @cached_property
    def reactions(self) -> tuple[ReactionRow, ...]:
        """All reactions, those first that are expected after this plan."""
        return tuple(
            self._reaction(choice) for choice in reactions_to_choose(self.contact.session.plan)
        )

    def _reaction(self, choice: ReactionChoice) -> ReactionRow:
        begin = f"reaction.{choice.name}"
        return ReactionRow(
            choice=choice,
            is_chosen=self.sheet.value(begin) is True,
            fields={
                name: self.sheet.text(f"{begin}.{name}")
                for name in ("severity", "cause", "zone", "began")
            },
            suggested=choice.causes[0] if len(choice.causes) == 1 else "unknown",
        )

    @property
    def expected(self) -> tuple[ReactionRow, ...]:
        """The reactions with a window after this plan, and all others that were chosen."""
        return tuple(
            row for row in self.reactions if row.choice.until_hours is not None or row.is_chosen
        )

    @property
    def others(self) -> tuple[ReactionRow, ...]:
        """The reactions that are not chosen and have no window after this plan."""
        return tuple(row for row in self.reactions if row not in self.expected)

    @property
    def notes(self) -> str:
        """What else was said."""
        return self._text("notes")

    def _text(self, key: str) -> str:
        """What stands in a field: as it was typed where that could not be taken."""
        return self.typed.get(key, self.sheet.text(key))

    @property
    def other_fields(self) -> dict[str, str]:
        """What was told in other words, with its severity, cause, zone and first day."""
        names = ("severity", "cause", "zone", "began")
        return {
            "words": self._text("other"),
            **{name: self.sheet.text(f"other.{name}") for name in names},
        }

    @cached_property
    def zones(self) -> tuple[tuple[str, str], ...]:
        """The zones of the plan by number."""
        zones = self.contact.session.plan.decision["plan"]["zones"]
        return tuple(
            (str(zone["number"]), place_words(zone["region"], zone["side"])) for zone in zones
        )

    @cached_property
    def scores(self) -> tuple[ScoreRow, ...]:
        """The scales of the plan that can be asked on the telephone."""
        plan = session_plan(self.contact.session.plan.decision, number=1)
        return tuple(
            ScoreRow(scale=scale, value=self._text(f"score.{scale.id}"), steps=steps_of(scale))
            for scale in plan.scales
            if not scale.is_named_only
        )

    @cached_property
    def tries(self) -> tuple[datetime, ...]:
        """When nobody answered."""
        found = self.sheet.under("try")
        return tuple(datetime.fromisoformat(str(found[key])) for key in sorted(found, key=int))

    @cached_property
    def triage(self) -> dict[str, Any]:
        """The triage as it was sealed; of an open contact as it stands now."""
        if self.contact.triage is not None:
            found: dict[str, Any] = self.contact.triage
            return found
        return contact_record(self.contact, self.sheet, at=timezone.now())

    @property
    def urgency(self) -> str:
        """How urgent it is; of a patient whom nobody reached never "expected"."""
        outcome, urgency = self.contact.outcome, str(self.triage["urgency"])
        not_reached, expected = Contact.Outcome.NO_ANSWER, Contact.Outcome.EXPECTED
        return outcome if (outcome, urgency) == (not_reached, expected) else urgency

    @property
    def has_answers(self) -> bool:
        """Whether anything was told yet."""
        return any(not key.startswith("try.") for key in self.sheet.entries)

    @property
    def unanswered(self) -> int:
        """How many red flags are open."""
        return len(self.triage["unanswered"])

    @property
    def reasons(self) -> tuple[Line, ...]:
        """Why the triage is what it is, the most urgent first."""
        return tuple(
            Line(text=item["text"], urgency=item["urgency"], chips=source_chips(item["sources"]))
            for item in self.triage["reasons"]
        )

    @property
    def to_do(self) -> tuple[Line, ...]:
        """What is done about what was told."""
        return tuple(
            Line(
                text=item["text"],
                urgency="",
                chips=source_chips(item["sources"]),
                label=item["label"],
            )
            for item in self.triage["to_do"]
        )


def contact_page(
    contact: Contact,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> ContactPage:
    """The page of a contact."""
    return ContactPage(
        contact=contact,
        sheet=contact_journal(contact).sheet(),
        errors=errors or {},
        typed=typed or {},
    )
