"""Runs a script inside an installation, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.lib.served import Served

ROOT = Path(__file__).resolve().parents[2]


def run_inside(site: Served, script: str, *arguments: str) -> str:
    """What the script printed. Django is set up for it; the site need not be running.

    The script finds the arguments in ``sys.argv[1:]``.
    """
    done = subprocess.run(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{script}", *arguments],
        env={
            **site.variables,
            "DJANGO_SETTINGS_MODULE": "mesoplan.web.project.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'scripts'}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
