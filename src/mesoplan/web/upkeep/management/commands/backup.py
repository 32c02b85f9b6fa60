"""``backup``: everything in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mesoplan.web.audit.models import Head
from mesoplan.web.upkeep.backup import back_up


class Command(BaseCommand):
    """A backup to a named file."""

    help = "write a backup of everything to a new file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_: object, **options: Any) -> None:  # noqa: ANN401 - as Django hands it on
        """Say how much is in it."""
        try:
            made = back_up(options["file"])
        except OSError as error:
            message = f"the backup could not be written: {error}"
            raise CommandError(message, returncode=2) from error
        except Head.DoesNotExist as error:
            message = "the head of the audit chain is gone: copy the data folder itself"
            raise CommandError(message, returncode=2) from error
        self.stdout.write(
            f"{made.place}: {made.rows} rows, {made.audit_events} audit events. "
            "It holds everything about every patient, and the keys: keep it as you keep those."
        )
