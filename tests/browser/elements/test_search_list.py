"""Keys through the results of a search: nobody opens what was not on the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

RESULTS = "".join(f'<li><a data-result href="#{name}">{name}</a></li>' for name in ("a", "b", "c"))


def body(sought: str, typed: str) -> str:
    return (
        '<search-list><form method="dialog"><label>Find '
        f'<input type="search" name="q" value="{typed}"></label></form>'
        f'<section data-sought="{sought}"><ul>{RESULTS}</ul></section></search-list>'
        '<p id="heard"></p>'
    )


LISTEN = """
document.addEventListener("submit", (event) => {
  event.preventDefault();
  document.querySelector("#heard").textContent = "sent";
});
"""


@pytest.fixture
def page(show: Callable[[str], Page]) -> Callable[[str, str], Page]:
    def shown(sought: str, typed: str) -> Page:
        opened = show(body(sought, typed))
        opened.evaluate(LISTEN)
        opened.get_by_role("searchbox").focus()
        return opened

    return shown


def test_the_arrows_go_through_the_list_and_back_to_the_field(
    page: Callable[[str, str], Page],
) -> None:
    opened = page("li", "li")
    for name in ("a", "b", "c", "c"):
        opened.keyboard.press("ArrowDown")
        expect(opened.get_by_role("link", name=name)).to_be_focused()
    for name in ("b", "a"):
        opened.keyboard.press("ArrowUp")
        expect(opened.get_by_role("link", name=name)).to_be_focused()
    opened.keyboard.press("ArrowUp")
    expect(opened.get_by_role("searchbox")).to_be_focused()


def test_enter_opens_the_first_of_what_is_shown(page: Callable[[str, str], Page]) -> None:
    opened = page("li", "li")
    opened.keyboard.press("Enter")
    assert opened.url.endswith("#a")
    expect(opened.locator("#heard")).to_have_text("")


def test_enter_on_a_result_opens_that_one(page: Callable[[str, str], Page]) -> None:
    opened = page("li", "li")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    assert opened.url.endswith("#b")


@pytest.mark.parametrize(("sought", "typed"), [("lind", "lindq"), ("", ""), (" ", " ")])
def test_enter_sends_the_form_where_the_list_is_not_yet_that_of_the_field(
    page: Callable[[str, str], Page], sought: str, typed: str
) -> None:
    """While the answer is on its way the list is another one, and its first is another patient."""
    opened = page(sought, typed)
    opened.keyboard.press("Enter")
    expect(opened.locator("#heard")).to_have_text("sent")
    assert "#" not in opened.url
