"""Pages for what went wrong. None of them says anything about a patient."""

from __future__ import annotations

import errno
import sqlite3
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

POSTGRESQL_DISK_FULL = "53100"
"""SQLSTATE disk_full, of the class of insufficient resources."""


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """The page was open since before the sign-in, or came from elsewhere (CSRF)."""
    return render(request, "failures/form_expired.html", status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """This person's roles do not reach this page."""
    return render(request, "failures/forbidden.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """There is no such page here, or it belongs to another clinic."""
    return render(request, "failures/not_found.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request itself makes no sense, or the browser session could not be saved."""
    if is_disk_full(exception):
        return disk_full(request)
    return render(request, "failures/bad_request.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """The program failed, or the disk is full. What was saved is saved; nothing is half-written."""
    if is_disk_full(sys.exc_info()[1]):
        return disk_full(request)
    return render(request, "failures/broken.html", status=500)


def disk_full(request: HttpRequest) -> HttpResponse:
    """There is no room to write."""
    return render(request, "failures/disk_full.html", status=507)


def is_disk_full(error: BaseException | None) -> bool:
    """Whether it came of a database, or of the system, that has no room left to write."""
    while error is not None:
        if (
            getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            or getattr(error, "sqlstate", None) == POSTGRESQL_DISK_FULL
            or (isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT})
        ):
            return True
        error = error.__cause__ or error.__context__
    return False
