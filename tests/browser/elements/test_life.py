"""Elements that are taken out of a page leave nothing of themselves running."""

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.elements.conftest import Tablet, until
from tests.browser.elements.site import Site, state
from tests.browser.elements.test_count_down import STARTED, ring
from tests.browser.elements.test_idle_lock import ELEMENT as IDLE_LOCK
from tests.browser.elements.test_idle_lock import LOCK
from tests.browser.elements.test_signature_pad import pad

LIVE = '<live-region id="live" url="/live" version="1" every="60"></live-region>'
ELEMENTS = {
    "signature-pad": pad(),
    "count-down": ring(STARTED),
    "save-state": state(),
    "idle-lock": LOCK + IDLE_LOCK,
    "live-region": LIVE,
}
COUNT_TIMERS = """
globalThis.timers = new Set();
for (const kind of ["Timeout", "Interval"]) {
  const [set, clear] = [globalThis[`set${kind}`], globalThis[`clear${kind}`]];
  globalThis[`set${kind}`] = (act, time, ...rest) => {
    const id = set((...all) => {
      if (kind === "Timeout") timers.delete(id);
      act(...all);
    }, time, ...rest);
    timers.add(id);
    return id;
  };
  globalThis[`clear${kind}`] = (id) => { timers.delete(id); clear(id); };
}
"""


def listeners(session: CDPSession) -> int:
    """How many listeners hang on window and document, as the browser itself counts them."""
    found = 0
    for target in ("window", "document"):
        answer = session.send("Runtime.evaluate", {"expression": target})
        answer = session.send(
            "DOMDebugger.getEventListeners", {"objectId": answer["result"]["objectId"]}
        )
        found += len(answer["listeners"])
    return found


def blank(site: Site, tablet: Tablet) -> Page:
    """A page without elements; what it loads hangs its own listeners."""
    tablet.context.add_init_script(COUNT_TIMERS)
    site.page("/", "<main></main>")
    site.pages["/live"] = lambda _: None
    page = tablet.open()
    until(page, "customElements.get('signature-pad') !== undefined && timers.size === 0")
    return page


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_that_leaves_the_page_takes_its_listeners_and_timers_along(
    site: Site, tablet: Tablet, name: str
) -> None:
    page = blank(site, tablet)
    session = tablet.context.new_cdp_session(page)
    before = listeners(session)
    page.evaluate("(html) => { document.querySelector('main').innerHTML = html; }", ELEMENTS[name])
    page.wait_for_timeout(100)
    during = listeners(session) + page.evaluate("timers.size")
    # A pad listens to itself alone; the others listen to the page, or count time.
    assert during > before or name == "signature-pad"
    page.evaluate("document.querySelector('main').replaceChildren()")
    until(page, "timers.size === 0")
    assert listeners(session) == before


def test_an_element_that_is_moved_goes_on(site: Site, tablet: Tablet) -> None:
    page = blank(site, tablet)
    page.evaluate("(html) => { document.querySelector('main').innerHTML = html; }", ring(STARTED))
    expect(page.locator("svg.ring")).to_have_count(1)
    page.evaluate("document.body.append(document.querySelector('count-down'))")
    page.wait_for_timeout(100)
    expect(page.locator("svg.ring")).to_have_count(1)
    assert page.evaluate("timers.size") == 1


def test_an_element_that_comes_back_works_again(site: Site, tablet: Tablet) -> None:
    page = blank(site, tablet)
    page.evaluate(
        "(html) => { document.querySelector('main').innerHTML = html;"
        "globalThis.gone = document.querySelector('count-down'); }",
        ring(STARTED),
    )
    page.evaluate("gone.remove()")
    until(page, "timers.size === 0")
    page.evaluate("document.body.append(gone)")
    expect(page.locator(".ring__n")).to_have_count(1)
    assert page.locator(".ring line").count() == 60


def test_no_element_writes_a_style_attribute(site: Site, tablet: Tablet) -> None:
    site.page("/", "".join(ELEMENTS.values()))
    page = tablet.open()
    expect(page.locator("svg.ring")).to_have_count(1)
    assert page.locator("[style]").count() == 0
    # The policy is in force: a style attribute in markup is reported, and nothing else was.
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    until(page, "document.querySelector('[style]') !== null")
    page.wait_for_timeout(100)
    assert any("style-src" in text for text in tablet.said)
    tablet.expected = ["style-src"]
