"""What every template knows."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(_: HttpRequest) -> dict[str, object]:
    """``site.demonstration``: whether the banner of the demonstration stands on the page."""
    return {"site": {"demonstration": settings.DEMONSTRATION}}
