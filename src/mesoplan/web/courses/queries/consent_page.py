"""What the consent page shows: what is being entered, or the consent that was sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.mapping.consent import Ink, ink_of, parts_of
from mesoplan.web.courses.mapping.consent_text import Part
from mesoplan.web.courses.models import Consent, Course, PlanVersion
from mesoplan.web.courses.queries.consent import (
    CONSENTED,
    ConsentState,
    Missing,
    consents_of,
    is_closed,
    may_explain,
    moment_of,
    question_numbers,
    state_of,
)
from mesoplan.web.courses.queries.course import current_plan
from mesoplan.web.patients.models import Document

FIELDS = (
    "talk.by",
    "talk.language",
    "talk.interpreter",
    "talk.interpreter_name",
    "talk.started",
    "talk.ended",
    "questions.any",
    "photos.record",
    "photos.teaching",
    "decision",
    "signer.who",
    "signer.name",
    "signer.relation",
    "copy",
)
"""The keys of the page, beside questions and signatures; in a template with ``_`` for the dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its key, what it says, and what is wrong with what was typed."""

    key: str
    value: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCard:
    """A question of the patient and its answer; ``place`` counts from one on the page."""

    number: int
    place: int
    asked: Field
    answer: Field
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureCard:
    """A place to sign. ``value`` is the drawing as JSON; a void one is not shown any more."""

    who: str
    title: str
    name: str
    value: str
    is_on_paper: bool
    is_void: bool
    at: datetime | None
    by: str
    error: str
    is_closed: bool
    may_sign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """A consent that is being taken; who may not take one only reads."""

    state: ConsentState
    parts: tuple[Part, ...]
    people: tuple[User, ...]
    fields: Mapping[str, Field]
    questions: tuple[QuestionCard, ...]
    patient: SignatureCard
    physician: SignatureCard
    missing: tuple[Missing, ...]
    copy_at: datetime | None
    is_editable: bool

    @property
    def has_new(self) -> bool:
        """Whether an empty question stands there already."""
        return any(card.is_new for card in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSignature:
    """A signature on a sealed consent; without ink it was made on paper, or not at all."""

    title: str
    name: str
    relation: str
    ink: Ink | None
    at: datetime | None
    is_on_paper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPage:
    """A consent as it was sealed. ``document`` is the code of its newest printed page."""

    consent: Consent
    record: Mapping[str, Any]
    parts: tuple[Part, ...]
    started: datetime | None
    ended: datetime | None
    copy_at: datetime | None
    signatures: tuple[SealedSignature, ...]
    document: str
    can_withdraw: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage:
    """The page: exactly one of ``open`` and ``sealed``, or neither where no plan is in force.

    ``version`` tells whether the page has changed, and is empty on that of one certain consent.
    ``is_of_plan`` is whether a sealed consent is to the plan in force; ``can_begin`` whether
    another one can be taken now.
    """

    plan: PlanVersion | None
    version: str = ""
    open: OpenPage | None = None
    sealed: SealedPage | None = None
    is_of_plan: bool = False
    can_begin: bool = False
    others: tuple[Consent, ...] = ()


def consent_page(
    course: Course,
    user: User,
    *,
    code: str = "",
    ask: bool = False,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> ConsentPage:
    """The consent to the plan in force, or the sealed one of that code.

    ``ask`` opens an empty question; ``errors`` and ``typed`` are what could not be taken as meant.
    """
    plan, consents = current_plan(course), list(consents_of(course))
    sealed = [consent for consent in consents if consent.sealed_at is not None]
    of_plan = [consent for consent in consents if plan is not None and consent.plan_id == plan.pk]
    newest = next(iter(of_plan), None)
    wanted = next((consent for consent in sealed if consent.code == code), None) if code else newest
    can_begin = (
        plan is not None
        and course.state != Course.State.CLOSED
        and (newest is None or is_closed(newest))
    )
    state = state_of(course, plan=plan) if plan is not None else None
    version = "" if code else version_of(course, state)
    if wanted is not None and wanted.sealed_at is not None:
        return ConsentPage(
            plan=plan,
            version=version,
            sealed=sealed_page(wanted, user),
            is_of_plan=wanted in of_plan,
            can_begin=can_begin and wanted == newest,
            others=tuple(item for item in sealed if item != wanted),
        )
    return ConsentPage(
        plan=plan,
        version=version,
        open=_open_page(state, user, ask=ask, errors=errors or {}, typed=typed or {})
        if state
        else None,
        others=tuple(sealed),
    )


def version_of(course: Course, state: ConsentState | None) -> str:
    """What the page was made of, in a word: it changes with each gesture, and when it is closed."""
    newest = consents_of(course).first()
    plan, gesture = (state.plan.number, state.sheet.version) if state else (0, 0)
    if newest is None:
        return f"{plan}.{gesture}"
    stage = (newest.sealed_at is not None) + hasattr(newest, "withdrawal")
    return f"{plan}.{gesture}.{newest.code}.{stage}"


# --- While it is taken -------------------------------------------------------------------------


def _open_page(
    state: ConsentState,
    user: User,
    *,
    ask: bool,
    errors: Mapping[str, str],
    typed: Mapping[str, str],
) -> OpenPage:
    def field(key: str) -> Field:
        value = typed.get(key, _shown(state, key))
        return Field(key=key, value=value, error=errors.get(key, ""))

    copy = state.sheet.entries.get("copy")
    patient = state.course.patient
    name = state.sheet.text("signer.name") if state.is_by_representative else patient.name
    title = _("Representative") if state.is_by_representative else _("Patient")
    numbers = question_numbers(state.sheet)
    return OpenPage(
        state=state,
        parts=state.parts,
        people=tuple(may_explain(patient.clinic)),
        fields={key.replace(".", "_"): field(key) for key in FIELDS},
        questions=tuple(
            QuestionCard(
                number=number,
                place=place,
                asked=field(f"question.{number}.asked"),
                answer=field(f"question.{number}.answer"),
                is_new=number not in numbers,
            )
            for place, number in enumerate(_shown_questions(state, errors, ask=ask), 1)
        ),
        patient=_signature(state, "patient", title, name, user=user, errors=errors),
        physician=_signature(state, "physician", _("Physician"), "", user=user, errors=errors),
        missing=state.missing,
        copy_at=copy.at if copy else None,
        is_editable=state.course.state != Course.State.CLOSED and user.may(Permission.CONSENT),
    )


def _shown_questions(
    state: ConsentState, errors: Mapping[str, str], *, ask: bool
) -> tuple[int, ...]:
    """Those that stand, those that could not be taken, and an empty one where one is to come."""
    refused = {int(key.split(".")[1]) for key in errors if key.startswith("question.")}
    shown = sorted({*question_numbers(state.sheet), *refused})
    wanted = ask or (not shown and state.sheet.text("questions.any") == "yes")
    return (*shown, max(shown, default=0) + 1) if wanted else tuple(shown)


def _shown(state: ConsentState, key: str) -> str:
    """What a field says; a moment as the browser takes it, in the clinic's time."""
    if key not in {"talk.started", "talk.ended"}:
        return state.sheet.text(key)
    at = moment_of(state.sheet, key)
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}" if at else ""


def _signature(
    state: ConsentState,
    who: str,
    title: str,
    name: str,
    *,
    user: User,
    errors: Mapping[str, str],
) -> SignatureCard:
    entry, is_void = state.signature(who), state.is_void(who)
    stands = entry is not None and not is_void and isinstance(entry.value, dict)
    drawing = entry.value.get("drawing") if stands else None  # type: ignore[union-attr]
    by = entry.by if entry is not None and stands else ""
    return SignatureCard(
        who=who,
        title=title,
        name=name or by or (user.name if user.may(Permission.DECIDE) else ""),
        value=json.dumps(drawing, separators=(",", ":")) if drawing else "",
        is_on_paper=stands and drawing is None,
        is_void=is_void,
        at=entry.at if entry is not None and stands else None,
        by=by,
        error=errors.get(f"signature.{who}", ""),
        is_closed=bool(state.before_signing),
        may_sign=who == "patient" or user.may(Permission.DECIDE),
    )


# --- As it was sealed --------------------------------------------------------------------------


def sealed_page(consent: Consent, user: User) -> SealedPage:
    """A sealed consent as paper, with its newest printed page: a withdrawal makes another."""
    record: Mapping[str, Any] = consent.record or {}
    copy = record["copy"]
    documents = Document.objects.filter(
        kind=Document.Kind.CONSENT, subject=f"consent {consent.code}"
    ).values_list("code", flat=True)
    return SealedPage(
        consent=consent,
        record=record,
        parts=parts_of(record),
        started=_moment(record["talk"]["started"]),
        ended=_moment(record["talk"]["ended"]),
        copy_at=_moment(copy["at"]) if copy else None,
        signatures=_sealed_signatures(record),
        document=documents.order_by("-pk").first() or "",
        can_withdraw=(
            consent.decision == CONSENTED
            and not hasattr(consent, "withdrawal")
            and user.may(Permission.FOLLOW_UP)
        ),
    )


def _sealed_signatures(record: Mapping[str, Any]) -> tuple[SealedSignature, ...]:
    signer, kept = record["signer"], record["signatures"]
    is_patient = signer["who"] != "representative"
    physician = kept["physician"]
    return (
        _sealed(
            kept["patient"],
            _("Patient") if is_patient else _("Representative"),
            record["patient"]["name"] if is_patient else signer["name"],
            "" if is_patient else signer["relation"],
        ),
        _sealed(physician, _("Physician"), physician["by"]["name"] if physician else "", ""),
    )


def _sealed(
    kept: Mapping[str, Any] | None, title: str, name: str, relation: str
) -> SealedSignature:
    drawing = kept["drawing"] if kept else None
    return SealedSignature(
        title=title,
        name=name,
        relation=relation,
        ink=ink_of(drawing) if drawing else None,
        at=_moment(kept["at"]) if kept else None,
        is_on_paper=kept is not None and drawing is None,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
