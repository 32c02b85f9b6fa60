"""The shape of a table of gestures. Each form that saves as it is filled has one of its own."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Gesture(models.Model):
    """One answer, choice or number, as it was entered. Never changed, never deleted.

    ``key`` names what was filled in, ``value`` is what it says now, ``None`` is "cleared".
    Gestures of one tap share ``batch``, an id the page makes, so that a gesture that is sent twice
    is taken once. A row with ``undoes`` takes back the batch of that id, and can be taken back
    itself. ``said_by`` is who gave the answer where that is not who entered it.
    """

    number = models.BigAutoField(primary_key=True)
    batch = models.UUIDField()
    key = models.CharField(max_length=200, blank=True)
    value = models.JSONField(null=True)
    undoes = models.UUIDField(null=True)
    said_by = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """In the order in which they were made."""

        abstract = True
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        """The key, without what was answered."""
        return f"{self.number} {self.key}"
