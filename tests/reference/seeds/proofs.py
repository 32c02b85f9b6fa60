"""What the proofs share: a decision for a healthy adult with changes, and its text."""

from collections.abc import Callable
from typing import Any

from mesoplan.documents.text_plan import decision_text
from mesoplan.planning import Plan, Refusal, plan
from tests.lib.base import base
from tests.lib.people import case_of, healthy_document, zone

Proof = Callable[[frozenset[str]], None]


def decided(**changes: Any) -> Plan | Refusal:
    """The decision for a healthy adult with changes."""
    case = case_of(healthy_document(base(), **changes), base())
    return plan(case.request, case.facts, base(), at=case.at)


def planned(**changes: Any) -> Plan:
    """The same where a plan is expected."""
    decision = decided(**changes)
    assert isinstance(decision, Plan), [item.message for item in decision.reasons]
    return decision


def text(decision: Plan | Refusal) -> str:
    """What a person reads, on one line."""
    return " ".join(decision_text(decision, base()).split())


NECK = zone("neck-pain", "neck", "both")
FACE = zone("facial-rejuvenation", "face")
