"""Rows of follow-up: who is to be asked when, what was said, reactions, and what is to be done."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.models import Clinic
from mesoplan.web.codes import CODE_LENGTH, new_code
from mesoplan.web.courses.models.treatment import Session
from mesoplan.web.gestures.models import Gesture
from mesoplan.web.patients.models import Patient


class Contact(models.Model):
    """One time that a patient is to be asked how it went, or reported by herself.

    ``due`` and ``latest`` are days in the clinic's time. Sealed when it is closed; ``urgency`` and
    ``triage`` then say what came out, or that nobody could be reached.
    """

    class Outcome(models.TextChoices):
        """How it ended."""

        EXPECTED = "expected", _("Expected")
        CALL = "call", _("Call")
        URGENT = "urgent", _("Urgent")
        NO_ANSWER = "no-answer", _("No answer")

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="contacts")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="contacts")
    what = models.CharField(max_length=300)
    due = models.DateField()
    latest = models.DateField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    triage = models.JSONField(null=True)
    sealed_at = models.DateTimeField(null=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """The longest due first."""

        ordering: ClassVar = ["due", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "sealed_at", "due"], name="contact_worklist")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(sealed_at__isnull=True)
                | (models.Q(triage__isnull=False) & ~models.Q(outcome="")),
                name="contact_sealed_is_whole",
            )
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class ContactGesture(Gesture):
    """A gesture on the phone script: red flags first, then reactions (``courses.mapping``)."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="gestures")

    class Meta(Gesture.Meta):
        """A batch holds each key once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contact", "batch", "key"], name="contact_gesture_once_in_a_batch"
            )
        ]


class Reaction(models.Model):
    """A reaction, linked to what may have caused it. Never changed; notes tell how it went on.

    ``name`` is a reaction of the knowledge base, or empty with ``words``; ``cause`` is ``drug``,
    ``method``, ``needle`` or ``unknown``; ``zone`` the number of the zone, 0 for the whole body.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reactions")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="reactions")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, related_name="reactions"
    )
    name = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=300, blank=True)
    zone = models.PositiveSmallIntegerField()
    lot = models.CharField(max_length=80, blank=True)
    device = models.CharField(max_length=120, blank=True)
    cause = models.CharField(max_length=20)
    severity = models.CharField(max_length=20)
    began_on = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(name="", words=""), name="reaction_is_named"
            ),
            models.CheckConstraint(
                condition=models.Q(cause__in=["drug", "method", "needle", "unknown"]),
                name="reaction_cause_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=["mild", "moderate", "severe"]),
                name="reaction_severity_is_known",
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class ReactionNote(models.Model):
    """How a reaction went on: its outcome from this moment, and words."""

    reaction = models.ForeignKey(Reaction, on_delete=models.PROTECT, related_name="notes")
    outcome = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """In order."""

        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        """The number of the row."""
        return str(self.pk)


class Task(models.Model):
    """Something that somebody has to do for a patient, opened by the program or by a person."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="tasks")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, related_name="tasks")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="tasks")
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300, blank=True)
    urgency = models.CharField(max_length=20)
    due = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sealed_at = models.DateTimeField(null=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    done_because = models.CharField(max_length=300, blank=True)

    class Meta:
        """The longest due first."""

        ordering: ClassVar = ["due", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "sealed_at", "due"], name="task_worklist")
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code
