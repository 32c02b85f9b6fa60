"""What tests of the web product share: a clinic with its people, in a database of their own."""

import pytest

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from tests.lib.clinic import a_clinic, a_user


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
