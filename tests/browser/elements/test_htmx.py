"""What elements/README.md says of htmx 4 under the strict policy, tried."""

import hashlib
import json
import re
from http import HTTPStatus

import pytest
from playwright.sync_api import expect

from tests.browser.elements.conftest import Tablet, until
from tests.browser.elements.site import HTMX, STATIC, Site
from tests.conftest import ROOT

README = (ROOT / "elements" / "README.md").read_text(encoding="utf-8")


def test_the_settings_tried_here_are_those_the_readme_tells_to_use() -> None:
    (shown,) = re.findall(r"<meta name=\"htmx-config\"\s+content='(.+?)'>", README, re.DOTALL)
    assert json.loads(shown) == HTMX


def test_the_vendored_file_is_the_one_its_readme_names() -> None:
    readme = (STATIC / "vendor" / "README.md").read_text(encoding="utf-8")
    content = (STATIC / "vendor" / "htmx.min.js").read_bytes()
    assert hashlib.sha256(content).hexdigest() in readme
    assert 'this.version="4.0.1"' in content.decode()
    assert "htmx.org 4.0.1" in readme


@pytest.mark.parametrize(
    "attributes",
    [
        'hx-on:click="globalThis.ran = true"',
        "hx-post=\"/gestures\" hx-vals='js:{ran: (globalThis.ran = true)}'",
        'hx-post="/gestures" hx-trigger="click[globalThis.ran = true]"',
    ],
)
def test_what_needs_eval_is_barred_by_the_policy_and_said(
    site: Site, tablet: Tablet, attributes: str
) -> None:
    tablet.expected = ["eval", "Eval"]
    site.page("/", f'<div data-gesture="once"><button {attributes}>Do</button></div>')
    page = tablet.open()
    until(page, "globalThis.htmx !== undefined && htmx.version === '4.0.1'")
    page.get_by_role("button").click()
    page.wait_for_timeout(300)
    assert page.evaluate("globalThis.ran") is None
    assert site.attempts == 0
    assert tablet.said


def test_no_style_sheet_is_adopted_and_a_request_is_marked_by_a_class(
    site: Site, tablet: Tablet
) -> None:
    site.page("/", '<button hx-get="/more" hx-target="#more">More</button><p id="more"></p>')
    site.page("/more", "more")
    page = tablet.open()
    page.get_by_role("button").click()
    expect(page.locator("#more")).to_have_text("more")
    assert page.evaluate("document.adoptedStyleSheets.length") == 0


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (HTTPStatus.OK, "answered"),
        (HTTPStatus.UNPROCESSABLE_ENTITY, "answered"),
        (HTTPStatus.INTERNAL_SERVER_ERROR, "before"),
        (HTTPStatus.BAD_GATEWAY, "before"),
    ],
)
def test_what_is_wrong_with_a_field_is_shown_and_what_is_wrong_with_the_server_is_not(
    site: Site, tablet: Tablet, status: HTTPStatus, text: str
) -> None:
    tablet.expected = ["^Failed to load resource: "]
    form = (
        '<form hx-post="/gestures" hx-target="#said"><input name="gesture" value="1">'
        '<input name="gesture_field"><button>Send</button></form>'
    )
    site.page("/", f'<div data-gesture="once">{form}<p id="said">before</p></div>')
    site.status, site.answer = status, "answered"
    page = tablet.open()
    page.get_by_role("button").click()
    until(page, "performance.getEntriesByType('resource').some((r) => r.name.includes('gestures'))")
    until(page, "!document.querySelector('.htmx-request')")
    expect(page.locator("#said")).to_have_text(text)


def test_a_morph_keeps_the_element_its_focus_and_what_the_elements_have_drawn(
    site: Site, tablet: Tablet
) -> None:
    pad = (
        '<signature-pad name="s" label="Signature"><template data-word="signed">signed</template>'
        '<template data-word="empty">empty</template>'
        '<button type="button" data-do="clear" hidden>Clear</button></signature-pad>'
    )
    for path, text in (("/", "old"), ("/new", "new")):
        site.page(
            path,
            f'<main hx-get="/new" hx-trigger="go" hx-swap="outerMorph" hx-select="main">'
            f'<h1>{text}</h1><input name="typed">{pad}</main>',
        )
    page = tablet.open()
    page.locator("input").press_sequentially("half ty")
    page.evaluate("globalThis.kept = [...document.querySelectorAll('input, signature-pad, svg')]")
    page.evaluate("document.querySelector('main').dispatchEvent(new Event('go'))")
    expect(page.get_by_role("heading")).to_have_text("new")
    expect(page.locator("input")).to_be_focused()
    expect(page.locator("input")).to_have_value("half ty")
    assert page.evaluate("kept.length === 3 && kept.every((each) => each.isConnected)")
