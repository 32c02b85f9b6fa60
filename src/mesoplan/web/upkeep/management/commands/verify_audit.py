"""``verify_audit``: the whole audit chain, event by event."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from mesoplan.web.accounts.actions.audit import verify_audit

DEFECTIVE = 3
"""Exit status of a defective installation, as for a defective knowledge base."""


class Command(BaseCommand):
    """Exit 0: unbroken. Exit 3: something was done behind its back."""

    help = "verify the audit chain"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """JSON or words."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *_: object, **options: Any) -> None:  # noqa: ANN401 - as Django hands it on
        """Every fault, or that there is none."""
        report = verify_audit(by="")
        if options["json"]:
            self.stdout.write(json.dumps({**asdict(report), "unbroken": report.is_unbroken}))
        elif report.is_unbroken:
            self.stdout.write(f"{report.events} events, unbroken. Last digest {report.head}")
        else:
            self.stdout.write(f"{report.events} events, BROKEN in {len(report.faults)} places:")
            for fault in report.faults:
                self.stdout.write(f"  event {fault.number}: {fault.what}")
        if not report.is_unbroken:
            sys.exit(DEFECTIVE)
