"""The intake page of staff, as a browser uses it."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

from django.test import Client

from mesoplan.web.patients.models import Patient
from tests.lib.pages import texts_by

HTMX = {"HX-Request": "true"}
_NUMBERS = count(1)


def a_gesture() -> str:
    """The id that a page makes for a gesture."""
    return str(UUID(int=next(_NUMBERS)))


def tap(client: Client, patient: Patient, key: str, value: str, **more: Any) -> Any:
    """One field changed, as a page with scripts sends it."""
    data = {"said_by": "patient", "gesture": a_gesture(), key: value}
    data |= {"gesture_field": key} | more
    return client.post(f"/patients/{patient.code}/intake", data, headers=HTMX)


def save(client: Client, patient: Patient, fields: dict[str, Any]) -> Any:
    """The form sent by its button, as a page without scripts sends it."""
    data = {"said_by": "patient"} | fields
    return client.post(f"/patients/{patient.code}/intake", data)


def shown(client: Client, patient: Patient, key: str, query: str = "") -> str:
    """What the part of a question says on the page."""
    content = client.get(f"/patients/{patient.code}/intake{query}").content
    return " ".join(texts_by(content, "id").get("q-" + key.replace(".", "-"), []))
