"""What every test may rely on: Hypothesis profiles and the programs that pip cannot bring."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from mesoplan.knowledge import KnowledgeBase, load_knowledge
from tests.lib.installation import prepare_installation

prepare_installation()

pytest.register_assert_rewrite("tests.reference.seeds")

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

# The same cases on every run, and what to paste to see a failure again.
settings.register_profile("ci", derandomize=True, print_blob=True, deadline=None, database=None)
# A law does not fail because the machine was busy.
settings.register_profile("default", deadline=None)
settings.load_profile("ci" if IN_CI else "default")


def program(*names: str) -> Path:
    """Find a program of the system; without it the test is skipped, in CI it fails."""
    for name in names:
        found = shutil.which(name)
        if found:
            return Path(found)
    message = f"{names[0]} is missing: sudo scripts/system-packages"
    if IN_CI:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    """The knowledge base as it stands; frozen, so all tests share it."""
    return load_knowledge()


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Debian's Chromium, or a browser of the same kind."""
    return program("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def pdftoppm_path() -> Path:
    """Poppler's renderer: draws the pages of a PDF."""
    return program("pdftoppm")


@pytest.fixture(scope="session")
def pdftotext_path() -> Path:
    """Poppler's text extraction: a reader of PDFs that shares no code with the writer."""
    return program("pdftotext")


@pytest.fixture(scope="session")
def pdfinfo_path() -> Path:
    """Poppler's view of a PDF's metadata and tags."""
    return program("pdfinfo")
