"""A screen that nobody touches is hidden and locked, and nothing typed on it is lost."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.elements.conftest import Tablet
from tests.browser.elements.site import Site, state, words

NOW = dt.datetime(2026, 11, 24, 15, 2, tzinfo=dt.UTC)
LOCK = '<form method="post" action="/lock"><button>Lock</button></form>'
WARNING = "The screen locks in 30 seconds. Touch it to stay."
ELEMENT = (
    '<idle-lock minutes="10" url="/lock">'
    f"{words(warning=WARNING.replace('30', '{seconds}'), locked='Locked')}</idle-lock>"
)
NOTES = (
    '<form method="post" action="/gestures" hx-post="/gestures" hx-trigger="change"'
    ' hx-swap="none" data-gesture="keep"><label>Notes <textarea name="notes"></textarea></label>'
    "</form>"
)
CHART = f"<main><h1>Session 3</h1>{NOTES}{LOCK}</main>{ELEMENT}{state()}"


@pytest.fixture
def chart(site: Site, tablet: Tablet) -> Page:
    """A page of a patient that locks after ten minutes; its clock moves when a test moves it."""
    site.page("/", CHART)
    site.page("/locked", "<h1>Enter your PIN</h1>", title="Mesoplan")
    # Installed a minute early: until it is stopped, the clock runs.
    tablet.context.clock.install(time=NOW - dt.timedelta(minutes=1))
    tablet.context.clock.pause_at(NOW)
    return tablet.open()


def wait(page: Page, *, minutes: float = 0, seconds: float = 0) -> None:
    page.clock.run_for(round((minutes * 60 + seconds) * 1000))


def test_it_warns_thirty_seconds_before_and_a_touch_or_a_key_keeps_it_open(chart: Page) -> None:
    warning = chart.get_by_role("alert")
    stays: list[Callable[[], None]] = [
        lambda: chart.touchscreen.tap(5, 5),
        lambda: chart.keyboard.press("Shift"),
        lambda: chart.mouse.move(40, 40),
    ]
    for stay in stays:
        wait(chart, minutes=9, seconds=29)
        expect(warning).to_be_empty()
        wait(chart, seconds=1)
        expect(warning).to_have_text(WARNING)
        wait(chart, seconds=20)
        stay()
        expect(warning).to_be_empty()
    expect(chart.get_by_role("heading", name="Session 3")).to_be_visible()


def test_after_the_minutes_the_page_is_hidden_the_server_locks_and_shows_its_page(
    chart: Page, site: Site
) -> None:
    wait(chart, minutes=10)
    expect(chart.get_by_role("heading", name="Session 3")).to_be_hidden()
    expect(chart.get_by_text("Locked")).to_be_visible()
    assert chart.title() == "Locked"
    assert site.locks == 0
    wait(chart, seconds=2)
    expect(chart.get_by_role("heading", name="Enter your PIN")).to_be_visible()
    assert site.locks == 1
    # The page that was left is not one step back.
    assert chart.evaluate("navigation.entries().every((entry) => !entry.url.endsWith('/'))")


def test_what_was_half_typed_reaches_the_server_before_it_locks(chart: Page, site: Site) -> None:
    chart.get_by_label("Notes").press_sequentially("bled a little")
    wait(chart, minutes=10)
    wait(chart, seconds=2)
    expect(chart.get_by_role("heading", name="Enter your PIN")).to_be_visible()
    assert site.values == [("notes", "bled a little")]


def test_the_lock_waits_for_what_is_being_saved(chart: Page, site: Site) -> None:
    """Locked first, the server would take nothing more."""
    site.gate.clear()
    chart.get_by_label("Notes").press_sequentially("bled a little")
    wait(chart, minutes=10)
    wait(chart, seconds=3)
    chart.wait_for_timeout(500)
    assert site.arrived == ["/gestures"]
    expect(chart.get_by_role("heading", name="Session 3")).to_be_hidden()
    site.gate.set()
    expect(chart.get_by_role("heading", name="Enter your PIN")).to_be_visible(timeout=30_000)
    assert site.arrived == ["/gestures", "/lock"]
    assert site.values == [("notes", "bled a little")]


def test_without_connection_the_page_is_hidden_all_the_same_and_locked_when_it_comes_back(
    chart: Page, site: Site, tablet: Tablet
) -> None:
    tablet.expected = ["^Failed to load resource: "]
    chart.get_by_label("Notes").press_sequentially("bled a little")
    tablet.context.set_offline(True)
    wait(chart, minutes=10)
    for _ in range(5):
        wait(chart, seconds=2)
        expect(chart.get_by_role("heading", name="Session 3")).to_be_hidden()
        expect(chart.get_by_text("Locked")).to_be_visible()
    tablet.context.set_offline(False)
    heading = chart.get_by_role("heading", name="Enter your PIN")
    while not heading.is_visible():
        wait(chart, seconds=1)
    assert site.locks == 1
    # What could not be sent before the page was left is sent from the next one.
    chart.goto(site.address)
    while not site.values:
        wait(chart, seconds=1)
    assert site.values == [("notes", "bled a little")]


def test_a_tablet_that_slept_past_the_time_locks_at_the_first_touch(
    chart: Page, site: Site
) -> None:
    # The clock went on, the timers did not.
    chart.clock.set_system_time(NOW + dt.timedelta(minutes=11))
    chart.touchscreen.tap(5, 5)
    expect(chart.get_by_role("heading", name="Session 3")).to_be_hidden()
    wait(chart, seconds=2)
    expect(chart.get_by_role("heading", name="Enter your PIN")).to_be_visible()
    assert site.locks == 1


def test_a_page_that_the_browser_brings_back_is_asked_for_again(chart: Page) -> None:
    chart.evaluate("globalThis.before = true")
    with chart.expect_navigation():
        chart.evaluate(
            "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })) && undefined"
        )
    assert chart.evaluate("globalThis.before") is None


def test_a_touch_in_one_tab_keeps_the_other_open_too(chart: Page, tablet: Tablet) -> None:
    other = tablet.open()
    wait(chart, minutes=9)
    chart.touchscreen.tap(5, 5)
    # The clock of the test stands still until the other tab has heard of it.
    other.wait_for_timeout(500)
    wait(chart, minutes=9)
    for page in (chart, other):
        expect(page.get_by_role("heading", name="Session 3")).to_be_visible()
        expect(page.get_by_role("alert")).to_be_empty()


def test_a_tab_that_is_locked_locks_the_others(chart: Page, site: Site, tablet: Tablet) -> None:
    site.page("/patient", CHART.replace('minutes="10"', 'minutes="60"'))
    site.page("/lock", "<h1>Enter your PIN</h1>", title="Mesoplan")
    other = tablet.open("/patient")
    wait(chart, minutes=10)
    wait(chart, seconds=2)
    expect(chart.get_by_role("heading", name="Enter your PIN")).to_be_visible()
    expect(other.get_by_role("heading", name="Session 3")).to_be_hidden()
    wait(other, seconds=2)
    expect(other.get_by_role("heading", name="Enter your PIN")).to_be_visible()
    assert site.locks == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (ELEMENT, "needs a form on the page that posts to"),
        (LOCK + ELEMENT + ELEMENT, "stands twice on this page"),
        (LOCK + ELEMENT.replace('"10"', '"0"'), "needs a whole number of at least 1 in minutes"),
        (LOCK + ELEMENT.replace("/lock", "https://example.org/lock"), "an address of this site"),
    ],
)
def test_a_mistake_in_the_markup_is_named_in_the_console(
    site: Site, tablet: Tablet, body: str, said: str
) -> None:
    tablet.expected = ["^<idle-lock> "]
    site.page("/", body)
    tablet.open()
    assert any(said in text for text in tablet.said), tablet.said
