"""Who a patient is: registered, changed, opened; each leaves a trace, a change with both sides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.audit.actions import record
from mesoplan.web.patients.models import Patient, SearchKey
from mesoplan.web.patients.queries.people import patient_of
from mesoplan.web.patients.search import keys_of

LONGEST_SORT_NAME = Patient._meta.get_field("sort_name").max_length  # noqa: SLF001


@transaction.atomic
def open_patient(*, code: str, by: User, page: str) -> Patient:
    """The patient of that code in this person's clinic; that she was looked at is recorded.

    Raises:
        Http404: there is no such patient in this clinic.
    """
    patient = patient_of(code=code, by=by)
    patient.opened_at = timezone.now()
    patient.save(update_fields=["opened_at"])
    _tell("patient.read", patient, by, {"page": page})
    return patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a patient is. ``sex`` is the sex used for rules and tables: female, male or unknown."""

    family_name: str
    given_name: str
    birth_date: date | None
    sex: str
    gender: str = ""
    telephone: str = ""
    email: str = ""
    language: str = ""


@transaction.atomic
def register_patient(
    *, clinic: Clinic, identity: Identity, by: User, despite: Collection[Patient] = ()
) -> Patient:
    """A new patient with the clinic's next record number.

    ``despite`` are patients who may be the same person and were shown before.
    """
    locked = Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    now = timezone.now()
    patient = Patient.objects.create(
        clinic=locked,
        record_number=locked.next_record_number,
        sort_name=_sort_name(identity),
        created_at=now,
        created_by=by,
        opened_at=now,
        **asdict(identity),
    )
    locked.next_record_number += 1
    locked.save(update_fields=["next_record_number"])
    _write_keys(patient)
    _tell("patient.register", patient, by, _despite(despite))
    return patient


@transaction.atomic
def change_identity(
    *, patient: Patient, changes: Mapping[str, Any], by: User, despite: Collection[Patient] = ()
) -> Patient:
    """Change these fields of ``Identity`` and no other. What equals what stands is left alone.

    The audit keeps each field before and after. ``despite`` as for ``register_patient``.

    Raises:
        KeyError: a field that ``Identity`` does not have.
    """
    locked = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    identity = Identity(**{name: getattr(locked, name) for name in Identity.__slots__})
    before = asdict(identity)
    changed = {name: value for name, value in changes.items() if before[name] != value}
    if not changed:
        return locked
    after = Identity(**(before | changed))
    for name, value in changed.items():
        setattr(locked, name, value)
    locked.sort_name = _sort_name(after)
    locked.save(update_fields=[*changed, "sort_name"])
    if changed.keys() & {"family_name", "given_name", "telephone"}:
        locked.search_keys.all().delete()
        _write_keys(locked)
    detail = {
        name: {"before": _plain(before[name]), "after": _plain(value)}
        for name, value in changed.items()
    }
    _tell("patient.change", locked, by, detail | _despite(despite))
    return locked


def _sort_name(identity: Identity) -> str:
    # Small letters can be more than the capitals they stand for.
    return f"{identity.family_name} {identity.given_name}".casefold()[:LONGEST_SORT_NAME]


def _write_keys(patient: Patient) -> None:
    SearchKey.objects.bulk_create(
        SearchKey(patient=patient, clinic_id=patient.clinic_id, key=key)
        for key in sorted(keys_of(patient))
    )


def _despite(similar: Collection[Patient]) -> dict[str, Any]:
    return {"similar": sorted(one.code for one in similar)} if similar else {}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _tell(action: str, patient: Patient, by: User, detail: Mapping[str, Any]) -> None:
    record(
        action=action,
        by=by.username,
        clinic=patient.clinic.code,
        subject=f"patient {patient.code}",
        patient=patient.code,
        detail=detail,
    )
