"""Rows of consent: as it is taken, as it was signed, and its withdrawal."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mesoplan.web.codes import CODE_LENGTH, new_code
from mesoplan.web.courses.models.course import PlanVersion
from mesoplan.web.gestures.models import Gesture
from mesoplan.web.patients.models import Document


class Consent(models.Model):
    """The consent to one released plan. Sealed once it is signed or declined.

    ``decision`` is ``consented`` or ``declined``; ``record`` what was read and said, in full.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="consents")
    created_at = models.DateTimeField()
    decision = models.CharField(max_length=20, blank=True)
    record = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    sealed_at = models.DateTimeField(null=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """The newest first; sealed means that all of it is there."""

        verbose_name = _("consent")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(sealed_at__isnull=True)
                | models.Q(
                    decision__in=["consented", "declined"],
                    record__isnull=False,
                    document__isnull=False,
                    sealed_by__isnull=False,
                ),
                name="consent_sealed_is_whole",
            )
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class ConsentGesture(Gesture):
    """A gesture on a consent: who explained, questions asked, signatures (``courses.mapping``)."""

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="gestures")

    class Meta(Gesture.Meta):
        """A batch holds each key once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["consent", "batch", "key"], name="consent_gesture_once_in_a_batch"
            )
        ]


class ConsentWithdrawal(models.Model):
    """The patient took her consent back: when, to whom, in which words."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        """The number of the row."""
        return str(self.pk)
