"""Patients of a clinic: one by code, the last ones, those that a search or a new entry means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.http import Http404

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.patients import search
from mesoplan.web.patients.days import age_on
from mesoplan.web.patients.models import Patient, SearchKey

ON_A_PAGE = 50
"""Rows of a list."""

MOST_CANDIDATES = 200
"""Patients of whom a search looks at the names themselves."""


def patient_of(*, code: str, by: User) -> Patient:
    """The patient of that code in this person's clinic. What shows her chart is ``open_patient``.

    Raises:
        Http404: there is no such patient in this clinic.
    """
    patient = Patient.objects.select_related("clinic").filter(code=code, clinic=by.clinic).first()
    if patient is None:
        raise Http404
    return patient


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPage:
    """Some patients of a list. ``following`` opens the next page, empty at the end."""

    patients: tuple[Patient, ...]
    following: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A patient in a list: her age in years, and her newest course."""

    patient: Patient
    age: int | None
    course: Any


def rows_of(page: PatientPage, *, today: date) -> list[Row]:
    """The rows of a page of patients."""
    return [
        Row(
            patient=one,
            age=None if one.birth_date is None else age_on(one.birth_date, today),
            course=next(iter(one.courses.all()), None),
        )
        for one in page.patients
    ]


def last_patients(clinic: Clinic, *, after: str = "") -> PatientPage:
    """The patients last opened or registered, from a place in the list on.

    The place is a moment and a row, not a count: the hundredth page costs what the first does.
    """
    rows = Patient.objects.filter(clinic=clinic).order_by("-opened_at", "-id")
    place = _place(after)
    if place is not None:
        moment, row = place
        rows = rows.filter(Q(opened_at__lt=moment) | Q(opened_at=moment, id__lt=row))
    found = tuple(rows.prefetch_related("courses")[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    more = len(found) > ON_A_PAGE
    return PatientPage(patients=shown, following=_following(shown[-1]) if more else "")


def _following(last: Patient) -> str:
    return signing.dumps([last.opened_at.isoformat(), last.pk], salt="patients")


def _place(text: str) -> tuple[datetime, int] | None:
    """The place that an address names; one that this site did not make is the beginning."""
    try:
        moment, row = signing.loads(text, salt="patients")
    except signing.BadSignature:
        return None
    return datetime.fromisoformat(moment), row


def found_patients(clinic: Clinic, text: str) -> PatientPage:
    """The patients that a search means, the nearest first.

    First those who have the words themselves or begin with them; where these do not fill the page
    those one slip away, and at last those with a space missing or too much.
    """
    sought = search.sought_in(text, today=local_today(clinic))
    if sought.is_empty:
        return PatientPage(patients=())
    found = _found(clinic, sought, slips=False)
    if len(found) < ON_A_PAGE and sought.words:
        found |= _found(clinic, sought, slips=True)
    if not found:
        for reading in search.other_readings(sought):
            found |= _found(clinic, reading, slips=True)
    order = sorted(found.items(), key=lambda item: (-item[1], item[0].sort_name, item[0].pk))
    shown = tuple(patient for patient, _ in order[:ON_A_PAGE])
    prefetch_related_objects(shown, "courses")
    return PatientPage(patients=shown, is_cut=len(order) > ON_A_PAGE)


def _found(clinic: Clinic, sought: search.Sought, *, slips: bool) -> dict[Patient, int]:
    """Those who share a key with each word and number and really fit, with how near each is."""
    rows = Patient.objects.filter(clinic=clinic).order_by()
    for word in sought.words:
        keys = {word[: search.LONGEST_WORD]} | (search.slip_keys(word) if slips else frozenset())
        rows = rows.filter(pk__in=_with_keys(clinic, keys))
    meanings = [_meanings(clinic, number) for number in sought.numbers]
    if sought.words:
        narrowed = [rows.filter(*(reduce(or_, meant) for meant in meanings))]
    else:
        # Each meaning by itself uses an index of its own; the further numbers are looked at below.
        narrowed = [rows.filter(meant) for meant in meanings[0]]
    found = {}
    for patient in (one for some in narrowed for one in some[:MOST_CANDIDATES]):
        near = search.nearness(search.person_of(patient), sought.words)
        if (near or not sought.words) and all(
            search.fits(patient, patient.record_number, number) for number in sought.numbers
        ):
            found[patient] = near
    return found


def _meanings(clinic: Clinic, number: search.Number) -> list[Q]:
    """The conditions of which digits of a search set one: telephone, record number, birth date."""
    keys = search.telephone_keys(number.telephone)
    meanings = [Q(pk__in=list(_with_keys(clinic, keys)[:MOST_CANDIDATES]))]
    if number.record is not None:
        meanings.append(Q(record_number=number.record))
    return meanings + [Q(birth_date__range=span) for span in number.days]


def _with_keys(clinic: Clinic, keys: Iterable[str]) -> QuerySet[SearchKey, int]:
    rows = SearchKey.objects.filter(clinic=clinic, key__in=sorted(keys))
    return rows.values_list("patient_id", flat=True)


def similar_patients(
    clinic: Clinic, named: search.Named, *, but: Patient | None = None
) -> tuple[Patient, ...]:
    """Patients of the clinic who may be the same person as one that is being entered.

    The name is similar and the birth date is the same or not known, or the telephone is the same.
    """
    wanted = search.person_of(named)
    rows = Patient.objects.filter(clinic=clinic).order_by()
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    alike = rows
    for word in wanted.words[: search.MOST_WORDS]:
        alike = alike.filter(pk__in=_with_keys(clinic, search.slip_keys(word)))
    if named.birth_date is not None:
        alike = alike.filter(birth_date=None)
        born = rows.filter(birth_date=named.birth_date)
    else:
        born = rows.none()
    ends = {key for digits in wanted.telephones for key in search.telephone_keys(digits)}
    reached = rows.filter(pk__in=_with_keys(clinic, ends))
    found = [
        one
        for one in (*born[:MOST_CANDIDATES], *alike[:MOST_CANDIDATES])
        if search.is_similar(search.person_of(one), wanted)
    ] + [
        one
        for one in reached[:MOST_CANDIDATES]
        if search.shares_telephone(search.person_of(one), wanted)
    ]
    return tuple(dict.fromkeys(found))
