"""Nothing is closed before what belongs into it is saved, and every page sends what is kept."""

from http import HTTPStatus

from playwright.sync_api import expect

from tests.browser.elements.conftest import Tablet, until
from tests.browser.elements.gesture_page import KEPT, NETWORK, enter, kept, says, sheet
from tests.browser.elements.site import Site, state

CLOSE = (
    '<form method="post" action="/close" data-gesture="once">'
    '<input type="hidden" name="gesture" value="closed">'
    '<input type="hidden" name="gesture_field" value="close">'
    '<button name="close" value="now">Close</button></form>'
)


def test_a_form_that_is_sent_once_waits_for_what_was_kept_before_it(
    site: Site, tablet: Tablet
) -> None:
    """A kept "yes" to a red flag came after the contact was closed as expected."""
    tablet.expected = [NETWORK]
    site.page("/", sheet() + CLOSE)
    page = tablet.open()
    site.gate.clear()
    enter(page, "yes")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Close").click()
    until(page, f"({KEPT}).then((all) => all.length === 1)")
    site.gate.set()
    page.wait_for_url("**/close")
    assert site.arrived == ["/gestures", "/close"]
    assert site.values == [("lot", "yes"), ("close", "now")]


def test_what_htmx_sends_once_comes_after_what_was_kept_before_it(
    site: Site, tablet: Tablet
) -> None:
    """An undo that overtook the last gesture took back the one before it."""
    undo = CLOSE.replace("<form ", '<form hx-post="/close" hx-swap="none" ')
    site.page("/", sheet() + undo)
    page = tablet.open()
    site.gate.clear()
    enter(page, "yes")
    page.get_by_role("button", name="Close").click()
    page.wait_for_timeout(300)
    assert site.arrived == ["/gestures"]
    site.gate.set()
    until(page, "!document.querySelector('.htmx-request')")
    says(page, "saved")
    assert site.arrived == ["/gestures", "/close"]


def test_a_form_is_not_sent_while_something_stays_unsent_or_refused(
    site: Site, tablet: Tablet
) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet() + CLOSE)
    page = tablet.open()
    site.lost_before = True
    enter(page, "yes")
    says(page, "kept")
    page.get_by_role("button", name="Close").click()
    says(page, "kept")
    site.lost_before, site.status = False, HTTPStatus.FORBIDDEN
    says(page, "refused")
    page.get_by_role("button", name="Close").click()
    page.wait_for_timeout(500)
    assert "/close" not in site.arrived
    site.status = HTTPStatus.OK
    page.get_by_role("button", name="Try again").click()
    says(page, "saved")
    page.get_by_role("button", name="Close").click()
    page.wait_for_url("**/close")
    assert site.values == [("lot", "yes"), ("close", "now")]


def test_a_device_that_keeps_nothing_holds_no_form(site: Site, tablet: Tablet) -> None:
    tablet.expected = [NETWORK, "full"]
    tablet.context.add_init_script("indexedDB.open = () => { throw new Error('full'); };")
    site.page("/", sheet() + CLOSE)
    page = tablet.open()
    page.get_by_role("button", name="Close").click()
    page.wait_for_url("**/close")


def test_a_page_that_records_nothing_sends_and_tells_what_another_left(
    site: Site, tablet: Tablet
) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    site.page("/today", "<h1>Today</h1>" + state(standby=True))
    site.lost_before = True
    page = tablet.open()
    enter(page, "A")
    says(page, "kept")
    page.close()
    page = tablet.open("/today")
    says(page, "kept")
    site.lost_before = False
    says(page, "saved")
    assert site.values == [("lot", "A")]
    assert kept(page) == []


def test_on_standby_it_is_unseen_and_stands_down_for_the_one_that_records(
    site: Site, tablet: Tablet
) -> None:
    site.page("/today", "<h1>Today</h1>" + state(standby=True))
    page = tablet.open("/today")
    expect(page.locator("save-state")).to_be_hidden()
    page.close()
    site.page("/", sheet() + state(standby=True))
    page = tablet.open()
    enter(page, "A")
    says(page, "saved")
    expect(page.locator("save-state[standby]")).to_be_hidden()
    assert site.attempts == 1
