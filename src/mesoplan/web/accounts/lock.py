"""The lock of the screen: set by hand or after an idle time, opened by the person's quick PIN."""

from __future__ import annotations

from enum import Enum

from allauth.core import ratelimit
from django.contrib.auth import logout
from django.contrib.auth.hashers import check_password
from django.db import transaction

from mesoplan.web.accounts.access import ClinicRequest
from mesoplan.web.accounts.gate import LOCKED, RETURN_TO, is_of_this_site, present
from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record

TRIES = "unlock"
"""The limit in the settings that says how many wrong PINs a browser session bears."""


class Answer(Enum):
    """What came of a PIN."""

    RIGHT = "right"
    WRONG = "wrong"
    ENDED = "ended"


def lock(request: ClinicRequest, *, page: str) -> None:
    """Lock the screen; ``page`` is shown again when it is opened, if it is one of this site."""
    # The idle time can have locked it a moment ago, without knowing the page.
    is_first = not request.session.get(LOCKED) or RETURN_TO not in request.session
    request.session[LOCKED] = True
    if is_first and is_of_this_site(page):
        request.session[RETURN_TO] = page


def answer_pin(request: ClinicRequest, pin: str) -> Answer:
    """Whether this is the quick PIN of the person whose screen it is.

    A right one opens the screen and starts its idle time anew. Wrong ones are counted where two
    requests at once cannot pass each other; the last that is borne ends the browser session, so
    that the password and the second factor are asked again.
    """
    user = request.user
    key = request.session.session_key or ""
    if not ratelimit.consume(request, action=TRIES, key=key):
        return _end(request)
    if user.pin and check_password(pin, user.pin):
        ratelimit.clear(request, action=TRIES, key=key)
        present(request)
        with transaction.atomic():
            _tell("lock.open", user)
        return Answer.RIGHT
    with transaction.atomic():
        _tell("lock.fail", user)
    if ratelimit.consume(request, action=TRIES, key=key, dry_run=True):
        return Answer.WRONG
    return _end(request)


def _end(request: ClinicRequest) -> Answer:
    with transaction.atomic():
        _tell("lock.end", request.user)
    logout(request)
    return Answer.ENDED


def _tell(action: str, user: User) -> None:
    record(action=action, by=user.username, clinic=user.clinic.code, subject=f"user {user.code}")
