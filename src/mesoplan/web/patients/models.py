"""Rows of patients, of their answers, and of the tablet in a patient's hands."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.models import Clinic
from mesoplan.web.codes import CODE_LENGTH, new_code
from mesoplan.web.gestures.models import Gesture


class Speaker(models.TextChoices):
    """Who gave an answer, where that is not who entered it."""

    PATIENT = "patient", _("Patient")
    PHYSICIAN = "physician", _("Physician")
    RECORD = "record", _("Record")
    RELATIVE = "relative", _("Relative")


class Patient(models.Model):
    """A person who is treated, or may be. ``sex`` is the sex used for rules and tables.

    ``opened_at`` is when her chart was last opened, or she was registered: the order of the list.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    record_number = models.PositiveIntegerField()
    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=10, default="unknown")
    gender = models.CharField(max_length=60, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    sort_name = models.CharField(max_length=210)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()

    class Meta:
        """In the order of their names; a record number once per clinic."""

        verbose_name = _("patient")
        ordering: ClassVar = ["sort_name", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "sort_name", "id"], name="patient_by_name"),
            models.Index(fields=["clinic", "birth_date"], name="patient_by_birth_date"),
            models.Index(fields=["clinic", "-opened_at", "-id"], name="patient_by_last_opened"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic", "record_number"], name="patient_number_is_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(sex__in=["female", "male", "unknown"]), name="patient_sex_known"
            ),
        ]

    def __str__(self) -> str:
        """The code, never the name: this may end up in a log."""
        return self.code

    @property
    def name(self) -> str:
        """Given and family name, as they are shown."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def initials(self) -> str:
        """Two letters for the portrait."""
        return (self.given_name[:1] + self.family_name[:1]).upper()


class SearchKey(models.Model):
    """A key under which a patient is found (``search.keys_of``): parts of name and telephone."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="search_keys")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=60)

    class Meta:
        """Looked up by clinic and key."""

        indexes: ClassVar = [
            models.Index(fields=["clinic", "key", "patient"], name="search_key_of_clinic")
        ]

    def __str__(self) -> str:
        """The number of the row."""
        return str(self.pk)


class AnswerGesture(Gesture):
    """An answer of the intake, by whoever gave it. Keys are those of ``patients.mapping``.

    ``hand_over`` is the one in which the patient answered by herself: no staff takes it back.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="answers")
    hand_over = models.ForeignKey(
        "HandOver", on_delete=models.PROTECT, null=True, related_name="answers"
    )

    class Meta(Gesture.Meta):
        """A batch holds each key once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "batch", "key"], name="answer_once_in_a_batch"
            )
        ]


class HandOver(models.Model):
    """The tablet in the patient's hands: only her questions can be reached until it comes back.

    ``questions`` are the keys of what she is asked, in order. ``finished_at`` is when she said that
    she was done, ``ended_at`` when staff took the tablet back: after that no answer is hers.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="hand_overs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, blank=True)
    questions = models.JSONField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-started_at"]

    def __str__(self) -> str:
        """The code."""
        return self.code

    @property
    def is_over(self) -> bool:
        """Whether she is done, or the tablet is back."""
        return self.finished_at is not None or self.ended_at is not None


class Document(models.Model):
    """A printed page as it was given out or filed: never changed. ``kind`` as in ``Kind``."""

    class Kind(models.TextChoices):
        """What the page is."""

        PLAN = "plan", _("Plan")
        CONSENT = "consent", _("Consent")
        SESSION = "session", _("Session record")
        AFTERCARE = "aftercare", _("Aftercare sheet")

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    subject = models.CharField(max_length=80)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["patient", "kind", "subject"], name="doc_of")]

    def __str__(self) -> str:
        """Kind and code."""
        return f"{self.kind} {self.code}"
