"""A site for the elements, and a tablet that looks at it and reports every fault."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.elements.site import Site, serving

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


PATIENCE_S = 60
"""After this a test that waits for the page says what it waited for."""


def until(page: Page, condition: str) -> None:
    """Wait for a condition in the page. Playwright's own way needs eval, which the policy bars."""
    start = time.monotonic()
    while not page.evaluate(condition):
        assert time.monotonic() - start < PATIENCE_S, f"never true: {condition}"
        page.wait_for_timeout(20)


class Tablet:
    """A browser context of 1180 x 820 with touch, whose consoles are listened to.

    Whatever they say that matches none of ``expected`` is a fault and fails the test.
    """

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.context = context
        self.site = site
        self.expected: list[str] = []
        self.said: list[str] = []

    def open(self, path: str = "/") -> Page:
        """A new tab with a page of the site."""
        page = self.context.new_page()
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.said.append(error.message))
        page.add_init_script(TELL_VIOLATIONS)
        page.goto(self.site.address + path)
        return page

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.said.append(text)

    @property
    def faults(self) -> list[str]:
        """What was said and not expected."""
        return [
            text for text in self.said if not any(re.search(each, text) for each in self.expected)
        ]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def tablet(browser: Browser, site: Site) -> Iterator[Tablet]:
    context = browser.new_context(
        viewport={"width": 1180, "height": 820}, has_touch=True, locale="en-GB"
    )
    tablet = Tablet(context, site)
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
