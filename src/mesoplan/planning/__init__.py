"""The one door of the core: composes the rooms into a plan, explains it, verifies a delivery."""

from mesoplan.planning.emergency import EmergencyCard, emergency_card, emergency_cards
from mesoplan.planning.plan import plan
from mesoplan.planning.triage import ReactionReport, Triage, triage
from mesoplan.planning.values import Plan, Refusal, RefusalCode
from mesoplan.planning.verify import DeliveredZone, Delivery, Verification, verify

__all__ = [
    "DeliveredZone",
    "Delivery",
    "EmergencyCard",
    "Plan",
    "ReactionReport",
    "Refusal",
    "RefusalCode",
    "Triage",
    "Verification",
    "emergency_card",
    "emergency_cards",
    "plan",
    "triage",
    "verify",
]
