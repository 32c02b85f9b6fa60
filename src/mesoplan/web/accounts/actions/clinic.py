"""All writes of a clinic: set up once, changed by its owner."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from mesoplan.web.accounts.actions.people import NewPerson, add_row
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.audit.actions import record
from mesoplan.web.audit.models import Head


class AlreadySetUpError(Exception):
    """There is a clinic: somebody else was quicker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicData:
    """What stands on the papers of a clinic. ``idle_minutes`` until its screens lock."""

    name: str
    address: str
    telephone: str
    emergency_number: str
    time_zone: str
    paper: str
    idle_minutes: int


@transaction.atomic
def set_up(*, clinic: ClinicData, policy: str, first: NewPerson, password: str, pin: str) -> User:
    """The first clinic of this installation with the person who owns it.

    Raises:
        AlreadySetUpError: there is one already; nothing was written.
    """
    # The one row that is there before any clinic: two set-ups at once follow one another.
    Head.objects.select_for_update().get()
    if Clinic.objects.exists():
        raise AlreadySetUpError
    made = Clinic.objects.create(**asdict(clinic), policy=policy, created_at=timezone.now())
    owner = add_row(clinic=made, person=first, password=password, pin=pin)
    record(
        action="clinic.set-up",
        by=owner.username,
        clinic=made.code,
        subject=f"clinic {made.code}",
        detail={"policy": policy, "owner": owner.code},
    )
    return owner


@transaction.atomic
def change_clinic(*, clinic: Clinic, data: ClinicData, by: User) -> None:
    """New data of the clinic; what is printed from now on carries them."""
    locked = Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    changed = {key: value for key, value in asdict(data).items() if getattr(locked, key) != value}
    if not changed:
        return
    for key, value in changed.items():
        setattr(locked, key, value)
    locked.save(update_fields=list(changed))
    _record("clinic.change", locked, by, changed)


@transaction.atomic
def choose_policy(*, clinic: Clinic, policy: str, by: User) -> None:
    """Another policy; plans that are released keep the one they were made with."""
    locked = Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    if locked.policy == policy:
        return
    before, locked.policy = locked.policy, policy
    locked.save(update_fields=["policy"])
    _record("clinic.policy", locked, by, {"before": before, "policy": policy})


def _record(action: str, clinic: Clinic, by: User, detail: dict[str, object]) -> None:
    record(
        action=action,
        by=by.username,
        clinic=clinic.code,
        subject=f"clinic {clinic.code}",
        detail=detail,
    )
