"""What a session is made of, read from the record of the released plan that it follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Unit, parse_quantity
from mesoplan.web.courses.mapping.words import label_of, place_words
from mesoplan.web.patients.mapping import knowledge

IDENTITY = "identity-and-plan"
KIT = "kit-in-date"
DEVICE = "device-clean"
COMPUTED = frozenset({"consent-valid", "answers-today", "baseline-recorded", "lots-recorded"})
"""Lines of the readiness list that follow from what is recorded; nobody ticks them."""

PAIN_SCALES = frozenset({"nrs-pain", "vas-pain"})
"""Scales that are asked before and after the session."""

PAIN_DURING = "nrs-pain"
"""The scale on which pain during the treatment is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDose:
    """A component of a zone's mixture. ``amount`` is in ``unit``, ``None`` where nobody knows."""

    substance: str
    label: str
    unit: str
    amount: Decimal | None
    volume_ml: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedZone:
    """One zone as it is planned. Lengths in mm, the angle in degrees, volumes in mL.

    ``device`` is the name of the device of the technique, empty where it is done by hand.
    """

    number: int
    indication: str
    place: str
    region: str
    technique: str
    mixture: str
    mixture_verdict: str
    needle_mm: Decimal | None
    gauge: Decimal | None
    inserted_mm: Decimal | None
    angle_deg: Decimal | None
    points: int
    area_cm2: Decimal | None
    volume_per_point_ml: Decimal
    volume_ml: Decimal
    doses: tuple[PlannedDose, ...]
    device: str
    is_due: bool
    has_cream: bool

    @property
    def label(self) -> str:
        """What is treated, and where."""
        return f"{self.indication}, {self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyLine:
    """A line of the readiness list, by its id in the knowledge base."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A scale of the plan. ``low`` and ``high`` are ``None`` where its range is not known."""

    id: str
    label: str
    definition: str
    low: Decimal | None
    high: Decimal | None
    is_named_only: bool

    @property
    def has_after(self) -> bool:
        """Whether it is asked after the session as well."""
        return self.id in PAIN_SCALES


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCream:
    """The anaesthetic cream: mass in g over all zones, waiting time in minutes."""

    id: str
    label: str
    mass_g: Decimal
    minutes: int
    largest: LabelLimit | None
    longest: LabelLimit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLimit:
    """What the label of the cream allows at most: a mass in g or a time in minutes."""

    amount: Decimal
    stated: str
    source: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstanceLimit:
    """A substance over the whole session: planned dose and the strictest limit, in ``unit``.

    ``limit`` is ``None`` where none is known. ``from_cream`` is the part of the dose that the
    planned mass of cream may give off at most; ``record`` the entry of the plan's totals.
    """

    record: Mapping[str, Any]
    substance: str
    label: str
    unit: str
    planned: Decimal | None
    limit: Decimal | None
    from_cream: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """One session of a released plan. ``number`` counts treated sessions of the course from 1.

    ``is_planned`` is false for a session after the last one of the plan: then every zone counts
    as due, and nothing can be compared by the core.
    """

    number: int
    of: int
    is_planned: bool
    zones: tuple[PlannedZone, ...]
    ready: tuple[ReadyLine, ...]
    observation: str
    observation_minutes: int | None
    scales: tuple[Scale, ...]
    cream: PlannedCream | None
    limits: tuple[SubstanceLimit, ...]
    days_since_last: int | None
    days_to_next: int | None
    follow_up: tuple[FollowUpDay, ...]

    @property
    def due_zones(self) -> tuple[PlannedZone, ...]:
        """The zones that this session treats."""
        return tuple(zone for zone in self.zones if zone.is_due)

    @property
    def tickable(self) -> tuple[ReadyLine, ...]:
        """The lines of the readiness list that are ticked one by one or all together."""
        return tuple(line for line in self.ready if line.id not in {*COMPUTED, IDENTITY, KIT})

    def zone(self, number: int) -> PlannedZone | None:
        """The zone of that number."""
        return next((zone for zone in self.zones if zone.number == number), None)

    @property
    def pain_scale(self) -> Scale:
        """The scale on which pain during the treatment is told."""
        return _scale(PAIN_DURING)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDay:
    """When somebody is to be asked how it went, in days after the session, and about what."""

    due_days: int
    latest_days: int
    what: str


def session_plan(decision: Mapping[str, Any], *, number: int) -> SessionPlan:
    """The session of that number, from a decision as it was kept (``decision_record``).

    Every amount comes from the record; the knowledge base lends names alone, so a plan of an
    older release reads the same.
    """
    plan = decision["plan"]
    sessions = plan["sessions"]
    own = next((item for item in sessions if item["number"] == number), None)
    due = own["zones"] if own else [zone["number"] for zone in plan["zones"]]
    cream = _cream(plan["anaesthesia"])
    zones = tuple(_zone(zone, is_due=zone["number"] in due, cream=cream) for zone in plan["zones"])
    return SessionPlan(
        number=number,
        of=len(sessions),
        is_planned=own is not None,
        zones=zones,
        ready=_ready(plan["readiness"]),
        observation=plan["readiness"][-1]["text"],
        observation_minutes=_whole(plan["observation_minutes"]),
        scales=tuple(_scale(item["id"], item["label"]) for item in plan["scales"]),
        cream=cream,
        limits=_limits(plan),
        days_since_last=_days(sessions, number - 1),
        days_to_next=_days(sessions, number),
        follow_up=tuple(_follow_up(item) for item in plan["follow_up"]),
    )


def follow_up_days(decision: Mapping[str, Any]) -> tuple[FollowUpDay, ...]:
    """When the plan asks how it went, in order of time."""
    return tuple(_follow_up(item) for item in decision["plan"]["follow_up"])


def decimal(value: object) -> Decimal | None:
    """A number of the record."""
    return None if value is None else Decimal(str(value))


def _whole(value: object) -> int | None:
    return None if value is None else int(Decimal(str(value)))


def _needed(value: object) -> Decimal:
    return Decimal(str(value))


def _zone(zone: Mapping[str, Any], *, is_due: bool, cream: PlannedCream | None) -> PlannedZone:
    needle = zone["needle"] or {}
    return PlannedZone(
        number=zone["number"],
        indication=label_of("indications", zone["indication"]),
        place=place_words(zone["region"], zone["side"]),
        region=zone["region"],
        technique=zone["technique"],
        mixture=zone["mixture"]["id"],
        mixture_verdict=zone["mixture"]["verdict"],
        needle_mm=decimal(needle.get("length_mm")),
        gauge=decimal(needle.get("gauge")),
        inserted_mm=decimal(needle.get("inserted_mm")),
        angle_deg=decimal(needle.get("angle_deg")),
        points=int(_needed(zone["points"])),
        area_cm2=decimal(zone["area_cm2"]),
        volume_per_point_ml=_needed(zone["volume_per_point_ml"]),
        volume_ml=_needed(zone["total_volume_ml"]),
        doses=tuple(_dose(part) for part in zone["mixture"]["components"]),
        device=device_of(zone["technique"]),
        is_due=is_due,
        has_cream=cream is not None and _asks_for_cream(zone["protocol"], cream),
    )


def _dose(part: Mapping[str, Any]) -> PlannedDose:
    amount, unit = _amount(part)
    return PlannedDose(
        substance=part["substance"],
        label=label_of("substances", part["substance"]),
        unit=unit,
        amount=amount,
        volume_ml=_needed(part["volume_ml"]),
    )


def _amount(part: Mapping[str, Any]) -> tuple[Decimal | None, str]:
    if "dose" in part:
        return _needed(part["dose"]), str(part["dose_unit"])
    return decimal(part["dose_mg"]), "mg"


def _asks_for_cream(protocol: str, cream: PlannedCream) -> bool:
    found = knowledge().protocols.get(protocol)
    return found is None or found.cream == cream.id


def _cream(anaesthesia: Mapping[str, Any]) -> PlannedCream | None:
    if anaesthesia["cream"] is None:
        return None
    return PlannedCream(
        id=anaesthesia["cream"],
        label=label_of("creams", anaesthesia["cream"]),
        mass_g=_needed(anaesthesia["applied_g"]),
        minutes=int(_needed(anaesthesia["minutes"]["low"])),
        largest=_label_limit(anaesthesia, "mass", Unit.G),
        longest=_label_limit(anaesthesia, "time", Unit.MIN),
    )


def _label_limit(anaesthesia: Mapping[str, Any], what: str, unit: Unit) -> LabelLimit | None:
    found = next((item for item in anaesthesia["label_checks"] if item["what"] == what), None)
    if found is None:
        return None
    amount = parse_quantity(found["limit"]).amount_in(unit)
    return LabelLimit(amount=amount, stated=found["limit"], source=found["source"])


def _ready(lines: Iterable[Mapping[str, Any]]) -> tuple[ReadyLine, ...]:
    """The lines before the needle; the last line is the observation afterwards."""
    return tuple(ReadyLine(id=line["id"], text=line["text"]) for line in [*lines][:-1])


def _scale(name: str, label: str = "") -> Scale:
    known = knowledge().scales.get(name)
    if known is None:
        return Scale(id=name, label=label, definition="", low=None, high=None, is_named_only=True)
    known_range = None if isinstance(known.range, Unknown) else known.range
    return Scale(
        id=name,
        label=label or known.label,
        definition=known.definition.text,
        low=known_range.low.amount if known_range else None,
        high=known_range.high.amount if known_range else None,
        is_named_only=known.named_only,
    )


def _limits(plan: Mapping[str, Any]) -> tuple[SubstanceLimit, ...]:
    absorbed = {
        dose["substance"]: _amount(dose)[0] for dose in plan["anaesthesia"].get("doses", ())
    }
    return tuple(_limit(part, absorbed.get(part["substance"])) for part in plan["totals"]["doses"])


def _limit(part: Mapping[str, Any], from_cream: Decimal | None) -> SubstanceLimit:
    amount, unit = _amount(part)
    # The strictest limit stands first: the one with the largest share (``shares_of``).
    first = part["limits"][0] if part["limits"] else None
    return SubstanceLimit(
        record=part,
        substance=part["substance"],
        label=label_of("substances", part["substance"]),
        unit=first.get("limit_unit", "mg") if first else unit,
        planned=amount,
        limit=decimal(first.get("limit_mg") or first.get("limit")) if first else None,
        from_cream=from_cream,
    )


def _days(sessions: list[Mapping[str, Any]], number: int) -> int | None:
    """Days from the session of that number to the one after it, where the plan has both."""
    days = {item["number"]: date.fromisoformat(item["date"]) for item in sessions}
    if number not in days or number + 1 not in days:
        return None
    return (days[number + 1] - days[number]).days


def _follow_up(item: Mapping[str, Any]) -> FollowUpDay:
    return FollowUpDay(
        due_days=_in_days(item["due"]), latest_days=_in_days(item["latest"]), what=item["what"]
    )


def _in_days(text: str) -> int:
    """A duration as days of the calendar, a part of a day counting as a whole one."""
    return int(-(-parse_quantity(text).amount_in(Unit.D) // 1))


def device_of(technique: str) -> str:
    """The device that a technique is done with, empty where it is done by hand."""
    found = knowledge().techniques.get(technique)
    return label_of("devices", found.device) if found is not None and found.device else ""
