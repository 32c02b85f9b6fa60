"""What a form that is answered by another page has to say on it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest

from mesoplan.web.gestures.actions import Overwritten


def tell_overwritten(request: HttpRequest, overwritten: Iterable[Overwritten]) -> None:
    """Say on the page that comes next whose entries were replaced; without scripts it is new."""
    for words in dict.fromkeys(item.words for item in overwritten):
        messages.info(request, words)
