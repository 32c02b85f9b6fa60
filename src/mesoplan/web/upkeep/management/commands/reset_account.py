"""``reset_account``: the way back in for somebody whom nobody in the clinic can help."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mesoplan.web.accounts.actions.people import reset_account
from mesoplan.web.accounts.models import User


class Command(BaseCommand):
    """A one-time password for a named person. Whoever may run it keeps the computer."""

    help = "give somebody a one-time password and take the second factor away"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The name for signing in."""
        parser.add_argument("name")

    def handle(self, *_: object, **options: Any) -> None:  # noqa: ANN401 - as Django hands it on
        """Show the password, once."""
        person = User.objects.filter(username__iexact=options["name"]).first()
        if person is None:
            message = f"nobody signs in as {options['name']!r}"
            raise CommandError(message, returncode=2)
        if not person.is_active:
            message = f"the account of {person} is closed: the owner of the clinic opens it"
            raise CommandError(message, returncode=2)
        password = reset_account(person=person)
        self.stdout.write(
            f"{person} signs in once with this password:\n"
            f"  {password}\n"
            "Then comes a password of her own, a PIN and a new second factor. What was done here\n"
            "stands in the audit."
        )
