"""Random codes: of rows in addresses, which tell nothing, and those that people read and type."""

import secrets

CODE_LENGTH = 16
_BYTES = 12

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not taken for one another when they are read out."""

_GROUP_LENGTH = 4


def new_code() -> str:
    """A new code: sixteen letters, digits, ``-`` or ``_`` (96 random bits)."""
    return secrets.token_urlsafe(_BYTES)


def spoken_code(groups: int) -> str:
    """A new code to be read out and typed: groups of four signs (20 random bits each)."""
    return "-".join(
        "".join(secrets.choice(LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(groups)
    )
