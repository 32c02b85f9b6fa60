"""What the site is told from outside: the ``MESOPLAN_`` variables, and the files it keeps."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from mesoplan.web.files import new_file

KEY_BYTES = 48

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names under which this computer alone reaches itself."""


def data_directory() -> Path:
    """``MESOPLAN_DATA``: where database, keys and backups lie; made if it is missing."""
    directory = Path(os.environ.get("MESOPLAN_DATA", "var")).absolute()
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def is_demonstration() -> bool:
    """``MESOPLAN_DEMO``: the demonstration, with a database of its own."""
    return os.environ.get("MESOPLAN_DEMO", "") == "1"


def is_https() -> bool:
    """``MESOPLAN_HTTPS``: whether the site is reached by HTTPS alone."""
    return os.environ.get("MESOPLAN_HTTPS", "") == "1"


def hosts() -> list[str]:
    """``MESOPLAN_HOSTS``: the names the site answers to, by commas; loopback alone without it."""
    named = os.environ.get("MESOPLAN_HOSTS", "")
    return [name.strip() for name in named.split(",") if name.strip()] or sorted(LOOPBACK)


def is_reached_from_outside() -> bool:
    """Whether others than whoever sits at this computer may open the site."""
    return is_https() or not set(hosts()) <= LOOPBACK


def key_file(name: str) -> Path:
    """Where the key of that name lies; the demonstration has its own."""
    prefix = "demonstration-" if is_demonstration() else ""
    return data_directory() / f"{prefix}{name}.key"


def secret_key(name: str) -> str:
    """A key of this installation, from its own file in the data directory; made if it is missing.

    The keys lie outside the database, so that nobody who holds the database alone can forge a
    session or the audit chain.

    Raises:
        ImproperlyConfigured: the file is there and empty.
    """
    place = key_file(name)
    if not place.exists():
        # Another process may make it in the same moment: then its key is the key.
        with suppress(FileExistsError), new_file(place) as file:
            file.write(secrets.token_urlsafe(KEY_BYTES).encode("ascii"))
    key = place.read_text(encoding="ascii").strip()
    if not key:
        message = f"{place} is empty: restore it from a backup, it signs the audit chain"
        raise ImproperlyConfigured(message)
    return key


def database() -> dict[str, object]:
    """The database: ``MESOPLAN_DATABASE_URL`` (postgresql://...), or SQLite in the data directory.

    Raises:
        ImproperlyConfigured: the address is of another kind, or has no database name.
    """
    address = os.environ.get("MESOPLAN_DATABASE_URL", "")
    if not address:
        name = "demonstration.sqlite3" if is_demonstration() else "mesoplan.sqlite3"
        return _sqlite(data_directory() / name)
    if is_demonstration():
        message = "MESOPLAN_DATABASE_URL is set: the demonstration runs on SQLite only"
        raise ImproperlyConfigured(message)
    parts = urlsplit(address)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        message = (
            "MESOPLAN_DATABASE_URL: expected postgresql://user:password@host:port/name, "
            f"came an address that begins with {parts.scheme or 'nothing'!r}"
        )
        raise ImproperlyConfigured(message)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(place: Path) -> dict[str, object]:
    """SQLite so that an acknowledged write survives a power cut, and writers wait their turn."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(place),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
