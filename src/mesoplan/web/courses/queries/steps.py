"""The rail of steps of a course: what is done, what waits for answers, what is to come."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.draft import Draft
from mesoplan.web.courses.models import Consent, Contact, Course, PlanVersion, Session
from mesoplan.web.courses.queries.plan import draft as draft_as_it_stands

FIT = frozenset({"eligible", "caution"})
"""Verdicts with which a treatment can be planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: ``state`` is ``done``, ``missing`` (answers are missing) or ``todo``."""

    label: str
    url: str
    state: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What the screening says, wherever it was read."""

    verdict: str
    is_missing_answers: bool


def steps(
    course: Course, *, current: str, plan: PlanVersion | None, draft: Draft | None = None
) -> tuple[Step, ...]:
    """The steps of a course, ``current`` being the name of the page's address.

    ``plan`` is the one in force, ``draft`` what the page has read already. What a released plan
    rests on counts as screened; without one the course is screened as it stands.
    """
    standing = _standing(course, draft, plan)
    missing = "missing" if standing.is_missing_answers else ""
    states = {
        "intake": missing or ("done" if standing.verdict else "todo"),
        "request": "done" if standing.verdict else "todo",
        "screening": missing or ("done" if standing.verdict in FIT else "todo"),
        "plan": "done" if plan else "todo",
        "consent": "done" if plan and _is_consented(plan) else "todo",
        "session": "done" if plan and _is_treated(course, plan) else "todo",
        "follow-up": "done" if _is_followed_up(course) else "todo",
    }
    labels = {
        "intake": _("Intake"),
        "request": _("Request"),
        "screening": _("Screening"),
        "plan": _("Plan"),
        "consent": _("Consent"),
        "session": _("Session"),
        "follow-up": _("Follow-up"),
    }
    return tuple(
        Step(
            label=labels[name],
            url=reverse(name, args=[course.patient.code if name == "intake" else course.code]),
            state=state,
            current=name == current,
        )
        for name, state in states.items()
    )


def _standing(course: Course, draft: Draft | None, plan: PlanVersion | None) -> _Standing:
    if draft is None and plan is not None:
        screening = plan.decision["screening"]
        verdict = screening["verdict_after_override"] or screening["verdict"]
        return _Standing(verdict=verdict, is_missing_answers=bool(screening["missing"]))
    found = draft or draft_as_it_stands(course)
    return _Standing(verdict=found.verdict, is_missing_answers=found.is_missing_answers)


def _is_consented(plan: PlanVersion) -> bool:
    return Consent.objects.filter(
        plan=plan, sealed_at__isnull=False, decision="consented", withdrawal__isnull=True
    ).exists()


def _is_treated(course: Course, plan: PlanVersion) -> bool:
    """Whether as many sessions were finalised as are planned."""
    given = Session.objects.filter(course=course, sealed_at__isnull=False, abandoned_because="")
    return given.count() >= len(plan.decision["plan"]["sessions"])


def _is_followed_up(course: Course) -> bool:
    """Whether somebody was to be asked, and all were."""
    contacts = Contact.objects.filter(session__course=course)
    return contacts.exists() and not contacts.filter(sealed_at=None).exists()
