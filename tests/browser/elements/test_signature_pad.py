"""Signing with mouse, finger and pen; what the form gets is measured against what was drawn."""

import json
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import FloatRect, Page

from tests.browser.elements.conftest import Tablet, until
from tests.browser.elements.site import Site, state, words

Show = Callable[[str], Page]
Stroke = list[tuple[float, float]]

WORDS = words(signed="signed", empty="not signed")
CLEAR = '<button type="button" class="btn" data-do="clear" hidden>Clear</button>'
ZIGZAG: Stroke = [(0.1, 0.8), (0.3, 0.2), (0.5, 0.8), (0.7, 0.2)]
FLAT: Stroke = [(0.2, 0.5), (0.8, 0.5)]
SIGNED = json.dumps({"aspect": 4, "strokes": [[[0.1, 0.2], [0.9, 0.8]], [[0.5, 0.5]]]})
TOLERANCE = 0.004
"""Share of the height by which simplifying may move a line."""
ROUNDING = 0.0001
"""Four decimals of width and of height, and floats."""


def pad(attributes: str = "", around: str = "{}") -> str:
    element = (
        f'<signature-pad name="signature" label="Signature of Marta Lindqvist" {attributes}>'
        f'{WORDS}<label class="check"><input type="checkbox" name="on-paper"> Signed on paper, '
        f"filed with the record</label>{CLEAR}</signature-pad>"
    )
    return f'<form method="post" action="/gestures">{around.format(element)}</form>'


def value(page: Page) -> Any:
    text = page.evaluate("new FormData(document.forms[0]).get('signature')")
    return json.loads(text) if text else text


def box(page: Page) -> FloatRect:
    found = page.locator("svg.sign").bounding_box()
    assert found is not None
    return found


def at(page: Page, point: tuple[float, float]) -> tuple[float, float]:
    place = box(page)
    return place["x"] + point[0] * place["width"], place["y"] + point[1] * place["height"]


def draw_by_mouse(page: Page, stroke: Stroke) -> None:
    page.mouse.move(*at(page, stroke[0]))
    page.mouse.down()
    for point in stroke[1:]:
        page.mouse.move(*at(page, point), steps=7)
    page.mouse.up()


class Hand:
    """Fingers and a pen on one page, as the browser's own input events."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        places = [at(self.page, point) for point in points]
        self.session.send(
            "Input.dispatchTouchEvent",
            {
                "type": kind,
                "touchPoints": [
                    {"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)
                ],
            },
        )

    def pen(self, kind: str, point: tuple[float, float]) -> None:
        x, y = at(self.page, point)
        pen = {"button": "left", "buttons": 1, "pointerType": "pen", "clickCount": 1}
        self.session.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **pen})


def draw_by_touch(page: Page, stroke: Stroke) -> None:
    hand = Hand(page)
    hand.touch("touchStart", stroke[0])
    for (x0, y0), (x1, y1) in pairwise(stroke):
        for share in (0.25, 0.5, 0.75, 1):
            hand.touch("touchMove", (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
    hand.touch("touchEnd")


def draw_by_pen(page: Page, stroke: Stroke) -> None:
    hand = Hand(page)
    hand.pen("mousePressed", stroke[0])
    for point in stroke[1:]:
        hand.pen("mouseMoved", point)
    hand.pen("mouseReleased", stroke[-1])


def assert_near(drawn: Sequence[Sequence[float]], meant: Stroke) -> None:
    """The same corners, to a pixel and a half of a pad 84 px high."""
    assert len(drawn) == len(meant), drawn
    for got, wanted in zip(drawn, meant, strict=True):
        assert math.dist(got, wanted) < 1.5 / 84, drawn


@pytest.mark.parametrize("draw", [draw_by_mouse, draw_by_touch, draw_by_pen])
def test_a_stroke_reaches_the_form_as_the_corners_that_were_drawn(
    show: Show, draw: Callable[[Page, Stroke], None]
) -> None:
    page = show(pad())
    assert value(page) == ""
    draw(page, ZIGZAG)
    draw(page, FLAT)
    place = box(page)
    got = value(page)
    assert set(got) == {"aspect", "strokes"}
    assert abs(got["aspect"] - place["width"] / place["height"]) < 0.001
    assert_near(got["strokes"][0], ZIGZAG)
    assert_near(got["strokes"][1], FLAT)
    numbers = [share for stroke in got["strokes"] for point in stroke for share in point]
    assert all(round(share, 4) == share for share in numbers)
    assert page.locator("path.sign__ink").count() == 2
    page.get_by_role("img", name="Signature of Marta Lindqvist, signed").wait_for()


def test_what_is_drawn_lies_under_the_pointer(show: Show) -> None:
    page = show(pad())
    draw_by_mouse(page, FLAT)
    ink = page.locator("path.sign__ink").bounding_box()
    assert ink is not None
    left, middle = at(page, FLAT[0])
    right, _ = at(page, FLAT[1])
    assert abs(ink["x"] - left) < 2
    assert abs(ink["x"] + ink["width"] - right) < 2
    assert abs(ink["y"] + ink["height"] / 2 - middle) < 2


def test_a_second_finger_draws_nothing_and_the_page_stays_where_it_is(show: Show) -> None:
    page = show(pad() + "<p>line</p>" * 200)
    hand = Hand(page)
    hand.touch("touchStart", (0.2, 0.2))
    hand.touch("touchMove", (0.2, 0.6))
    hand.touch("touchStart", (0.2, 0.6), (0.8, 0.2))
    hand.touch("touchMove", (0.2, 0.9), (0.8, 0.9))
    hand.touch("touchEnd")
    assert len(value(page)["strokes"]) == 1
    assert max(x for x, _ in value(page)["strokes"][0]) < 0.25
    assert page.evaluate("scrollY") == 0


def test_a_hand_that_rests_beside_the_pad_does_not_keep_a_finger_from_signing(show: Show) -> None:
    page = show(pad() + "<p>line</p>" * 20)
    hand = Hand(page)
    beside = (0.5, 3.0)
    hand.touch("touchStart", beside)
    hand.touch("touchStart", beside, (0.2, 0.5))
    hand.touch("touchMove", beside, (0.8, 0.5))
    hand.touch("touchEnd")
    (stroke,) = value(page)["strokes"]
    assert_near(stroke, FLAT)


def test_once_a_pen_has_signed_a_palm_draws_nothing_until_the_pad_is_cleared(show: Show) -> None:
    page = show(pad())
    draw_by_pen(page, FLAT)
    draw_by_touch(page, ZIGZAG)
    assert len(value(page)["strokes"]) == 1
    page.get_by_role("button", name="Clear").click()
    draw_by_touch(page, ZIGZAG)
    assert len(value(page)["strokes"]) == 1


def test_a_tap_is_a_dot(show: Show) -> None:
    page = show(pad())
    page.mouse.click(*at(page, (0.5, 0.5)))
    (stroke,) = value(page)["strokes"]
    assert_near(stroke, [(0.5, 0.5)])
    assert page.locator("path.sign__ink").get_attribute("d", timeout=0)


def test_a_signature_is_saved_by_htmx_when_the_stroke_ends_and_again_when_cleared(
    site: Site, tablet: Tablet
) -> None:
    form = pad('hx-post="/gestures" hx-trigger="change" hx-swap="none"')
    site.page("/", f'<main data-gesture="keep">{form}</main>{state()}')
    page = tablet.open()
    draw_by_mouse(page, FLAT)
    until(page, "document.querySelector('signature-pad').defaultValue !== ''")
    page.get_by_role("button", name="Clear").click()
    until(page, "document.querySelector('signature-pad').defaultValue === ''")
    first, second = site.values
    assert first[0] == second[0] == "signature"
    assert_near(json.loads(first[1])["strokes"][0], FLAT)
    assert second[1] == ""


def test_a_saved_signature_is_drawn_again_and_keeps_its_shape_in_a_place_of_another(
    show: Show,
) -> None:
    page = show(pad(f"value='{SIGNED}'"))
    assert page.locator("path.sign__ink").count() == 2
    assert value(page) == json.loads(SIGNED)
    for width in (1180, 834, 390):
        page.set_viewport_size({"width": width, "height": 820})
        assert page.locator("svg.sign").get_attribute("viewBox") == "0 0 400 100"
        ink = page.locator("path.sign__ink").first.bounding_box()
        assert ink is not None
        # The box counts the width of the line: 2 of 100 units, one on each side.
        assert abs(ink["width"] / ink["height"] - (0.8 * 4 + 0.02) / (0.6 + 0.02)) < 0.01
    draw_by_mouse(page, FLAT)
    assert value(page)["aspect"] == 4


@pytest.mark.parametrize("how", ["pad", "fieldset"])
def test_a_closed_pad_shows_its_drawing_and_takes_no_other(show: Show, how: str) -> None:
    body = (
        pad(f"disabled value='{SIGNED}'")
        if how == "pad"
        else pad(f"value='{SIGNED}'", around="<fieldset disabled>{}</fieldset>")
    )
    page = show(body)
    assert page.locator("path.sign__ink").count() == 2
    draw_by_mouse(page, FLAT)
    # Downwards: on a closed pad a finger moves the page, and sideways that is the last page.
    draw_by_touch(page, [(0.5, 0.3), (0.5, 0.7)])
    assert page.locator("path.sign__ink").count() == 2
    assert page.get_by_role("button", name="Clear").count() == 0
    assert page.evaluate("new FormData(document.forms[0]).get('signature')") is None


def test_the_paper_alternative_is_reached_by_keyboard_beside_an_empty_pad(show: Show) -> None:
    page = show(pad())
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.evaluate("new FormData(document.forms[0]).get('on-paper')") == "on"
    page.get_by_role("img", name="Signature of Marta Lindqvist, not signed").wait_for()


def test_resetting_the_form_brings_back_what_the_server_has(show: Show) -> None:
    page = show(pad(f"value='{SIGNED}'"))
    page.get_by_role("button", name="Clear").click()
    assert value(page) == ""
    page.evaluate("document.forms[0].reset()")
    assert value(page) == json.loads(SIGNED)


SHARES = st.floats(min_value=0, max_value=1)
SCRIBBLES = st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=60)
WOBBLES = st.lists(st.floats(min_value=0.49, max_value=0.51), min_size=3, max_size=40).map(
    lambda heights: [(at / len(heights), height) for at, height in enumerate(heights)]
)
"""Lines that are nearly straight: what simplifying is made for."""


def distance_to_segment(point: complex, start: complex, end: complex) -> float:
    """In the complex plane, where the foot of the perpendicular is a real part."""
    if start == end:
        return abs(point - start)
    share = ((point - start) / (end - start)).real
    return abs(point - (start + min(1, max(0, share)) * (end - start)))


def test_simplifying_moves_no_point_further_than_its_tolerance(show: Show) -> None:
    page = show("<p>Strokes</p>")

    @given(stroke=SCRIBBLES | WOBBLES, aspect=st.floats(min_value=0.5, max_value=8))
    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    def law(stroke: Stroke, aspect: float) -> None:
        kept = page.evaluate(
            "async ([stroke, aspect]) => "
            "(await import('/static/elements/strokes.js')).simplified(stroke, aspect)",
            [stroke, aspect],
        )
        assert len(kept) <= len(stroke)
        line = [complex(x * aspect, y) for x, y in kept]
        segments = list(pairwise(line)) or [(line[0], line[0])]
        for x, y in stroke:
            point = complex(x * aspect, y)
            # Which segment stands for a point is not told: the nearest lies no further off.
            off = min(distance_to_segment(point, *each) for each in segments)
            assert off <= TOLERANCE + ROUNDING * max(1, aspect)

    law()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (pad('colour="red"'), "<signature-pad> does not know the attribute colour"),
        (pad("value='[1]'"), "<signature-pad> cannot read its value"),
        (pad().replace(CLEAR, ""), "needs one child button[data-do=clear], not 0"),
        (pad().replace('name="signature"', ""), "needs the attribute name"),
        (pad().replace(WORDS, words(signed="signed")), "needs <template data-word> for empty"),
        (pad().replace(WORDS, WORDS + words(empty="x")), "has the word empty twice"),
        (pad().replace(WORDS, WORDS + words(ink="x")), "does not know the word ink"),
    ],
)
def test_a_mistake_in_the_markup_is_named_in_the_console(
    show: Show, tablet: Tablet, body: str, said: str
) -> None:
    tablet.expected = [r"^<signature-pad> "]
    show(body)
    assert any(said in text for text in tablet.said), tablet.said
