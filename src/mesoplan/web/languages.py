"""The languages that patients speak, and those into which the pages are translated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_locale

WRITTEN_IN = "en"
"""The language in which the pages are written."""

SPOKEN: Sequence[tuple[str, str | Promise]] = (
    ("en", _("English")),
    ("fr", _("French")),
    ("it", _("Italian")),
    ("es", _("Spanish")),
    ("pt", _("Portuguese")),
    ("tr", _("Turkish")),
)
"""What can be said of a patient, whether or not the pages speak it."""


def translated(place: Path) -> list[tuple[str, str | Promise]]:
    """The languages that the pages speak: a page must not call itself French and be English."""
    return [
        (code, name)
        for code, name in SPOKEN
        if code == WRITTEN_IN or (place / to_locale(code) / "LC_MESSAGES" / "django.mo").exists()
    ]
