"""Reads of a consent: as it stands, what its signatures stand under, and what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import PERMISSIONS, Permission
from mesoplan.web.courses.mapping.consent_text import Part, consent_text
from mesoplan.web.courses.mapping.draft import canonical
from mesoplan.web.courses.models import Consent, ConsentGesture, Course, PlanVersion
from mesoplan.web.courses.queries.course import current_plan
from mesoplan.web.gestures.actions import Journal
from mesoplan.web.gestures.sheet import Entered, Sheet, sheet_of

CONSENTED, DECLINED = "consented", "declined"
"""What a patient can decide."""

PHOTOGRAPHS = ("photos.record", "photos.teaching")
SIGNER = ("signer.who", "signer.name", "signer.relation")
UNDER_SIGNATURE = ("decision", *PHOTOGRAPHS, *SIGNER)
"""Keys whose values are signed together with the text: a change makes a signature void."""


def may_explain(clinic: Clinic) -> QuerySet[User]:
    """The people of a clinic who may explain a treatment and take the consent."""
    roles = [role for role, granted in PERMISSIONS.items() if Permission.CONSENT in granted]
    return (
        clinic.users.filter(is_active=True, roles__role__in=roles)
        .prefetch_related("roles")
        .order_by("name", "pk")
        .distinct()
    )


def consents_of(course: Course) -> QuerySet[Consent]:
    """All consents of a course, the newest first."""
    return (
        Consent.objects.filter(plan__course=course)
        .select_related("plan", "withdrawal", "withdrawal__by", "sealed_by")
        .defer("plan__case", "plan__decision", "record")
        .order_by("-pk")
    )


def consent_journal(consent: Consent, course: Course) -> Journal:
    """The gestures on a consent."""
    return Journal(
        table=ConsentGesture,
        field="consent",
        owner=consent,
        clinic=course.patient.clinic.code,
        patient=course.patient.code,
    )


def is_closed(consent: Consent) -> bool:
    """Whether another consent to the same plan can be taken: it was declined or withdrawn."""
    return consent.sealed_at is not None and (
        consent.decision == DECLINED or hasattr(consent, "withdrawal")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something without which a consent is not finalised; ``place`` is where it is entered."""

    place: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ConsentState:
    """A consent while it is taken. ``consent`` is ``None`` before the first gesture."""

    course: Course
    plan: PlanVersion
    consent: Consent | None
    sheet: Sheet

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The text that is read and signed."""
        return consent_text(self.plan.decision, number=self.plan.number)

    @cached_property
    def signed(self) -> str:
        """SHA-256 of what is signed: the plan, the text, the decision, photographs, who signs."""
        said = {
            "plan": [self.plan.code, self.plan.digest],
            "text": [
                [part.heading, line.text, dict(line.source) if line.source else None]
                for part in self.parts
                for line in part.lines
            ],
            **{key: self.sheet.value(key) for key in UNDER_SIGNATURE},
        }
        return hashlib.sha256(canonical(said).encode()).hexdigest()

    @property
    def decision(self) -> str:
        """``consented``, ``declined`` or nothing yet."""
        return self.sheet.text("decision")

    @property
    def is_by_representative(self) -> bool:
        """Whether somebody signs for the patient."""
        return self.sheet.text("signer.who") == "representative"

    def signature(self, who: str) -> Entered | None:
        """The signature of ``patient`` or ``physician``, void or not."""
        return self.sheet.entries.get(f"signature.{who}")

    def is_void(self, who: str) -> bool:
        """Whether what stands under that signature is not what was signed."""
        entry = self.signature(who)
        return entry is not None and _value(entry).get("signed") != self.signed

    @cached_property
    def before_signing(self) -> tuple[Missing, ...]:
        """What has to be chosen before anybody signs, because it is signed too."""
        return tuple(_before_signing(self))

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """Everything that is missing, in the order of the page."""
        return (*_of_talk(self), *_of_questions(self), *_before_signing(self), *_at_end(self))


def state_of(course: Course, *, plan: PlanVersion | None = None) -> ConsentState | None:
    """The consent to the plan in force as it stands; ``None`` where no plan is in force.

    A consent that is sealed is no state any more: where the newest is, the sheet is empty.
    """
    plan = plan or current_plan(course)
    if plan is None:
        return None
    consent = Consent.objects.filter(plan=plan, sealed_at__isnull=True).order_by("-pk").first()
    sheet = consent_journal(consent, course).sheet() if consent else sheet_of(())
    return ConsentState(course=course, plan=plan, consent=consent, sheet=sheet)


def shown(state: ConsentState, seen: int | None) -> Sheet:
    """The consent as a page of that version showed it."""
    if state.consent is None:
        return state.sheet
    return consent_journal(state.consent, state.course).shown(seen)


def question_numbers(sheet: Sheet) -> tuple[int, ...]:
    """The numbers of the questions in their keys, in order."""
    return tuple(sorted({int(key.partition(".")[0]) for key in sheet.under("question")}))


def moment_of(sheet: Sheet, key: str) -> datetime | None:
    """A moment that was entered, in UTC."""
    text = sheet.text(key)
    return datetime.fromisoformat(text) if text else None


def _value(entry: Entered) -> dict[str, Any]:
    return entry.value if isinstance(entry.value, dict) else {}


# --- What is missing ---------------------------------------------------------------------------


def _of_talk(state: ConsentState) -> Iterator[Missing]:
    sheet = state.sheet
    if not sheet.text("talk.by"):
        yield Missing(place="talk", text=_("Who explained it"))
    if not sheet.text("talk.language"):
        yield Missing(place="talk", text=_("In which language"))
    interpreter = sheet.text("talk.interpreter")
    if not interpreter:
        yield Missing(place="talk", text=_("Whether an interpreter was needed"))
    elif interpreter == "named" and not sheet.text("talk.interpreter_name"):
        yield Missing(place="talk", text=_("The name of the interpreter"))
    started, ended = moment_of(sheet, "talk.started"), moment_of(sheet, "talk.ended")
    if started is None:
        yield Missing(place="talk", text=_("When the talk began"))
    if ended is None:
        yield Missing(place="talk", text=_("When the talk ended"))
    if started is not None and ended is not None and ended < started.replace(second=0):
        yield Missing(place="talk", text=_("The talk ends before it begins"))


def _of_questions(state: ConsentState) -> Iterator[Missing]:
    sheet, numbers = state.sheet, question_numbers(state.sheet)
    asked = sheet.text("questions.any")
    if not asked:
        yield Missing(place="questions", text=_("Whether the patient asked anything"))
    if asked == "yes" and not numbers:
        yield Missing(place="questions", text=_("What the patient asked"))
    if asked == "no" and numbers:
        yield Missing(
            place="questions", text=_("Questions stand there, but none is said to be asked")
        )
    for place, number in enumerate(numbers, 1):
        for name, words in (
            ("asked", _("Question %(number)s")),
            ("answer", _("The answer to question %(number)s")),
        ):
            if not sheet.text(f"question.{number}.{name}"):
                yield Missing(place="questions", text=words % {"number": place})


def _before_signing(state: ConsentState) -> Iterator[Missing]:
    sheet = state.sheet
    if state.decision != DECLINED:
        for key, words in zip(
            PHOTOGRAPHS,
            (_("Photographs for the record: yes or no"), _("Photographs for teaching: yes or no")),
            strict=True,
        ):
            if not sheet.text(key):
                yield Missing(place="photographs", text=words)
    if not state.decision:
        yield Missing(place="decision", text=_("What the patient decided"))
    if not sheet.text("signer.who"):
        yield Missing(place="decision", text=_("Who signs: the patient or a representative"))
    elif state.is_by_representative:
        if not sheet.text("signer.name"):
            yield Missing(place="decision", text=_("The name of the representative"))
        if not sheet.text("signer.relation"):
            yield Missing(place="decision", text=_("What the representative is to the patient"))


def _at_end(state: ConsentState) -> Iterator[Missing]:
    """Signatures and the copy. Who declines need not sign, and has nothing to take home."""
    if state.is_void("patient"):
        yield Missing(place="sign-patient", text=_("The patient's signature is void: sign again"))
    elif state.signature("patient") is None and state.decision != DECLINED:
        yield Missing(place="sign-patient", text=_("The patient's signature"))
    if state.is_void("physician"):
        yield Missing(
            place="sign-physician", text=_("The physician's signature is void: sign again")
        )
    elif state.signature("physician") is None:
        yield Missing(place="sign-physician", text=_("The physician's signature"))
    if not state.sheet.text("copy") and state.decision != DECLINED:
        yield Missing(place="copy", text=_("Whether a copy was given"))
