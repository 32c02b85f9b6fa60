"""An authenticator app and a person at the sign-in page, for tests."""

from __future__ import annotations

import base64
import hmac
import struct

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from mesoplan.web.accounts.models import User
from tests.lib.clinic import PASSWORD, TOTP_SECRET

PERIOD_SECONDS = 30
DIGITS = 6


def code_of(secret: str = TOTP_SECRET, *, steps: int = 0, at: float | None = None) -> str:
    """What the app shows ``at`` a time (now), or some half minutes later (RFC 6238, SHA-1)."""
    seconds = timezone.now().timestamp() if at is None else at
    counter = int(seconds) // PERIOD_SECONDS + steps
    digest = hmac.digest(
        base64.b32decode(secret.replace(" ", "")), struct.pack(">Q", counter), "sha1"
    )
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}d}"


def give_password(client: Client, user: User, password: str = PASSWORD) -> HttpResponse:
    """Fill in the sign-in page."""
    return _answer(client.post("/sign-in", {"login": user.username, "password": password}))


def sign_in(client: Client, user: User, code: str = "") -> HttpResponse:
    """Both steps: the password, and a code of the app or the one that is given."""
    give_password(client, user)
    return _answer(client.post("/sign-in/code", {"code": code or code_of()}))


def _answer(response: object) -> HttpResponse:
    assert isinstance(response, HttpResponse)
    return response
