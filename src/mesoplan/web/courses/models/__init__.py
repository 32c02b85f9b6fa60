"""Rows of courses. What is released, signed or finalised is never changed."""

from mesoplan.web.courses.models.consent import Consent, ConsentGesture, ConsentWithdrawal
from mesoplan.web.courses.models.course import Course, CourseGesture, PlanVersion, PlanWithdrawal
from mesoplan.web.courses.models.followup import (
    Contact,
    ContactGesture,
    Reaction,
    ReactionNote,
    Task,
)
from mesoplan.web.courses.models.treatment import (
    Amendment,
    AmendmentReason,
    DifferenceReason,
    NotTreatedReason,
    Session,
    SessionGesture,
)

__all__ = [
    "Amendment",
    "AmendmentReason",
    "Consent",
    "ConsentGesture",
    "ConsentWithdrawal",
    "Contact",
    "ContactGesture",
    "Course",
    "CourseGesture",
    "DifferenceReason",
    "NotTreatedReason",
    "PlanVersion",
    "PlanWithdrawal",
    "Reaction",
    "ReactionNote",
    "Session",
    "SessionGesture",
    "Task",
]
