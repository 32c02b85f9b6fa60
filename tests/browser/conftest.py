"""One browser for all browser tests: the system's Chromium, driven by Playwright."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.furnished import Furnished, furnish
from tests.browser.tablet import PATIENCE_S
from tests.lib.served import Served

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """A headless browser that speaks to nobody."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path,
            # Chromium's sandbox refuses to start for root, as in most containers.
            args=[*FLAGS, "--no-sandbox"] if as_root else FLAGS,
        )
        yield launched
        launched.close()


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[Served]:
    """A site that nobody has set up."""
    site = Served(data=tmp_path / "data")
    site.start()
    yield site
    site.kill()
    print(site.log())  # noqa: T201 - shown where the test failed


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """A site with people in every role and courses in every state, shared by many tests."""
    site = Served(data=tmp_path_factory.mktemp("furnished") / "data")
    site.start()
    yield furnish(site)
    site.kill()
