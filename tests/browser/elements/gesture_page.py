"""A form whose gestures are kept, and what the device and the state say of them."""

import re

from playwright.sync_api import Page, expect

from tests.browser.elements.site import STATE_WORDS, state

KEPT = """
(async () => {
  const open = indexedDB.open("mesoplan-outbox", 1);
  await new Promise((done) => { open.onsuccess = done; });
  const store = open.result.transaction("gestures").objectStore("gestures").getAll();
  await new Promise((done) => { store.onsuccess = done; });
  open.result.close();
  return store.result;
})()
"""
NETWORK = r"^Failed to load resource: "
FORM = (
    '<form method="post" action="/gestures" hx-post="/gestures" hx-trigger="change, submit"'
    ' hx-swap="none" data-gesture="keep">'
    '<input type="hidden" name="csrfmiddlewaretoken" value="of-the-form">'
    '<label>Lot <input name="lot"></label>'
    '<label><input type="radio" name="pain" value="3">three</label>'
    '<label><input type="radio" name="pain" value="7">seven</label>'
    '<label><input type="checkbox" name="kit" checked>Emergency kit</label>'
    '<label>Device <select name="device"><option>none</option><option>gun</option></select></label>'
    '<label>Notes <textarea name="notes"></textarea></label>'
    '<button name="none-of-these" value="yes">None of these</button></form>'
)


def sheet(*, user: str = "7") -> str:
    """The form, and the state of what is entered there by this user."""
    return FORM + state(user)


def enter(page: Page, lot: str) -> None:
    """Type a lot and leave the field, as one gesture."""
    page.get_by_label("Lot").fill(lot)
    page.get_by_label("Lot").blur()


def says(page: Page, word: str) -> None:
    """Wait until the state says this and looks like it."""
    text = re.escape(STATE_WORDS[word]).replace(re.escape("{time}"), r"\d\d:\d\d:\d\d")
    status = page.get_by_role("status")
    expect(status).to_have_text(re.compile(f"^{text}$"), timeout=30_000)
    classes = {"saved": "saved", "pending": "saved saved--pending"}
    expect(status).to_have_class(classes.get(word, "saved saved--failed"), timeout=0)


def kept(page: Page) -> list[str]:
    """What lies on the device, as field and its value."""
    return [
        f"{each['field']}={dict(each['pairs']).get(each['field'])}" for each in page.evaluate(KEPT)
    ]
