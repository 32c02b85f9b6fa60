"""Rows of the audit: the chain of events, and its head."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

DIGEST_LENGTH = 64
"""Characters of a SHA-256 in hexadecimal."""


class Event(models.Model):
    """One thing that was done or seen. Never changed, never deleted; triggers hold that.

    ``digest`` is a keyed hash over the event and the digest before it, so that a change, a gap or
    another order shows. Names of users and codes of rows are copied in as text: the event stays
    readable whatever happens to the rows.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    clinic = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, blank=True)
    patient = models.CharField(max_length=40, blank=True)
    detail = models.JSONField()
    previous = models.CharField(max_length=DIGEST_LENGTH)
    digest = models.CharField(max_length=DIGEST_LENGTH)

    class Meta:
        """The newest last; looked up by clinic, patient and time."""

        verbose_name = _("audit event")
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "number"], name="audit_of_clinic"),
            models.Index(fields=["patient", "number"], name="audit_of_patient"),
        ]

    def __str__(self) -> str:
        """Number and action, without anybody's name."""
        return f"{self.number} {self.action}"


class Head(models.Model):
    """The end of the chain: how many events there are, and the last digest. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    number = models.BigIntegerField()
    digest = models.CharField(max_length=DIGEST_LENGTH)

    class Meta:
        """Exactly one row, number 1."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="audit_head_is_one_row")
        ]

    def __str__(self) -> str:
        """How far the chain goes."""
        return f"{self.number}"
