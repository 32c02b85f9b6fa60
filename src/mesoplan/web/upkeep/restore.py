"""A backup put back, into a place that holds no clinic yet: whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

from mesoplan.web.accounts.models import Clinic
from mesoplan.web.accounts.queries import only_clinic
from mesoplan.web.audit.actions import record
from mesoplan.web.audit.checkpoints import checkpoint_file
from mesoplan.web.audit.key import audit_key
from mesoplan.web.audit.models import Event
from mesoplan.web.environment import key_file
from mesoplan.web.files import replace_file
from mesoplan.web.upkeep.backup import FORMAT, models_at
from mesoplan.web.upkeep.values import from_json

CHUNK = 500


class RestoreError(Exception):
    """The backup cannot be put back here; says why, and nothing was changed."""


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """What the backup says of itself, every part of it checked against its digest.

    Raises:
        RestoreError: it is no backup, of another format, or damaged.
    """
    try:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        found = manifest["format"]
        digests = manifest["sha256"]
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        message = "this is no backup of Mesoplan: it has no manifest that can be read"
        raise RestoreError(message) from error
    if found != FORMAT:
        message = f"expected a backup of format {FORMAT}, came {found!r}"
        raise RestoreError(message)
    for name, digest in digests.items():
        if _digest_of(archive, name) != digest:
            message = f"the backup is damaged: {name} is not what was written"
            raise RestoreError(message)
    return manifest


def _digest_of(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        message = f"the backup is damaged: {name} cannot be read"
        raise RestoreError(message) from error
    return digest.hexdigest()


def _opened(backup: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(backup)
    except (OSError, zipfile.BadZipFile) as error:
        message = f"{backup} cannot be read as a backup: {error}"
        raise RestoreError(message) from error


def restore(backup: Path) -> int:
    """Put every row of the backup into the database of this installation; the number of rows.

    The database is brought to the migrations of the backup, filled in one transaction, and then
    brought up to date.

    Raises:
        RestoreError: the backup is damaged or newer than this program, or a clinic is here.
    """
    with _opened(backup) as archive:
        manifest = read_manifest(archive)
        if manifest["demonstration"] is not settings.DEMONSTRATION:
            message = "a backup of the demonstration is not restored as a clinic, nor the reverse"
            raise RestoreError(message)
        migrations = [(app, name) for app, name in manifest["migrations"]]
        executor = MigrationExecutor(connection)
        unknown = [key for key in migrations if key not in executor.loader.graph.nodes]
        if unknown:
            message = f"the backup is newer than this program: it knows {unknown[0][1]}"
            raise RestoreError(message)
        if _is_in_use():
            message = "this database is in use already: restore into a new place"
            raise RestoreError(message)
        executor.migrate(_last_of_each_app(executor, migrations))
        with transaction.atomic():
            rows = sum(_fill(archive, model, manifest) for model in _in_order(migrations))
            # Files of an empty place may change; rows without their keys would be of no use.
            _place_secrets(archive)
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with transaction.atomic():
        record(
            action="backup.restore",
            by="",
            clinic=only_clinic(),
            detail={"made_at": manifest["made_at"], "events": manifest["audit"]["events"]},
        )
    return rows


def _is_in_use() -> bool:
    """Whether anybody has worked in this database; an event of the audit can never be taken out."""
    tables = connection.introspection.table_names()
    return any(
        model._meta.db_table in tables and model._base_manager.exists()  # noqa: SLF001
        for model in (Clinic, Event)
    )


def _last_of_each_app(
    executor: MigrationExecutor, migrations: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """The migrations that no other one of the same app builds on: where to go forward to."""
    nodes = executor.loader.graph.node_map
    return [
        key
        for key in migrations
        if not any(
            child.key in migrations and child.key[0] == key[0] for child in nodes[key].children
        )
    ]


def _fill(archive: zipfile.ZipFile, model: type[models.Model], manifest: dict[str, Any]) -> int:
    name = f"rows/{model._meta.label_lower}.jsonl"  # noqa: SLF001
    if name not in manifest["sha256"]:
        return 0
    _make_room(model)
    count = 0
    with archive.open(name) as file:
        columns = json.loads(file.readline())
        fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001
        batch: list[models.Model] = []
        for line in file:
            values = zip(columns, json.loads(line), strict=True)
            batch.append(model(**{key: from_json(item, fields[key]) for key, item in values}))
            count += 1
            if len(batch) == CHUNK:
                model._base_manager.bulk_create(batch)  # noqa: SLF001
                batch = []
        model._base_manager.bulk_create(batch)  # noqa: SLF001
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
    return count


def _in_order(migrations: list[tuple[str, str]]) -> list[type[models.Model]]:
    """Each table before those that its rows point to.

    Once the row of a session is there and sealed, the database takes no gesture for it any more.
    Foreign keys are looked at when the transaction ends.
    """
    found = models_at(migrations)
    waits: TopologicalSorter[type[models.Model]] = TopologicalSorter(dict.fromkeys(found, ()))
    for model in found:
        for field in model._meta.concrete_fields:  # noqa: SLF001
            if field.related_model in found and field.related_model is not model:
                waits.add(field.related_model, model)
    return list(waits.static_order())


def _place_secrets(archive: zipfile.ZipFile) -> None:
    """The keys that sign the restored chain, in place of those made for an empty installation."""
    replace_file(checkpoint_file(), archive.read("audit-checkpoints"))
    for name in ("audit", "site"):
        replace_file(key_file(name), archive.read(f"keys/{name}.key"))
    audit_key.cache_clear()


def _make_room(model: type[models.Model]) -> None:
    """Take out what the migrations themselves have put in (the head of the empty chain)."""
    if model._base_manager.exists():  # noqa: SLF001
        model._base_manager.all().delete()  # noqa: SLF001
