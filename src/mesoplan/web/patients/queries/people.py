"""Patients of a clinic: one by code, the last ones, those that a search or a new entry means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_, or_
from typing import Any, TypeAlias

from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import Http404

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.patients import search
from mesoplan.web.patients.days import age_on, days_one_slip_from
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

    First those who have the words themselves; where these do not fill the page, those in whose
    names words begin so, then those one slip away, and at last other readings of the search.
    """
    sought = search.sought_in(text, today=local_today(clinic))
    if sought.is_empty:
        return PatientPage(patients=())
    found: dict[Patient, int] = {}
    for keys_of in _WIDENING if sought.words else _WIDENING[:1]:
        if len(found) < ON_A_PAGE:
            found |= _found(clinic, sought, keys_of)
    if not found:
        for reading in search.other_readings(sought):
            found |= _found(clinic, reading, search.near_keys)
    order = sorted(found.items(), key=lambda item: (-item[1], item[0].sort_name, item[0].pk))
    shown = tuple(patient for patient, _ in order[:ON_A_PAGE])
    prefetch_related_objects(shown, "courses")
    return PatientPage(patients=shown, is_cut=len(order) > ON_A_PAGE)


KeysOf: TypeAlias = Callable[[str], frozenset[str]]
"""The keys under which those are found who are meant by a word."""

_WIDENING: tuple[KeysOf, ...] = (search.whole_keys, search.beginning_keys, search.near_keys)


def _found(clinic: Clinic, sought: search.Sought, keys_of: KeysOf) -> dict[Patient, int]:
    """Those who share a key with each word and number and really fit, with how near each is."""
    candidates = _numbered if sought.numbers else _bearers
    found = {}
    for patient in candidates(clinic, sought, keys_of):
        near = search.nearness(search.person_of(patient), sought.words)
        if (near or not sought.words) and all(
            search.fits(patient, patient.record_number, number) for number in sought.numbers
        ):
            found[patient] = near
    return found


def _bearers(clinic: Clinic, sought: search.Sought, keys_of: KeysOf) -> QuerySet[Patient]:
    """Patients who may bear the words; only some of them where there are many."""
    bearing = _bearing(clinic, sought.words, keys_of)
    return Patient.objects.filter(bearing, clinic=clinic).order_by()[:MOST_CANDIDATES]


def _bearing(clinic: Clinic, words: Sequence[str], keys_of: KeysOf) -> Q:
    """Who may bear the words. Where some word is rare, its bearers are enough to look at.

    Only where many bear each of them, the database looks for those who bear all.
    """
    keyed = [_with_keys(clinic, keys_of(word)) for word in words]
    some = [list(patients[: MOST_CANDIDATES + 1]) for patients in keyed]
    fewest = min(some, key=len, default=[])
    if len(fewest) <= MOST_CANDIDATES or len(words) == 1:
        return Q(pk__in=fewest)
    return reduce(and_, (Q(pk__in=patients) for patients in keyed))


def _numbered(clinic: Clinic, sought: search.Sought, keys_of: KeysOf) -> Iterator[Patient]:
    """Patients whom the numbers of a search can mean, and who may bear its words."""
    keyed = (_keyed(clinic, keys_of(word)) for word in sought.words)
    bearing = (Exists(rows.filter(patient=OuterRef("pk"))) for rows in keyed)
    first, *others = (_meanings(clinic, number) for number in sought.numbers)
    rows = Patient.objects.filter(
        *bearing, *(reduce(or_, meant) for meant in others), clinic=clinic
    )
    # Each meaning by itself uses an index of its own.
    for meant in first:
        yield from rows.order_by().filter(meant)[:MOST_CANDIDATES]


def _meanings(clinic: Clinic, number: search.Number) -> list[Q]:
    """The conditions of which digits of a search set one: telephone, record number, birth date."""
    keys = search.telephone_keys(number.telephone)
    meanings = [Q(pk__in=list(_with_keys(clinic, keys)[:MOST_CANDIDATES]))]
    if number.record is not None:
        meanings.append(Q(record_number=number.record))
    return meanings + [Q(birth_date__range=span) for span in number.days]


def _with_keys(clinic: Clinic, keys: Iterable[str]) -> QuerySet[SearchKey, int]:
    return _keyed(clinic, keys).values_list("patient_id", flat=True).distinct()


def _keyed(clinic: Clinic, keys: Iterable[str]) -> QuerySet[SearchKey]:
    return SearchKey.objects.filter(clinic=clinic, key__in=sorted(keys))


def similar_patients(
    clinic: Clinic, named: search.Named, *, but: Patient | None = None
) -> tuple[Patient, ...]:
    """Patients of the clinic who may be the same person as one that is being entered.

    The name is similar and the birth date is the same or not known, or the name is the same and the
    birth date one slip away, or the telephone is the same.
    """
    wanted = search.person_of(named)
    rows = Patient.objects.filter(clinic=clinic).order_by()
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    alike = rows.filter(_bearing(clinic, wanted.words[: search.MOST_WORDS], search.slip_keys))
    namesakes = rows.filter(_has_name(clinic, wanted))
    undated, born, misdated = namesakes, rows.none(), rows.none()
    if named.birth_date is not None:
        alike, undated = alike.filter(birth_date=None), namesakes.filter(birth_date=None)
        born = rows.filter(birth_date=named.birth_date)
        misdated = namesakes.filter(birth_date__in=days_one_slip_from(named.birth_date))
    ends = {key for digits in wanted.telephones for key in search.telephone_keys(digits)}
    reached = rows.filter(pk__in=_with_keys(clinic, ends))
    compared: tuple[tuple[QuerySet[Patient], Comparison], ...] = (
        (born, search.is_similar),
        (alike, search.is_similar),
        (undated, search.is_same_name),
        (misdated, search.is_same_name),
        (reached, search.shares_telephone),
    )
    found = (
        one
        for some, is_same in compared
        for one in some[:MOST_CANDIDATES]
        if is_same(search.person_of(one), wanted)
    )
    return tuple(dict.fromkeys(found))


Comparison: TypeAlias = Callable[[search.Person, search.Person], bool]
"""Whether two people may be one."""


def _has_name(clinic: Clinic, person: search.Person) -> Q:
    """Who has the whole name, whatever its spaces."""
    keys = (search.joined_key(joined) for joined in person.joined)
    return Q(pk__in=_with_keys(clinic, keys))
