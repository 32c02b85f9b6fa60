"""Two ways to use a page: a finger on the glass, and the keyboard alone."""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

FOCUS_SHOWN = """(element) => {
  const holders = [element, element.closest("label"), element.closest(".field__box"),
    element.closest(".search"), element.closest(".nudge")];
  return holders.some((each) => {
    if (!each) return false;
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
}"""
"""Whether an outline is drawn round a focused element, or round the box or label that it fills."""

SEEN_MS = 5000
"""After this a person sees that a tap did nothing."""

MOST_STEPS = 400
"""Elements of one page that the focus may pass before the test says that it never came."""


class Hands(Protocol):
    """What a person does to a page."""

    page: Page
    count: int

    def press(self, target: Locator) -> None:
        """A link, a button or a summary."""

    def choose(self, target: Locator) -> None:
        """A radio button or a check box."""

    def write(self, target: Locator, text: str) -> None:
        """Write into an empty field and leave it."""

    def pick(self, target: Locator, label: str) -> None:
        """An option of a select."""

    def sign(self, pad: Locator) -> None:
        """A signature."""


class Finger(Hands):
    """Taps, strokes, and what the tablet's own keyboard types after a tap; counts the taps."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, target: Locator) -> None:
        self._tap(target)

    def choose(self, target: Locator) -> None:
        # The label is what a finger hits: the button itself may be drawn over.
        label = target.locator("xpath=ancestor::label")
        self._tap(label)
        try:
            expect(target).to_be_checked(timeout=SEEN_MS)
        except AssertionError:
            # An answer of the server moved the page under the finger. A person sees it, and taps
            # again.
            self._tap(label)
            expect(target).to_be_checked()

    def write(self, target: Locator, text: str) -> None:
        self._tap(target)
        if target.get_attribute("type") == "date":
            # The picker of the system is no part of the page.
            target.fill(text)
        else:
            self.page.keyboard.type(text)
        target.blur()

    def pick(self, target: Locator, label: str) -> None:
        # The list of a select is drawn by the system: one tap opens it, one takes a line of it.
        self._tap(target)
        self.count += 1
        target.select_option(label=label)
        self.page.keyboard.press("Escape")

    def sign(self, pad: Locator) -> None:
        """Three strokes by touch, as the digitiser sends them."""
        pad.scroll_into_view_if_needed()
        box = pad.locator("svg, canvas").first.bounding_box()
        assert box is not None
        speaker = self.page.context.new_cdp_session(self.page)
        for stroke in range(3):
            points = [
                (
                    box["x"] + box["width"] * (0.2 + 0.2 * stroke + 0.02 * step),
                    box["y"] + box["height"] * (0.3 + 0.04 * (step % 5)),
                )
                for step in range(8)
            ]
            _touch(speaker, "touchStart", points[:1])
            for point in points[1:]:
                _touch(speaker, "touchMove", [point])
            _touch(speaker, "touchEnd", [])
            self.count += 1
        speaker.detach()

    def _tap(self, target: Locator) -> None:
        target.tap()
        self.count += 1


def _touch(speaker: object, kind: str, points: list[tuple[float, float]]) -> None:
    speaker.send(  # type: ignore[attr-defined]
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
    )


class Keyboard(Hands):
    """Tab, arrows, Space, Enter and letters; the focus must be seen wherever it is used."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, target: Locator) -> None:
        self._reach(target)
        self._key("Enter")

    def choose(self, target: Locator) -> None:
        if target.get_attribute("type") == "radio":
            self._reach_radio(target)
        else:
            self._reach(target)
        if not target.is_checked():
            self._key("Space")
        expect(target).to_be_checked()

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        if target.get_attribute("type") == "date":
            year, month, day = text.split("-")
            # Parts in the order of the browser's language, British here.
            text = f"{day}{month}{year}"
        self.page.keyboard.type(text)
        self.count += len(text)
        self._key("Tab")

    def pick(self, target: Locator, label: str) -> None:
        self._reach(target)
        self.page.keyboard.type(label)
        self.count += len(label)
        self._key("Tab")
        expect(target.locator("option:checked")).to_have_text(label)

    def sign(self, pad: Locator) -> None:
        """Nobody draws with a keyboard: the signature is on paper."""
        self.choose(pad.locator("xpath=ancestor::form").get_by_label("Signed on paper"))

    def _key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.count += 1

    def _reach(self, target: Locator) -> None:
        expect(target).to_be_visible()
        for _ in range(MOST_STEPS):
            where = _way_to(target)
            if where == "here":
                assert target.evaluate(FOCUS_SHOWN), f"no outline: {_html(target)}"
                return
            self._key("Shift+Tab" if where == "before" else "Tab")
        raise AssertionError(f"the focus never comes to {_html(target)}")

    def _reach_radio(self, target: Locator) -> None:
        """Tab to its group, then arrows inside the group."""
        name = target.get_attribute("name")
        for _ in range(MOST_STEPS):
            where = _way_to(target)
            if where == "here":
                break
            in_group = self.page.evaluate("document.activeElement.name") == name
            if in_group:
                self._key("ArrowLeft" if where == "before" else "ArrowRight")
            else:
                self._key("Shift+Tab" if where == "before" else "Tab")
        assert target.evaluate(FOCUS_SHOWN), f"no outline: {_html(target)}"


def _way_to(target: Locator) -> str:
    """Where it stands in the page, seen from the focus: here, before or after."""
    found: str = target.evaluate(
        """(element) => {
          const active = document.activeElement;
          if (active === element) return "here";
          if (!active || active === document.body) return "after";
          const place = active.compareDocumentPosition(element);
          return place & Node.DOCUMENT_POSITION_PRECEDING ? "before" : "after";
        }"""
    )
    return found


def _html(target: Locator) -> str:
    found: str = target.evaluate("(element) => element.outerHTML.slice(0, 300)")
    return found
