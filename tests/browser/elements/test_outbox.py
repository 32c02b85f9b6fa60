"""Gestures that the server gets exactly once and in order, whatever happens on the way."""

import re

from playwright.sync_api import Dialog, expect

from tests.browser.elements.conftest import Tablet, until
from tests.browser.elements.gesture_page import KEPT, NETWORK, enter, kept, says, sheet
from tests.browser.elements.site import PROOF, Received, Site


def test_each_gesture_is_sent_with_its_own_id_its_field_and_the_token_of_the_page(
    site: Site, tablet: Tablet
) -> None:
    site.page("/", sheet())
    page = tablet.open()
    expect(page.get_by_role("status")).to_have_text("Saved yesterday")
    enter(page, "TX 4112 B")
    says(page, "saved")
    page.get_by_text("seven").click()
    page.get_by_text("Emergency kit").click()
    page.get_by_label("Device").select_option("gun")
    page.get_by_role("button", name="None of these").click()
    until(page, f"({KEPT}).then((all) => all.length === 0)")
    says(page, "saved")
    assert site.values == [
        ("lot", "TX 4112 B"),
        ("pain", "7"),
        ("kit", ""),
        ("device", "gun"),
        ("none-of-these", "yes"),
    ]
    first: Received = site.received[0]
    assert dict(first.values) == {"lot": "TX 4112 B", "kit": "on", "device": "none", "notes": ""}
    assert {got.token for got in site.received} == {PROOF}
    assert len({got.gesture for got in site.received}) == 5
    assert all(re.fullmatch(r"[0-9a-f-]{36}", got.gesture) for got in site.received)


def test_no_token_and_no_header_is_kept_on_the_device(site: Site, tablet: Tablet) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    site.lost_before = True
    page = tablet.open()
    enter(page, "A")
    says(page, "kept")
    text = str(page.evaluate(KEPT))
    assert PROOF not in text
    assert "of-the-form" not in text
    assert "HX-" not in text


def test_a_dropped_connection_keeps_gestures_and_sends_them_once_and_in_order(
    site: Site, tablet: Tablet
) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    page = tablet.open()
    page.evaluate("addEventListener('gestures-sent', () => { globalThis.told = true; }, true)")
    tablet.context.set_offline(True)
    enter(page, "A")
    page.get_by_text("seven").click()
    enter(page, "B")
    says(page, "kept")
    until(page, f"({KEPT}).then((all) => all.length === 3)")
    assert kept(page) == ["lot=A", "pain=7", "lot=B"]
    assert site.attempts == 0
    tablet.context.set_offline(False)
    says(page, "saved")
    assert site.values == [("lot", "A"), ("pain", "7"), ("lot", "B")]
    assert site.attempts == 3
    assert kept(page) == []
    assert page.evaluate("told")


def test_a_gesture_that_was_kept_says_how_long_ago_it_was_made(site: Site, tablet: Tablet) -> None:
    """The server gave it the time at which it came. A clock that is set back makes it no older."""
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    page = tablet.open()
    page.evaluate("globalThis.now = Date.now; globalThis.ahead = 0")
    page.evaluate("Date.now = () => globalThis.now() + globalThis.ahead")
    tablet.context.set_offline(True)
    enter(page, "A")
    says(page, "kept")
    page.evaluate("globalThis.ahead = 1_800_000")
    page.get_by_text("seven").click()
    until(page, f"({KEPT}).then((all) => all.length === 2)")
    page.evaluate("globalThis.ahead = 900_000")
    tablet.context.set_offline(False)
    says(page, "saved")
    lot, pain = (got.age for got in site.received)
    assert 900 <= lot < 960
    assert pain == 0


def test_a_gesture_whose_answer_was_lost_is_taken_once(site: Site, tablet: Tablet) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    site.lost_after = True
    page = tablet.open()
    enter(page, "A")
    enter(page, "B")
    says(page, "kept")
    site.lost_after = False
    says(page, "saved")
    assert site.values == [("lot", "A"), ("lot", "B")]
    assert site.attempts > 2


def test_a_newer_gesture_never_overtakes_one_that_waits(site: Site, tablet: Tablet) -> None:
    """Sent past it, the older value would come last and stand."""
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    site.lost_before = True
    page = tablet.open()
    enter(page, "old")
    says(page, "kept")
    site.lost_before = False
    enter(page, "new")
    says(page, "saved")
    assert site.values == [("lot", "old"), ("lot", "new")]


def test_gestures_made_while_one_is_under_way_are_none_of_them_lost(
    site: Site, tablet: Tablet
) -> None:
    """Left to htmx alone, the second would be queued and the rest dropped."""
    site.page("/", sheet())
    page = tablet.open()
    site.gate.clear()
    for lot in "ABCDE":
        enter(page, lot)
    site.gate.set()
    says(page, "saved")
    assert site.values == [("lot", lot) for lot in "ABCDE"]
    assert site.attempts == 5


def test_a_reload_shows_what_was_kept_and_sends_it(site: Site, tablet: Tablet) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    site.lost_before = True
    page = tablet.open()
    page.get_by_text("seven").click()
    page.get_by_text("Emergency kit").click()
    page.get_by_label("Device").select_option("gun")
    page.get_by_label("Notes").fill("two\nlines")
    enter(page, "TX 4112 B")
    says(page, "kept")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    says(page, "kept")
    expect(page.get_by_label("Lot")).to_have_value("TX 4112 B")
    expect(page.get_by_label("seven")).to_be_checked()
    expect(page.get_by_label("Emergency kit")).not_to_be_checked()
    expect(page.get_by_label("Device")).to_have_value("gun")
    expect(page.get_by_label("Notes")).to_have_value("two\nlines")
    site.lost_before = False
    says(page, "saved")
    assert [name for name, _ in site.values] == ["pain", "kit", "device", "notes", "lot"]
    assert dict(site.values) == {
        "pain": "7",
        "kit": "",
        "device": "gun",
        "notes": "two\nlines",
        "lot": "TX 4112 B",
    }


def test_a_tab_killed_in_the_middle_of_saving_loses_nothing(site: Site, tablet: Tablet) -> None:
    site.page("/", sheet())
    page = tablet.open()
    site.gate.clear()
    enter(page, "A")
    enter(page, "B")
    until(page, f"({KEPT}).then((all) => all.length === 2)")
    page.close(run_before_unload=False)
    site.gate.set()
    again = tablet.open()
    says(again, "saved")
    assert site.values == [("lot", "A"), ("lot", "B")]
    assert kept(again) == []


def test_who_goes_on_at_once_is_not_asked_and_the_gesture_arrives_all_the_same(
    site: Site, tablet: Tablet
) -> None:
    """Sent on while its page is gone, or sent again by the next page that records."""
    site.page("/", sheet())
    site.page("/next", "<h1>Next</h1>")
    # With a clock that stands still, nothing has taken long enough to be called unsaved.
    tablet.context.clock.install()
    tablet.context.clock.pause_at("2026-11-24T15:02:00Z")
    page = tablet.open()
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    tablet.context.clock.run_for(1000)
    site.gate.clear()
    enter(page, "A")
    until(page, f"({KEPT}).then((all) => all.length === 1)")
    page.evaluate("location.assign('/next')")
    expect(page.get_by_role("heading", name="Next")).to_be_visible()
    site.gate.set()
    tablet.context.clock.resume()
    page.goto(site.address)
    until(page, f"({KEPT}).then((all) => all.length === 0)")
    assert site.values == [("lot", "A")]
    assert asked == []


def test_two_tabs_send_what_each_has_kept_once(site: Site, tablet: Tablet) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet())
    site.lost_before = True
    one, other = tablet.open(), tablet.open()
    for page, lot in ((one, "A"), (other, "B"), (one, "C"), (other, "D")):
        enter(page, lot)
        until(
            page,
            f"({KEPT}).then((all) => all.some((each) => each.pairs.some(([, value]) => "
            f"value === '{lot}')))",
        )
    site.gate.clear()
    # Both tabs have their turn to try again; one of them holds the lock.
    one.wait_for_timeout(5000)
    site.attempts, site.lost_before = 0, False
    site.gate.set()
    for page in (one, other):
        says(page, "saved")
        assert page.evaluate("document.forms[0].lot.defaultValue") in {"C", "D"}
    assert site.values == [("lot", lot) for lot in "ABCD"]
    assert site.attempts == 4


def test_another_user_of_the_tablet_neither_sees_nor_sends_what_was_kept(
    site: Site, tablet: Tablet
) -> None:
    tablet.expected = [NETWORK]
    site.page("/", sheet(user="7"))
    site.page("/other", sheet(user="8"))
    site.lost_before = True
    page = tablet.open()
    enter(page, "A")
    says(page, "kept")
    page.close()
    site.lost_before = False
    other = tablet.open("/other")
    expect(other.get_by_label("Lot")).to_have_value("")
    enter(other, "B")
    says(other, "saved")
    assert site.values == [("lot", "B")]
    assert kept(other) == ["lot=A"]


LATER = "(() => {{ const now = Date.now; Date.now = () => now() + {hours} * 3600000; }})();"
"""Pages that are opened from now on live so many hours later."""


def test_what_a_patient_left_unsent_is_forgotten_after_its_hours_and_nothing_else_is(
    site: Site, tablet: Tablet
) -> None:
    tablet.expected = [NETWORK]
    site.lost_before = True
    site.page(
        "/hand-over", sheet(user="hand-over a").replace("csrf-token", 'hours="24" csrf-token')
    )
    site.page("/staff", sheet(user="7"))
    for path, lot in (("/hand-over", "hers"), ("/staff", "theirs")):
        page = tablet.open(path)
        enter(page, lot)
        says(page, "kept")
        page.close()
    tablet.context.add_init_script(LATER.format(hours=23))
    page = tablet.open("/staff")
    says(page, "kept")
    assert kept(page) == ["lot=hers", "lot=theirs"]
    page.close()
    tablet.context.add_init_script(LATER.format(hours=2))
    page = tablet.open("/staff")
    until(page, f"({KEPT}).then((all) => all.length === 1)")
    assert kept(page) == ["lot=theirs"]
