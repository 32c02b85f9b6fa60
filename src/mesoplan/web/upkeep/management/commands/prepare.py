"""``prepare``: bring the database up to date, after a backup."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mesoplan.web.accounts.gate import needs_set_up
from mesoplan.web.accounts.set_up_code import make_set_up_code
from mesoplan.web.audit.checkpoints import NoHeadError
from mesoplan.web.upkeep.prepare import NewerDatabaseError, prepare


class Command(BaseCommand):
    """Run at each start of the site."""

    help = "bring the database up to date, after a backup"
    requires_system_checks = ()

    def handle(self, *_: object, **__: object) -> None:
        """Say where the backup lies, where one was made, and what a set-up asks for."""
        try:
            made = prepare()
        except (NewerDatabaseError, NoHeadError) as error:
            raise CommandError(str(error), returncode=2) from error
        if made is not None:
            self.stdout.write(
                f"Backed up to {made.place} before the database was brought up to date"
            )
        if settings.ASKS_SET_UP_CODE and needs_set_up():
            self.stdout.write(
                "There is no clinic here yet. The page that sets it up asks for this code:\n"
                f"  {make_set_up_code()}"
            )
