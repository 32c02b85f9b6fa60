"""Who is to be asked how it went, by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core import signing
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import Clinic
from mesoplan.web.courses.mapping.followup import CheckKind, check_kinds, kind_of
from mesoplan.web.courses.models import Contact, Task

ON_A_PAGE = 60
"""Rows of the worklist."""

_SALT = "worklist"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """A contact in a list. ``try_on`` is when it is to be tried again, after nobody answered."""

    contact: Contact
    kind: CheckKind
    is_overdue: bool
    try_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayGroup:
    """The contacts of a day: ``overdue``, ``now``, or the day on which they become due."""

    name: str
    day: date | None
    rows: tuple[ContactRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """Some contacts, in groups; ``following`` opens the next ones, empty at the end."""

    groups: tuple[DayGroup, ...]
    kinds: tuple[CheckKind, ...]
    chosen: str
    following: str


def open_contacts_of(clinic: Clinic) -> QuerySet[Contact]:
    """The contacts that nobody has closed, the longest due first, with what a list shows."""
    again = Task.objects.filter(contact=OuterRef("pk"), kind="try-again", sealed_at=None)
    return (
        Contact.objects.filter(clinic=clinic, sealed_at=None)
        .select_related("patient", "session__course")
        .only(
            "code",
            "what",
            "due",
            "latest",
            "patient__code",
            "patient__given_name",
            "patient__family_name",
            "patient__birth_date",
            "patient__telephone",
            "session__number",
            "session__course__code",
            "session__course__title",
        )
        .annotate(try_on=Subquery(again.order_by("due").values("due")[:1]))
        .order_by("due", "pk")
    )


def contact_rows(contacts: Iterable[Contact], today: date) -> tuple[ContactRow, ...]:
    """Contacts as a list shows them."""
    return tuple(
        ContactRow(
            contact=contact,
            kind=kind_of(contact.what),
            is_overdue=contact.latest < today,
            try_on=getattr(contact, "try_on", None),
        )
        for contact in contacts
    )


def worklist(clinic: Clinic, *, kind: str, after: str) -> Worklist:
    """Who is to be asked: overdue first, then today, then day by day; from a place in it on."""
    kinds = check_kinds()
    chosen = next((item for item in kinds if item.name == kind), None)
    today = local_today(clinic)
    is_in_time = Case(When(latest__lt=today, then=0), default=1, output_field=IntegerField())
    rows = open_contacts_of(clinic).alias(in_time=is_in_time).order_by("in_time", "due", "pk")
    if chosen is not None:
        rows = rows.filter(what=chosen.what)
    place = _place(after)
    if place is not None:
        in_time, day, row = place
        later = Q(due__gt=day) | Q(due=day, pk__gt=row)
        rows = rows.filter(Q(in_time__gt=in_time) | Q(later, in_time=in_time))
    found = list(rows[: ON_A_PAGE + 1])
    shown, more = found[:ON_A_PAGE], len(found) > ON_A_PAGE
    last = shown[-1] if more else None
    return Worklist(
        groups=_groups(shown, today),
        kinds=kinds,
        chosen=chosen.name if chosen else "",
        following=_following(last, today) if last else "",
    )


def _following(last: Contact, today: date) -> str:
    in_time = int(last.latest >= today)
    return signing.dumps([in_time, last.due.isoformat(), last.pk], salt=_SALT)


def _groups(contacts: Iterable[Contact], today: date) -> tuple[DayGroup, ...]:
    rows = contact_rows(contacts, today)
    overdue = tuple(row for row in rows if row.is_overdue)
    now = tuple(row for row in rows if not row.is_overdue and row.contact.due <= today)
    coming: dict[date, list[ContactRow]] = {}
    for row in rows:
        if row.contact.due > today:
            coming.setdefault(row.contact.due, []).append(row)
    found = [
        DayGroup(name="overdue", day=None, rows=overdue),
        DayGroup(name="now", day=today, rows=now),
        *(DayGroup(name="coming", day=day, rows=tuple(group)) for day, group in coming.items()),
    ]
    return tuple(group for group in found if group.rows)


def _place(text: str) -> tuple[int, date, int] | None:
    """The place that an address names; one that this site did not make is the beginning."""
    try:
        in_time, day, row = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return in_time, date.fromisoformat(day), row
