"""Two tablets on one form, a tab that is closed, a server that is killed: nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.furnished import Furnished, furnish
from tests.browser.journey import saved_on
from tests.browser.tablet import tablet_of
from tests.lib.inside import run_inside
from tests.lib.served import Served

SCORE = "input[name='score.nrs-pain.before'][value='{}']"


def test_two_tablets_on_one_session_see_each_other_and_lose_nothing(
    browser: Browser, furnished: Furnished
) -> None:
    path = f"/courses/{furnished.codes['together']}/session"
    address = furnished.site.address
    mine, theirs = furnished.signed_in("physician"), furnished.signed_in("assistant")
    with (
        tablet_of(browser, address, storage_state=mine) as one,
        tablet_of(browser, address, storage_state=theirs) as other,
    ):
        here, there = one.open(path), other.open(path)
        notes = here.get_by_label("Notes")
        notes.press_sequentially("Half a sen")
        there.locator(SCORE.format(6)).check(force=True)
        lot = there.locator("#lots").get_by_label("Lot", exact=True)
        lot.fill("LD 2231 A")
        lot.blur()
        expect(here.locator(SCORE.format(6))).to_be_checked()
        expect(here.locator("#lots").get_by_label("Lot", exact=True)).to_have_value("LD 2231 A")
        expect(notes).to_have_value("Half a sen")
        expect(notes).to_be_focused()
        notes.press_sequentially("tence.")
        notes.blur()
        expect(there.get_by_label("Notes")).to_have_value("Half a sentence.")
        here.close()
        again = one.open(path)
        expect(again.get_by_label("Notes")).to_have_value("Half a sentence.")
        expect(again.locator(SCORE.format(6))).to_be_checked()


def test_two_tablets_on_one_intake_lose_nothing(browser: Browser, furnished: Furnished) -> None:
    path = f"/patients/{furnished.codes['intake']}/intake"
    address = furnished.site.address
    mine, theirs = furnished.signed_in("physician"), furnished.signed_in("assistant")
    with (
        tablet_of(browser, address, storage_state=mine) as one,
        tablet_of(browser, address, storage_state=theirs) as other,
    ):
        here, there = one.open(path), other.open(path)
        for page in (here, there):
            page.locator("#said-by-patient").check(force=True)
        height = here.locator("[name='patient.height_cm']")
        height.press_sequentially("16")
        there.locator("[name='facts.urticaria'][value=yes]").check(force=True)
        saved_on(there)
        height.press_sequentially("8")
        height.blur()
        saved_on(here)
        # An answer that is no change is no answer: the other tablet's stays.
        here.close()
        again = one.open(path)
        expect(again.locator("[name='patient.height_cm']")).to_have_value("168")
        expect(again.locator("[name='facts.urticaria'][value=yes]")).to_be_checked()
        there.locator("[name='facts.porphyria'][value=no]").check(force=True)
        expect(there.locator("[name='patient.height_cm']")).to_have_value("")
        there.reload()
        expect(there.locator("[name='patient.height_cm']")).to_have_value("168")


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Furnished]:
    """A furnished site that may be killed."""
    site = Served(data=tmp_path / "data")
    site.start()
    yield furnish(site)
    site.kill()


def test_gestures_made_while_the_server_is_dead_arrive_once_when_it_is_back(
    browser: Browser, mortal: Furnished
) -> None:
    code = mortal.codes["killed_session"]
    path = f"/courses/{mortal.codes['killed']}/session"
    state = mortal.signed_in("physician")
    with tablet_of(browser, mortal.site.address, storage_state=state) as tablet:
        tablet.expected = ["net::ERR_", r"status of 50[234]"]
        page = tablet.open(path)
        page.locator(SCORE.format(6)).check(force=True)
        _says(page, "Saved")
        mortal.site.kill()
        page.locator(SCORE.format(4)).check(force=True)
        notes = page.get_by_label("Notes")
        notes.fill("Written while the server was dead.")
        notes.blur()
        _says(page, "Not saved, kept on this tablet")
        mortal.site.start()
        _says(page, "Saved")
        page.reload()
        expect(page.locator(SCORE.format(4))).to_be_checked()
        expect(page.get_by_label("Notes")).to_have_value("Written while the server was dead.")
    rows = json.loads(run_inside(mortal.site, ROWS.format(code=code)))
    assert rows["score.nrs-pain.before"] == ["6", "4"]
    assert rows["notes"] == ["Written while the server was dead."]


ROWS = """
import json
from mesoplan.web.courses.models import SessionGesture
rows = {{}}
for row in SessionGesture.objects.filter(session__code="{code}").order_by("pk"):
    rows.setdefault(row.key, []).append(row.value)
print(json.dumps(rows))
"""


def _says(page: Page, words: str) -> None:
    expect(page.locator("save-state:not([standby]) [role=status]")).to_contain_text(words)
