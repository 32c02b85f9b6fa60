"""A screening as text for people, and the small shapes that every text shares."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mesoplan.vocabulary.quantity import Quantity, Unit

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.screening import Screening
    from mesoplan.vocabulary.finding import MissingAnswer, Result

WIDTH = 96
SHORT_RELEASE = 12
DISCLAIMER = "Decision support for professionals. Not certified as a medical device."


def screening_text(screening: Screening, knowledge: KnowledgeBase) -> str:
    """The screening: verdict, findings worst first, missing answers, what was set aside."""
    return "\n".join([*screening_lines(screening, knowledge), "", *footer(screening), ""])


def footer(screening: Screening) -> list[str]:
    """The last lines of every text: day, policy, release, and what Mesoplan is not."""
    release = screening.knowledge_release[:SHORT_RELEASE]
    return [f"{screening.at}  policy {screening.policy}  knowledge {release}", DISCLAIMER]


def screening_lines(screening: Screening, knowledge: KnowledgeBase) -> Iterator[str]:
    """Verdict, findings worst first, missing answers, what was set aside."""
    yield f"SCREENING: {screening.verdict.value.upper()}"
    if screening.verdict_after_override:
        yield f"after override: {screening.verdict_after_override.value}"
    for item in screening.findings:
        yield from _finding(item)
    if screening.missing:
        yield ""
        yield f"Not answered ({len(screening.missing)}):"
        for missing in screening.missing:
            yield from question_lines(missing)
    for aside in screening.set_aside:
        option = aside.option
        if option.mixture and option.technique:
            why = "; ".join(finding.message for finding in aside.findings)
            yield from wrapped(
                f"set aside in zone {option.number}: {option.mixture.label}, "
                f"{option.technique.label.lower()}: {why}",
                "- ",
            )
    for refused in screening.refused_overrides:
        yield from wrapped(
            f"override of {refused.override.rule} did not take effect: {refused.why}", "! "
        )
    for clash in screening.disagreements:
        label = knowledge.facts[clash.fact].label
        yield from wrapped(f"{label}: answer and derivation disagree; the worse holds", "! ")


def _finding(item: Result) -> Iterator[str]:
    subject = f" ({item.subject})" if item.subject else ""
    yield ""
    yield from wrapped(f"[{item.verdict.value}, {item.strength.value}] {item.message}{subject}")
    because = ", ".join(f"{fact}: {value}" for fact, value in item.because)
    if because:
        yield from wrapped(f"because {because}", "    ")
    if item.clears:
        when = f" (from {item.clears.on})" if item.clears.on else ""
        yield from wrapped(f"clears: {item.clears.what}{when}", "    ")
    said = "; ".join(
        f"{position.citation.id}: {position.verdict.value}, {position.strength.value}"
        for position in item.positions
    )
    yield from wrapped(f"sources: {said}", "    ")
    if item.overridden:
        yield f"    overridden by {item.overridden.by}: {item.overridden.reason}"
    elif item.overridable:
        yield f"    can be overridden by a physician with a coded reason (rule {item.rule})"


def question_lines(item: MissingAnswer) -> Iterator[str]:
    """A question that nobody answered, with the rules that need it."""
    yield from wrapped(f"{item.question}  [{item.fact}; for {', '.join(item.rules)}]", "  ? ")


_COUNTED = frozenset({Unit.WEEK, Unit.MONTH, Unit.YEAR})


def worded(quantity: Quantity) -> str:
    """A quantity as a person says it: ``3 weeks``, ``1 week``, ``0.2 mL``."""
    plural = "s" if quantity.unit in _COUNTED and quantity.amount != 1 else ""
    return f"{quantity}{plural}"


def wrapped(text: str, first: str = "") -> list[str]:
    """The text in lines of the page, later lines indented like the first."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * max(len(first), 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
