"""Whether a session stands on a plan and a consent that hold, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from mesoplan.web.courses.mapping.plan import PlanOutdatedError, plan_value
from mesoplan.web.courses.models import Consent, Course, PlanVersion


class Obstacle(models.TextChoices):
    """Why a session cannot be finalised as treated, and the way out."""

    PLAN_WITHDRAWN = "plan-withdrawn", _("The plan was withdrawn. A new one has to be released.")
    PLAN_SUPERSEDED = "plan-superseded", _("A newer plan was released. Go on with that one.")
    PLAN_OUTDATED = (
        "plan-outdated",
        _("The knowledge base or the program has changed since the plan. Release it anew."),
    )
    PLAN_USED_UP = (
        "plan-used-up",
        _("All sessions of the plan were given. Release a plan with more sessions."),
    )
    CONSENT_MISSING = "consent-missing", _("There is no signed consent to this plan.")
    CONSENT_DECLINED = "consent-declined", _("The patient did not consent to this plan.")
    CONSENT_WITHDRAWN = "consent-withdrawn", _("The patient withdrew the consent.")
    CONSENT_LATER = (
        "consent-later",
        _("The consent was signed after the treatment had begun."),
    )
    CONSENT_OLDER = (
        "consent-older",
        _("The signed consent is to an older plan. This plan needs one of its own."),
    )

    @property
    def is_past(self) -> bool:
        """Whether nothing settles it any more once something was given; it is told in words."""
        return self in {
            Obstacle.CONSENT_DECLINED,
            Obstacle.CONSENT_WITHDRAWN,
            Obstacle.CONSENT_LATER,
        }

    @property
    def page(self) -> str:
        """The name of the page that has the way out."""
        return "consent" if self.value.startswith("consent") else "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a session stands on: the consent that counts, and everything that is in the way.

    ``newest`` is the plan in force where that is another one than the session's.
    """

    consent: Consent | None
    obstacles: tuple[Obstacle, ...]
    newest: PlanVersion | None = None

    @property
    def is_consented(self) -> bool:
        """Whether the consent to this very plan holds."""
        return not any(item.page == "consent" for item in self.obstacles)


def standing(
    course: Course,
    version: PlanVersion,
    *,
    number: int,
    given_at: datetime | None,
    given_from: datetime | None = None,
) -> Standing:
    """What a session of this plan stands on; ``number`` is that of the session in the plan.

    What happened after the last of the treatment was given (``given_at``) does not undo it: a
    consent that is withdrawn later was there, a plan that is superseded later was in force. Nor
    does a consent count that was not there when the first was given (``given_from``).
    """
    released = list(course.plans.select_related("withdrawal").defer("case").order_by("-number"))
    newer = next((plan for plan in released if plan.number > version.number), None)
    consents = list(
        Consent.objects.filter(plan__course=course, sealed_at__isnull=False)
        .select_related("withdrawal", "plan", "sealed_by")
        .defer("plan__case", "plan__decision")
        .order_by("-pk")
    )
    own = [consent for consent in consents if consent.plan_id == version.pk]
    there = [item for item in own if item.sealed_at and _counts(item.sealed_at, given_from)]
    found = [
        *_of_plan(version, released, newer, number=number, given_at=given_at),
        *_of_consent(own, there, consents, given_at=given_at),
    ]
    in_force = newer if newer is not None and not hasattr(newer, "withdrawal") else None
    consent = next(iter([*there, *own]), None)
    return Standing(consent=consent, obstacles=tuple(found), newest=in_force)


def _of_plan(
    version: PlanVersion,
    released: list[PlanVersion],
    newer: PlanVersion | None,
    *,
    number: int,
    given_at: datetime | None,
) -> Iterator[Obstacle]:
    own = next(plan for plan in released if plan.pk == version.pk)
    if hasattr(own, "withdrawal") and _counts(own.withdrawal.at, given_at):
        yield Obstacle.PLAN_WITHDRAWN
    later = [plan for plan in released if plan.number > version.number]
    if newer is not None and any(_counts(plan.released_at, given_at) for plan in later):
        yield Obstacle.PLAN_SUPERSEDED
    if given_at is None and _is_outdated(version):
        yield Obstacle.PLAN_OUTDATED
    if number > len(version.decision["plan"]["sessions"]):
        yield Obstacle.PLAN_USED_UP


def _is_outdated(version: PlanVersion) -> bool:
    try:
        plan_value(version)
    except PlanOutdatedError:
        return True
    return False


def _of_consent(
    own: list[Consent], there: list[Consent], consents: list[Consent], *, given_at: datetime | None
) -> Iterator[Obstacle]:
    """``own`` are the decisions on this plan, ``there`` those before the first was given."""
    if not own:
        has_older = any(consent.decision == "consented" for consent in consents)
        yield Obstacle.CONSENT_OLDER if has_older else Obstacle.CONSENT_MISSING
    elif (there or own)[0].decision != "consented":
        yield Obstacle.CONSENT_DECLINED
    elif not there:
        yield Obstacle.CONSENT_LATER
    elif hasattr(there[0], "withdrawal") and _counts(there[0].withdrawal.at, given_at):
        yield Obstacle.CONSENT_WITHDRAWN


def _counts(at: datetime, given_at: datetime | None) -> bool:
    return given_at is None or at <= given_at
