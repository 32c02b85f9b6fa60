"""The same course by somebody who uses no pointer: the focus is seen wherever it goes."""

from playwright.sync_api import Browser

from tests.browser.hands import Keyboard
from tests.browser.journey import Journey
from tests.browser.tablet import tablet_of
from tests.lib.served import Served


def test_a_course_is_taken_by_keyboard_alone_from_an_empty_installation(
    browser: Browser, empty_site: Served
) -> None:
    with tablet_of(browser, empty_site.address) as tablet:
        hands = Keyboard(tablet.open("/"))
        Journey(hands).whole()
        print(f"keys from an empty installation to the aftercare sheet: {hands.count}")  # noqa: T201
