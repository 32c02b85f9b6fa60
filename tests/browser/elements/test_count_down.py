"""Minutes that run by the server's clock, whatever the tablet's own clock says."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.elements.conftest import Tablet
from tests.browser.elements.site import Site, words

WORDS = words(
    ring="{label}, {elapsed} of {minutes} minutes",
    of="of {minutes} min",
    over="{minutes} min over",
    say_start="{label}: {minutes} minutes, started",
    say_soon="{label}: {minutes} minutes left",
    say_end="{label}: the time is over",
)
STARTED = dt.datetime(2026, 11, 24, 14, 10, tzinfo=dt.UTC)
SKEWS = [dt.timedelta(0), dt.timedelta(minutes=37), dt.timedelta(hours=-26)]
LISTEN = """
globalThis.heard = [];
globalThis.ended = 0;
document.addEventListener("elapsed", () => { globalThis.ended += 1; });
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const voice = target.closest?.("[aria-live]");
    if (voice) globalThis.heard.push(voice.textContent);
  }
}).observe(document, { childList: true, subtree: true });
"""


def ring(now: dt.datetime, *, minutes: int = 60, more: str = "") -> str:
    return (
        f'<count-down started="{STARTED:%Y-%m-%dT%H:%M:%SZ}" minutes="{minutes}" label="Cream" '
        f'server-now="{now.isoformat()}" {more}>{WORDS}</count-down>'
    )


class Clinic:
    """A server and a tablet whose clocks run on together, apart by a fixed time."""

    def __init__(self, site: Site, tablet: Tablet, skew: dt.timedelta) -> None:
        self.site = site
        self.tablet = tablet
        self.skew = skew
        self.now = STARTED

    def open(self, now: dt.datetime, minutes: int = 60) -> Page:
        self.now = now
        page = self.tablet.context.new_page()
        page.on("pageerror", lambda error: self.tablet.said.append(error.message))
        # Installed a minute early: until it is stopped, the clock runs.
        page.clock.install(time=now + self.skew - dt.timedelta(minutes=1))
        page.clock.pause_at(now + self.skew)
        page.add_init_script(LISTEN)
        self.site.page("/", ring(now, minutes=minutes))
        page.goto(self.site.address)
        return page

    def reload(self, page: Page, minutes: int = 60) -> None:
        self.site.page("/", ring(self.now, minutes=minutes))
        page.reload()

    def wait(self, page: Page, time: dt.timedelta) -> None:
        page.clock.run_for(round(time.total_seconds() * 1000))
        self.now += time


def read(page: Page) -> tuple[str, str]:
    number, unit = page.locator(".ring__n"), page.locator(".ring__u")
    return number.text_content() or "", unit.text_content() or ""


def ticks(page: Page) -> tuple[int, int]:
    return page.locator(".ring__on").count(), page.locator(".ring__off").count()


@pytest.mark.parametrize("skew", SKEWS, ids=str)
def test_the_ring_counts_by_the_server_and_goes_on_after_a_reload(
    site: Site, tablet: Tablet, skew: dt.timedelta
) -> None:
    clinic = Clinic(site, tablet, skew)
    page = clinic.open(STARTED + dt.timedelta(minutes=40, seconds=17))
    assert read(page) == ("40:17", "of 60 min")
    assert ticks(page) == (40, 20)
    page.get_by_role("img", name="Cream, 40 of 60 minutes").wait_for()
    clinic.wait(page, dt.timedelta(minutes=12, seconds=1))
    assert read(page) == ("52:18", "of 60 min")
    clinic.reload(page)
    assert read(page) == ("52:18", "of 60 min")
    clinic.wait(page, dt.timedelta(minutes=11))
    assert read(page) == ("63:18", "3 min over")
    assert ticks(page) == (60, 0)
    page.get_by_role("img", name="Cream, 3 min over").wait_for()


@pytest.mark.parametrize(
    "happens",
    [
        "document.body.append(timer)",
        "timer.remove()",
        "timer.setAttribute('label', 'Other cream')",
    ],
)
def test_what_happens_to_a_timer_later_does_not_turn_its_clock_back(
    site: Site, tablet: Tablet, happens: str
) -> None:
    """Its server-now is old by then; taken as new, it would hold the clock back by as much."""
    clinic = Clinic(site, tablet, dt.timedelta(minutes=5))
    page = clinic.open(STARTED)
    clinic.wait(page, dt.timedelta(minutes=10))
    page.evaluate(f"globalThis.timer = document.querySelector('count-down'); {happens}; undefined")
    page.evaluate("document.body.append(timer)")
    clinic.wait(page, dt.timedelta(seconds=2))
    assert read(page) == ("10:02", "of 60 min")


def test_start_five_minutes_before_the_end_and_end_are_said_and_nothing_else(
    site: Site, tablet: Tablet
) -> None:
    clinic = Clinic(site, tablet, dt.timedelta(minutes=37))
    page = clinic.open(STARTED, minutes=15)
    clinic.wait(page, dt.timedelta(minutes=20))
    assert page.evaluate("heard") == [
        "Cream: 15 minutes, started",
        "Cream: 5 minutes left",
        "Cream: the time is over",
    ]
    assert page.locator("[aria-live=polite]").count() == 1
    assert page.evaluate("ended") == 1


def test_a_page_that_is_opened_in_between_or_afterwards_says_nothing_at_once(
    site: Site, tablet: Tablet
) -> None:
    clinic = Clinic(site, tablet, dt.timedelta(0))
    page = clinic.open(STARTED + dt.timedelta(minutes=30))
    clinic.wait(page, dt.timedelta(minutes=20))
    assert page.evaluate("heard") == []
    assert page.evaluate("ended") == 0
    clinic.wait(page, dt.timedelta(minutes=30))
    clinic.reload(page)
    clinic.wait(page, dt.timedelta(minutes=1))
    assert page.evaluate("heard") == []
    assert page.evaluate("ended") == 1


@pytest.mark.parametrize(("minutes", "count"), [(2, 2), (15, 15), (90, 90), (120, 24), (600, 40)])
def test_each_tick_of_the_ring_is_a_number_of_whole_minutes(
    site: Site, tablet: Tablet, minutes: int, count: int
) -> None:
    page = Clinic(site, tablet, dt.timedelta(0)).open(STARTED, minutes=minutes)
    assert ticks(page) == (0, count)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("minutes", "1.5"), 'needs a whole number of at least 1 in minutes, not "1.5"'),
        (("started", "2026-11-24 14:10"), "needs date, time and offset in started"),
        (("server-now", "2026-11-24T14:10:00"), "needs date, time and offset in server-now"),
        (("label", " "), "needs the attribute label"),
    ],
)
def test_a_time_that_could_be_read_in_two_ways_is_refused(
    show: Callable[[str], Page], tablet: Tablet, wrong: tuple[str, str], said: str
) -> None:
    tablet.expected = ["^<count-down> "]
    text = ring(STARTED).replace(f" {wrong[0]}=", f' {wrong[0]}="{wrong[1]}" data-was=', 1)
    show(text)
    assert any(said in fault for fault in tablet.said), tablet.said
