"""The banner of a course: what could hurt, how far the course is, and the last reaction."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.words import label_of
from mesoplan.web.courses.models import Course, PlanVersion, Reaction, Session
from mesoplan.web.patients.mapping.banner import Banner, BannerFact
from mesoplan.web.patients.models import Patient
from mesoplan.web.patients.queries import banner


def course_banner(course: Course, plan: PlanVersion | None) -> Banner:
    """The patient's banner with sessions given of those planned, and the last reaction."""
    told = ""
    if plan is not None:
        given = Session.objects.filter(
            course=course, sealed_at__isnull=False, abandoned_because=""
        ).count()
        counted = {"given": given, "planned": len(plan.decision["plan"]["sessions"])}
        told = _("%(given)s of %(planned)s") % counted
    return banner(course.patient, course=told, last_reaction=_last_reaction(course.patient))


def _last_reaction(patient: Patient) -> BannerFact:
    """The newest reaction on record; that none is on record is not that there was none."""
    found = Reaction.objects.filter(patient=patient).order_by("-pk").first()
    words = _("none recorded")
    if found is not None:
        words = label_of("reactions", found.name) if found.name else found.words
    return BannerFact(label=_("Last reaction"), text=words)
