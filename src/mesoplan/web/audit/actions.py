"""The one way to write to the audit."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from django.db import transaction
from django.utils import timezone

from mesoplan.web.audit.chain import Link
from mesoplan.web.audit.key import audit_key
from mesoplan.web.audit.models import Event, Head


def record(
    *,
    action: str,
    by: str,
    clinic: str,
    subject: str = "",
    patient: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """Add an event to the chain, in the transaction of what it tells of.

    ``by`` is the user's name for signing in, empty for the program itself; ``clinic`` and
    ``patient`` are codes; ``subject`` is kind and code of the row. ``detail`` holds JSON values.

    Raises:
        RuntimeError: there is no transaction; the event could then outlive what it tells of.
        ValueError: the detail has a number that the database would give back otherwise.
    """
    if not transaction.get_connection().in_atomic_block:
        message = "an audit event is written in the transaction of what it tells of"
        raise RuntimeError(message)
    _refuse_changing_numbers(detail or {})
    # Locks the head until the transaction ends, so that two writers cannot take one number.
    # SQLite has one writer at a time by itself (BEGIN IMMEDIATE).
    head = Head.objects.select_for_update().get()
    link = Link(
        number=head.number + 1,
        at=timezone.now(),
        clinic=clinic,
        by=by,
        action=action,
        subject=subject,
        patient=patient,
        detail=dict(detail or {}),
        previous=head.digest,
    )
    event = Event(
        number=link.number,
        at=link.at,
        clinic=clinic,
        by=by,
        action=action,
        subject=subject,
        patient=patient,
        detail=link.detail,
        previous=link.previous,
        digest=link.digest(audit_key()),
    )
    event.save(force_insert=True)
    head.number, head.digest = event.number, event.digest
    head.save(update_fields=["number", "digest"])
    return event


def _refuse_changing_numbers(value: object) -> None:
    """What is read must have the digest of what was written, on both databases.

    Raises:
        ValueError: a float that is no number, is minus nought, or is written with ``e+``.
    """
    if isinstance(value, float):
        if not isfinite(value) or str(value) == "-0.0" or "e+" in str(value):
            message = "a number in the detail of an audit event would be given back otherwise"
            raise ValueError(message)
    elif isinstance(value, Mapping):
        for item in value.values():
            _refuse_changing_numbers(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_changing_numbers(item)
