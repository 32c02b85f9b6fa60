"""A screening as the page tells it: the verdict in a sentence, and each finding explained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mesoplan.screening import Screening, SetAside
from mesoplan.vocabulary.finding import Outcome, Result, SourcePosition, Strength, Verdict
from mesoplan.web.courses.mapping.words import Chip, cited, source_chip
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping import knowledge

STRENGTHS = {
    Strength.ABSOLUTE: gettext_lazy("absolute"),
    Strength.RELATIVE: gettext_lazy("relative"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What one source says by itself."""

    source: Chip
    verdict: str
    strength: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideNote:
    """A physician's override: who, when, the coded reason in words, the note."""

    by: str
    at: datetime | None
    reason: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCard:
    """One finding, or one rule that waits for answers, with everything that explains it.

    ``subjects`` are the zones, mixtures or techniques it speaks of, empty where it is the patient;
    ``because`` facts with what was said of them, by whom and when; ``waits_for`` the questions
    that are open. ``can_override`` is set only where the core lets a physician override.
    """

    rule: str
    title: str
    message: str
    verdict: str
    strength: str
    subjects: tuple[str, ...]
    because: tuple[tuple[str, str], ...]
    waits_for: tuple[str, ...]
    clears: str
    clears_on: date | None
    positions: tuple[Position, ...]
    differ: bool
    can_override: bool
    override: OverrideNote | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """Cards of one verdict."""

    verdict: str
    cards: tuple[FindingCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A way to treat a zone that was looked at and not taken."""

    zone: int
    what: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningView:
    """A screening for a page: worst first, what is cleared by name, what follows by itself."""

    verdict: str
    after_override: str
    sentence: str
    groups: tuple[FindingGroup, ...]
    cleared: tuple[str, ...]
    derived: tuple[tuple[str, str], ...]
    asides: tuple[Aside, ...]
    refused_overrides: tuple[tuple[str, str], ...]
    missing_count: int
    policy: str
    policy_label: str
    release: str


def screening_view(screening: Screening, request: Sheet) -> ScreeningView:
    """The screening of a course; ``request`` tells who recorded an override and when."""
    shown = [item for item in screening.results if item.outcome is not Outcome.CLEARED]
    cards = _joined(_card(item, screening, request) for item in shown)
    cleared = {item.rule for item in screening.results if item.outcome is Outcome.CLEARED}
    after = screening.verdict_after_override
    policy = knowledge().policies[screening.policy]
    return ScreeningView(
        verdict=screening.verdict.value,
        after_override=after.value if after else "",
        sentence=_sentence(screening),
        groups=_grouped(cards),
        cleared=tuple(sorted(knowledge().rules[name].label for name in cleared)),
        derived=tuple(
            (f"{knowledge().facts[item.fact].label}: {_yes_or_no(item.value)}", item.because)
            for item in screening.derived
        ),
        asides=tuple(_aside(item) for item in screening.set_aside),
        refused_overrides=tuple(
            (knowledge().rules[item.override.rule].label, item.why)
            for item in screening.refused_overrides
        ),
        missing_count=len(screening.missing),
        policy=policy.id,
        policy_label=policy.label,
        release=screening.knowledge_release,
    )


def _yes_or_no(value: bool) -> str:  # noqa: FBT001 - a truth is what is worded
    return _("yes") if value else _("no")


def _sentence(screening: Screening) -> str:
    """What decides, in one sentence; the missing answers are told beside."""
    worst = [item for item in screening.findings if item.verdict is screening.verdict]
    match screening.verdict:
        case Verdict.ELIGIBLE:
            count = len({item.rule for item in screening.results})
            return ngettext(
                "One rule applies and was checked; it does not stand against the treatment.",
                "%(count)s rules apply and were checked; none stands against the treatment.",
                count,
            ) % {"count": count}
        case Verdict.CAUTION:
            return _("Treatment is possible, with what stands below to keep in mind.")
        case Verdict.UNDETERMINED:
            return _("What is not known is not read as no.")
        case Verdict.DEFERRED | Verdict.CONTRAINDICATED:
            first = worst[0].message
            more = len({item.rule for item in worst}) - 1
            if not more:
                return first
            return ngettext(
                "%(first)s One more finding weighs as much.",
                "%(first)s %(count)s more findings weigh as much.",
                more,
            ) % {"first": first, "count": more}


def _grouped(cards: Iterable[FindingCard]) -> tuple[FindingGroup, ...]:
    by_verdict: dict[str, list[FindingCard]] = {}
    for card in cards:
        by_verdict.setdefault(card.verdict, []).append(card)
    worst_first = reversed([verdict.value for verdict in Verdict])
    return tuple(
        FindingGroup(verdict=verdict, cards=tuple(by_verdict[verdict]))
        for verdict in worst_first
        if verdict in by_verdict
    )


def _joined(cards: Iterable[FindingCard]) -> list[FindingCard]:
    """Cards that differ in nothing but what they speak of, as one."""
    found: dict[tuple[object, ...], FindingCard] = {}
    for card in cards:
        key = (card.rule, card.verdict, card.because, card.waits_for, card.clears_on)
        old = found.get(key)
        subjects = (*(old.subjects if old else ()), *card.subjects)
        found[key] = replace(card, subjects=tuple(dict.fromkeys(subjects)))
    return list(found.values())


def _card(item: Result, screening: Screening, request: Sheet) -> FindingCard:
    rule = knowledge().rules[item.rule]
    is_open = item.outcome is Outcome.UNANSWERED
    positions = tuple(_position(position) for position in item.positions)
    told = {(position.verdict, position.strength) for position in positions}
    return FindingCard(
        rule=item.rule,
        title=_("%(rule)s: not answered") % {"rule": rule.label} if is_open else rule.label,
        message="" if is_open else item.message,
        verdict=item.verdict.value,
        strength=str(STRENGTHS[item.strength]),
        subjects=(item.subject,) if item.subject else (),
        because=tuple((_fact_label(name), value) for name, value in item.because),
        waits_for=_questions(item, screening),
        clears=item.clears.what if item.clears else "",
        clears_on=item.clears.on if item.clears else None,
        positions=positions,
        differ=len(told) > 1,
        can_override=item.overridable,
        override=_override_note(item, request),
    )


def _questions(item: Result, screening: Screening) -> tuple[str, ...]:
    if item.outcome is not Outcome.UNANSWERED:
        return ()
    return tuple(asked.question for asked in screening.missing if item.rule in asked.rules)


def _fact_label(name: str) -> str:
    found = knowledge().facts.get(name)
    return found.label if found else name[:1].upper() + name[1:].replace("_", " ")


def _position(position: SourcePosition) -> Position:
    citation = position.citation
    return Position(
        source=source_chip({"id": citation.id, "locator": citation.locator}),
        verdict=position.verdict.value,
        strength=str(STRENGTHS[position.strength]),
        says=cited(position.says),
    )


def _override_note(item: Result, request: Sheet) -> OverrideNote | None:
    if item.overridden is None:
        return None
    entry = request.entries.get(f"override.{item.rule}")
    value = entry.value if entry and isinstance(entry.value, dict) else {}
    reason = knowledge().override_reasons.get(item.overridden.reason)
    return OverrideNote(
        by=item.overridden.by,
        at=entry.at if entry else None,
        reason=reason.label if reason else item.overridden.reason,
        note=str(value.get("note", "")),
    )


def _aside(item: SetAside) -> Aside:
    parts = (item.option.mixture, item.option.technique)
    return Aside(
        zone=item.option.number,
        what=", ".join(part.label for part in parts if part),
        why=tuple(dict.fromkeys(finding.message for finding in item.findings)),
    )


def override_reasons(rule: str) -> tuple[tuple[str, str], ...]:
    """The coded reasons that fit a rule, as value and words."""
    return tuple(
        (reason.id, reason.label)
        for reason in knowledge().override_reasons.values()
        if not reason.rules or rule in reason.rules
    )
