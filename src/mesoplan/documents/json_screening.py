"""A screening as a JSON object, with the names of design section 4."""

from __future__ import annotations

from mesoplan.documents.json_writer import Json
from mesoplan.screening import Screening
from mesoplan.vocabulary.finding import MissingAnswer, Outcome, Result


def screening_json(screening: Screening) -> Json:
    """The screening as ``mesoplan screen --json`` prints it."""
    after = screening.verdict_after_override
    return {
        "verdict": screening.verdict.value,
        "verdict_after_override": after.value if after else None,
        "findings": [_finding(item) for item in screening.findings],
        "missing": [missing_json(item) for item in screening.missing],
        "unanswered": [
            {"rule": item.rule, "verdict": item.verdict.value, "missing": list(item.missing)}
            for item in screening.results
            if item.missing
        ],
        "cleared": [item.rule for item in screening.results if item.outcome is Outcome.CLEARED],
        "set_aside": [
            {
                "zone": item.option.number,
                "technique": item.option.technique.id if item.option.technique else None,
                "mixture": item.option.mixture.id if item.option.mixture else None,
                "findings": [_finding(finding) for finding in item.findings],
            }
            for item in screening.set_aside
        ],
        "refused_overrides": [
            {
                "rule": item.override.rule,
                "reason": item.override.reason,
                "by": item.override.by,
                "why": item.why,
            }
            for item in screening.refused_overrides
        ],
        "derived": [
            {"fact": item.fact, "value": item.value, "because": item.because}
            for item in screening.derived
        ],
        "at": screening.at.isoformat(),
        "policy": screening.policy,
        "knowledge_release": screening.knowledge_release,
    }


def _finding(item: Result) -> Json:
    return {
        "rule": item.rule,
        "verdict": item.verdict.value,
        "strength": item.strength.value,
        "scope": item.scope.value,
        "message": item.message,
        "subject": item.subject or None,
        "because": _because(item),
        "sources": [
            {
                "id": position.citation.id,
                "locator": position.citation.locator,
                "verdict": position.verdict.value,
                "strength": position.strength.value,
                "says": position.says or None,
            }
            for position in item.positions
        ],
        "clears": (
            {"what": item.clears.what, "on": item.clears.on.isoformat() if item.clears.on else None}
            if item.clears
            else None
        ),
        "overridable": item.overridable,
        "overridden": (
            {"reason": item.overridden.reason, "by": item.overridden.by}
            if item.overridden
            else None
        ),
    }


def _because(item: Result) -> Json:
    """The deciding facts by name; what several reasons say of one fact is joined."""
    said: dict[str, list[str]] = {}
    for fact, value in item.because:
        said.setdefault(fact, []).append(value)
    return {fact: "; ".join(values) for fact, values in said.items()}


def missing_json(item: MissingAnswer) -> Json:
    """A missing answer as ``{fact, question, rules}``."""
    return {"fact": item.fact, "question": item.question, "rules": list(item.rules)}
