"""Fields across a morph: the server's word everywhere, except where it has not been told yet."""

from playwright.sync_api import Page, expect

from tests.browser.elements.conftest import Tablet, until
from tests.browser.elements.gesture_page import KEPT, NETWORK, says
from tests.browser.elements.site import Received, Site, state

SCORES = "0123"


def form(pain: str = "", notes: str = "", kit: str = "", more: str = "") -> str:
    radios = "".join(
        f'<label><input type="radio" name="pain" value="{score}"'
        f"{' checked' if score == pain else ''}>score {score}</label>"
        for score in SCORES
    )
    options = "".join(
        f"<option{' selected' if score == more else ''}>{score}</option>" for score in SCORES
    )
    return (
        '<form id="sheet" method="post" action="/gestures" hx-post="/gestures" '
        'hx-trigger="change" hx-target="#sheet" hx-swap="outerMorph" data-gesture="keep">'
        f'{radios}<label>Notes <input name="notes" value="{notes}"></label>'
        f'<label><input type="checkbox" name="kit" {kit}>Kit</label>'
        f'<label>More <select name="more">{options}</select></label></form>'
    )


def sent(page: Page) -> None:
    until(page, f"({KEPT}).then((all) => all.length === 0)")
    until(page, "!document.querySelector('.htmx-request')")


def test_a_choice_that_was_touched_follows_the_server_again(site: Site, tablet: Tablet) -> None:
    """Undo leads back to a choice that this person has made before: touched, so deaf to markup."""
    site.page("/", form() + state())
    page = tablet.open()
    site.reply = lambda got: form(**dict(got.values))
    for score in "31":
        page.get_by_text(f"score {score}").click()
        sent(page)
    page.get_by_text("Kit").click()
    sent(page)
    page.get_by_label("More").select_option("2")
    sent(page)
    # The server takes back all of it, in answer to a gesture on something else.
    site.reply = lambda _: form(pain="3", more="1")
    page.get_by_label("Notes").fill("x")
    page.get_by_label("Notes").blur()
    sent(page)
    expect(page.get_by_label("score 3")).to_be_checked()
    expect(page.get_by_label("score 1")).not_to_be_checked()
    expect(page.get_by_label("Kit")).not_to_be_checked()
    expect(page.get_by_label("More")).to_have_value("1")
    expect(page.get_by_label("Notes")).to_have_value("")


def test_an_answer_does_not_write_over_what_is_still_on_its_way(site: Site, tablet: Tablet) -> None:
    tablet.expected = [NETWORK]
    site.page("/", form() + state())
    page = tablet.open()

    # The first is answered as if the others had not been made; they cannot be sent after it.
    def reply(_: Received) -> str:
        site.lost_before = True
        return form(pain="3", notes="of somebody else", more="1")

    site.reply = reply
    site.gate.clear()
    page.get_by_text("score 3").click()
    page.get_by_label("Notes").fill("bled a little")
    page.get_by_text("Kit").click()
    page.get_by_label("More").select_option("2")
    page.get_by_label("More").blur()
    site.gate.set()
    says(page, "kept")
    assert site.values == [("pain", "3")]
    expect(page.get_by_label("score 3")).to_be_checked()
    expect(page.get_by_label("Notes")).to_have_value("bled a little")
    expect(page.get_by_label("Kit")).to_be_checked()
    expect(page.get_by_label("More")).to_have_value("2")


def test_what_is_being_typed_stays_with_its_caret(site: Site, tablet: Tablet) -> None:
    site.page("/", form() + state())
    page = tablet.open()
    site.reply = lambda _: form(pain="3", notes="of somebody else")
    site.gate.clear()
    page.get_by_text("score 3").click()
    page.get_by_label("Notes").press_sequentially("bled a lttle")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    site.gate.set()
    sent(page)
    until(page, "document.querySelector('[name=notes]').defaultValue !== ''")
    page.keyboard.type("i")
    expect(page.get_by_label("Notes")).to_have_value("bled a little")
