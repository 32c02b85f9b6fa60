"""Text as people type it: made clean before it is kept, and made plain to be compared."""

from __future__ import annotations

import unicodedata

_SINGLE = {"ß": "s", "æ": "a", "œ": "o", "ø": "o", "đ": "d", "ð": "d", "þ": "t", "ł": "l", "ı": "i"}
"""Letters that no decomposition makes plain. One letter stays one: a slip in it stays one slip."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of what nobody sees: control characters, marks that turn the direction of a line."""

_JOINERS = frozenset("\u200c\u200d")
"""Unseen, but letters of Persian and of Indian scripts are written with them."""


def clean(text: str) -> str:
    """One line of text in one form (NFC), without what cannot be seen."""
    spaced = (" " if char.isspace() else char for char in unicodedata.normalize("NFC", text))
    seen = (
        char for char in spaced if char in _JOINERS or unicodedata.category(char) not in _UNSEEN
    )
    return " ".join("".join(seen).split())


def plain(text: str) -> str:
    """Small letters without accents, one for each letter; what is no letter or digit is a space."""
    return "".join(_plain(char) for char in unicodedata.normalize("NFC", text))


def _plain(char: str) -> str:
    if not (char.isalnum() or unicodedata.category(char).startswith("M")):
        return "" if char in _JOINERS else " "
    if char.lower() in _SINGLE:
        return _SINGLE[char.lower()]
    if "\uac00" <= char <= "\ud7a3":  # a Korean syllable is one letter of a name
        return char
    parts = unicodedata.normalize("NFKD", char.casefold()).casefold()
    bare = [part for part in parts if part.isalnum() and not unicodedata.combining(part)]
    if bare:
        return _SINGLE.get(bare[0], bare[0])
    return "" if unicodedata.combining(char) else char


def words(text: str) -> tuple[str, ...]:
    """The plain words of a name: parts of O'Brien or Anne-Marie, and the parts as one word."""
    found: list[str] = []
    for chunk in text.split():
        parts = plain(chunk).split()
        found += parts
        if len(parts) > 1:
            found.append("".join(parts))
    return tuple(dict.fromkeys(found))
