"""What planning gives: a plan or a refusal, as frozen values with a source behind each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Quantity
from mesoplan.vocabulary.source import Citation, Kind, Statement

if TYPE_CHECKING:
    from mesoplan.knowledge.compatibility import Reason
    from mesoplan.knowledge.schema.indications import Grade, Indication, Protocol, Study
    from mesoplan.knowledge.schema.mixtures import Cream, Mixture
    from mesoplan.knowledge.schema.regions import Thickness
    from mesoplan.knowledge.schema.techniques import Layer, Technique
    from mesoplan.mixture import Dose, GroupShare, LimitShare
    from mesoplan.screening import Option, Screening
    from mesoplan.vocabulary.finding import MissingAnswer
    from mesoplan.vocabulary.request import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A planned quantity: the value, the range the protocol leaves, and where both come from."""

    value: Quantity
    low: Quantity
    high: Quantity
    kind: Kind
    citations: tuple[Citation, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """The needle: length and inserted length in mm, gauge, angle to the skin surface in degrees."""

    length: Planned
    inserted: Planned
    angle: Planned
    gauge: Planned | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerOdds:
    """The probability that the tip lies in each layer, or why it cannot be stated.

    ``probabilities`` add up to one. Without a thickness for the subcutis, ``subcutis`` stands for
    the subcutis or anything deeper.
    """

    probabilities: Mapping[Layer, Decimal]
    subcutis_is_open: bool
    used: tuple[Thickness, ...]
    unknown: Unknown | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedComponent:
    """One component in one session of one zone."""

    dose: Dose
    label: str
    shares: tuple[LimitShare, ...]
    limit_unknown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMixture:
    """The mixture of a zone: its verdict with reasons, and the doses of one session."""

    mixture: Mixture
    reasons: tuple[Reason, ...]
    components: tuple[PlannedComponent, ...]

    @property
    def verdict(self) -> str:
        """The worst of the reasons, in the mixture's own words."""
        return max(self.reasons, key=lambda reason: reason.verdict.severity).verdict.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePlan:
    """One zone: technique, needle, depth, points, volumes, mixture, evidence."""

    option: Option
    zone: Zone
    indication: Indication
    protocol: Protocol
    technique: Technique
    needle: Needle | None
    depth: Planned | None
    layers: LayerOdds
    points: Planned
    spacing: Planned | None
    area: Planned | None
    volume_per_point: Planned
    total_volume: Planned
    mixture: PlannedMixture
    sessions: Planned
    interval: Planned | None
    grade: Grade
    studies: tuple[Study, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All zones of one session together, cream included."""

    volume: Quantity
    doses: tuple[PlannedComponent, ...]
    groups: tuple[GroupShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSession:
    """One session: number, date, and the numbers of the zones that are treated."""

    number: int
    date: date
    zones: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCheck:
    """One limit of the cream's label, checked apart from the dose limits."""

    what: str
    planned: Quantity
    limit: Quantity
    citation: Citation

    @property
    def is_kept(self) -> bool:
        """Whether the planned amount lies within the label."""
        return self.planned <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Anaesthesia:
    """The cream, or none and why. ``doses`` are the upper ends of what may be absorbed."""

    cream: Cream | None
    reason: str
    mass: Planned | None = None
    area: Planned | None = None
    waiting: Planned | None = None
    absorbed_share: Planned | None = None
    doses: tuple[Dose, ...] = ()
    label_checks: tuple[LabelCheck, ...] = ()
    said: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedReaction:
    """A reaction that is expected in a region, with its window in hours after the session."""

    reaction: str
    label: str
    region: str
    start: Quantity
    end: Quantity
    citation: Citation
    commoner_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """A question that is asked at every follow-up, and what a yes means."""

    reaction: str
    question: str
    urgency: str
    actions: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A check after the last session of a visit: when, and what is asked."""

    due: Quantity
    latest: Quantity
    what: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a list of the plan. ``time`` where it has one (minutes of observation)."""

    id: str
    says: Statement
    time: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleUse:
    """A scale, and the change below which nothing is called a change."""

    id: str
    label: str
    when: str
    smallest_change: Quantity | Unknown
    named_only: bool
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Individualised:
    """Which fact of this patient changed what in the plan."""

    fact: str
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan for one patient. ``at`` is the day it was made; see ``screening`` for its verdict."""

    screening: Screening
    at: date
    policy: str
    knowledge_release: str
    zones: tuple[ZonePlan, ...]
    totals: Totals
    sessions: tuple[PlannedSession, ...]
    maintenance: tuple[Statement, ...]
    anaesthesia: Anaesthesia
    session_minutes: Planned
    observation: Line
    readiness: tuple[Line, ...]
    emergency_kit: tuple[Line, ...]
    before: tuple[Line, ...]
    expected_reactions: tuple[ExpectedReaction, ...]
    red_flags: tuple[RedFlag, ...]
    aftercare: tuple[Line, ...]
    advice: tuple[Statement, ...]
    follow_up: tuple[FollowUp, ...]
    scales: tuple[ScaleUse, ...]
    stop_rules: tuple[Statement, ...]
    statements: tuple[Statement, ...]
    alternatives: tuple[Statement, ...]
    practice: tuple[Statement, ...]
    individualised: tuple[Individualised, ...]
    citations: tuple[Citation, ...]


class RefusalCode(Enum):
    """Why there is no plan."""

    CONTRAINDICATED = "contraindicated"
    DEFERRED = "deferred"
    UNDETERMINED = "undetermined"
    NO_PROTOCOL = "no-protocol"
    NOT_OFFERED = "not-offered"
    NEIGHBOURING = "neighbouring-procedure"
    REGION_NOT_COVERED = "region-not-covered"
    OUTSIDE_PROTOCOL = "outside-protocol"
    NUMBERS_UNKNOWN = "numbers-unknown"
    OVER_LIMIT = "over-limit"
    ZONES_OVERLAP = "zones-overlap"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalReason:
    """One reason of a refusal: code, message, sources, and the way out where there is one."""

    code: RefusalCode
    message: str
    citations: tuple[Citation, ...]
    way_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No plan: every reason and every missing answer, and what could be done instead."""

    screening: Screening
    at: date
    policy: str
    knowledge_release: str
    reasons: tuple[RefusalReason, ...]
    missing: tuple[MissingAnswer, ...]
    advice: tuple[Statement, ...]
    alternatives: tuple[Statement, ...]
    citations: tuple[Citation, ...]


Decision: TypeAlias = Plan | Refusal
"""Either a plan or a refusal, never something in between."""
