"""Every page, on a tablet and on a telephone, by day and by night."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.urls import resolve
from playwright.sync_api import Browser, Page

from tests.browser.furnished import Furnished
from tests.browser.looks import barriers, measured
from tests.browser.tablet import tablet_of
from tests.lib.addresses import addresses

SIZES = {"tablet": (1180, 820), "telephone": (390, 844)}

PAGES: tuple[tuple[str, str], ...] = (
    ("nobody", "/sign-in"),
    ("nobody", "/certificate"),
    ("physician", "/"),
    ("nurse", "/"),
    ("assistant", "/"),
    ("desk", "/"),
    ("owner", "/"),
    ("reviewer", "/"),
    ("desk", "/courses/{draft}/plan"),
    ("physician", "/courses/no-such-course/plan"),
    ("physician", "/account"),
    ("physician", "/account/pin"),
    ("physician", "/account/prove"),
    ("physician", "/account/password"),
    ("physician", "/account/second-factor"),
    ("physician", "/account/recovery-codes"),
    ("physician", "/account/recovery-codes/new"),
    ("physician", "/clinic"),
    ("physician", "/clinic/data"),
    ("physician", "/clinic/policy"),
    ("physician", "/clinic/people/new"),
    ("physician", "/clinic/people/{nurse}"),
    ("physician", "/clinic/audit"),
    ("physician", "/patients"),
    ("desk", "/patients/{unasked}"),
    ("physician", "/patients/new"),
    ("physician", "/patients/{unasked}"),
    ("physician", "/patients/{treated_patient}"),
    ("physician", "/patients/{unasked}/identity"),
    ("physician", "/patients/{unasked}/intake"),
    ("physician", "/patients/{asked}/intake"),
    ("physician", "/patients/{asked}/intake?only=missing"),
    ("physician", "/patients/{unasked}/hand-over"),
    ("physician", "/emergency"),
    ("physician", "/emergency/anaphylaxis?for={asked}"),
    ("physician", "/patients/{asked}/courses/new"),
    ("physician", "/courses/{empty_course}/request"),
    ("physician", "/courses/{draft}/request"),
    ("physician", "/courses/{treated}/request"),
    ("physician", "/courses/{empty_course}/screening"),
    ("physician", "/courses/{unanswered}/screening"),
    ("physician", "/courses/{refused}/screening"),
    ("physician", "/courses/{draft}/screening"),
    ("physician", "/courses/{empty_course}/plan"),
    ("physician", "/courses/{refused}/plan"),
    ("physician", "/courses/{draft}/plan"),
    ("physician", "/courses/{draft}/plan/compare"),
    ("physician", "/courses/{treated}/plan"),
    ("physician", "/courses/{treated}/plan/1"),
    ("physician", "/courses/{treated}/plan/withdraw"),
    ("physician", "/courses/{draft}/consent"),
    ("physician", "/courses/{released}/consent"),
    ("physician", "/courses/{released}/consent?view=patient"),
    ("physician", "/courses/{released}/consent/finalise"),
    ("physician", "/courses/{consented}/consent"),
    ("physician", "/courses/{consented}/consents/{consent}"),
    ("physician", "/courses/{consented}/consents/{consent}/withdraw"),
    ("physician", "/courses/{draft}/session"),
    ("physician", "/courses/{consented}/session"),
    ("physician", "/courses/{running}/session"),
    ("physician", "/sessions/{running_session}/finalise"),
    ("physician", "/sessions/{session}"),
    ("physician", "/courses/{draft}/chart"),
    ("physician", "/courses/{treated}/chart"),
    ("physician", "/courses/{treated}/summary"),
    ("physician", "/follow-ups"),
    ("physician", "/courses/{draft}/follow-up"),
    ("physician", "/courses/{treated}/follow-up"),
    ("physician", "/contacts/{contact}"),
    ("physician", "/courses/{treated}/reactions/new"),
    ("assistant", "/courses/{running}/session"),
)

ELSEWHERE = {
    "tests of the hand-over": re.compile("^hand-over"),
    "tests of the course by touch": re.compile("^(set-up|mfa_authenticate|unlock)$"),
    "no page: writes, parts of pages, files": re.compile(
        "(-edit|-undo|-live|-begin|-new|-repeat|-close|-choose|-release|-change|-end|-verify"
        "|-answer|-file|-print|-print-one|-document|-rescreen|-reaction|-follow-plan|-untreated"
        "|-amend|-export|-report|-note|-done|-no-answer|-give-up|-export)$"
        "|^(health|lock|kept-form|account_logout|indications|document|aftercare)$"
    ),
    "needs a state that no page here has": re.compile(
        "^(first-sign-in|mfa_reauthenticate|override|one-time-password)$"
    ),
}


def test_every_address_is_looked_at_or_said_to_be_no_page() -> None:
    looked_at = {resolve(route.format_map(_Any()).partition("?")[0]).url_name for _, route in PAGES}
    left = {
        address.name
        for address in addresses()
        if address.name not in looked_at
        and not any(pattern.search(address.name) for pattern in ELSEWHERE.values())
    }
    assert left == set()


class _Any(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "code"


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_every_page_is_legible_and_within_reach(
    browser: Browser, furnished: Furnished, who: str, path: str
) -> None:
    state = None if who == "nobody" else furnished.signed_in(who)
    with tablet_of(browser, furnished.site.address, storage_state=state) as tablet:
        # Pages that say no answer 403 or 404, and are looked at too.
        tablet.expected = [r"status of (403|404)"]
        page = tablet.open(path.format_map(furnished.codes))
        found = _looked_at(page, f"{who} {path}")
    assert {where: faults for where, faults in found.items() if faults} == {}


def _looked_at(page: Page, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            # A colour on its way from one theme to the other is none that anybody reads. Nobody
            # waits for it: a browser that draws no frame for a while would never come to its end.
            page.evaluate("document.getAnimations().forEach((each) => each.finish())")
            is_first = (size, theme) == ("tablet", "light")
            found[f"{size} {theme}"] = [
                *(measured(page) if theme == "light" else []),
                *(barriers(page) if is_first else barriers(page, "color-contrast")),
            ]
            _keep(page, f"{name}-{size}-{theme}")
    return found


def _keep(page: Page, name: str) -> None:
    folder = os.environ.get("MESOPLAN_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        flat = re.sub(r"[^\w-]+", "_", name)
        page.screenshot(path=Path(folder) / f"{flat}.png")
