"""What the page of a session shows: every field with what it says, and what follows from all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.utils import timezone

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.mapping.plan_doses import DoseBar, GroupBar, dose_bars, group_bars
from mesoplan.web.courses.mapping.reactions import reaction_choices
from mesoplan.web.courses.mapping.session_given import number
from mesoplan.web.courses.mapping.session_lots import Lot
from mesoplan.web.courses.mapping.session_options import Option
from mesoplan.web.courses.mapping.session_plan import (
    COMPUTED,
    IDENTITY,
    KIT,
    ReadyLine,
    Scale,
)
from mesoplan.web.courses.models import DifferenceReason, Reaction
from mesoplan.web.courses.queries.session import PROPOSED, SessionState
from mesoplan.web.courses.queries.session_check import (
    EARLY,
    LOTS,
    STOP_ACCOUNT,
    Check,
    check_session,
    days_passed,
    is_early,
    is_kit_past,
    open_obstacles,
    to_account_for,
)
from mesoplan.web.courses.queries.session_fields import (
    HARD,
    Field,
    Fields,
    LotRow,
    QuestionRow,
    ReadyRow,
    ReasonFields,
    ScaleRow,
    TimerRow,
    answer_words,
    day_text,
    fault_words,
    reaction_words,
    steps_of,
)
from mesoplan.web.courses.queries.session_record import NOBODY, computed_line
from mesoplan.web.courses.queries.session_standing import Obstacle
from mesoplan.web.courses.queries.session_timers import Timer, cream_timers, observation
from mesoplan.web.courses.queries.session_zones import ZoneCard, zone_cards


@dataclass(frozen=True, kw_only=True)
class SessionPage:
    """A session on the page; ``errors`` and ``typed`` are what could not be taken, by key."""

    state: SessionState
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def fields(self) -> Fields:
        """The fields by their names."""
        return Fields(sheet=self.state.sheet, errors=self.errors, typed=self.typed)

    # --- Before the needle ---

    @cached_property
    def ready(self) -> tuple[ReadyRow, ...]:
        """The readiness list without identity and kit, which have rows of their own."""
        lines = [line for line in self.state.plan.ready if line.id not in {IDENTITY, KIT}]
        return tuple(self._ready(line) for line in lines)

    @property
    def identity(self) -> ReadyRow:
        """Name and birth date, said aloud."""
        return self._ready(ReadyLine(id=IDENTITY, text=""))

    @property
    def kit(self) -> ReadyRow | None:
        """The emergency kit, where the plan asks for one."""
        line = next((line for line in self.state.plan.ready if line.id == KIT), None)
        return None if line is None else self._ready(line)

    @property
    def kit_until(self) -> Field:
        """The date until which everything in the kit is in date."""
        until = self.state.sheet.text("kit.until")
        return self.fields.field("kit.until", day_text(date.fromisoformat(until)) if until else "")

    @property
    def kit_is_past(self) -> bool:
        """Whether something in the kit is out of date."""
        return is_kit_past(self.state)

    @property
    def kit_proposed(self) -> date | None:
        """The date of the kit as the last session had it, while it is to come."""
        until = self.state.sheet.text(f"{PROPOSED}kit.until")
        is_open = not self.state.sheet.text("kit.until")
        return (
            date.fromisoformat(until) if is_open and until >= self.state.day.isoformat() else None
        )

    @property
    def is_all_ticked(self) -> bool:
        """Whether every line that is ticked is done."""
        return all(row.is_done for row in self.ready if not row.is_computed)

    def _ready(self, line: ReadyLine) -> ReadyRow:
        entry = self.state.sheet.entries.get(f"ready.{line.id}")
        is_computed = line.id in COMPUTED
        is_ticked = entry is not None and not (line.id == KIT and self.kit_is_past)
        return ReadyRow(
            id=line.id,
            text=line.text,
            name=f"ready.{line.id}",
            is_done=computed_line(self.state, line.id) if is_computed else is_ticked,
            is_computed=is_computed,
            entry=entry,
            url=_MATTERS.get(line.id, ""),
        )

    @cached_property
    def questions(self) -> tuple[QuestionRow, ...]:
        """The questions of the day."""
        return tuple(
            QuestionRow(
                asked=item,
                said=answer_words(item.so_far, item.ask.unit),
                error=self.errors.get(item.ask.key, ""),
                typed=self.typed.get(item.ask.key, ""),
            )
            for item in self.state.rescreening.asked
        )

    @property
    def account(self) -> Field:
        """What happened where something was given although screening or consent was against it."""
        return self.fields.field(STOP_ACCOUNT)

    @cached_property
    def to_account_for(self) -> tuple[str, ...]:
        """What was against something that was given."""
        return to_account_for(self.state)

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """What of plan and consent is still to be settled."""
        return open_obstacles(self.state)

    @property
    def is_past(self) -> bool:
        """Whether it was given on an earlier day: what is answered now is not of that day."""
        return self.state.day < timezone.now().astimezone(self.state.zone).date()

    @property
    def early(self) -> ReasonFields | None:
        """The reason for a session before its time, where it is."""
        return self.fields.reason(EARLY, is_needed=True) if is_early(self.state) else None

    @property
    def days_passed(self) -> int | None:
        """Days since the last treatment."""
        return days_passed(self.state)

    @cached_property
    def people(self) -> tuple[Option, ...]:
        """Who works here, for who treats and who assists."""
        users = User.objects.filter(clinic=self.state.course.patient.clinic, is_active=True)
        return tuple((user.code, user.name) for user in users.order_by("name"))

    @property
    def treated_by(self) -> Field:
        """Who treats."""
        return self.fields.field("treated_by")

    @property
    def assisted_by(self) -> Field:
        """Who assists, or that nobody does."""
        return self.fields.field("assisted_by")

    nobody = NOBODY

    @cached_property
    def lots(self) -> tuple[LotRow, ...]:
        """Every container."""
        rows = [self._lot(lot) for lot in self.state.lots]
        return tuple(rows)

    @property
    def lots_reason(self) -> ReasonFields:
        """Why a container is used that is not ready."""
        is_needed = any(row.faults for row in self.lots)
        return self.fields.reason(LOTS, is_needed=is_needed)

    def _lot(self, lot: Lot) -> LotRow:
        same = [item for item in self.state.lots if item.product == lot.product]
        opened = lot.opened.astimezone(self.state.zone) if lot.opened else None
        faults = lot.faults(on=self.state.day, zone=self.state.zone)
        return LotRow(
            lot=lot,
            product=self.fields.field(f"{lot.key}.product"),
            text=self.fields.field(f"{lot.key}.text"),
            expiry=self.fields.field(
                f"{lot.key}.expiry", day_text(lot.expiry) if lot.expiry else ""
            ),
            container=self.fields.field(f"{lot.key}.container"),
            opened=self.fields.field(
                f"{lot.key}.opened", f"{opened:%Y-%m-%dT%H:%M}" if opened else ""
            ),
            faults=tuple(fault_words(fault) for fault in faults if fault in HARD),
            proposed=self.state.proposed_lots.get(lot.key),
            is_last=lot == same[-1],
        )

    # --- Scores and times ---

    @property
    def scales(self) -> tuple[ScaleRow, ...]:
        """The scales that are asked."""
        return tuple(
            ScaleRow(
                scale=scale,
                before=self.fields.field(f"score.{scale.id}.before"),
                after=self.fields.field(f"score.{scale.id}.after") if scale.has_after else None,
                steps=steps_of(scale),
            )
            for scale in self.state.plan.scales
            if not scale.is_named_only
        )

    @property
    def named_scales(self) -> tuple[Scale, ...]:
        """Scales whose licence allows no more than their name."""
        return tuple(scale for scale in self.state.plan.scales if scale.is_named_only)

    @property
    def pain(self) -> ScaleRow:
        """Pain during the treatment."""
        scale = self.state.plan.pain_scale
        return ScaleRow(
            scale=scale, before=self.fields.field("pain.during"), after=None, steps=steps_of(scale)
        )

    @property
    def creams(self) -> tuple[TimerRow, ...]:
        """The cream on each zone."""
        return tuple(self._timer(timer) for _zone, timer in cream_timers(self.state))

    @property
    def cream_mass(self) -> Field:
        """How much cream was put on."""
        return self.fields.field("cream.mass_g")

    @property
    def cream_reason(self) -> ReasonFields:
        """Why it was another mass than planned."""
        cream, mass = self.state.plan.cream, number(self.state.sheet, "cream.mass_g")
        is_other = mass is not None and (cream is None or mass != cream.mass_g)
        return self.fields.reason("cream", is_needed=is_other)

    @property
    def observation(self) -> TimerRow:
        """The time in which the patient is watched."""
        return self._timer(observation(self.state))

    @property
    def observation_reason(self) -> ReasonFields:
        """Why it was short, or was not done."""
        return self.fields.reason("observation", is_needed=self.observation.timer.is_short)

    def _timer(self, timer: Timer) -> TimerRow:
        return TimerRow(
            timer=timer,
            on=self.fields.field(f"{timer.key}.on", self._clock(timer.started)),
            off=self.fields.field(f"{timer.key}.off", self._clock(timer.stopped)),
        )

    def _clock(self, at: datetime | None) -> str:
        return f"{at.astimezone(self.state.zone):%H:%M}" if at else ""

    # --- Given against planned ---

    @cached_property
    def zones(self) -> tuple[ZoneCard, ...]:
        """Every zone, planned and given."""
        return zone_cards(self.state, self.fields)

    @cached_property
    def doses(self) -> tuple[DoseBar, ...]:
        """What was given so far against the limits."""
        return dose_bars(self.state.doses.records)

    @cached_property
    def groups(self) -> tuple[GroupBar, ...]:
        """Substances that share a limit."""
        return group_bars(self.state.doses.groups)

    @property
    def over(self) -> tuple[DoseBar | GroupBar, ...]:
        """What was given above its limit."""
        bars: tuple[DoseBar | GroupBar, ...] = (*self.doses, *self.groups)
        return tuple(bar for bar in bars if bar.level == "over")

    reasons = tuple(DifferenceReason.choices)

    # --- After ---

    @property
    def reactions(self) -> tuple[tuple[Reaction, str], ...]:
        """What was seen so far, with what it is called."""
        return tuple((item, reaction_words(item)) for item in self.state.reactions)

    @property
    def no_reaction(self) -> bool:
        """Whether it is recorded that there was none."""
        return self.state.sheet.value("reactions.none") is True

    @property
    def reaction_choices(self) -> tuple[Option, ...]:
        """Reactions of the knowledge base."""
        return reaction_choices()

    @property
    def notes(self) -> Field:
        """Free words."""
        return self.fields.field("notes")

    @property
    def next_date(self) -> Field:
        """The day of the next session."""
        found = self.state.next_date
        return self.fields.field("next.date", day_text(found) if found else "")

    @property
    def next_is_proposed(self) -> bool:
        """Whether the day is the plan's, not entered."""
        has_entry = bool(self.state.sheet.text("next.date"))
        return not has_entry and self.state.next_date is not None

    @property
    def no_next(self) -> bool:
        """Whether it is recorded that there is no next session."""
        return self.state.sheet.value("next.none") is True

    @cached_property
    def check(self) -> Check:
        """What is missing."""
        return check_session(self.state)


_MATTERS = {
    "answers-today": "#rescreening",
    "baseline-recorded": "#scores",
    "lots-recorded": "#lots",
    "consent-valid": "#standing",
}
