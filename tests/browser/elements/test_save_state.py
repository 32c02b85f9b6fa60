"""What is said of saving, and what becomes of gestures that the server does not take."""

from http import HTTPStatus

import pytest
from playwright.sync_api import Dialog, expect

from tests.browser.elements.conftest import Tablet, until
from tests.browser.elements.gesture_page import FORM, KEPT, NETWORK, enter, kept, says, sheet
from tests.browser.elements.site import Site, state


def test_saving_is_named_only_when_it_takes_a_while(site: Site, tablet: Tablet) -> None:
    site.page("/", sheet())
    page = tablet.open()
    site.gate.clear()
    enter(page, "A")
    says(page, "pending")
    site.gate.set()
    says(page, "saved")


@pytest.mark.parametrize("status", [HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT])
def test_what_the_server_does_not_accept_is_shown_and_not_sent_again(
    site: Site, tablet: Tablet, status: HTTPStatus
) -> None:
    tablet.expected = [NETWORK]
    form = FORM.replace('hx-swap="none"', 'hx-target="#said"')
    site.page("/", form + '<p id="said"></p>' + state())
    page = tablet.open()
    site.status, site.answer = status, "1.68 cm is too small; in metres?"
    enter(page, "1.68")
    says(page, "refused")
    expect(page.locator("#said")).to_have_text(site.answer)
    assert kept(page) == []
    attempts = site.attempts
    site.status = HTTPStatus.OK
    enter(page, "168")
    says(page, "saved")
    assert site.attempts == attempts + 1
    assert site.values == [("lot", "168")]


def test_a_refusal_of_rights_keeps_the_gesture_until_it_is_sent_again_or_discarded(
    site: Site, tablet: Tablet
) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    page = tablet.open()
    site.status = HTTPStatus.FORBIDDEN
    enter(page, "A")
    says(page, "refused")
    assert kept(page) == ["lot=A"]
    page.reload()
    says(page, "refused")
    expect(page.get_by_label("Lot")).to_have_value("A")
    assert site.attempts == 1
    site.status = HTTPStatus.OK
    page.get_by_role("button", name="Try again").click()
    says(page, "saved")
    assert site.values == [("lot", "A")]
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()

    site.status = HTTPStatus.FORBIDDEN
    enter(page, "B")
    says(page, "refused")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Lot")).to_have_value("")
    expect(page.get_by_role("status")).to_have_text("Saved yesterday")
    assert kept(page) == []


def test_a_page_to_sign_in_is_not_taken_for_success(site: Site, tablet: Tablet) -> None:
    """The address a session is sent to when it has ended answers 200."""
    site.page("/", sheet())
    site.page("/sign-in", "<h1>Sign in</h1>")
    site.redirect = "/sign-in"
    page = tablet.open()
    enter(page, "A")
    says(page, "signed-out")
    assert kept(page) == ["lot=A"]
    site.redirect = ""
    says(page, "saved")
    assert site.values == [("lot", "A")]


def test_a_locked_screen_leads_to_its_page_without_a_question_and_the_gesture_comes_after(
    site: Site, tablet: Tablet
) -> None:
    """The gate answers 401 with HX-Redirect where htmx asks."""
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    site.page("/unlock", "<h1>Enter your PIN</h1>")
    page = tablet.open()
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    site.status, site.headers = HTTPStatus.UNAUTHORIZED, {"HX-Redirect": "/unlock"}
    enter(page, "A")
    expect(page.get_by_role("heading", name="Enter your PIN")).to_be_visible(timeout=30_000)
    site.status, site.headers = HTTPStatus.OK, {}
    page.goto(site.address)
    says(page, "saved")
    assert site.values == [("lot", "A")]
    assert asked == []


def test_a_gesture_that_breaks_the_server_does_not_hold_up_those_behind_it_for_ever(
    site: Site, tablet: Tablet
) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    page = tablet.open()
    site.status = HTTPStatus.INTERNAL_SERVER_ERROR
    for lot in "ABCDE":
        enter(page, lot)
    says(page, "kept")
    until(page, f"({KEPT}).then((all) => all[0].refused === 500)")
    site.status = HTTPStatus.OK
    says(page, "refused")
    until(page, f"({KEPT}).then((all) => all.length === 1)")
    assert kept(page) == ["lot=A"]
    assert site.values == [("lot", lot) for lot in "BCDE"]


@pytest.mark.parametrize("swap", ["outerMorph", "outerHTML"])
def test_a_bar_that_comes_anew_from_the_server_still_says_what_is_unsent(
    site: Site, tablet: Tablet, swap: str
) -> None:
    """The server writes "Saved" into it, as far as it knows."""
    tablet.expected = [NETWORK]
    more = '<button hx-get="/bar" hx-swap="none">Look</button>'
    site.page("/", f'{FORM}{more}<footer id="bar">{state()}</footer>')
    site.pages["/bar"] = lambda _: f'<footer id="bar" hx-swap-oob="{swap}">{state()}</footer>'
    page = tablet.open()
    site.lost_before = True
    enter(page, "A")
    says(page, "kept")
    page.get_by_role("button", name="Look").click()
    until(page, "performance.getEntriesByType('resource').some((r) => r.name.endsWith('/bar'))")
    until(page, "!document.querySelector('.htmx-request')")
    says(page, "kept")
    site.lost_before, site.status = False, HTTPStatus.FORBIDDEN
    says(page, "refused")
    page.get_by_role("button", name="Look").click()
    until(page, "!document.querySelector('.htmx-request')")
    site.status = HTTPStatus.OK
    page.get_by_role("button", name="Try again").click()
    says(page, "saved")
    # Once it is saved, the server's own words stand.
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_role("status")).to_have_text("Saved yesterday")


def test_the_browser_asks_before_leaving_only_while_something_is_unsent(
    site: Site, tablet: Tablet
) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    site.page("/next", "<h1>Next</h1>")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page = tablet.open()
    page.on("dialog", stay)
    site.lost_before = True
    enter(page, "A")
    says(page, "kept")
    page.evaluate("location.assign('/next')")
    until(page, "document.title !== ''")
    assert asked == ["beforeunload"]
    assert page.url.endswith("/")
    site.lost_before = False
    says(page, "saved")
    page.goto(site.address + "/next")
    expect(page.get_by_role("heading", name="Next")).to_be_visible()
    assert asked == ["beforeunload"]


def test_a_writing_that_is_sent_once_is_not_kept_but_its_failure_is_said(
    site: Site, tablet: Tablet
) -> None:
    tablet.expected = [NETWORK, "^htmx: htmx:error: Failed to fetch"]
    form = (
        '<form hx-post="/gestures" hx-swap="none" data-gesture="once">'
        '<input type="hidden" name="gesture" value="of-the-form">'
        '<input type="hidden" name="gesture_field" value="">'
        "<button>Finalise</button></form>"
    )
    site.page("/", form + state())
    page = tablet.open()
    site.lost_before = True
    page.get_by_role("button").click()
    says(page, "lost")
    site.lost_before = False
    site.status = HTTPStatus.BAD_GATEWAY
    page.get_by_role("button").click()
    until(page, "!document.querySelector('.htmx-request')")
    says(page, "lost")
    site.status = HTTPStatus.OK
    page.get_by_role("button").click()
    says(page, "saved")
    assert len(site.received) == 1
    assert kept(page) == []


def test_a_writing_that_says_neither_is_a_mistake_of_the_page(site: Site, tablet: Tablet) -> None:
    tablet.expected = ['^POST /gestures: data-gesture must say "keep" or "once"$']
    site.page("/", sheet().replace('data-gesture="keep"', ""))
    page = tablet.open()
    site.status = HTTPStatus.NO_CONTENT
    enter(page, "A")
    until(page, "!document.querySelector('.htmx-request')")
    assert len(tablet.said) >= 1


@pytest.mark.parametrize(
    ("well", "badly"),
    [
        ("data-gesture", 'hx-confirm="Sure?" data-gesture'),
        ('hx-post="/gestures"', 'hx-put="/gestures"'),
        ('name="lot"', 'name="lot" type="file"'),
    ],
)
def test_what_cannot_be_kept_is_a_mistake_of_the_page(
    site: Site, tablet: Tablet, well: str, badly: str
) -> None:
    tablet.expected = [NETWORK, "^<save-state> keeps "]
    site.page("/", FORM.replace(well, badly) + state())
    site.status = HTTPStatus.NO_CONTENT
    page = tablet.open()
    page.get_by_text("seven").click()
    until(page, "!document.querySelector('.htmx-request')")
    assert any("<save-state> keeps " in text for text in tablet.said)
    assert kept(page) == []


def test_a_device_that_keeps_nothing_still_sends_and_says_when_it_could_not(
    site: Site, tablet: Tablet
) -> None:
    tablet.expected = [NETWORK, "this device keeps no gestures", "full", "htmx:error"]
    tablet.context.add_init_script("indexedDB.open = () => { throw new Error('full'); };")
    site.page("/", sheet())
    page = tablet.open()
    enter(page, "A")
    says(page, "saved")
    assert site.values == [("lot", "A")]
    site.lost_before = True
    enter(page, "B")
    says(page, "lost")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (state() + state(), "<save-state> stands twice on this page"),
        (state().replace('user="7"', 'user=""'), "<save-state> needs the attribute user"),
        (state(standby=True) * 2, "<save-state> stands twice on this page"),
        (state().replace("user=", "colour= user="), "does not know the attribute colour"),
        (state().replace("retry", "again"), "needs one child button[data-do=retry], not 0"),
    ],
)
def test_a_mistake_in_the_markup_is_named_in_the_console(
    site: Site, tablet: Tablet, body: str, said: str
) -> None:
    tablet.expected = ["^<save-state> "]
    site.page("/", body)
    tablet.open()
    assert any(said in text for text in tablet.said), tablet.said
