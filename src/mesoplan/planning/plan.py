"""The door of the core: request and facts to a plan, or to a typed refusal with every reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from itertools import combinations
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.care import CarePart
from mesoplan.knowledge.schema.indications import Indication, Protocol, Study
from mesoplan.knowledge.schema.mixtures import Cream, Mixture
from mesoplan.knowledge.schema.techniques import Technique
from mesoplan.planning.anaesthesia import plan_anaesthesia, without_cream
from mesoplan.planning.care import CareRoom
from mesoplan.planning.individual import individualised
from mesoplan.planning.schedule import (
    maintenance,
    plan_sessions,
    session_minutes,
    stop_rules,
)
from mesoplan.planning.totals import over_limit_reasons, totals_of
from mesoplan.planning.values import (
    Decision,
    Plan,
    Refusal,
    RefusalCode,
    RefusalReason,
    ZonePlan,
)
from mesoplan.planning.zones import plan_zone
from mesoplan.screening import Screening, screen
from mesoplan.screening.conditions import sides_meet
from mesoplan.vocabulary.finding import Outcome, Verdict
from mesoplan.vocabulary.source import Citation, ClinicalNumber, Source, Statement, gathered

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.vocabulary.patient import PatientFacts
    from mesoplan.vocabulary.request import Request

_REFUSED = {
    Verdict.CONTRAINDICATED: RefusalCode.CONTRAINDICATED,
    Verdict.DEFERRED: RefusalCode.DEFERRED,
    Verdict.UNDETERMINED: RefusalCode.UNDETERMINED,
}


def plan(request: Request, facts: PatientFacts, knowledge: KnowledgeBase, *, at: date) -> Decision:
    """A plan for this request and this patient, or a refusal; never a guess.

    ``at`` is the day of the decision and of the first session. The plan holds the screening it
    rests on, the hash of the knowledge release and the policy.

    Raises:
        UnknownNameError: a name in the request that the base does not have.
        ClinicalInputError: birth after ``at``; a needle longer in the skin than it is.
    """
    screening = screen(facts, request, knowledge, at=at)
    attempts = [plan_zone(option, screening, knowledge) for option in screening.options]
    zones = tuple(attempt for attempt in attempts if isinstance(attempt, ZonePlan))
    reasons = [
        *_screening_reasons(screening, knowledge),
        *(reason for attempt in attempts if isinstance(attempt, tuple) for reason in attempt),
    ]
    reasons += _overlaps(screening, knowledge)
    anaesthesia = plan_anaesthesia(zones, screening, knowledge)
    totals = totals_of(zones, anaesthesia, screening, knowledge)
    over = over_limit_reasons(zones, totals, screening, knowledge)
    if over and anaesthesia.cream is not None:
        without = without_cream(anaesthesia, "no cream: with it a limit would be passed")
        bare = totals_of(zones, without, screening, knowledge)
        if not over_limit_reasons(zones, bare, screening, knowledge):
            anaesthesia, totals, over = without, bare, ()
    reasons += over
    care = CareRoom(zones, anaesthesia, screening, knowledge)
    if reasons:
        return _refusal(screening, reasons, care)
    made = Plan(
        screening=screening,
        at=screening.at,
        policy=screening.policy,
        knowledge_release=knowledge.release,
        zones=zones,
        totals=totals,
        sessions=plan_sessions(zones, screening.at),
        maintenance=maintenance(zones, knowledge),
        anaesthesia=anaesthesia,
        session_minutes=session_minutes(zones, knowledge),
        observation=care.observation(),
        readiness=care.lines(CarePart.READINESS),
        emergency_kit=care.lines(CarePart.EMERGENCY_KIT),
        before=care.lines(CarePart.BEFORE),
        expected_reactions=care.expected_reactions(),
        red_flags=care.red_flags(),
        aftercare=care.lines(CarePart.AFTERCARE),
        advice=_advice(care),
        follow_up=care.follow_up(),
        scales=care.scales(),
        stop_rules=stop_rules(zones),
        statements=care.statements(),
        alternatives=_alternatives(screening, care),
        practice=care.practice(),
        individualised=individualised(zones, totals, care),
        citations=(),
    )
    return _with_citations(made)


def _overlaps(screening: Screening, knowledge: KnowledgeBase) -> list[RefusalReason]:
    """Zones that share skin in one session: doses there would add up unseen."""
    found = []
    for one, other in combinations(screening.options, 2):
        shared = other.zone.region in knowledge.regions_touching(one.zone.region)
        if shared and sides_meet(one.zone.side, other.zone.side):
            names = [knowledge.regions[item.zone.region].label for item in (one, other)]
            found.append(
                RefusalReason(
                    code=RefusalCode.ZONES_OVERLAP,
                    message=(
                        f"Zones {one.number} and {other.number} share skin "
                        f"({names[0]}, {names[1]}): what they get there would add up"
                    ),
                    citations=(),
                    way_out="one zone, or two sessions",
                )
            )
    return found


def _screening_reasons(screening: Screening, knowledge: KnowledgeBase) -> list[RefusalReason]:
    """Every finding that still stands, and every rule that waits for an answer."""
    code = _REFUSED.get(screening.decides)
    if code is None:
        return []
    found = []
    for item in screening.results:
        standing = _REFUSED.get(item.verdict_after_override)
        if standing is None:
            continue
        message = item.message
        if item.outcome is Outcome.UNANSWERED:
            message = f"Not answered: {knowledge.rules[item.rule].label}"
        if item.subject:
            message = f"{message} ({item.subject})"
        found.append(
            RefusalReason(
                code=standing,
                message=message,
                citations=item.citations,
                way_out=item.clears.what if item.clears else "",
            )
        )
    return found


def _refusal(
    screening: Screening,
    reasons: Iterable[RefusalReason],
    care: CareRoom,
) -> Refusal:
    kept = tuple(dict.fromkeys(reasons))
    alternatives = _alternatives(screening, care)
    advice = _advice(care)
    return Refusal(
        screening=screening,
        at=screening.at,
        policy=screening.policy,
        knowledge_release=screening.knowledge_release,
        reasons=kept,
        missing=screening.missing,
        advice=advice,
        alternatives=alternatives,
        citations=gathered(citations_in((screening.findings, kept, advice, alternatives))),
    )


def _advice(care: CareRoom) -> tuple[Statement, ...]:
    """What the indications advise, and when they say to refer."""
    indications = [option.indication for option in care.options]
    own = [item for found in indications for item in (*found.advice, *found.refer)]
    return tuple(dict.fromkeys([*own, *care.said(CarePart.ADVICE)]))


def _alternatives(screening: Screening, care: CareRoom) -> tuple[Statement, ...]:
    """No treatment first, then what the indications name, then other protocols of the base."""
    general = care.said(CarePart.ALTERNATIVE)
    named = [item for option in screening.options for item in option.indication.alternatives]
    others = [
        Statement(
            text=f"{option.indication.label}: {protocol.label} (evidence {protocol.grade.value})",
            citation=protocol.citation,
        )
        for option in screening.options
        for protocol in care.knowledge.protocols_for(option.indication.id)
        if option.protocol is not None and protocol.id != option.protocol.id
    ]
    return tuple(dict.fromkeys([*general, *named, *others]))


def _with_citations(made: Plan) -> Plan:
    parts = tuple(
        getattr(made, field.name)
        for field in fields(made)
        if field.name not in {"screening", "citations"}
    )
    own = citations_in((made.screening.findings, parts))
    return replace(made, citations=gathered(own))


_CITED_AS_A_WHOLE = (Mixture, Protocol, Study)
_NOT_CITED = (Cream, Indication, Technique)
"""Records of the base that a plan holds whole: of the first the record's own source is the
plan's, of the second only what the plan used, which stands in planned numbers and statements."""


def citations_in(value: object) -> Iterator[Citation]:
    """Every citation that stands anywhere inside a value; see above for records of the base."""
    if isinstance(value, Citation):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from citations_in(item)
    elif isinstance(value, ClinicalNumber):
        yield value.citation
    elif is_dataclass(value) and not isinstance(value, (type, Enum, Source)):
        if isinstance(value, _CITED_AS_A_WHOLE):
            yield value.citation
            return
        if isinstance(value, _NOT_CITED):
            return
        for field in fields(value):
            yield from citations_in(getattr(value, field.name))
