"""A plan's record as its page tells it: zones, totals, reasons, evidence, what is read aloud.

Every number comes from the record that the core gave (``decision_record``), so that a draft, a
released plan and the command line say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy

from mesoplan.web.courses.mapping.plan_doses import (
    DoseBar,
    GroupBar,
    dose_bars,
    group_bars,
)
from mesoplan.web.courses.mapping.plan_numbers import Nudge, Number, nudge_of, number_of
from mesoplan.web.courses.mapping.words import (
    Chip,
    cited,
    label_of,
    number_text,
    place_words,
    plain_text,
    source_chip,
    source_chips,
)

LAYERS = {
    "epidermis": gettext_lazy("epidermis"),
    "dermis": gettext_lazy("dermis"),
    "subcutis": gettext_lazy("subcutis"),
    "muscle": gettext_lazy("muscle"),
}
"""Layers of the skin from outside inward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence of the base with its source."""

    text: str
    source: Chip


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerShare:
    """How likely the tip lies in a layer; ``percent`` is exact, ``width`` a length of the bar."""

    layer: str
    label: str
    percent: Decimal
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyView:
    """One study behind the evidence grade, in own words."""

    label: str
    design: str
    participants: str
    comparator: str
    result: str
    conflict: str
    source: Chip


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneView:
    """One zone of a plan. ``key`` is its number in the keys of gestures, ``number`` that shown."""

    number: int
    key: int
    indication: str
    where: str
    protocol: str
    technique: str
    technique_id: str
    mixture: str
    mixture_id: str
    mixture_verdict: str
    is_compatible: bool
    mixture_reasons: tuple[Said, ...]
    components: tuple[DoseBar, ...]
    component_volumes: tuple[tuple[str, Decimal], ...]
    numbers: Mapping[str, Number]
    nudges: Mapping[str, Nudge]
    layers: tuple[LayerShare, ...]
    layers_unknown: str
    layers_open: bool
    layers_sources: tuple[Chip, ...]
    grade: str
    indication_grade: str
    grade_because: Said
    studies: tuple[StudyView, ...]
    notes: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan for a page."""

    at: date
    verdict: str
    after_override: str
    zones: tuple[ZoneView, ...]
    volume: Decimal
    doses: tuple[DoseBar, ...]
    groups: tuple[GroupBar, ...]
    sessions: tuple[tuple[int, date, str], ...]
    minutes: Number
    observation_minutes: Decimal | None
    anaesthesia: Mapping[str, Any]
    cream: str
    cream_said: tuple[Said, ...]
    individualised: tuple[tuple[str, str], ...]
    lists: Mapping[str, tuple[Said, ...]]
    reactions: tuple[tuple[str, str, Chip], ...]
    red_flags: tuple[tuple[str, str], ...]
    follow_up: tuple[tuple[str, str, Said], ...]
    scales: tuple[tuple[str, str, Chip], ...]
    sources: tuple[Chip, ...]
    policy: str
    release: str


MIXTURE_VERDICTS = {
    "compatible": gettext_lazy("compatible"),
    "used-together": gettext_lazy("used together in a study; stability not measured"),
    "no-data": gettext_lazy("no data on these together"),
    "incompatible": gettext_lazy("incompatible"),
    "forbidden": gettext_lazy("forbidden"),
}
"""The mixture's own words."""

SAID = ("readiness", "emergency_kit", "before", "aftercare", "advice", "stop_rule")
"""Lists of sentences that stand folded under a plan."""


def plan_view(record: Mapping[str, Any], keys: Sequence[int]) -> PlanView:
    """The page of a record whose outcome is a plan; ``keys`` are the zones' numbers in gestures."""
    plan, screening = record["plan"], record["screening"]
    cream = plan["anaesthesia"]
    observation = plan["observation_minutes"]
    return PlanView(
        at=date.fromisoformat(plan["at"]),
        verdict=screening["verdict"],
        after_override=screening["verdict_after_override"] or "",
        zones=tuple(_zone(zone, key) for zone, key in zip(plan["zones"], keys, strict=True)),
        volume=number_text(plan["totals"]["volume_ml"]),
        doses=dose_bars(plan["totals"]["doses"]),
        groups=group_bars(plan["totals"]["groups"]),
        sessions=tuple(
            (item["number"], date.fromisoformat(item["date"]), _zones_words(item["zones"]))
            for item in plan["sessions"]
        ),
        minutes=number_of("session_minutes", plan["session_minutes"]),
        observation_minutes=None if observation is None else number_text(observation),
        anaesthesia=cream,
        cream=label_of("creams", cream["cream"]) if cream["cream"] else "",
        cream_said=said([*cream.get("said", []), *cream.get("cautions", [])]),
        individualised=tuple((item["fact"], item["effect"]) for item in plan["individualised"]),
        lists={
            **{name: said(plan[name]) for name in SAID},
            "maintenance": said(plan["maintenance"]["statements"]),
            "statements": said(plan["statements"]),
            "alternatives": said(plan["alternatives"]),
            "practice": said(plan["practice"]),
        },
        reactions=tuple(_reaction(item) for item in plan["expected_reactions"]),
        red_flags=tuple((item["question"], item["urgency"]) for item in plan["red_flags"]),
        follow_up=tuple(
            (item["due"], item["latest"], _said(item["what"], item["source"]))
            for item in plan["follow_up"]
        ),
        scales=tuple(
            (item["label"], item["when"], source_chip(item["source"])) for item in plan["scales"]
        ),
        sources=source_chips(plan["sources"]),
        policy=label_of("policies", plan["policy"]),
        release=plan["knowledge_release"],
    )


def said(statements: Iterable[Mapping[str, Any]]) -> tuple[Said, ...]:
    """A list of ``{text, source}``."""
    return tuple(_said(item["text"], item["source"]) for item in statements)


def _said(text: str, source: Mapping[str, Any]) -> Said:
    return Said(text=cited(text), source=source_chip(source))


def _zones_words(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _reaction(item: Mapping[str, Any]) -> tuple[str, str, Chip]:
    window = f"{plain_text(item['from_h'])} – {plain_text(item['to_h'])}"
    return item["label"], window, source_chip(item["source"])


def _zone(zone: Mapping[str, Any], key: int) -> ZoneView:
    numbers = {name: number_of(name, entry) for name, entry in zone["number_sources"].items()}
    nudges = {name: nudge_of(number, key) for name, number in numbers.items()}
    mixture, layers = zone["mixture"], zone["layers"]
    return ZoneView(
        number=zone["number"],
        key=key,
        indication=label_of("indications", zone["indication"]),
        where=place_words(zone["region"], zone["side"]),
        protocol=label_of("protocols", zone["protocol"]),
        technique=label_of("techniques", zone["technique"]),
        technique_id=zone["technique"],
        mixture=label_of("mixtures", mixture["id"]),
        mixture_id=mixture["id"],
        mixture_verdict=str(MIXTURE_VERDICTS[mixture["verdict"]]),
        is_compatible=mixture["verdict"] == "compatible",
        mixture_reasons=said(mixture["reasons"]),
        components=dose_bars(mixture["components"]),
        component_volumes=tuple(
            (label_of("substances", part["substance"]), number_text(part["volume_ml"]))
            for part in mixture["components"]
        ),
        numbers=numbers,
        nudges={name: nudge for name, nudge in nudges.items() if nudge is not None},
        layers=_layers(layers),
        layers_unknown=layers.get("unknown", ""),
        layers_open="subcutis_means" in layers,
        layers_sources=tuple(
            source_chip(item, kind="measured", name=item["mean"])
            for item in layers.get("sources", ())
        ),
        grade=zone["evidence"]["grade"],
        indication_grade=zone["evidence"]["indication_grade"],
        grade_because=said([zone["evidence"]["because"]])[0],
        studies=tuple(_study(study) for study in zone["evidence"]["studies"]),
        notes=said(zone["notes"]),
    )


def _layers(layers: Mapping[str, Any]) -> tuple[LayerShare, ...]:
    shares = ((name, Decimal(layers[name]) * 100) for name in LAYERS if name in layers)
    return tuple(
        LayerShare(
            layer=name, label=str(LAYERS[name]), percent=number_text(share), width=plain_text(share)
        )
        for name, share in shares
    )


def _study(study: Mapping[str, Any]) -> StudyView:
    participants = study["participants"]
    return StudyView(
        label=label_of("studies", study["id"]),
        design=study["design"],
        participants="" if participants is None else plain_text(participants),
        comparator=study["comparator"],
        result=study["result"],
        conflict=study["conflict"] or "",
        source=source_chip(study["source"]),
    )
