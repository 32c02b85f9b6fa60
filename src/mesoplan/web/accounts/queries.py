"""All reads of this app: people, second factors, the audit as its readers see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.http import Http404

from mesoplan.web.accounts.clock import day_bounds
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.words import action_in_words
from mesoplan.web.audit.models import Event

PAGE = 50
"""Audit events on a page."""


def only_clinic() -> str:
    """The code of the clinic where there is one: what is about no clinic concerns it.

    Several clinics of one installation do not read of one another.
    """
    codes = Clinic.objects.values_list("code", flat=True)[:2]
    return codes[0] if len(codes) == 1 else ""


def people(clinic: Clinic) -> QuerySet[User]:
    """Everybody of the clinic with roles, those who left at the end."""
    return clinic.users.prefetch_related("roles").order_by("-is_active", "name", "pk")


def person_of(*, clinic: Clinic, code: str) -> User:
    """Somebody of this clinic.

    Raises:
        Http404: nobody here has that code.
    """
    person = clinic.users.select_related("clinic").filter(code=code).first()
    if person is None:
        raise Http404
    return person


def totp_of(user: User) -> Authenticator | None:
    """The person's second factor."""
    found: Authenticator | None = Authenticator.objects.filter(
        user=user, type=Authenticator.Type.TOTP
    ).first()
    return found


def recovery_codes_left(user: User) -> int | None:
    """How many recovery codes were not used yet; none where there are none at all."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return None if row is None else len(row.wrap().get_unused_codes())


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvent:
    """An audit event without what was entered: that belongs to the chart.

    ``about`` is the person it concerns, if it is about a person of the clinic; ``patient`` a code.
    """

    number: int
    at: datetime
    by: str
    what: str
    about: str
    patient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Up to fifty events, the newest first. ``older`` is where the next page begins."""

    events: tuple[ShownEvent, ...]
    older: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which events: of whom, what, on which day of the clinic, about which patient."""

    person: User | None = None
    action: str = ""
    day: date | None = None
    patient: str = ""
    before: int | None = None


def audit_page(*, clinic: Clinic, wanted: AuditFilter) -> AuditPage:
    """A page of the clinic's events."""
    rows = Event.objects.filter(clinic=clinic.code).order_by("-number")
    if wanted.person is not None:
        rows = rows.filter(Q(by=wanted.person.username) | Q(subject=f"user {wanted.person.code}"))
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.day is not None:
        begin, end = day_bounds(clinic, wanted.day)
        rows = rows.filter(at__gte=begin, at__lt=end)
    if wanted.patient:
        rows = rows.filter(patient=wanted.patient)
    if wanted.before is not None:
        rows = rows.filter(number__lt=wanted.before)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    names = _names(clinic, shown)
    return AuditPage(
        events=tuple(
            ShownEvent(
                number=event.number,
                at=event.at,
                by=names.get(event.by, event.by),
                what=action_in_words(event.action),
                about=names.get(event.subject, ""),
                patient=event.patient,
            )
            for event in shown
        ),
        older=shown[-1].number if len(found) > PAGE else None,
    )


def _names(clinic: Clinic, events: Sequence[Event]) -> dict[str, str]:
    """Names of people by user name and by the subject of an event, for those on the page."""
    subjects = {event.subject for event in events if event.subject.startswith("user ")}
    wanted = clinic.users.filter(
        Q(username__in={event.by for event in events})
        | Q(code__in={subject.removeprefix("user ") for subject in subjects})
    ).values_list("username", "code", "name")
    names: dict[str, str] = {}
    for username, code, name in wanted:
        names[username] = names[f"user {code}"] = name
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What the last verification of the whole chain found."""

    at: datetime
    events: int
    faults: int
    found: tuple[str, ...]


def last_verification() -> Verification | None:
    """The last one that was recorded."""
    # Verification concerns the whole chain and stands under no clinic: few events do.
    event = Event.objects.filter(clinic="", action="audit.verify").order_by("-number").first()
    if event is None:
        return None
    return Verification(
        at=event.at,
        events=event.detail["events"],
        faults=event.detail["faults"],
        found=tuple(event.detail["found"]),
    )
