"""What was told on a phone call, put to the triage of the core, and its answer as a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from mesoplan.knowledge.schema.care import Reaction, Urgency
from mesoplan.planning import Plan, ReactionReport, Triage, triage
from mesoplan.planning.care import urgency_of_flag
from mesoplan.vocabulary.answer import Answer, Known
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import Citation
from mesoplan.web.courses.mapping.plan import PlanOutdatedError, plan_value
from mesoplan.web.courses.models import PlanVersion
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping import knowledge

YES, NO, NOT_ASKED = "yes", "no", "not-asked"
"""The answers to a red flag. Only ``YES`` and ``NO`` are answers; all else is unanswered."""

WHOLE_BODY = 0
"""The number of the zone where a reaction is nowhere or everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A red flag as it is asked. ``urgency`` is what a yes means."""

    reaction: str
    label: str
    question: str
    urgency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told. ``flags`` holds an answer a red flag; ``reactions`` the zones of each.

    ``other`` are reactions in other words; ``hours`` is the time since the session.
    """

    hours: Decimal
    flags: Mapping[str, str]
    reactions: Mapping[str, int]
    other: tuple[str, ...] = ()


def flags_of(version: PlanVersion) -> tuple[Flag, ...]:
    """The red flags to ask after a session of this plan, the most urgent first.

    Those of the plan; where the core does not give this plan any more, all of the base.
    """
    plan = _plan(version)
    flagged = [item for item in knowledge().reactions.values() if item.red_flag_question]
    if plan is not None:
        asked = {flag.reaction for flag in plan.red_flags}
        flagged = [item for item in flagged if item.id in asked]
    flagged.sort(key=lambda item: (-urgency_of_flag(item).severity, item.id))
    return tuple(
        Flag(
            reaction=item.id,
            label=item.label,
            question=item.red_flag_question,
            urgency=urgency_of_flag(item).value,
        )
        for item in flagged
    )


def told(sheet: Sheet, *, hours: Decimal) -> Told:
    """What the gestures on a contact say."""
    chosen = sheet.under("reaction")
    other = sheet.text("other").strip()
    return Told(
        hours=hours,
        flags={name: str(value) for name, value in sheet.under("flag").items()},
        reactions={
            name: int(str(chosen.get(f"{name}.zone", WHOLE_BODY)))
            for name, value in chosen.items()
            if value is True
        },
        other=(other,) if other else (),
    )


def triage_record(version: PlanVersion, what: Told) -> dict[str, Any]:
    """The core's triage as JSON: urgency, reasons with what to do and sources, what is unanswered.

    A reaction is looked at in the region of its zone; without a zone in each region of the plan,
    and the most urgent counts. What this release does not know any more is told in other words,
    so that nobody calls it expected.
    """
    base, plan = knowledge(), _plan(version)
    known = {name: zone for name, zone in what.reactions.items() if name in base.reactions}
    lost = tuple(name for name in what.reactions if name not in base.reactions)
    flags = _flags(what.flags)
    lost_flags = tuple(
        name for name, answer in what.flags.items() if name not in flags and answer == YES
    )
    report = ReactionReport(
        region="",
        since_session=Quantity(what.hours, Unit.H),
        other=what.other + lost + lost_flags,
        red_flags=flags,
    )
    regions = _regions(version)
    numbers = {number for number, _ in regions}
    # A zone that this release cannot place is looked at everywhere, never left out.
    places = {name: zone if zone in numbers else WHOLE_BODY for name, zone in known.items()}
    found = [
        triage(
            replace(
                report,
                region=region,
                reactions=tuple(
                    name for name, zone in places.items() if zone in {WHOLE_BODY, number}
                ),
            ),
            base,
            plan=plan,
        )
        for number, region in regions
    ]
    return _record(found, what, is_of_plan=plan is not None)


def _plan(version: PlanVersion) -> Plan | None:
    try:
        return plan_value(version)
    except PlanOutdatedError:
        return None


def _regions(version: PlanVersion) -> list[tuple[int, str]]:
    """Number and region of each zone, of those that this release knows; all regions else."""
    base = knowledge()
    zones = [(zone["number"], zone["region"]) for zone in version.decision["plan"]["zones"]]
    return [item for item in zones if item[1] in base.regions] or [
        (WHOLE_BODY, name) for name in base.regions
    ]


def _flags(answers: Mapping[str, str]) -> dict[str, Answer[bool]]:
    """The answers that are answers, of the red flags that this release has."""
    base = knowledge().reactions
    return {
        name: Known(answer == YES)
        for name, answer in answers.items()
        if answer in {YES, NO} and name in base and base[name].red_flag_question
    }


def _record(found: list[Triage], what: Told, *, is_of_plan: bool) -> dict[str, Any]:
    urgency = max((item.urgency for item in found), key=lambda item: item.severity)
    reasons: dict[str, dict[str, Any]] = {}
    for reason in sorted(
        (reason for item in found for reason in item.reasons),
        key=lambda reason: -reason.urgency.severity,
    ):
        # The most urgent reason for a reaction stands for the milder ones of other regions.
        key = f"{reason.reaction}/{_is_flag(reason.text)}" if reason.reaction else reason.text
        reasons.setdefault(
            key,
            {
                "reaction": reason.reaction,
                "urgency": reason.urgency.value,
                "text": reason.text,
                "sources": _sources(reason.citations),
            },
        )
    unanswered = dict.fromkeys(name for item in found for name in item.unanswered)
    return {
        "urgency": urgency.value,
        "reasons": list(reasons.values()),
        "unanswered": list(unanswered),
        "to_do": _to_do(reasons.values()),
        "hours": format(what.hours.quantize(Decimal(1)), "f"),
        "against": "plan" if is_of_plan else "all-red-flags",
        "knowledge_release": knowledge().release,
        "flags": dict(what.flags),
        "reactions": dict(what.reactions),
        "other": list(what.other),
    }


def _is_flag(text: str) -> bool:
    return text.endswith("red flag answered yes")


def _to_do(reasons: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the base says is done about each reaction that was told, the most urgent first."""
    base = knowledge().reactions
    names = dict.fromkeys(item["reaction"] for item in reasons if item["reaction"])
    return [
        {
            "reaction": name,
            "label": base[name].label,
            "text": action.text,
            "sources": _sources((action.citation,)),
        }
        for name in names
        for action in base[name].actions
    ]


def _sources(citations: Iterable[Citation]) -> list[dict[str, str]]:
    return [{"id": item.id, "locator": item.locator} for item in citations]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionChoice:
    """A reaction to choose on the phone.

    ``until_hours`` is until when it is expected in the regions of the plan, ``None`` where no
    window is known; ``is_expected`` whether its kind can be expected at all.
    """

    name: str
    label: str
    is_expected: bool
    until_hours: int | None
    causes: tuple[str, ...]


def reactions_to_choose(version: PlanVersion) -> tuple[ReactionChoice, ...]:
    """All reactions of the base, those first that the plan expects."""
    until: dict[str, int] = {}
    for item in version.decision["plan"]["expected_reactions"]:
        # Several windows: the shortest is what holds everywhere.
        hours = int(Decimal(str(item["to_h"])))
        until[item["reaction"]] = min(hours, until.get(item["reaction"], hours))
    found = [_choice(item, until.get(item.id)) for item in knowledge().reactions.values()]
    return tuple(
        sorted(found, key=lambda item: (item.until_hours is None, not item.is_expected, item.label))
    )


def _choice(item: Reaction, until_hours: int | None) -> ReactionChoice:
    return ReactionChoice(
        name=item.id,
        label=item.label,
        is_expected=item.urgency is Urgency.EXPECTED,
        until_hours=until_hours,
        causes=tuple(cause.value for cause in item.causes),
    )


def is_always_serious(name: str) -> bool:
    """Whether a reaction of the base is urgent by itself."""
    found = knowledge().reactions.get(name)
    return found is not None and found.urgency is Urgency.URGENT
