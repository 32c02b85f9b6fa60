"""The emergency cards as somebody sees them who has no time to scroll or to guess."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.furnished import Furnished
from tests.browser.tablet import tablet_of

SPILLED = """[...document.querySelectorAll(".emergency__choice")].filter((card) =>
  card.scrollHeight > card.clientHeight + 1 || card.scrollWidth > card.clientWidth + 1
).map((card) => card.textContent)"""

WIDE = """[...document.querySelectorAll("main *")].filter((each) =>
  each.checkVisibility() && each.getBoundingClientRect().right > innerWidth
).map((each) => each.textContent)"""


@pytest.mark.parametrize(("width", "height"), [(1180, 820), (390, 844), (320, 568)])
def test_every_card_holds_its_words(
    browser: Browser, furnished: Furnished, width: int, height: int
) -> None:
    """On a telephone the signs ran out of their card and under the next one."""
    state = furnished.signed_in("physician")
    size = {"width": width, "height": height}
    with tablet_of(browser, furnished.site.address, storage_state=state, viewport=size) as tablet:
        page = tablet.open("/emergency")
        assert page.locator(".emergency__choice").count() > 3
        assert page.evaluate(SPILLED) == []
        choices = page.locator(".emergency__choice")
        for address in [each.get_attribute("href") for each in choices.all()]:
            page.goto(f"{furnished.site.address}{address}?for={furnished.codes['asked']}")
            assert page.evaluate(WIDE) == [], address
