"""A backup: one file with every row, the keys, and what is needed to check both.

The rows are written by the models as they were at the migrations that the database has, so a
backup can be made before a migration, and restored into SQLite or PostgreSQL alike.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.apps.registry import Apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from mesoplan.web.accounts.queries import only_clinic
from mesoplan.web.audit.actions import record
from mesoplan.web.audit.checkpoints import checkpoints, write_checkpoint
from mesoplan.web.audit.snapshot import snapshot
from mesoplan.web.environment import secret_key
from mesoplan.web.files import new_file
from mesoplan.web.upkeep.values import to_json

FORMAT = "mesoplan-backup-1"
LEFT_OUT = frozenset({"sessions.Session", "contenttypes.ContentType", "auth.Permission"})
"""Made anew by every installation: who is signed in, and Django's own lists."""

CHUNK = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made: where, how many rows, and the end of the audit chain in it."""

    place: Path
    rows: int
    audit_events: int


def applied_migrations() -> list[tuple[str, str]]:
    """The migrations that the database has and this program knows, as (app, name)."""
    executor = MigrationExecutor(connection)
    known = executor.loader.graph.nodes
    return sorted(key for key in executor.loader.applied_migrations if key in known)


def models_at(migrations: list[tuple[str, str]]) -> list[type[models.Model]]:
    """The models as they were when exactly these migrations had been applied."""
    executor = MigrationExecutor(connection)
    apps: Apps = executor.loader.project_state(migrations).apps
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label not in LEFT_OUT  # noqa: SLF001
    ]


def back_up(place: Path) -> Backup:
    """A backup that somebody asked for: the audit tells of it, also the one that it holds.

    Raises:
        FileExistsError: there is something at that place already.
    """
    if place.exists():
        message = f"{place} is there already"
        raise FileExistsError(message)
    with transaction.atomic():
        tell_backup("by hand")
    return make_backup(place)


def tell_backup(why: str) -> None:
    """Record that everything is copied into a file."""
    record(action="backup.make", by="", clinic=only_clinic(), detail={"why": why})


def make_backup(place: Path) -> Backup:
    """Write a backup to ``place``; it is whole or not there.

    Raises:
        FileExistsError: there is something at that place already.
    """
    # Read before the rows: of what the file says now, a chain that was not cut has everything.
    past = b"".join(item.line for item in checkpoints())
    with new_file(place) as file:
        return _write(file, place, past)


def _write(file: BinaryIO, place: Path, past: bytes) -> Backup:
    digests: dict[str, str] = {}
    rows = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, snapshot():
        migrations = applied_migrations()
        checkpoint = write_checkpoint()
        for model in models_at(migrations):
            name = f"rows/{model._meta.label_lower}.jsonl"  # noqa: SLF001
            digests[name], count = _write_lines(archive, name, _lines(model))
            rows += count
        for key, content in _secrets(past + checkpoint.line):
            archive.writestr(key, content)
            digests[key] = hashlib.sha256(content).hexdigest()
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "demonstration": settings.DEMONSTRATION,
            "migrations": migrations,
            "audit": {"events": checkpoint.number, "digest": checkpoint.digest},
            "rows": rows,
            "sha256": digests,
        }
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    return Backup(place=place, rows=rows, audit_events=checkpoint.number)


def _lines(model: type[models.Model]) -> Iterator[str]:
    fields = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001
    yield json.dumps(fields)
    # A history row may have many columns; values_list makes no objects.
    for row in model._base_manager.order_by("pk").values_list(*fields).iterator(chunk_size=CHUNK):  # noqa: SLF001
        yield json.dumps([to_json(value) for value in row], ensure_ascii=False)


def _write_lines(archive: zipfile.ZipFile, name: str, lines: Iterator[str]) -> tuple[str, int]:
    digest, count = hashlib.sha256(), -1
    with archive.open(name, "w", force_zip64=True) as file:
        for line in lines:
            content = f"{line}\n".encode()
            digest.update(content)
            file.write(content)
            count += 1
    return digest.hexdigest(), count


def _secrets(known: bytes) -> Iterator[tuple[str, bytes]]:
    """The keys and the checkpoints: without them the chain could not be checked any more."""
    for name in ("site", "audit"):
        yield f"keys/{name}.key", secret_key(name).encode("ascii")
    yield "audit-checkpoints", known
