"""Browser sessions. Two requests of one browser run at once, and the last to end saves its own."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import transaction

from mesoplan.web.accounts.gate import LOCKED, RETURN_TO


class SessionStore(DatabaseSessionStore):
    """Django's own, but a request that began before the lock cannot take the lock away.

    Whoever found the screen locked may open it: that is what the PIN does.
    """

    _was_locked = False

    def load(self) -> dict[str, Any]:
        """What is stored."""
        stored: dict[str, Any] = super().load()
        self._was_locked = LOCKED in stored
        return stored

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - as Django has it
        """Save all of it, and the lock that was set meanwhile."""
        with transaction.atomic():
            if not must_create and not self._was_locked:
                self._keep_lock()
            super().save(must_create=must_create)

    def _keep_lock(self) -> None:
        rows = self.model.objects.select_for_update().filter(pk=self.session_key)
        stored = next((self.decode(row.session_data) for row in rows), {})
        if LOCKED in stored:
            self[LOCKED] = stored[LOCKED]
            if RETURN_TO in stored:
                self[RETURN_TO] = stored[RETURN_TO]
