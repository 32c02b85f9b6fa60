"""Scripts are off: every step of a course is an ordinary form with a button."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.furnished import Furnished
from tests.browser.tablet import tablet_of


def test_a_course_is_taken_without_scripts(browser: Browser, furnished: Furnished) -> None:
    state = furnished.signed_in("colleague")
    with tablet_of(
        browser, furnished.site.address, storage_state=state, java_script_enabled=False
    ) as tablet:
        # The policy of the page has nothing to bar where no script runs.
        page = tablet.open(f"/patients/{furnished.codes['paper']}/intake")
        _intake(page)
        page.goto(f"{tablet.address}/patients/{furnished.codes['paper']}/courses/new")
        page.get_by_role("button", name="Start an empty request").click()
        _request(page)
        _screening(page)
        _plan(page)
        _consent(page)
        _session(page)
        _follow_up(page)


def _intake(page: Page) -> None:
    page.locator("#said-by-patient").check()
    page.get_by_role("button", name="None of these").first.click()
    none = page.get_by_role("button", name=re.compile("^(None of these|No to the .* open)"))
    while none.count():
        page.locator("#said-by-patient").check()
        none.first.click()
    for name in ("None known", "Takes none"):
        page.get_by_role("button", name=name).click()
    page.locator("[name='patient.height_cm']").fill("168")
    page.locator("[name='patient.weight_kg']").fill("62")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("[name='patient.height_cm']")).to_have_value("168")
    expect(page.locator("[name='patient.weight_kg']")).to_have_value("62")
    for open_question in page.locator(".question:has(.is-undetermined)").all():
        no = open_question.get_by_label("No", exact=True)
        if no.count():
            no.check()
    page.get_by_role("button", name="Save").last.click()


def _request(page: Page) -> None:
    page.locator("input[value=neck-pain]").check()
    _save(page.locator("form:has(input[value=neck-pain])"))
    page.get_by_label("Region").select_option(label="Back and sides of the neck")
    _save(page.locator("form:has([name='zone.1.region'])"))
    page.get_by_label("Both", exact=True).check()
    _save(page.locator("form:has([name='zone.1.region'])"))
    page.get_by_label("Physician", exact=True).check()
    _save(page.locator("form:has([name=practitioner])"))
    page.get_by_role("link", name="Continue to screening").click()


def _screening(page: Page) -> None:
    for _ in range(5):
        asks = page.locator("section[aria-labelledby=h-ask] form")
        if not asks.count():
            break
        for no in asks.get_by_label("No", exact=True).all():
            no.check()
        asks.get_by_role("button", name="Save the answers").click()
    page.get_by_role("link", name="Continue to plan").click()


def _plan(page: Page) -> None:
    sessions = page.get_by_role("group", name="Sessions", exact=True)
    sessions.get_by_role("button", name="More").click()
    expect(sessions.get_by_role("textbox")).to_have_value("4")
    page.get_by_role("button", name="Undo").click()
    expect(sessions.get_by_role("textbox")).to_have_value("3")
    page.get_by_role("button", name="Release plan").click()
    page.get_by_role("link", name="Continue to consent").click()


def _consent(page: Page) -> None:
    talk = page.locator("#talk")
    talk.get_by_label(re.compile("^Dr Ines Conti")).check()
    talk.get_by_label("In which language").fill("Italian")
    talk.get_by_label("None needed").check()
    _save(talk)
    for which in ("Began", "Ended"):
        talk.get_by_role("button", name=re.compile(f"^Now.*{which}")).click()
    page.locator("[name='questions.any'][value=no]").check()
    _save(page.locator("#questions"))
    for name in ("photos.record", "photos.teaching"):
        page.locator(f"[name='{name}'][value=no]").check()
    _save(page.locator("#photographs"))
    page.get_by_label("Consents", exact=True).check()
    page.get_by_label("The patient", exact=True).check()
    _save(page.locator("#decision"))
    for who in ("patient", "physician"):
        form = page.locator(f"#sign-{who}")
        form.get_by_label("Signed on paper").check()
        _save(form)
    page.get_by_label("Given now", exact=True).check()
    _save(page.locator("#copy"))
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    page.get_by_role("link", name="Finalise consent").click()
    page.get_by_role("button", name="Finalise consent").click()
    page.get_by_role("link", name="Continue to session").click()


def _session(page: Page) -> None:
    page.get_by_role("button", name="Begin the session").click()
    unchanged = page.get_by_role("button", name=re.compile("^Nothing else changed"))
    if unchanged.count():
        unchanged.click()
    page.get_by_label(re.compile("^Name and birth date said aloud")).check()
    _save(page.locator("#ready"))
    page.get_by_role("button", name="All of these are done").click()
    lots = page.locator("#lots")
    lots.get_by_label("Lot", exact=True).fill("LD 2231 A")
    lots.get_by_label("Expiry", exact=True).fill("12/2099")
    _save(lots)
    page.locator("input[name='score.nrs-pain.before'][value='6']").check()
    _save(page.locator("#scores"))
    page.get_by_role("button", name="As planned").click()
    page.get_by_role("button", name="Begin to watch").click()
    page.get_by_role("button", name="End the observation").click()
    why = page.get_by_role("radiogroup", name="Why was it short?")
    why.get_by_role("radio").last.check()
    _save(page.locator("#observation"))
    page.get_by_label("None was seen").check()
    _save(page.locator("#reactions form").first)
    page.get_by_role("link", name="Finalise session").click()
    page.get_by_role("button", name="Finalise and seal").click()
    page.get_by_role("link", name="Continue to follow-up").click()


def _follow_up(page: Page) -> None:
    page.get_by_role("link", name=re.compile("after session 1")).first.click()
    for flag in page.locator("#script .ask").all():
        flag.get_by_label("No", exact=True).check()
    _save(page.locator("#script"))
    expect(page.locator("#script")).to_contain_text("all answered")
    page.get_by_role("button", name="Close: expected").click()
    page.get_by_role("link", name="Follow-up of the course").click()
    expect(page.get_by_role("region", name="What was said")).to_contain_text("Expected")


def _save(form: Locator) -> None:
    form.get_by_role("button", name="Save", exact=True).last.click()
