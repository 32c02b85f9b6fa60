"""The verification of the audit, by hand or every night."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction

from mesoplan.web.audit.actions import record
from mesoplan.web.audit.checkpoints import write_checkpoint
from mesoplan.web.audit.models import Head
from mesoplan.web.audit.queries import ChainReport, verify_chain

MOST_FAULTS = 20
"""Faults that are kept with the result; their number is kept whatever it is."""


def verify_audit(*, by: str) -> ChainReport:
    """Walk the whole chain, and record what was found; ``by`` is a user's name for signing in.

    A chain without its head takes no event any more: then the report alone tells of it.
    """
    report = verify_chain()
    with suppress(Head.DoesNotExist), transaction.atomic():
        record(
            action="audit.verify",
            by=by,
            clinic="",
            detail={
                "events": report.events,
                "faults": len(report.faults),
                "found": [f"{item.number}: {item.what}" for item in report.faults[:MOST_FAULTS]],
            },
        )
    if report.is_unbroken:
        write_checkpoint()
    return report
