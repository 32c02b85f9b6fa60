"""What tests of the web product share: a clinic with its people, in a database of their own."""

from collections.abc import Iterator

import pytest
from django.test import Client

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.checkpoints import checkpoint_file
from mesoplan.web.patients.models import Patient
from tests.lib.clinic import a_clinic, a_patient, a_user, signed_in


@pytest.fixture(autouse=True)
def _no_checkpoint_of_another_test() -> Iterator[None]:
    """The events of a test are taken back with it, and so is what says that they were there."""
    yield
    checkpoint_file().unlink(missing_ok=True)


@pytest.fixture
def clinic(db: None) -> Clinic:  # noqa: ARG001
    """A clinic."""
    return a_clinic()


@pytest.fixture
def physician(clinic: Clinic) -> User:
    """A physician who also owns the clinic."""
    return a_user(clinic, Role.PHYSICIAN, Role.OWNER)


@pytest.fixture
def assistant(clinic: Clinic) -> User:
    """An assistant."""
    return a_user(clinic, Role.ASSISTANT, name="Luca Bianchi")


@pytest.fixture
def patient(clinic: Clinic, physician: User) -> Patient:
    """A patient of the clinic."""
    return a_patient(clinic, physician)


@pytest.fixture
def browser(physician: User) -> Client:
    """A browser in which the physician is signed in."""
    return signed_in(physician)
