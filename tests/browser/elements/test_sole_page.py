"""A page in other hands: what other tabs of the browser show goes away."""

from playwright.sync_api import expect

from tests.browser.elements.conftest import Tablet
from tests.browser.elements.site import Site, words

LOCK = (
    '<form method="post" action="/lock"><button>Lock</button></form>'
    '<idle-lock minutes="10" url="/lock">'
    f"{words(warning='Locks in {seconds} s', locked='Locked')}</idle-lock>"
)


def test_another_tab_leaves_what_it_shows(site: Site, tablet: Tablet) -> None:
    site.page("/", f"<h1>Chart of a patient</h1>{LOCK}")
    site.page("/hand-over", "<sole-page></sole-page><h1>Your questions</h1>")
    site.page("/lock", "<h1>Elsewhere</h1>")
    staff = tablet.open()
    expect(staff.get_by_role("heading", name="Chart of a patient")).to_be_visible()
    patient = tablet.open("/hand-over")
    expect(staff.get_by_role("heading", name="Elsewhere")).to_be_visible()
    expect(patient.get_by_role("heading", name="Your questions")).to_be_visible()
