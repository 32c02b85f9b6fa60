"""The lists of a plan: readiness, reactions, aftercare, follow-up, scales, statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.care import About, CareItem, CarePart, Reaction, Urgency, Window
from mesoplan.knowledge.schema.conditions import Applicability
from mesoplan.planning.values import (
    Anaesthesia,
    ExpectedReaction,
    FollowUp,
    Line,
    RedFlag,
    ScaleUse,
    ZonePlan,
)
from mesoplan.screening.applies import Option, applies_to_option, applies_to_patient
from mesoplan.screening.checks import approval
from mesoplan.screening.conditions import evaluate
from mesoplan.vocabulary.answer import Truth, Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import Statement

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.screening import Screening


@dataclass(frozen=True, slots=True)
class CareRoom:
    """What the lists look at: the planned zones and cream, the screening, the base."""

    zones: tuple[ZonePlan, ...]
    anaesthesia: Anaesthesia
    screening: Screening
    knowledge: KnowledgeBase

    @property
    def options(self) -> tuple[Option, ...]:
        """What would be given in each zone of the request."""
        return self.screening.options

    def applies(self, when: Applicability) -> bool:
        """Whether a record speaks for this patient and at least one zone."""
        return applies_to_patient(when, self.screening.effective, self.screening.policy) and any(
            applies_to_option(when, option, self.knowledge) for option in self.options
        )

    def items(self, part: CarePart) -> tuple[CareItem, ...]:
        """The items of one list, in order; a condition that is unknown shows its item."""
        found = [
            item
            for item in self.knowledge.care.values()
            if item.part is part
            and (self.anaesthesia.cream is not None or not item.with_cream)
            and self.applies(item.applies_when)
            and self._holds(item)
        ]
        return tuple(sorted(found, key=lambda item: (item.order, item.id)))

    def lines(self, part: CarePart) -> tuple[Line, ...]:
        """The items of one list as lines of the plan."""
        return tuple(
            Line(id=item.id, says=item.says, time=item.time.high if item.time else None)
            for item in self.items(part)
        )

    def said(self, part: CarePart) -> tuple[Statement, ...]:
        """The statements of one list."""
        return tuple(item.says for item in self.items(part))

    def _holds(self, item: CareItem) -> bool:
        if item.when is None:
            return True
        truth = evaluate(
            item.when,
            item.numbers,
            facts=self.screening.effective,
            policy=self.knowledge.policies[self.screening.policy],
            at=self.screening.at,
        ).truth
        return truth is not Truth.FALSE

    def observation(self) -> Line:
        """The longest observation time that applies."""
        lines = [line for line in self.lines(CarePart.OBSERVATION) if line.time is not None]
        return max(lines, key=lambda line: line.time.amount_in(Unit.MIN) if line.time else 0)

    def expected_reactions(self) -> tuple[ExpectedReaction, ...]:
        """What is expected in each region, with its window."""
        found = [
            expected
            for reaction in self.knowledge.reactions.values()
            if reaction.urgency is Urgency.EXPECTED
            for option in self.options
            if applies_to_option(reaction.applies_when, option, self.knowledge)
            for expected in self._expected(reaction, option.zone.region)
        ]
        return tuple(dict.fromkeys(found))

    def _expected(self, reaction: Reaction, region: str) -> list[ExpectedReaction]:
        around = self.knowledge.regions_around(region)
        return [
            ExpectedReaction(
                reaction=reaction.id,
                label=reaction.label,
                region=region,
                start=window.time.low.to(Unit.H),
                end=window.time.high.to(Unit.H),
                citation=window.time.citation,
                commoner_here=bool(set(around) & set(reaction.at_risk)),
            )
            for window in windows_in(reaction, around)
        ]

    def red_flags(self) -> tuple[RedFlag, ...]:
        """The questions of every follow-up, the most urgent first."""
        found = [
            RedFlag(
                reaction=reaction.id,
                question=reaction.red_flag_question,
                urgency=urgency_of_flag(reaction).value,
                actions=reaction.actions,
            )
            for reaction in self._flagged()
        ]
        return tuple(found)

    def _flagged(self) -> list[Reaction]:
        flagged = [
            reaction
            for reaction in self.knowledge.reactions.values()
            if reaction.red_flag_question
            and any(
                applies_to_option(reaction.applies_when, option, self.knowledge)
                for option in self.options
            )
        ]
        return sorted(
            flagged, key=lambda reaction: (-urgency_of_flag(reaction).severity, reaction.id)
        )

    def follow_up(self) -> tuple[FollowUp, ...]:
        """The checks after a session, in order of time."""
        found = [
            FollowUp(due=item.time.low, latest=item.time.high, what=item.says)
            for item in self.items(CarePart.FOLLOW_UP)
            if item.time is not None
        ]
        return tuple(sorted(found, key=lambda check: check.due.amount_in(Unit.H)))

    def scales(self) -> tuple[ScaleUse, ...]:
        """The scales of the indications, at baseline and as outcome."""
        wanted: dict[str, str] = {}
        for zone in self.zones:
            indication = zone.indication
            for name in (indication.severity_scale, *indication.outcome_scales):
                if name:
                    wanted.setdefault(name, "baseline and outcome")
        return tuple(
            ScaleUse(
                id=name,
                label=self.knowledge.scales[name].label,
                when=when,
                smallest_change=_smallest_change(self.knowledge, name),
                named_only=self.knowledge.scales[name].named_only,
                citation=self.knowledge.scales[name].definition.citation,
            )
            for name, when in wanted.items()
        )

    def statements(self) -> tuple[Statement, ...]:
        """The consent statements of this very plan."""
        policy = self.knowledge.policies[self.screening.policy]
        return tuple(
            dict.fromkeys([*self._off_label(), *policy.statements, *self.said(CarePart.STATEMENT)])
        )

    def _off_label(self) -> list[Statement]:
        policy = self.knowledge.policies[self.screening.policy]
        found = []
        for option in self.options:
            for name in option.substances():
                entry = approval(name, option, policy, self.knowledge)
                if entry is not None and entry.state.needs_statement and option.route:
                    label = self.knowledge.substances[name].label
                    found.append(
                        Statement(
                            text=(
                                f"{label} by the {option.route.value} route for "
                                f"{option.indication.label.lower()} is {entry.state.value}: "
                                f"it lies outside a licence for this use."
                            ),
                            citation=entry.citation,
                        )
                    )
        return found

    def practice(self) -> tuple[Statement, ...]:
        """What sources say about how it is done, side by side where they differ."""
        return tuple(
            item.says
            for item in self.knowledge.practice.values()
            if item.about is not About.CREAM_WAITING and self.applies(item.applies_when)
        )


def urgency_of_flag(reaction: Reaction) -> Urgency:
    """What a yes to the red flag means: at least a call, whatever the reaction is by itself."""
    return max(reaction.urgency, Urgency.CALL, key=lambda urgency: urgency.severity)


def windows_in(reaction: Reaction, around: tuple[str, ...]) -> tuple[Window, ...]:
    """The windows for a region: its own, or else those for anywhere."""
    own = tuple(window for window in reaction.windows if set(window.regions) & set(around))
    return own or tuple(window for window in reaction.windows if not window.regions)


def _smallest_change(knowledge: KnowledgeBase, name: str) -> Quantity | Unknown:
    number = knowledge.scales[name].smallest_change
    return number if isinstance(number, Unknown) else number.value
