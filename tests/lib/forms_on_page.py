"""The forms of a page as a browser would find them: where they go, and what they carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass(slots=True, kw_only=True)
class Form:
    """One form: its address and method, and the names of its fields with a value of each."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        """Note one value that a field can have."""
        self.fields.setdefault(name, [])
        if value not in self.fields[name]:
            self.fields[name].append(value)


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.open: list[Form] = []
        self.select = ""
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href", "").startswith("/"):
            self.links.add(said["href"])
        if tag == "form":
            form = Form(
                action=urljoin(self.page, said.get("action") or self.page),
                method=said.get("method", "get").lower(),
            )
            self.forms.append(form)
            self.open.append(form)
            if "id" in said:
                self.by_id[said["id"]] = form
        self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        owner = self.by_id.get(said.get("form", "")) or (self.open[-1] if self.open else None)
        if tag == "select":
            self.select = said.get("name", "")
        if owner is None:
            return
        if tag == "option" and self.select:
            owner.add(self.select, said.get("value", ""))
        elif said.get("name") and tag in {"input", "button", "textarea", "signature-pad", "select"}:
            owner.add(said["name"], said.get("value", "on" if tag == "input" else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.open:
            self.open.pop()
        if tag == "select":
            self.select = ""


def forms_on(page: str, html: str) -> list[Form]:
    """The forms on the page at that address."""
    reader = _Reader(page)
    reader.feed(html)
    return reader.forms


def links_on(html: str) -> set[str]:
    """Addresses of this site that the page links to."""
    reader = _Reader("/")
    reader.feed(html)
    return reader.links
