"""The cache that counts wrong tries. What it cannot count it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, IntegrityError, connection, transaction


class CountingCache(DatabaseCache):
    """Django's own takes a database that cannot write for a key that is there already.

    A full disk would then answer whoever signs in that there were too many wrong tries.
    """

    def _base_set(
        self,
        mode: str,
        key: str,
        value: object,
        timeout: Any = DEFAULT_TIMEOUT,  # noqa: ANN401 - seconds, none, or a mark of Django's
    ) -> bool:
        """Whether it was written; not where another was quicker.

        Raises:
            DatabaseError: the database could not write.
        """
        failures: list[DatabaseError] = []

        def watch(execute: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401
            try:
                return execute(*arguments)
            except IntegrityError:
                raise
            except DatabaseError as error:
                failures.append(error)
                raise

        # Of its own transaction Django passes over the end as well, when a full disk often shows.
        with transaction.atomic(), connection.execute_wrapper(watch):
            is_written = bool(super()._base_set(mode, key, value, timeout))  # type: ignore[misc]
        if failures:
            raise failures[0]
        return is_written
