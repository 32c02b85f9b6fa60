"""Keys for what the page marks, and none of them while somebody writes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.elements.conftest import Tablet

PAGE = (
    '<label>Search <input type="search" data-shortcut="/"></label>'
    '<label>Notes <input name="notes"></label>'
    '<label><input type="checkbox">Kit</label>'
    '<a href="#keys" data-shortcut="?">Keys</a>'
    '<button type="button" data-shortcut="d">Repeat</button>'
    '<button type="button" data-shortcut="m" aria-disabled="true">Mirror</button>'
    '<form id="undo" method="dialog" data-shortcut="undo"></form>'
    '<form id="redo" method="dialog" data-shortcut="redo"></form>'
)
LISTEN = """
globalThis.heard = [];
for (const name of ["click", "submit"]) {
  document.addEventListener(name, (event) => {
    const { id, textContent } = event.target;
    globalThis.heard.push(`${name} ${id || textContent}`);
    event.preventDefault();
  });
}
"""


@pytest.fixture
def page(show: Callable[[str], Page]) -> Page:
    page = show(PAGE)
    page.evaluate(LISTEN)
    return page


@pytest.mark.parametrize(
    ("keys", "heard"),
    [
        ("?", ["click Keys"]),
        ("d", ["click Repeat"]),
        ("Control+z", ["submit undo"]),
        ("Meta+z", ["submit undo"]),
        ("Control+Shift+Z", ["submit redo"]),
        ("m", []),
        ("x", []),
        ("Shift+D", []),
        ("Control+d", []),
        ("Alt+d", []),
    ],
)
def test_a_key_presses_what_is_marked_with_it(page: Page, keys: str, heard: list[str]) -> None:
    page.keyboard.press(keys)
    assert page.evaluate("heard") == heard
    page.get_by_label("Kit").focus()
    page.keyboard.press(keys)
    assert page.evaluate("heard") == heard * 2


def test_slash_goes_to_the_search_field_and_escape_leaves_it(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    expect(page.get_by_label("Search")).to_have_value("")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    # Who moves by keyboard keeps the place.
    page.get_by_role("button", name="Repeat").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Repeat")).to_be_focused()


def test_in_a_field_keys_write_and_undo_takes_back_what_was_written(page: Page) -> None:
    notes = page.get_by_label("Notes")
    notes.press_sequentially("d/?")
    expect(notes).to_have_value("d/?")
    page.keyboard.press("Control+z")
    expect(notes).not_to_have_value("d/?")
    assert page.evaluate("heard") == []


def test_a_key_that_is_held_down_acts_once(page: Page) -> None:
    for _ in range(3):
        page.keyboard.down("d")
    assert page.evaluate("heard") == ["click Repeat"]


def test_single_keys_can_be_switched_off(page: Page) -> None:
    page.evaluate("document.documentElement.dataset.shortcuts = 'off'")
    page.keyboard.press("d")
    page.keyboard.press("Control+z")
    assert page.evaluate("heard") == ["submit undo"]


def test_behind_a_dialog_and_on_a_hidden_part_no_key_acts(page: Page) -> None:
    page.evaluate(
        "const dialog = document.createElement('dialog'); document.body.append(dialog);"
        "dialog.showModal()"
    )
    page.keyboard.press("d")
    page.evaluate("document.querySelector('dialog').close()")
    page.evaluate("document.querySelector('[data-shortcut=d]').hidden = true")
    page.keyboard.press("d")
    assert page.evaluate("heard") == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('<button data-shortcut="d">Delete</button>', 'data-shortcut "d" stands on 2 elements'),
        ('<button data-shortcut="save">Save</button>', "one character, undo or redo"),
    ],
)
def test_a_mistake_in_the_markup_is_named_in_the_console(
    show: Callable[[str], Page], tablet: Tablet, more: str, said: str
) -> None:
    tablet.expected = ["^data-shortcut "]
    page = show(PAGE + more)
    page.keyboard.press("d")
    assert any(said in text for text in tablet.said), tablet.said
