"""A report after a session: urgent, call, or expected, with reasons.

Red flags come first. A red flag that nobody answered is never "expected", and neither is a
reaction outside its window or one that the base does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mesoplan.knowledge.reading import nearest_name
from mesoplan.knowledge.schema.care import Reaction, Urgency
from mesoplan.planning.care import urgency_of_flag, windows_in
from mesoplan.vocabulary.answer import Answer, Known, NotApplicable, Unknown
from mesoplan.vocabulary.errors import UnknownNameError
from mesoplan.vocabulary.source import Citation

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.planning.values import Plan
    from mesoplan.vocabulary.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionReport:
    """What the patient reports: the time since the session, region, reactions, red-flag answers.

    ``red_flags`` maps reaction ids to the answer to their question; what is left out was not
    answered. ``other`` holds reactions in the patient's own words.
    """

    region: str
    since_session: Quantity
    reactions: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    red_flags: Mapping[str, Answer[bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageReason:
    """One reason: what it is about, how urgent, in words, with its source."""

    reaction: str
    urgency: Urgency
    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """The most urgent of the reasons; ``unanswered`` are red flags still to be asked."""

    urgency: Urgency
    reasons: tuple[TriageReason, ...]
    unanswered: tuple[str, ...]


def triage(report: ReactionReport, knowledge: KnowledgeBase, *, plan: Plan | None = None) -> Triage:
    """The report against red flags and expected windows.

    With the plan of the session only its red flags must be answered; without it all of the base.
    A yes always counts, and "does not apply" is no answer to a red flag.

    Raises:
        UnknownNameError: region or reaction not in the base (unknown reactions go to ``other``).
    """
    _check_names(report, knowledge)
    regions = knowledge.regions_around(report.region)
    reasons: list[TriageReason] = []
    unanswered: list[str] = []
    asked = None if plan is None else {flag.reaction for flag in plan.red_flags}
    for reaction in knowledge.reactions.values():
        if not reaction.red_flag_question:
            continue
        match report.red_flags.get(reaction.id, Unknown()):
            case Known(value=True):
                reasons.append(_red_flag(reaction))
            case Unknown() | NotApplicable():
                if asked is None or reaction.id in asked:
                    unanswered.append(reaction.id)
            case Known():
                pass
    if unanswered:
        reasons.append(
            TriageReason(
                reaction="",
                urgency=Urgency.CALL,
                text=f"{len(unanswered)} red-flag questions are not answered",
                citations=(),
            )
        )
    reasons += [_reported(knowledge.reactions[name], report, regions) for name in report.reactions]
    reasons += [
        TriageReason(
            reaction="",
            urgency=Urgency.CALL,
            text=f"{name}: not in the knowledge base, so nobody can call it expected",
            citations=(),
        )
        for name in report.other
    ]
    urgency = max(
        (reason.urgency for reason in reasons),
        key=lambda item: item.severity,
        default=Urgency.EXPECTED,
    )
    ordered = sorted(reasons, key=lambda reason: -reason.urgency.severity)
    return Triage(urgency=urgency, reasons=tuple(ordered), unanswered=tuple(unanswered))


def _check_names(report: ReactionReport, knowledge: KnowledgeBase) -> None:
    """Refuse a region, a reaction or a red flag that the base does not have."""
    flags = {item.id for item in knowledge.reactions.values() if item.red_flag_question}
    for key, names, known in (
        ("region", (report.region,), set(knowledge.regions)),
        ("reactions", report.reactions, set(knowledge.reactions)),
        ("red_flags", tuple(report.red_flags), flags),
    ):
        for name in names:
            if name not in known:
                raise UnknownNameError(
                    expected=f"a name of the knowledge base under {key}",
                    came=name,
                    key=key,
                    nearest=nearest_name(name, known),
                )


def _red_flag(reaction: Reaction) -> TriageReason:
    return TriageReason(
        reaction=reaction.id,
        urgency=urgency_of_flag(reaction),
        text=f"{reaction.label}: red flag answered yes",
        citations=tuple(item.citation for item in reaction.says),
    )


def _reported(reaction: Reaction, report: ReactionReport, regions: tuple[str, ...]) -> TriageReason:
    windows = windows_in(reaction, regions)
    inside = any(window.time.low <= report.since_session <= window.time.high for window in windows)
    if reaction.urgency is not Urgency.EXPECTED or inside:
        urgency = reaction.urgency
    else:
        urgency = Urgency.CALL
    if not windows:
        text = f"{reaction.label}: no window is known"
    else:
        spans = " or ".join(str(window.time) for window in windows)
        text = f"{reaction.label}: {'inside' if inside else 'outside'} its window of {spans}"
    return TriageReason(
        reaction=reaction.id,
        urgency=urgency,
        text=text,
        citations=tuple(window.time.citation for window in windows),
    )
