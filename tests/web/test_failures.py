"""When something fails the page says so, nothing is half-written, and no log names anybody."""

from __future__ import annotations

import io
import logging
import logging.config
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from mesoplan.web.accounts.models import User
from mesoplan.web.patients.models import Patient
from tests.lib.clinic import a_patient, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def forgiving(physician: User) -> Client:
    """A browser that shows the failure page instead of raising what caused it."""
    client = signed_in(physician)
    client.raise_request_exception = False
    return client


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the limit is a pragma of SQLite")
def test_a_full_disk_is_told(forgiving: Client, physician: User) -> None:
    """SQLite itself says that the disk is full, at the size that the file has now.

    It then takes the whole transaction back; here that of the test, so nothing can be read after.
    """
    patient = a_patient(physician.clinic, physician)
    raw = connection.connection
    pages = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count = {pages}")
    address = reverse("patient", args=[patient.code])
    try:
        answers = (forgiving.get(address) for _ in range(200))
        answer = next(one for one in answers if one.status_code != 200)
    finally:
        raw.execute("PRAGMA max_page_count = 1073741823")
    assert answer.status_code == 507
    assert "The disk is full" in answer.content.decode()


def test_a_failure_is_logged_without_what_was_typed() -> None:
    """A database quotes the row that it refuses; the log must not."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    formatters: Any = settings.LOGGING["formatters"]
    config: dict[str, Any] = formatters["line"]
    handler.setFormatter(
        logging.config.DictConfigurator({"version": 1}).configure_formatter(dict(config))
    )
    logger = logging.getLogger("mesoplan.test")
    logger.addHandler(handler)
    logger.propagate = False
    try:
        try:
            raise_about("Marta Lindqvist")
        except RuntimeError:
            logger.exception("a page failed")
    finally:
        logger.removeHandler(handler)
    written = out.getvalue()
    assert "Lindqvist" not in written
    assert "RuntimeError" in written
    assert "ValueError" in written
    assert "raise_about" in written


def raise_about(name: str) -> None:
    try:
        int(name)
    except ValueError as error:
        raise RuntimeError(name) from error


def test_a_row_never_names_a_patient_as_text(physician: User) -> None:
    """The text of a row may end up in a log or an error."""
    patient: Patient = a_patient(physician.clinic, physician)
    assert "Lindqvist" not in f"{patient} {patient!r}"
