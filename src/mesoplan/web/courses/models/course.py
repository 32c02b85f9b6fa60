"""Rows of a course, its request as it is filled in, and its released plans."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mesoplan.web.codes import CODE_LENGTH, new_code
from mesoplan.web.gestures.models import Gesture
from mesoplan.web.patients.models import Document, Patient


class Course(models.Model):
    """One request and what came of it. ``title`` says it in words for lists.

    ``baseline`` columns of its sessions and the state here are what lists show; they follow from
    the gestures and are written in the same transaction.
    """

    class State(models.TextChoices):
        """Where the course stands."""

        REQUEST = "request", _("Request")
        PLANNED = "planned", _("Planned")
        TREATING = "treating", _("In treatment")
        CLOSED = "closed", _("Closed")

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.REQUEST)
    closed_because = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        """The newest first; numbered within the patient."""

        verbose_name = _("course")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "number"], name="course_number_is_unique")
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class CourseGesture(Gesture):
    """A gesture on the request: zones, wishes, who treats, overrides (``courses.mapping``)."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="gestures")

    class Meta(Gesture.Meta):
        """A batch holds each key once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["course", "batch", "key"], name="course_gesture_once_in_a_batch"
            )
        ]


class PlanVersion(models.Model):
    """A released plan, frozen: the case it was made from (TOML), and the decision (JSON).

    A later version supersedes it; nothing else changes it. ``digest`` is the SHA-256 of the case
    and the decision.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField()
    case = models.TextField()
    decision = models.JSONField()
    knowledge_release = models.CharField(max_length=80)
    policy = models.CharField(max_length=60)
    reason = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """The newest first; numbered within the course."""

        verbose_name = _("plan")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "number"], name="plan_number_is_unique")
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class PlanWithdrawal(models.Model):
    """A released plan that is not to be used any more, and why. A row; the plan stays as it is."""

    plan = models.OneToOneField(PlanVersion, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        """The number of the row."""
        return str(self.pk)
