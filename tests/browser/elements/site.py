"""A small site for the elements alone: the built files under the strict policy, and a journal.

Pages are text that a test writes; what is posted to ``/gestures`` is taken as the product takes it:
a gesture that comes twice is taken once. How the connection and the server fail is set by the test.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.conftest import ROOT

STATIC = ROOT / "src" / "mesoplan" / "web" / "static"
POLICY = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
KINDS = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2"}

# As elements/README.md tells the product to say it.
HTMX = {
    "includeIndicatorCSS": False,
    "mode": "same-origin",
    "noSwap": [204, 304, "5xx"],
    "morphIgnore": ["data-htmx-powered", "open"],
    "morphSkipChildren": "[hx-morph-skip-children], count-down, signature-pad",
}

STATE_WORDS = {
    "saved": "Saved {time}",
    "pending": "Saving",
    "kept": "Not saved, kept on this tablet",
    "signed-out": "Not saved, kept on this tablet: sign in again",
    "refused": "Not accepted",
    "lost": "Not saved",
}


def words(**texts: str) -> str:
    """The templates that hold an element's words; ``_`` in a name is written as ``-``."""
    return "".join(
        f'<template data-word="{name.replace("_", "-")}">{text}</template>'
        for name, text in texts.items()
    )


PROOF = "token-of-the-page"
"""The page's CSRF token."""


def state(user: str = "7", *, standby: bool = False) -> str:
    """``<save-state>`` as a page of the product writes it; on ``standby`` as the others do."""
    said = "" if standby else "Saved yesterday"
    return (
        f'<save-state{" standby" if standby else ""} user="{user}" csrf-token="{PROOF}">'
        f"{words(**{name.replace('-', '_'): text for name, text in STATE_WORDS.items()})}"
        f'<span class="saved" role="status">{said}</span>'
        '<button type="button" class="btn" data-do="retry" hidden>Try again</button>'
        '<button type="button" class="btn" data-do="discard" hidden>Discard</button>'
        "</save-state>"
    )


@dataclass(frozen=True, kw_only=True)
class Received:
    """A gesture as the server took it, without the fields that belong to the transport."""

    gesture: str
    field: str
    age: int
    values: tuple[tuple[str, str], ...]
    token: str


@dataclass
class Site:
    """The pages, what was received, and how requests that write are answered now."""

    address: str = ""
    pages: dict[str, Callable[[dict[str, str]], str | None]] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    """Paths that were posted to, before anything was decided about them."""
    attempts: int = 0
    locks: int = 0
    lost_before: bool = False
    """The request never arrives."""
    lost_after: bool = False
    """The request is taken, but its answer never arrives."""
    status: HTTPStatus = HTTPStatus.OK
    answer: str = ""
    redirect: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    reply: Callable[[Received], str] | None = None
    """Makes the answer from the gesture, where ``answer`` is not enough."""
    gate: threading.Event = field(default_factory=threading.Event)
    """Writing waits while it is not set."""

    def page(self, path: str, body: str, *, title: str = "Session 3, Elif Aydın") -> None:
        """Serve this body under the path, with everything a page of the product loads."""
        whole = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f"<meta name=\"htmx-config\" content='{json.dumps(HTMX)}'>"
            '<link rel="icon" href="data:,">'
            '<link rel="stylesheet" href="/static/design/tokens.css">'
            '<link rel="stylesheet" href="/static/design/components.css">'
            '<link rel="stylesheet" href="/static/design/screens.css">'
            '<link rel="stylesheet" href="/static/elements/elements.css">'
            '<script type="module" src="/static/elements/elements.js"></script>'
            '<script defer src="/static/vendor/htmx.min.js"></script></head>'
            f"<body>{body}</body></html>"
        )
        self.pages[path] = lambda _query: whole

    @property
    def values(self) -> list[tuple[str, str]]:
        """What each received gesture says of the field it is about, in order of arrival."""
        return [(got.field, dict(got.values).get(got.field, "")) for got in self.received]

    def take(self, pairs: list[tuple[str, str]], token: str) -> None:
        """Take a gesture, unless it was taken before."""
        sent = dict(pairs)
        if all(got.gesture != sent["gesture"] for got in self.received):
            own = tuple(pair for pair in pairs if not pair[0].startswith("gesture"))
            self.received.append(
                Received(
                    gesture=sent["gesture"],
                    field=sent["gesture_field"],
                    age=int(sent.get("gesture_age", "0")),
                    values=own,
                    token=token,
                )
            )


class Handler(BaseHTTPRequestHandler):
    """Answers for one site; the subclass made below knows which."""

    site: Site

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Say nothing."""

    def do_GET(self) -> None:
        """A page, or a file under the static folder."""
        url = urlsplit(self.path)
        if url.path in self.site.pages:
            text = self.site.pages[url.path](dict(parse_qsl(url.query)))
            if text is None:
                self._send(HTTPStatus.NO_CONTENT, b"", "text/html")
            else:
                self._send(HTTPStatus.OK, text.encode(), "text/html; charset=utf-8")
            return
        file = STATIC / url.path.removeprefix("/static/")
        if url.path.startswith("/static/") and file.is_file():
            self._send(HTTPStatus.OK, file.read_bytes(), KINDS[file.suffix])
        else:
            self._send(HTTPStatus.NOT_FOUND, b"", "text/html")

    def do_POST(self) -> None:
        """A gesture or the lock, as the test has set it."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.site.arrived.append(self.path)
        self.site.gate.wait()
        self.site.attempts += 1
        if self.site.lost_before:
            self.close_connection = True
            return
        if self.path == "/lock":
            self.site.locks += 1
            self._redirect("/locked")
            return
        if self.site.redirect:
            self._redirect(self.site.redirect)
            return
        if self.site.status is HTTPStatus.OK:
            self.site.take(parse_qsl(body, keep_blank_values=True), self.headers["X-CSRFToken"])
        if self.site.lost_after:
            self.close_connection = True
            return
        text = self.site.answer
        if self.site.reply is not None and self.site.received:
            text = self.site.reply(self.site.received[-1])
        self._send(self.site.status, text.encode(), "text/html; charset=utf-8")

    def _redirect(self, path: str) -> None:
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", path)
        self.end_headers()

    def _send(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        for name, value in self.site.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serving() -> Iterator[Site]:
    """The site on a free port of this machine."""
    site = Site()
    site.gate.set()
    handler = type("SiteHandler", (Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site
    site.gate.set()
    server.shutdown()
    thread.join()
    server.server_close()
