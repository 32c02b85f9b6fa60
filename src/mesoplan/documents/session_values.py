"""What was recorded of one session, as plain values that are printed as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from mesoplan.documents.consent_sheet import Decision
from mesoplan.documents.sheet_values import Part, PlanReference, SheetHead
from mesoplan.vocabulary.finding import Verdict

# --- Before the needle ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRecord(Part):
    """Who went on against a relative finding, why (the coded reason in words), and when."""

    by: str
    reason: str
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRecord(Part):
    """A finding as it was shown: what, which verdict and strength, because of what."""

    message: str
    verdict: Verdict
    strength: str
    because: str = ""
    override: OverrideRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRecord(Part):
    """The screening that stood when the session began. ``unanswered`` are questions in words."""

    verdict: Verdict
    after_override: Verdict | None
    at: datetime | None
    findings: tuple[FindingRecord, ...]
    unanswered: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentReference(Part):
    """The consent under which it was treated; ``content_hash`` is that of its sheet."""

    decision: Decision | None
    at: datetime | None
    content_hash: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Part):
    """Something that had to be ready: done, not done, or ``None`` where nobody said."""

    what: str
    done: bool | None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineScore(Part):
    """A score before the treatment, such as ``"6 of 10"`` on a scale; of which place."""

    scale: str
    value: str
    place: str = ""
    at: datetime | None = None


# --- What was in the syringe ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SyringeComponent(Part):
    """A component with its lot; ``dose`` is in ``dose_unit``.

    ``container`` is single- or multi-dose, in words; ``use_before`` is the end of its time after
    opening or mixing.
    """

    substance: str
    product: str
    strength: str
    container: str
    volume_ml: Decimal | None
    dose: Decimal | None
    dose_unit: str
    lot: str
    expiry: date | None
    opened: datetime | None = None
    use_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Syringe(Part):
    """A mixture as it was prepared. ``verdict`` is what the check of the mixture said."""

    label: str
    verdict: str
    components: tuple[SyringeComponent, ...]
    prepared_by: str = ""
    prepared_at: datetime | None = None


# --- Planned against given --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedNumber(Part):
    """A number as planned and as given; ``reason`` is the coded reason in words.

    ``planned`` is ``None`` where the plan has no such number, ``given`` where none was recorded.
    """

    planned: Decimal | None = None
    given: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedText(Part):
    """A technique, a mixture or a needle as planned and as given."""

    planned: str = ""
    given: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedDose(Part):
    """A dose as planned and as given, both in ``unit``."""

    substance: str
    unit: str
    amount: ComparedNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalDose(Part):
    """A substance over the whole session: dose and the strictest limit, all in ``unit``.

    ``limit`` is ``None`` where none is known; ``limit_basis`` says what it counts for.
    """

    substance: str
    unit: str
    amount: ComparedNumber
    limit: Decimal | None
    limit_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionZone(Part):
    """One zone. ``was_given`` is false where it was left out, ``None`` where nobody said.

    ``reason`` is the coded reason, in words, for all that differs in this zone and has none of
    its own.
    """

    number: int
    indication: str
    place: str
    was_given: bool | None
    technique: ComparedText
    mixture: ComparedText
    needle: ComparedText
    inserted_mm: ComparedNumber
    angle_deg: ComparedNumber
    points: ComparedNumber
    volume_ml: ComparedNumber
    doses: tuple[ComparedDose, ...]
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTotals(Part):
    """All zones and the cream together."""

    points: ComparedNumber
    volume_ml: ComparedNumber
    doses: tuple[TotalDose, ...]


# --- Around and after it ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CreamRecord(Part):
    """An anaesthetic cream: where, how much in grams, from when to when."""

    name: str
    place: str
    mass_g: ComparedNumber
    planned_minutes: Decimal | None
    applied: datetime | None
    removed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRecord(Part):
    """What it was given with; by hand is a device too. All of it in words."""

    name: str = ""
    settings: str = ""
    single_use_parts: str = ""
    cleaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRecord(Part):
    """An immediate reaction: what, where, how severe, when, and what was done."""

    what: str
    place: str
    severity: str
    at: datetime | None
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Part):
    """The time in which the patient was watched, and how it ended."""

    start: datetime | None = None
    end: datetime | None = None
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment(Part):
    """What was added after the record was finalised. What it amends stays as it was."""

    number: int
    at: datetime
    by: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSheet(Part):
    """The record of one session, with every amendment beside the original.

    ``treated_by`` and ``assisted_by`` are name and role; that nobody assisted is said in words.
    ``next_note`` says what a date cannot, such as that the course is complete.
    """

    head: SheetHead
    plan: PlanReference
    indication: str
    started: datetime | None
    ended: datetime | None
    identity_checked: str
    screening: ScreeningRecord | None
    consent: ConsentReference | None
    checks: tuple[Check, ...] | None
    baseline: tuple[BaselineScore, ...] | None
    syringes: tuple[Syringe, ...] | None
    zones: tuple[SessionZone, ...]
    totals: SessionTotals
    creams: tuple[CreamRecord, ...] | None
    device: DeviceRecord
    reactions: tuple[ReactionRecord, ...] | None
    observation: Observation
    treated_by: str
    assisted_by: str
    notes: str
    next_session: date | None
    next_note: str
    finalised_by: str
    finalised_at: datetime | None
    amendments: tuple[Amendment, ...] = ()
