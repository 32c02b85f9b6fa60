"""No input makes the site fail: every form of every page, with what nobody should send.

The forms are those that the pages themselves show, so a new form is tried as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.queries import verify_chain
from tests.lib.addresses import Address
from tests.lib.forms_on_page import Form, forms_on
from tests.web.test_gate import ALL, World, browser, named, somebody, values_of, world

__all__ = ["world"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

SCRIPT = "<script>alert(1)</script>"

HOSTILE = {
    "empty": "",
    "blanks": "   \t\n",
    "huge": "9" * 20_000,
    "control": "a\x00b\x1b[31m\x7f",
    "half a letter": "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "emoji and right to left": "👩‍⚕️ \u202eabc ١٢٣",
    "markup": f'"><img src=x onerror=alert(1)>{SCRIPT}',
    "query": "' OR 1=1; DROP TABLE patients_patient; --",
    "template": "{{ 7*7 }}{% load x %}${7*7}",
    "numbers": "NaN",
    "infinite": "1e999999",
    "negative": "-1",
    "comma": "1,5",
    "other digits": "٣٫٥",
    "raised digit": "²",
    "a day that is none": "2026-02-30",
    "the year nought": "0000-00-00",
    "the year one": "0001-01-01T00:00",
    "far away": "99999-12-31",
    "json": '{"aspect": 1e400, "strokes": [[["x"]]]}',
    "deep": "[" * 5000,
    "path": "../../etc/passwd",
}

KEYS = (
    *("version", "for", "view", "only", "q", "next", "page", "before", "zone", "a", "b"),
    *("change", "column", "clear", "left", "right"),
)
QUERIES = "?" + "&".join(f"{key}={{0}}" for key in KEYS)

NOT_TRIED = {"account_logout", "lock"}
"""They end the sign-in that the others need."""


@pytest.fixture
def client(world: World) -> Client:
    """Somebody who may do everything."""
    return browser(somebody(world.clinic, *Role))


@pytest.fixture(scope="module")
def tried() -> set[tuple[str, frozenset[str]]]:
    """Forms that stand on several pages are tried once."""
    return set()


FORM = "application/x-www-form-urlencoded"


def shown(answer: Any) -> bytes:
    """What came; of a file that is handed over all of it is read, which ends the request."""
    content: bytes = answer.getvalue() if answer.streaming else answer.content
    return content


def shown_forms(client: Client, path: str) -> Iterator[Form]:
    """The forms on the page at that address, where there is one."""
    answer = client.get(path)
    if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
        for form in forms_on(path, answer.content.decode()):
            if form.method == "post":
                yield form


@pytest.mark.parametrize("address", [one for one in ALL if one.name not in NOT_TRIED], ids=named)
def test_no_form_of_a_page_fails_on_what_nobody_should_send(
    client: Client, world: World, tried: set[tuple[str, frozenset[str]]], address: Address
) -> None:
    path = address.path(values_of(address, world.rows))
    for form in list(shown_forms(client, path)):
        kind = (form.action, frozenset(form.fields))
        if kind in tried or form.action.endswith(("/sign-out", "/lock")):
            continue
        tried.add(kind)
        names = sorted(form.fields)
        for number, (name, value) in enumerate(HOSTILE.items()):
            whole = {**dict.fromkeys(names, value), "gesture": value, "seen": value}
            # One field alone, another one for each value: what htmx sends.
            one = names[number % len(names)] if names else "none"
            for fields in (whole, {one: value, "gesture_field": one}):
                answer = client.post(form.action, fields)
                assert answer.status_code < 500, (form.action, name, sorted(fields))
                assert SCRIPT.encode() not in shown(answer), (form.action, name)
        for body, kind_of_body in ((b"", FORM), (b"\xff\xfe{", "application/json")):
            answer = client.post(form.action, body, content_type=kind_of_body)
            assert answer.status_code < 500, form.action
            shown(answer)
    assert verify_chain().is_unbroken


@pytest.mark.parametrize("address", ALL, ids=named)
def test_no_page_fails_on_a_question_mark_and_what_follows(
    client: Client, world: World, address: Address
) -> None:
    path = address.path(values_of(address, world.rows))
    for name in (
        "empty",
        "control",
        "markup",
        "query",
        "infinite",
        "other digits",
        "raised digit",
        "path",
    ):
        answer = client.get(path + QUERIES.format(quote(HOSTILE[name])))
        assert answer.status_code < 500, (path, name)
        if answer["Content-Type"].startswith("text/html"):
            assert SCRIPT.encode() not in answer.content
