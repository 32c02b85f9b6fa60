"""Rows of treatment sessions: as they are recorded, as they were finalised, and amendments."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mesoplan.web.codes import CODE_LENGTH, new_code
from mesoplan.web.courses.models.course import Course, PlanVersion
from mesoplan.web.gestures.models import Gesture
from mesoplan.web.patients.models import Document


class DifferenceReason(models.TextChoices):
    """Why something was given otherwise than it was planned; ``other`` is told in words."""

    LESION_AVOIDED = "lesion-avoided", _("Lesion avoided")
    PAIN = "pain", _("Pain")
    BLEEDING = "bleeding", _("Bleeding")
    ASKED_TO_STOP = "asked-to-stop", _("Patient asked to stop")
    REACTION = "reaction", _("Reaction")
    SHORTAGE = "product-shortage", _("Product shortage")
    DECISION = "physicians-decision", _("Physician's decision")
    OTHER = "other", _("Other")


class NotTreatedReason(models.TextChoices):
    """Why a session that was begun ended without treatment; ``other`` is told in words."""

    SCREENING = "screening", _("Today's screening")
    CONSENT = "consent", _("No valid consent")
    PLAN = "plan", _("The plan is not in force")
    PATIENT = "patient", _("Patient's wish")
    PRODUCT = "product", _("Product or device missing")
    MISTAKE = "begun-by-mistake", _("Begun by mistake")
    OTHER = "other", _("Other")


class AmendmentReason(models.TextChoices):
    """Why something is added to a finalised session."""

    WRONG = "wrong-entry", _("Something was entered wrongly")
    FORGOTTEN = "forgotten", _("Something was forgotten")
    LEARNT_LATER = "learnt-later", _("Something became known later")
    PATIENT = "patient", _("The patient corrects something")
    OTHER = "other", _("Other")


class Session(models.Model):
    """One treatment session. Sealed when it is finalised; then only amendments follow.

    ``record`` is all that was recorded, ``verification`` planned against given, both as JSON.
    ``scale`` and ``score`` are the baseline score that the timeline draws.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveIntegerField()
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    scale = models.CharField(max_length=60, blank=True)
    score = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    differences = models.PositiveIntegerField(default=0)
    next_date = models.DateField(null=True)
    record = models.JSONField(null=True)
    verification = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    abandoned_because = models.CharField(max_length=300, blank=True)
    sealed_at = models.DateTimeField(null=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """The newest first; numbered within the course; one open session a course at most."""

        verbose_name = _("session")
        ordering: ClassVar = ["-number"]
        indexes: ClassVar = [
            models.Index(fields=["course", "-number"], name="session_of_course"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "number"], name="session_number_is_unique"),
            models.UniqueConstraint(
                fields=["course"],
                condition=models.Q(sealed_at__isnull=True),
                name="session_one_open_in_a_course",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed_at__isnull=True)
                | models.Q(record__isnull=False, sealed_by__isnull=False),
                name="session_sealed_is_whole",
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class SessionGesture(Gesture):
    """A gesture in a session: a tick, a number given, a timer started (``courses.mapping``)."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="gestures")

    class Meta(Gesture.Meta):
        """A batch holds each key once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "batch", "key"], name="session_gesture_once_in_a_batch"
            )
        ]


class Amendment(models.Model):
    """What is added to a finalised session. The original stays as it is."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=60)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """In order; numbered within the session."""

        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "number"], name="amendment_number_is_unique")
        ]

    def __str__(self) -> str:
        """The number of the row."""
        return str(self.pk)
