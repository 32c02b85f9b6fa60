"""Reading everything as it was at one moment, while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads within agree with one another, and nobody has to wait for them.

    Nothing is written within: on SQLite that could fail at once, on PostgreSQL it is refused.

    Raises:
        RuntimeError: there is a transaction already, which may have seen other moments.
    """
    is_within_a_test = connection.in_atomic_block
    with _deferred(), transaction.atomic(durable=True):
        if connection.vendor == "postgresql" and not is_within_a_test:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _deferred() -> Iterator[None]:
    """On SQLite: begin as a reader. As a writer (IMMEDIATE) everybody else would have to wait."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    wrapper: Any = connection
    usual, wrapper.transaction_mode = wrapper.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        wrapper.transaction_mode = usual
