"""Roles, and what each may do. A person can have several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in the clinic."""

    PHYSICIAN = "physician", _("Physician")
    NURSE = "nurse", _("Nurse")
    ASSISTANT = "assistant", _("Assistant")
    FRONT_DESK = "front-desk", _("Front desk")
    OWNER = "owner", _("Owner")
    REVIEWER = "clinical-reviewer", _("Clinical reviewer")


class Permission(Enum):
    """What a page or an action needs. Each view names exactly one."""

    ANYONE = "anyone"  # no sign-in: sign-in itself, set-up, health, the patient's own pages
    SIGNED_IN = "signed-in"  # every role: today, own account, the emergency card, help
    SEE_PATIENTS = "see-patients"  # find a patient, see who she is
    EDIT_PATIENTS = "edit-patients"  # new patient, name, birth date, telephone
    ASK = "ask"  # intake: enter answers, hand the tablet over
    SEE_CHART = "see-chart"  # screening, plan, consent, sessions, follow-up: read
    PLAN = "plan"  # request, edits of a plan, comparison
    DECIDE = "decide"  # override a finding, release, supersede and withdraw a plan
    CONSENT = "consent"  # explain and take consent
    TREAT = "treat"  # record a session
    FINALISE = "finalise"  # close a session, amend it
    FOLLOW_UP = "follow-up"  # ask how it went, record reactions, close tasks
    EXPORT_PATIENT = "export-patient"  # the readable copy of one patient
    EXPORT_CLINIC = "export-clinic"  # the readable copy of everything
    MANAGE_USERS = "manage-users"  # people, roles, lost second factors
    MANAGE_CLINIC = "manage-clinic"  # address, policy, telephone
    SEE_AUDIT = "see-audit"  # who saw and did what


_CARE = frozenset(
    {
        Permission.SEE_PATIENTS,
        Permission.EDIT_PATIENTS,
        Permission.ASK,
        Permission.SEE_CHART,
        Permission.FOLLOW_UP,
    }
)

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.PHYSICIAN: _CARE
        | {
            Permission.PLAN,
            Permission.DECIDE,
            Permission.CONSENT,
            Permission.TREAT,
            Permission.FINALISE,
            Permission.EXPORT_PATIENT,
        },
        Role.NURSE: _CARE | {Permission.PLAN, Permission.CONSENT, Permission.TREAT},
        Role.ASSISTANT: _CARE | {Permission.TREAT},
        Role.FRONT_DESK: frozenset({Permission.SEE_PATIENTS, Permission.EDIT_PATIENTS}),
        Role.OWNER: frozenset(
            {
                Permission.EXPORT_PATIENT,
                Permission.EXPORT_CLINIC,
                Permission.MANAGE_USERS,
                Permission.MANAGE_CLINIC,
                Permission.SEE_AUDIT,
                Permission.SEE_PATIENTS,
            }
        ),
        Role.REVIEWER: frozenset(),  # reads knowledge, not patients
    }
)


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Everything that any of the roles may do, for a person who is signed in."""
    granted = {Permission.ANYONE, Permission.SIGNED_IN}
    for role in roles:
        granted |= PERMISSIONS[Role(role)]
    return frozenset(granted)
