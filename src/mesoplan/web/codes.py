"""Codes of rows in addresses: random, so that an address tells nothing and cannot be guessed."""

import secrets

CODE_LENGTH = 16
_BYTES = 12


def new_code() -> str:
    """A new code: sixteen letters, digits, ``-`` or ``_`` (96 random bits)."""
    return secrets.token_urlsafe(_BYTES)
