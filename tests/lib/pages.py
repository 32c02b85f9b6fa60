"""Reads pages as a person does: their words, and the words inside marked elements."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset({"area", "br", "hr", "img", "input", "link", "meta", "path", "use"})


class _Reader(HTMLParser):
    def __init__(self, attribute: str) -> None:
        super().__init__(convert_charrefs=True)
        self.attribute = attribute
        self.words: list[str] = []
        self.open: list[tuple[str, str | None, int]] = []
        self.found: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get(self.attribute), len(self.words)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            super().handle_startendtag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        while tag in {name for name, _, _ in self.open}:
            name, value, since = self.open.pop()
            if value is not None:
                self.found.setdefault(value, []).append(squeezed(" ".join(self.words[since:])))
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if not any(tag in {"script", "style", "template"} for tag, _, _ in self.open):
            self.words.append(data)


def squeezed(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


def page_text(content: bytes) -> str:
    """Everything that a page says, in reading order."""
    reader = _Reader("id")
    reader.feed(content.decode())
    return squeezed(" ".join(reader.words))


def texts_by(content: bytes, attribute: str) -> dict[str, list[str]]:
    """What the elements with an attribute say, by its value."""
    reader = _Reader(attribute)
    reader.feed(content.decode())
    return reader.found
