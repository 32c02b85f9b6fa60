"""A site for the elements, and a tablet that looks at it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.elements.site import Site, serving
from tests.browser.tablet import Tablet, until

__all__ = ["Tablet", "until"]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def tablet(browser: Browser, site: Site) -> Iterator[Tablet]:
    context = browser.new_context(
        viewport={"width": 1180, "height": 820}, has_touch=True, locale="en-GB"
    )
    tablet = Tablet(context, site.address)
    yield tablet
    site.gate.set()
    context.close()
    assert tablet.faults == []


@pytest.fixture
def show(site: Site, tablet: Tablet) -> Callable[[str], Page]:
    """Serve one body and open it."""

    def shown(body: str) -> Page:
        site.page("/", body)
        return tablet.open()

    return shown
