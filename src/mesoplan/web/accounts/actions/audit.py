"""The verification of the audit, by hand."""

from __future__ import annotations

from django.db import transaction

from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.audit.checkpoints import write_checkpoint
from mesoplan.web.audit.queries import ChainReport, verify_chain

MOST_FAULTS = 20
"""Faults that are kept with the result; their number is kept whatever it is."""


def verify_audit(*, by: User) -> ChainReport:
    """Walk the whole chain, and record what was found.

    The chain is read outside the transaction that records it: nobody has to wait meanwhile.
    """
    report = verify_chain()
    with transaction.atomic():
        record(
            action="audit.verify",
            by=by.username,
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
