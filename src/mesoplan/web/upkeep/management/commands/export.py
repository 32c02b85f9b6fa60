"""``export``: the readable copy of a clinic or of one patient."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mesoplan.web.accounts.models import Clinic
from mesoplan.web.patients.models import Patient
from mesoplan.web.upkeep.export import export


class Command(BaseCommand):
    """A copy into a new folder."""

    help = "write readable files: CSV, JSON, PDF"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and one patient or all."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--patient", default="")

    def handle(self, *_: object, **options: Any) -> None:  # noqa: ANN401 - as Django hands it on
        """One folder a clinic where there are several; say how much is in it."""
        patient = None
        if options["patient"]:
            patient = Patient.objects.filter(code=options["patient"]).first()
            if patient is None:
                message = (
                    "--patient: expected the code in the address of a patient's page, "
                    f"came {options['patient']!r}, which no patient has"
                )
                raise CommandError(message, returncode=2)
        clinics = [patient.clinic] if patient else list(Clinic.objects.order_by("pk"))
        if not clinics:
            message = "there is no clinic here yet: mesoplan serve begins with its set-up"
            raise CommandError(message, returncode=2)
        for clinic in clinics:
            place: Path = options["folder"]
            if len(clinics) > 1:
                place.mkdir(exist_ok=True)
                place /= clinic.code
            try:
                counts = export(place=place, clinic=clinic, by="", patient=patient)
            except OSError as error:
                message = f"the copy could not be written: {error}"
                raise CommandError(message, returncode=2) from error
            self.stdout.write(f"{place}: {sum(counts.values())} rows in {len(counts)} tables")
