"""What the next session of a course would stand on, and the sessions before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.courses.mapping.session_plan import SessionPlan, session_plan
from mesoplan.web.courses.models import Course, PlanVersion, Session
from mesoplan.web.courses.queries.session import treated_sessions
from mesoplan.web.courses.queries.session_standing import Standing, standing

MOST_SHOWN = 20
"""Earlier sessions on the page; the chart has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginPage:
    """Where the next session stands: without ``version`` nothing was ever released.

    ``due`` is the day that the last session proposed; ``last`` is the one that can be repeated.
    """

    version: PlanVersion | None
    plan: SessionPlan | None
    standing: Standing | None
    last: Session | None
    due: date | None
    is_early: bool
    earlier: tuple[Session, ...]


def begin_page(course: Course) -> BeginPage:
    """What stands ready for the next session, and what stands against it."""
    version = course.plans.select_related("withdrawal").order_by("-number").first()
    earlier = tuple(
        course.sessions.filter(sealed_at__isnull=False)
        .select_related("sealed_by", "plan")
        .defer("record", "verification", "plan__case", "plan__decision")[:MOST_SHOWN]
    )
    treated = treated_sessions(course)
    last = treated.defer("record", "verification").first()
    due = last.next_date if last else None
    if version is None:
        return BeginPage(
            version=None,
            plan=None,
            standing=None,
            last=last,
            due=due,
            is_early=False,
            earlier=earlier,
        )
    number = treated.count() + 1
    return BeginPage(
        version=version,
        plan=session_plan(version.decision, number=number),
        standing=standing(course, version, number=number, given_at=None),
        last=last,
        due=due,
        is_early=due is not None and local_today(course.patient.clinic) < due,
        earlier=earlier,
    )
