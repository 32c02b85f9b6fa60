"""When something fails no log names anybody."""

from __future__ import annotations

import io
import logging
import logging.config
from typing import Any

import pytest
from django.conf import settings

from mesoplan.web.accounts.models import User
from mesoplan.web.patients.models import Patient
from tests.lib.clinic import a_patient

pytestmark = pytest.mark.django_db


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
