"""The commands about an installation: started by the site's settings name, never imported."""

from __future__ import annotations

import argparse
import os
import sys

SETTINGS = "mesoplan.web.project.settings"


def run(options: argparse.Namespace) -> int:
    """Run a command about the installation; returns the exit code."""
    match options.command:
        case "backup":
            return command("backup", options.file)
        case "restore":
            return command("restore", options.file)
        case "audit":
            return command("verify_audit", *(["--json"] if options.json else []))
        case "account":
            return command("reset_account", options.name)
        case _:
            patient = ["--patient", options.patient] if options.patient else []
            return command("export", options.folder, *patient)


def command(name: str, *arguments: str) -> int:
    """One command of the site; a failure is one line on standard error."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command
    from django.core.management.base import CommandError
    from django.db import DatabaseError, OperationalError

    try:
        start()
        call_command(name, *arguments)
    except CommandError as error:
        return _refused(str(error), error.returncode)
    except (ImproperlyConfigured, OSError) as error:
        return _refused(str(error))
    except OperationalError as error:
        return _refused(f"the database cannot be used: {error}")
    except DatabaseError as error:
        # Its words may quote a row.
        return _refused(f"the database refused ({type(error).__name__}): it may be damaged")
    return 0


def _refused(message: str, code: int = 2) -> int:
    sys.stderr.write(f"mesoplan: {' '.join(message.split())}\n")
    return code


def start() -> None:
    """Load the site by the name of its settings. What it writes is for this user's eyes alone."""
    os.umask(0o077)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()
