"""What others change appears by itself; what is being typed or not yet saved is left alone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.elements.conftest import Tablet, until
from tests.browser.elements.site import Site, state

FORM = (
    '<form id="notes-form" method="post" action="/gestures" hx-post="/gestures"'
    ' hx-trigger="change" hx-swap="none" data-gesture="keep">'
    '<label>Notes <input name="notes" value="{notes}"></label>'
    '<label><input type="checkbox" name="kit" {kit}>Emergency kit</label></form>'
)


class Chart:
    """A course that somebody else is working on: what the server says of it now."""

    def __init__(self, site: Site) -> None:
        self.version = 1
        self.asked: list[str] = []
        self.says: dict[str, Any] = {"given": 0, "notes": "", "kit": "", "more": ""}
        site.page("/", "")
        whole = site.pages["/"]({})
        assert whole is not None
        head = whole.removesuffix("</body></html>")
        tall = "<p>line</p>" * 80
        site.pages["/"] = lambda _: f"{head}{state()}{self.region()}{tall}</body></html>"
        site.pages["/live"] = self.answer

    def change(self, **says: Any) -> None:
        self.version += 1
        self.says.update(says)

    def region(self) -> str:
        return (
            f'<live-region id="live" url="/live" version="{self.version}" every="1">'
            f'<section data-part="given"><h2 id="given">Given: {self.says["given"]}</h2>'
            "<details><summary>Why</summary><p>reasons</p></details>"
            '<button type="button" name="next">Next</button></section>'
            f'<section data-part="notes">{FORM.format(**self.says)}</section>'
            f"{self.says['more']}</live-region>"
        )

    def answer(self, query: dict[str, str]) -> str | None:
        self.asked.append(query["version"])
        return None if query["version"] == str(self.version) else self.region()


@pytest.fixture
def chart(site: Site) -> Chart:
    return Chart(site)


@pytest.fixture
def page(chart: Chart, tablet: Tablet) -> Page:
    assert chart.version == 1
    return tablet.open()


def given(page: Page, points: int) -> None:
    expect(page.get_by_role("heading")).to_have_text(f"Given: {points}", timeout=30_000)


def version(page: Page) -> str | None:
    return page.locator("live-region").get_attribute("version")


def test_nothing_new_changes_nothing_and_something_new_appears(page: Page, chart: Chart) -> None:
    page.evaluate("globalThis.heading = document.querySelector('h2')")
    while len(chart.asked) < 3:
        page.wait_for_timeout(20)
    assert set(chart.asked) == {"1"}
    chart.change(given=18, more='<section data-part="photograph">a photograph</section>')
    given(page, 18)
    expect(page.get_by_text("a photograph")).to_be_visible()
    assert version(page) == "2"
    # Changed in place: no element was exchanged for another.
    assert page.evaluate("heading === document.querySelector('h2')")
    chart.change(more="")
    expect(page.get_by_text("a photograph")).to_have_count(0, timeout=30_000)


def test_a_half_typed_field_keeps_its_text_its_focus_and_its_caret(
    page: Page, chart: Chart
) -> None:
    notes = page.get_by_label("Notes")
    notes.press_sequentially("bled a lottle")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.evaluate("scrollTo(0, 120)")
    chart.change(given=18, notes="from the other tablet")
    given(page, 18)
    expect(notes).to_have_value("bled a lottle")
    expect(notes).to_be_focused()
    page.keyboard.press("Delete")
    page.keyboard.type("i")
    expect(notes).to_have_value("bled a little")
    assert page.evaluate("scrollY") == 120
    # What was left out is asked for until it can be shown.
    assert version(page) == "1"


def test_what_is_not_saved_yet_is_left_alone_and_shown_anew_when_it_is(
    page: Page, chart: Chart, site: Site
) -> None:
    site.gate.clear()
    page.get_by_text("Emergency kit").click()
    chart.change(given=18, kit="checked", notes="from the other tablet")
    given(page, 18)
    expect(page.get_by_label("Emergency kit")).to_be_checked()
    expect(page.get_by_label("Notes")).to_have_value("")
    site.gate.set()
    expect(page.get_by_label("Notes")).to_have_value("from the other tablet", timeout=30_000)
    assert site.values == [("kit", "on")]
    assert version(page) == "2"
    # A box that this person has ticked follows the other person's hand again.
    chart.change(kit="")
    expect(page.get_by_label("Emergency kit")).not_to_be_checked(timeout=30_000)


def test_a_button_keeps_the_focus_and_what_was_opened_stays_open(page: Page, chart: Chart) -> None:
    page.get_by_text("Why").click()
    page.get_by_role("button", name="Next").focus()
    chart.change(given=18)
    given(page, 18)
    expect(page.get_by_role("button", name="Next")).to_be_focused()
    expect(page.get_by_text("reasons")).to_be_visible()


def test_a_hidden_tab_asks_for_nothing_and_asks_at_once_when_it_is_seen(
    page: Page, chart: Chart
) -> None:
    hide = (
        "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, "
        "configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }"
    )
    page.evaluate(hide, arg=True)
    page.wait_for_timeout(1500)
    before = len(chart.asked)
    page.wait_for_timeout(3000)
    assert len(chart.asked) == before
    chart.change(given=18)
    page.evaluate(hide, arg=False)
    given(page, 18)


def test_a_region_that_may_no_longer_be_read_stops_asking(
    page: Page, chart: Chart, site: Site, tablet: Tablet
) -> None:
    tablet.expected = [r"status of 404"]
    page.evaluate("addEventListener('closed', () => { globalThis.wasClosed = true; })")
    del site.pages["/live"]
    until(page, "globalThis.wasClosed === true")
    chart.asked.clear()
    site.pages["/live"] = chart.answer
    page.wait_for_timeout(2500)
    assert chart.asked == []


def test_a_connection_that_comes_back_brings_the_changes(
    page: Page, chart: Chart, tablet: Tablet
) -> None:
    tablet.expected = ["^Failed to load resource: "]
    tablet.context.set_offline(True)
    chart.change(given=18)
    page.wait_for_timeout(1500)
    given(page, 0)
    tablet.context.set_offline(False)
    given(page, 18)


def test_two_parts_of_one_name_are_a_mistake_of_the_page(chart: Chart, tablet: Tablet) -> None:
    tablet.expected = ["needs a name of its own for each data-part"]
    chart.change(more='<section data-part="given"></section>')
    tablet.open()
    assert len(tablet.said) == 1
