"""The page that `make run` shows, opened at the size of a tablet and of a phone."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from plan_examples import EXAMPLES, PlannedCase, plan_all

TABLET: ViewportSize = {"width": 1180, "height": 820}
PHONE: ViewportSize = {"width": 390, "height": 844}
LEAST_TARGET_PX = 44


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans")


@pytest.fixture(scope="module")
def planned(folder: Path) -> Sequence[PlannedCase]:
    return plan_all(sorted(EXAMPLES.glob("*.toml")), folder)


@pytest.fixture(params=[TABLET, PHONE], ids=["tablet", "phone"])
def page(
    request: pytest.FixtureRequest, browser: Browser, folder: Path, planned: Sequence[PlannedCase]
) -> Iterator[Page]:
    assert planned
    page = browser.new_page(viewport=request.param)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("requestfailed", lambda failed: faults.append(failed.url))
    page.goto((folder / "index.html").as_uri())
    yield page
    page.close()
    assert faults == []


def test_every_example_is_listed_with_its_outcome(
    page: Page, planned: Sequence[PlannedCase]
) -> None:
    rows = page.get_by_role("rowheader")
    assert rows.count() == len(planned)
    for case in planned:
        row = page.get_by_role("row").filter(has=page.locator(f"a[href='{case.pdf}']"))
        said = row.inner_text()
        assert case.title in said
        assert {"plan": "Plan", "refusal": "Refusal"}[case.answer["outcome"]] in said
        assert case.answer["screening"]["verdict"].capitalize() in said


def test_the_style_is_applied_and_nothing_overflows_sideways(page: Page) -> None:
    assert page.evaluate("getComputedStyle(document.body).maxInlineSize") == "1120px"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.outerHTML)"
    )
    assert wide == []


def test_every_link_leads_to_a_file_and_is_large_enough_to_touch(page: Page, folder: Path) -> None:
    links = page.get_by_role("link").all()
    assert links
    for link in links:
        target = folder / str(link.get_attribute("href"))
        start = b"%PDF-" if target.suffix == ".pdf" else b""
        content = target.read_bytes()
        assert content
        assert content.startswith(start)
        box = link.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= LEAST_TARGET_PX
