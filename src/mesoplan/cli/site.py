"""The commands about an installation: started by the site's settings name, never imported."""

from __future__ import annotations

import argparse
import os
import sys

SETTINGS = "mesoplan.web.project.settings"


def run(options: argparse.Namespace) -> int:
    """Run ``backup``, ``restore``, ``export`` or ``audit verify``; returns the exit code."""
    match options.command:
        case "backup":
            return command("backup", options.file)
        case "restore":
            return command("restore", options.file)
        case "audit":
            return command("verify_audit", *(["--json"] if options.json else []))
        case _:
            patient = ["--patient", options.patient] if options.patient else []
            return command("export", options.folder, *patient)


def command(name: str, *arguments: str) -> int:
    """One command of the site; a failure is one line on standard error."""
    start()
    from django.core.management import call_command
    from django.core.management.base import CommandError

    try:
        call_command(name, *arguments)
    except CommandError as error:
        sys.stderr.write(f"mesoplan: {error}\n")
        return error.returncode
    return 0


def start() -> None:
    """Load the site by the name of its settings. What it writes is for this user's eyes alone."""
    os.umask(0o077)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()
