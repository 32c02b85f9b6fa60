"""``restore``: a backup put back into a new place."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mesoplan.web.audit.queries import verify_chain
from mesoplan.web.upkeep.restore import RestoreError, restore


class Command(BaseCommand):
    """A restore from a named file: rows, keys and checkpoints."""

    help = "put a backup back into an empty place"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_: object, **options: Any) -> None:  # noqa: ANN401 - as Django hands it on
        """Restore, then verify the audit chain as it came."""
        try:
            rows = restore(options["file"])
        except RestoreError as error:
            raise CommandError(str(error), returncode=2) from error
        report = verify_chain()
        state = "unbroken" if report.is_unbroken else f"{len(report.faults)} faults"
        self.stdout.write(
            f"{rows} rows restored; audit chain of {report.events} events: {state}. "
            "Start Mesoplan anew where it was running here: it still has the keys from before."
        )
