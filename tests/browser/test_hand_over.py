"""The tablet in the patient's hands: her questions, and nothing else of the site."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.furnished import Furnished
from tests.browser.tablet import tablet_of
from tests.lib.clinic import PIN

TRIED = (
    "/",
    "/patients",
    "/patients/{hand_over}",
    "/patients/{hand_over}/intake",
    "/patients/{treated_patient}",
    "/courses/{treated}/chart",
    "/sessions/{session}",
    "/documents/{document}",
    "/emergency",
    "/account",
    "/clinic",
    "/lock",
    "/unlock",
    "/sign-out",
    "/courses/{treated}/plan?next=/patients",
    "//patients",
    "/static/../patients",
    "/no-such-page",
)


def test_the_patient_answers_and_cannot_leave_without_the_pin(
    browser: Browser, furnished: Furnished
) -> None:
    site, codes = furnished.site, furnished.codes
    state = furnished.signed_in("hander")
    with tablet_of(browser, site.address, storage_state=state, has_touch=True) as tablet:
        # What is typed and does not exist; the wrong PIN.
        tablet.expected = [r"status of (404|422)"]
        page = tablet.open(f"/patients/{codes['hand_over']}/hand-over")
        page.locator("[name=confirmed]").locator("xpath=ancestor::label").tap()
        page.get_by_role("button", name="Hand the tablet over").tap()
        page.get_by_role("link", name="Begin").tap()
        first = _answer_no(page)
        second = _answer_no(page)
        assert first != second

        inside = re.compile(f"^{re.escape(site.address)}/hand-over")
        for path in TRIED:
            page.goto(site.address + path.format_map(codes))
            shown = page.content()
            assert inside.match(page.url) or "Bianchi" not in shown, path
            for name in ("Giordano", "Carlo", "Dr Anna Rossi", "Today", "/patients"):
                assert name not in shown, (path, name)
        for _ in range(4):
            page.go_back()
            expect(page.get_by_role("navigation", name="Main")).to_have_count(0)

        page.goto(f"{site.address}/hand-over/staff")
        _give(page, "0815")
        expect(page.get_by_text("This is not the PIN")).to_be_visible()
        expect(page).to_have_url(inside)
        page.goto(f"{site.address}/patients")
        expect(page).to_have_url(inside)
        page.goto(f"{site.address}/hand-over/staff")
        _give(page, PIN)
        expect(page).not_to_have_url(inside)
        page.goto(f"{site.address}/patients/{codes['hand_over']}/intake")
        for question in (first, second):
            line = page.locator(".question", has_text=question)
            expect(line.get_by_label("No", exact=True)).to_be_checked()
            expect(line).to_contain_text("Patient")


def _answer_no(page: Page) -> str:
    """Answer the question that is shown with no; what was asked."""
    heading = page.get_by_role("heading", level=1)
    expect(page.get_by_label("No", exact=True).first).to_be_attached()
    asked = heading.inner_text()
    page.get_by_label("No", exact=True).locator("xpath=ancestor::label").tap()
    page.get_by_role("button", name="Next").last.tap()
    expect(heading).not_to_have_text(asked)
    return asked


def _give(page: Page, pin: str) -> None:
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="Take it back").tap()
