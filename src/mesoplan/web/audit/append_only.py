"""Tables whose rows are never changed or deleted, held by triggers in the database itself."""

from __future__ import annotations

from collections.abc import Callable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

Step = Callable[[Apps, BaseDatabaseSchemaEditor], None]


def append_only(table: str) -> migrations.RunPython:
    """The step of a migration after which rows of ``table`` can only be added."""
    return migrations.RunPython(_refuse(table, ""), _allow(table))


def sealed_by(table: str, column: str) -> migrations.RunPython:
    """The step after which a row whose ``column`` is filled can no longer change or go.

    The same statement may fill the column and others; a row that is not sealed can change, but no
    row of the table can ever be deleted.
    """
    return migrations.RunPython(_refuse(table, column), _allow(table))


def ends_with(table: str, *, field: str, owner: str, column: str) -> migrations.RunPython:
    """The step after which ``table`` takes no new row once its owner is sealed.

    ``field`` is the column that names the row of ``owner``, ``column`` the one that seals it.
    """

    def make(_: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _ending(schema_editor.connection.vendor, table, field, owner, column):
            schema_editor.execute(statement)

    def drop(_: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        on_table = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_late{on_table}")

    return migrations.RunPython(make, drop)


def _ending(vendor: str, table: str, field: str, owner: str, column: str) -> list[str]:
    is_sealed = f"EXISTS (SELECT 1 FROM {owner} WHERE id = NEW.{field} AND {column} IS NOT NULL)"  # noqa: S608 - names of tables, from migrations alone
    says = f"{table}: nothing is added once {owner} is sealed"
    if vendor == "sqlite":
        return [
            (
                f"CREATE TRIGGER {table}_no_late BEFORE INSERT ON {table} WHEN {is_sealed} "
                f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
            )
        ]
    return [
        (
            f"CREATE OR REPLACE FUNCTION {table}_end() RETURNS trigger AS $$ "
            f"BEGIN IF {is_sealed} THEN RAISE EXCEPTION '{says}'; END IF; RETURN NEW; END $$ "
            f"LANGUAGE plpgsql"
        ),
        (
            f"CREATE TRIGGER {table}_no_late BEFORE INSERT ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION {table}_end()"
        ),
    ]


def _refuse(table: str, column: str) -> Step:
    def make(_: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _triggers(schema_editor.connection.vendor, table, column):
            schema_editor.execute(statement)
        if schema_editor.connection.vendor == "sqlite":
            for statement in _against_replacing(schema_editor.connection, table):
                schema_editor.execute(statement)

    return make


def _allow(table: str) -> Step:
    def drop(_: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        on_table = f" ON {table}" if is_postgresql else ""
        more = ("truncate",) if is_postgresql else ("replace", "displace")
        for act in ("update", "delete", *more):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}{on_table}")

    return drop


def _triggers(vendor: str, table: str, column: str) -> list[str]:
    when = {"UPDATE": f"WHEN (OLD.{column} IS NOT NULL)" if column else "", "DELETE": ""}
    says = f"{table}: rows of this table are never changed or deleted"
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
            for act, condition in when.items()
        ]
    function = (
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS $$ "
        f"BEGIN RAISE EXCEPTION '{says}'; END $$ LANGUAGE plpgsql"
    )
    return [
        function,
        *(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR EACH ROW "
            f"{condition} EXECUTE FUNCTION {table}_refuse()"
            for act, condition in when.items()
        ),
        (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
        ),
    ]


def _against_replacing(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """What only SQLite needs: its ``OR REPLACE`` deletes a row without asking any trigger."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    # A key that is an index of its own is one of some rows alone, of open sessions say.
    keys = [
        item["columns"]
        for item in found
        if (item["unique"] or item["primary_key"]) and not item["index"]
    ]
    same = [" AND ".join(f"{column} = NEW.{column}" for column in key) for key in keys]
    taken = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {key})" for key in same)  # noqa: S608 - names of tables and columns
    other = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {key} AND rowid <> OLD.rowid)"  # noqa: S608 - the same
        for key in same
    )
    says = f"{table}: a row of this table is never replaced by another"
    return [
        f"CREATE TRIGGER {table}_no_{name} BEFORE {act} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        for name, act, condition in (("replace", "INSERT", taken), ("displace", "UPDATE", other))
    ]
