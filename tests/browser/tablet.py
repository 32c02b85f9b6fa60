"""A tablet that looks at a site and reports every fault."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

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
    """A browser context whose consoles are listened to.

    Whatever they say that matches none of ``expected`` is a fault and fails the test: errors of
    scripts, violations of the policy, requests that fail or are answered by 4xx and 5xx.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.expected: list[str] = []
        self.said: list[str] = []

    def open(self, path: str = "/") -> Page:
        """A new tab with a page of the site."""
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(error.message))
        page.add_init_script(TELL_VIOLATIONS)
        page.goto(self.address + path)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.said.append(f"{message.text} ({message.location['url']})")

    @property
    def faults(self) -> list[str]:
        """What was said and not expected."""
        return [
            text for text in self.said if not any(re.search(each, text) for each in self.expected)
        ]


@contextmanager
def tablet_of(browser: Browser, address: str, **options: Any) -> Iterator[Tablet]:
    """A tablet of 1180 x 820, unless told otherwise; at the end nothing may have gone wrong."""
    size = {"width": 1180, "height": 820}
    context = browser.new_context(**{"viewport": size, "locale": "en-GB", **options})
    tablet = Tablet(context, address)
    try:
        yield tablet
    except BaseException as error:
        error.add_note(f"The console said: {tablet.faults}")
        raise
    finally:
        context.close()
    assert tablet.faults == [], tablet.faults
