"""The key under which the chain is hashed. It lies outside the database."""

from functools import cache

from mesoplan.web.environment import secret_key


@cache
def audit_key() -> str:
    """The audit key of this installation, read once by each process."""
    return secret_key("audit")
