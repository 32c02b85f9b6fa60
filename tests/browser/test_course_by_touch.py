"""A stranger with a tablet: from an empty installation to the aftercare sheet, by taps alone."""

from playwright.sync_api import Browser

from tests.browser.hands import Finger
from tests.browser.journey import Journey
from tests.browser.tablet import tablet_of
from tests.lib.served import Served


def test_a_course_is_taken_by_touch_from_an_empty_installation(
    browser: Browser, empty_site: Served
) -> None:
    with tablet_of(browser, empty_site.address, has_touch=True) as tablet:
        hands = Finger(tablet.open("/"))
        Journey(hands).whole()
        print(f"taps from an empty installation to the aftercare sheet: {hands.count}")  # noqa: T201
