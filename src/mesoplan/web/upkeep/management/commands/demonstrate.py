"""``demonstrate``: fictional people, and a password for this start."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mesoplan.web.upkeep.demonstration import PIN, USERNAME, demonstrate


class Command(BaseCommand):
    """Run by ``mesoplan serve --demo`` only."""

    help = "make the demonstration ready"

    def handle(self, *_: object, **__: object) -> None:
        """Say how to sign in."""
        if not settings.DEMONSTRATION:
            message = "this is no demonstration: start it with mesoplan serve --demo"
            raise CommandError(message, returncode=2)
        password = demonstrate()
        self.stdout.write(
            "Demonstration: fictional people, on this machine alone.\n"
            f"  name to sign in   {USERNAME}\n"
            f"  password          {password}\n"
            f"  PIN               {PIN}"
        )
