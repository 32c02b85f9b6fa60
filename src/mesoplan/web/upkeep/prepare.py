"""Brings the database up to date, after a backup; what every start of the site begins with."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from mesoplan.web.audit.checkpoints import write_checkpoint
from mesoplan.web.files import clear_left_over
from mesoplan.web.upkeep.backup import Backup, make_backup, tell_backup
from mesoplan.web.upkeep.export import making_folder

WHOLE = ("audit", "0002_append_only")
"""Without this migration a first start was cut off: no clinic can be there, and no chain."""


class NewerDatabaseError(Exception):
    """The database was used by a newer Mesoplan; an older one would not know what it holds."""


def prepare() -> Backup | None:
    """Migrate if needed, after a backup of what is there; note how far the audit chain goes.

    Raises:
        NewerDatabaseError: the database has migrations that this program does not know.
    """
    clear_left_over(making_folder(), "*")
    clear_left_over(Path(settings.DATA) / "backups", "*.partial")
    executor = MigrationExecutor(connection)
    loader = executor.loader
    newer = [
        f"{app} {name}"
        for app, name in loader.applied_migrations
        if app in loader.migrated_apps and (app, name) not in loader.graph.nodes
    ]
    if newer:
        message = f"the database was used by a newer Mesoplan: it has {', '.join(sorted(newer))}"
        raise NewerDatabaseError(message)
    waiting = executor.migration_plan(loader.graph.leaf_nodes())
    made = None
    if waiting:
        if WHOLE in loader.applied_migrations:
            made = make_backup(backup_place("before-migration"))
        call_command("migrate", verbosity=0)
    if made is not None:
        with transaction.atomic():
            tell_backup("before a migration")
    call_command("createcachetable", verbosity=0)
    write_checkpoint()
    return made


def backup_place(why: str) -> Path:
    """A new name for a backup in the data directory."""
    folder = Path(settings.DATA) / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{timezone.now():%Y%m%d-%H%M%S-%f}-{why}.mesoplan"
