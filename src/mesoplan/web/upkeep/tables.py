"""What a readable copy holds: tables, columns, and what each column means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import models

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses import models as courses
from mesoplan.web.patients import models as patients


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the copy: its name, its rows, and the way from a row to clinic and patient.

    ``to_patient`` is empty for rows that belong to no patient. ``left_out`` are columns that mean
    nothing outside this database, or that must not leave it.
    """

    name: str
    model: type[models.Model]
    to_clinic: str
    to_patient: str = ""
    left_out: frozenset[str] = frozenset({"id"})

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the model."""
        return tuple(
            field.name
            for field in self.model._meta.concrete_fields  # noqa: SLF001
            if field.name not in self.left_out
        )

    @property
    def is_of_clinic(self) -> bool:
        """Whether the rows are about the clinic itself rather than about a patient."""
        return not self.to_patient


def _of_patient(name: str, model: type[models.Model], path: str, *more: str) -> Table:
    to_patient = path or "pk"
    to_clinic = f"{path}__clinic" if path else "clinic"
    return Table(
        name=name,
        model=model,
        to_clinic=to_clinic,
        to_patient=to_patient,
        left_out=frozenset({"id", *more}),
    )


TABLES: tuple[Table, ...] = (
    Table(name="clinic", model=Clinic, to_clinic="pk"),
    Table(
        name="people",
        model=User,
        to_clinic="clinic",
        left_out=frozenset({"id", "password", "pin", "stamp", "must_change_password"}),
    ),
    _of_patient("patients", patients.Patient, "", "sort_name"),
    _of_patient("answers", patients.AnswerGesture, "patient"),
    _of_patient("hand_overs", patients.HandOver, "patient"),
    _of_patient("documents", patients.Document, "patient", "content"),
    _of_patient("courses", courses.Course, "patient"),
    _of_patient("course_gestures", courses.CourseGesture, "course__patient"),
    _of_patient("plans", courses.PlanVersion, "course__patient"),
    _of_patient("plan_withdrawals", courses.PlanWithdrawal, "plan__course__patient"),
    _of_patient("consents", courses.Consent, "plan__course__patient"),
    _of_patient("consent_gestures", courses.ConsentGesture, "consent__plan__course__patient"),
    _of_patient("consent_withdrawals", courses.ConsentWithdrawal, "consent__plan__course__patient"),
    _of_patient("sessions", courses.Session, "course__patient"),
    _of_patient("session_gestures", courses.SessionGesture, "session__course__patient"),
    _of_patient("amendments", courses.Amendment, "session__course__patient"),
    _of_patient("contacts", courses.Contact, "patient"),
    _of_patient("contact_gestures", courses.ContactGesture, "contact__patient"),
    _of_patient("reactions", courses.Reaction, "patient"),
    _of_patient("reaction_notes", courses.ReactionNote, "reaction__patient"),
    _of_patient("tasks", courses.Task, "patient"),
)

ELSEWHERE: Mapping[type[models.Model], str] = MappingProxyType(
    {patients.SearchKey: "follows from name and telephone; made anew where it is needed"}
)
"""Rows about patients that the copy leaves out, and why."""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        # on many tables
        "code": "random code of the row, as in addresses",
        "clinic": "code of the clinic",
        "patient": "code of the patient",
        "course": "code of the course",
        "plan": "code of the released plan",
        "consent": "code of the consent",
        "session": "code of the session",
        "contact": "code of the follow-up contact",
        "reaction": "code of the reaction",
        "document": "code of the printed document",
        "number": "number within what the row belongs to; of a gesture: its place in time",
        "at": "when (UTC)",
        "by": "who entered it (name for signing in)",
        "created_at": "when the row was made (UTC)",
        "created_by": "who made the row (name for signing in)",
        "sealed_at": "when it was closed for good (UTC); empty while it is open",
        "sealed_by": "who closed it (name for signing in)",
        "digest": "SHA-256 of what was closed",
        "text": "in words",
        "reason": "why",
        "outcome": "how it ended or stands",
        "kind": "what kind of row it is",
        "language": "language chosen (two letters)",
        # gestures
        "batch": "gestures of one tap share this id",
        "key": "what was filled in",
        "value": "what it says (JSON); empty: cleared",
        "undoes": "the batch that this row takes back",
        "said_by": "who gave the answer, where that is not who entered it",
        "hand_over": "code of the hand-over in which the patient answered by herself",
        # clinic and people
        "clinic.name": "name of the clinic",
        "address": "postal address",
        "telephone": "telephone as it was entered",
        "emergency_number": "number that is printed for emergencies",
        "policy": "practice policy of the knowledge base",
        "time_zone": "time zone that days are counted in",
        "paper": "paper of printed pages",
        "idle_minutes": "minutes until an idle screen locks",
        "next_record_number": "record number of the next patient",
        "username": "name for signing in",
        "people.name": "name of the person",
        "profession": "profession as it is printed",
        "is_active": "whether the person can sign in",
        "last_login": "last sign-in (UTC)",
        "theme": "light or dark",
        # patients
        "record_number": "number of the patient in this clinic",
        "family_name": "family name",
        "given_name": "given name",
        "birth_date": "birth date",
        "sex": "sex used for rules and tables: female, male, unknown",
        "gender": "gender in the patient's own words",
        "email": "e-mail address",
        "opened_at": "when the chart was last opened (UTC)",
        "questions": "the facts that the patient was asked, in order (JSON)",
        "started_at": "when it began (UTC)",
        "finished_at": "when the patient had finished (UTC)",
        "ended_at": "when the tablet came back (UTC)",
        "subject": "kind and code of the row that it belongs to",
        "sha256": "SHA-256 of the file in the folder documents",
        # courses
        "title": "the zones in words",
        "state": "where the course stands",
        "closed_because": "why the course was closed",
        "changed_at": "last change (UTC)",
        "case": "the case file (TOML) that the plan was made from; mesoplan plan makes it again",
        "decision": "the plan as it was released (JSON, as mesoplan plan --json prints it)",
        "knowledge_release": "hash of the knowledge base that the plan was made with",
        "released_at": "when it was released (UTC)",
        "released_by": "who released it (name for signing in)",
        "consents.decision": "consented or declined",
        "record": "everything that was recorded, in full (JSON)",
        "words": "in the patient's words",
        # sessions
        "begun_at": "when the session was begun (UTC)",
        "begun_by": "who began it (name for signing in)",
        "scale": "scale of the baseline score",
        "score": "baseline score on that scale",
        "differences": "how many items were given otherwise than planned",
        "next_date": "day proposed for the next session",
        "verification": "planned against given, item by item (JSON)",
        "abandoned_because": "why nobody was treated in this session",
        # follow-up
        "what": "what is asked",
        "due": "day on which it is due",
        "latest": "last day on which it is in time",
        "triage": "what the answers led to, with reasons (JSON)",
        "reactions.name": "reaction of the knowledge base",
        "zone": "number of the zone; 0: the whole body",
        "lot": "lot of the product",
        "device": "device and settings",
        "cause": "cause class: drug, method, needle, unknown",
        "severity": "mild, moderate, severe",
        "began_on": "day on which it began",
        "urgency": "how urgent it is",
        "opened_by": "who opened it (name for signing in)",
        "done_because": "how it was settled",
    }
)
"""What a column means: by ``table.column`` where that differs, else by ``column``."""


def meaning(table: Table, column: str) -> str:
    """What this column means.

    Raises:
        KeyError: nobody has said it; a new column says it here before it is exported.
    """
    return MEANINGS.get(f"{table.name}.{column}") or MEANINGS[column]
