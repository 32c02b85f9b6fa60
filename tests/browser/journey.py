"""A patient from an empty installation to the aftercare sheet, by any pair of hands."""

from __future__ import annotations

import re
from typing import Literal

from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from tests.browser.hands import Hands
from tests.lib.clinic import PASSWORD, PIN
from tests.lib.second_factor import code_of

Name = str | re.Pattern[str]

NONE = re.compile("^(None of these|No to the .* open)")
"""The one tap for all open questions of a group."""


def saved_on(page: Page) -> None:
    """The page says that everything entered is saved."""
    expect(page.locator("save-state:not([standby]) [role=status]")).to_contain_text("Saved")


class Journey:
    """The course of one patient as one physician takes it."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.page = hands.page

    def press(
        self,
        name: Name,
        *,
        role: Literal["button", "link"] = "button",
        within: Locator | None = None,
        first: bool = False,
    ) -> None:
        """A button, or a link, by what it says."""
        place = self.page.locator("body") if within is None else within
        found = place.get_by_role(role, name=name)
        self.hands.press(found.first if first else found)

    def follow(self, name: Name) -> None:
        """A link to another page, once everything here is saved."""
        self.saved()
        self.press(name, role="link")

    def write(self, label: Name, text: str, *, within: Locator | None = None) -> None:
        """A field by its label."""
        place = self.page.locator("main") if within is None else within
        field = place.get_by_label(label).and_(place.locator("input, textarea"))
        self.hands.write(field, text)

    def choose(self, label: Name, *, within: Locator | None = None) -> None:
        """A radio button or a check box by its label."""
        place = self.page.locator("main") if within is None else within
        self.hands.choose(place.get_by_label(label, exact=True))

    def part(self, name: str) -> Locator:
        """A group of fields by what is asked."""
        return self.page.get_by_role("radiogroup", name=name)

    def heading(self, name: Name) -> None:
        """The page has come when its heading has."""
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_attached()

    def saved(self) -> None:
        """The page says that everything entered is saved."""
        if self.page.locator("save-state:not([standby])").count():
            saved_on(self.page)

    def set_up(self) -> None:
        """The clinic, its policy, the first physician with a second factor and recovery codes."""
        self.heading("Set up your clinic")
        self.write("Name of the clinic", "Clinica Esempio")
        self.write("Address", "Via Esempio 1, 00100 Roma")
        self.write("Telephone", "+39 06 0000 0000")
        self.write("Emergency number", "112")
        self.hands.pick(self.page.get_by_label("Time zone"), "Rome")
        self.choose("A4")
        self.hands.choose(self.page.locator("input[name=policy-policy][value=default]"))
        self.write(re.compile("^Name$"), "Dr Anna Rossi")
        self.write(re.compile("^User name"), "anna.rossi")
        self.write(re.compile("^Password$"), PASSWORD)
        self.write("Password again", PASSWORD)
        self.write("Quick PIN", PIN)
        self.press("Set up the clinic")
        self.heading("A second factor for signing in")
        secret = self.page.locator(".secret").inner_text()
        self.write("Code", code_of(secret))
        self.press("Confirm")
        self.heading("Recovery codes")
        self.choose("I have kept the codes")
        self.press("Go on")

    def register(self) -> None:
        """The first patient."""
        self.press("Register the first patient", role="link")
        self.heading("New patient")
        self.write("Family name", "Bianchi")
        self.write(re.compile("^Given name"), "Carlo")
        self.write(re.compile("^Birth date"), "14.6.1971")
        self.write(re.compile("^Telephone"), "+39 06 1234 5678")
        self.choose("Male")
        self.press("Register the patient")
        self.heading("Carlo Bianchi")

    def answer(self) -> None:
        """The intake of somebody who is well: one tap a group, then what is a number or a list."""
        self.press(re.compile("Begin the intake"), role="link")
        self.heading("Intake")
        self.choose("Patient", within=self.page.locator("#speaker"))
        none = self.page.get_by_role("button", name=NONE)
        expect(none.first).to_be_visible()
        groups = none.count()
        for number in range(groups):
            self.hands.press(none.first)
            expect(none).to_have_count(groups - number - 1)
        for label, text in (("Height", "180"), ("Weight", "82")):
            self.write(label, text)
        self.press("None known")
        self.press("Takes none")
        self.follow("Done for now")
        self.heading("Carlo Bianchi")

    def request(self) -> None:
        """Neck pain, both sides, by a physician."""
        self.press("New course", role="link")
        self.heading("New course")
        self.press("Start an empty request")
        self.heading("What is to be treated")
        # The arrow keys would choose each indication on their way: the search leaves one.
        self.write("Search an indication", "neck")
        expect(self.page.locator("input[name='zone.1.indication']")).to_have_count(1)
        self.hands.choose(self.page.locator("input[value=neck-pain]"))
        self.hands.pick(self.page.get_by_label("Region"), "Back and sides of the neck")
        self.choose("Both")
        self.choose("Physician")
        self.write(re.compile("^Aims"), "turn the head without pain")
        self.follow("Continue to screening")

    def plan(self) -> None:
        """The last question is answered beside the screening; the plan is released."""
        self.heading("Undetermined")
        self.choose("No", within=self.page.get_by_role("radiogroup", name="anything on the skin"))
        self.heading("Eligible")
        self.follow("Continue to plan")
        expect(self.page.get_by_text("Draft", exact=True)).to_be_visible()
        self.press("Release plan")
        self.press("Continue to consent", role="link")
        self.heading("Consent to treatment")

    def consent(self) -> None:
        """Explained by the physician, signed twice, sealed."""
        talk = self.page.locator("#talk")
        self.choose(re.compile("^Dr Anna Rossi"), within=talk)
        self.write("In which language", "Italian", within=talk)
        self.choose("None needed", within=talk)
        self.press(re.compile("^Now.*Began"), within=talk)
        self.press(re.compile("^Now.*Ended"), within=talk)
        self.choose("Asked nothing")
        self.choose("No", within=self.part("For the record"))
        self.choose("No", within=self.part("For teaching"))
        self.choose("Consents")
        self.choose("The patient")
        for who in ("patient", "physician"):
            self.hands.sign(self.page.locator(f"#sign-{who} signature-pad"))
            expect(self.page.locator(f"#sign-{who}")).to_contain_text(":")
        self.choose("Given now")
        expect(self.page.get_by_text("Nothing is missing")).to_be_visible()
        self.follow("Finalise consent")
        self.heading("Finalise: the patient consents")
        self.press("Finalise consent")
        self.press("Continue to session", role="link")

    def session(self) -> None:
        """Recorded as planned, sealed."""
        self.heading("Session 1 of")
        self.press("Begin the session")
        expect(self.page.get_by_text("Every question was answered today.")).to_be_visible()
        self.choose(re.compile("^Name and birth date said aloud"))
        self.press("All of these are done")
        expect(self.page.get_by_role("button", name="All of these are done")).to_be_hidden()
        lots = self.page.locator("#lots")
        self.write("Lot", "LD 2231 A", within=lots)
        self.write("Expiry", "12/2099", within=lots)
        self.hands.choose(self.page.locator("input[name='score.nrs-pain.before'][value='6']"))
        self.press("As planned")
        self.press("Begin to watch")
        expect(self.page.locator("count-down svg")).to_be_visible()
        self.press("End the observation")
        why = self.page.get_by_role("radiogroup", name="Why was it short?")
        self.hands.choose(why.get_by_role("radio").last)
        self.choose("None was seen")
        self.follow("Finalise session")
        self.heading("Finalise session 1")
        self.press("Finalise and seal")
        self.follow("Continue to follow-up")

    def follow_up(self) -> None:
        """The first call: every red flag is answered no, so it is as expected."""
        self.heading("Follow-up")
        self.press(re.compile("after session 1"), role="link", first=True)
        self.heading(re.compile("^Follow-up: "))
        flags = self.page.locator("#script .ask")
        for number in range(flags.count()):
            self.choose("No", within=flags.nth(number))
        self.saved()
        self.press("Close: expected")
        self.press("Follow-up of the course", role="link")
        self.heading("Follow-up")
        expect(self.page.get_by_role("region", name="What was said")).to_contain_text("Expected")

    def chart(self) -> None:
        """Found again under Patients: the chart shows the session."""
        self.press("Patients", role="link")
        self.heading("Patients")
        self.press(re.compile("Carlo Bianchi"), role="link")
        self.press(re.compile("^Neck pain"), role="link")
        self.heading("Neck pain")
        last = self.page.get_by_role("region", name="Session 1")
        expect(last).to_contain_text("8 of 8 points")
        expect(last).to_contain_text("LD 2231 A")

    def lock(self) -> None:
        """Locked, nothing is to be seen; the PIN brings the same page back."""
        address = self.page.url
        self.press("Lock")
        self.heading("Locked")
        expect(self.page.get_by_text("Bianchi")).to_have_count(0)
        self.write("PIN", PIN)
        self.press("Unlock")
        expect(self.page).to_have_url(address)

    def aftercare(self) -> None:
        """The sheet to take home, a PDF. The browser's own viewer of it is not opened."""
        sheets: list[APIResponse] = []

        def take(route: Route) -> None:
            sheets.append(route.fetch())
            route.fulfill(status=204)

        where = re.compile("/aftercare$")
        self.page.context.route(where, take)
        with self.page.context.expect_event("response", lambda got: bool(where.search(got.url))):
            self.press("Aftercare sheet")
        [sheet] = sheets
        assert sheet.ok
        assert sheet.headers["content-type"] == "application/pdf"
        assert sheet.body().startswith(b"%PDF-")

    def whole(self) -> None:
        """Everything, from an empty installation on."""
        self.set_up()
        self.register()
        self.answer()
        self.request()
        self.plan()
        self.consent()
        self.session()
        self.follow_up()
        self.chart()
        self.lock()
        self.aftercare()
