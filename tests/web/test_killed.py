"""The server is killed (SIGKILL) twenty times while a session is recorded: nothing is lost.

A real `mesoplan serve` with its two workers; four people write at once. Every gesture that was
acknowledged must be there afterwards, nothing may be half-written, and the chain must verify.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest

from tests.lib.inside import run_inside
from tests.lib.served import Served

KILLS = 20
WRITERS = 4

FILL = """
import json
from django.db import transaction
from django.test import Client
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.actions.session import begin_session
from tests.lib.clinic import a_clinic, a_patient, a_released_plan, a_user
with transaction.atomic():
    clinic = a_clinic()
    people = [a_user(clinic, Role.PHYSICIAN, name=f"Dr {name}") for name in "ABCD"]
    plan = a_released_plan(a_patient(clinic, people[0]), people[0])
    session = begin_session(course=plan.course, by=people[0])
cookies = []
for person in people:
    browser = Client()
    browser.force_login(person)
    cookies.append(browser.cookies["mesoplan"].value)
print(json.dumps({"session": session.code, "cookies": cookies}))
"""

KEPT = """
import json, sys
from mesoplan.web.courses.models import SessionGesture
from mesoplan.web.audit.models import Event
rows = [[str(row.batch), row.value] for row in SessionGesture.objects.exclude(batch=None)]
events = Event.objects.filter(subject=f"session {sys.argv[1]}", detail__has_key="batch")
told = [event.detail["batch"] for event in events]
print(json.dumps({"rows": rows, "told": told}))
"""
"""The gestures of the session, and what the audit says of gestures of this session."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    """An installation with a session that has been begun."""
    site = Served(data=tmp_path / "data")
    site.start()
    yield site
    site.kill()


class Writer(threading.Thread):
    """Somebody who writes a note again and again, and remembers what was acknowledged."""

    def __init__(self, site: Served, session: str, cookie: str, number: int) -> None:
        super().__init__(daemon=True)
        self.site, self.session, self.cookie, self.number = site, session, cookie, number
        self.acknowledged: dict[str, str] = {}
        self.round = 0
        self.is_over = False

    def run(self) -> None:
        token = "a" * 32
        while not self.is_over:
            self.round += 1
            batch = str(UUID(int=self.number * 10**9 + self.round))
            note = f"note {self.number}-{self.round}"
            fields = {"notes": note, "gesture": batch, "gesture_field": "notes"}
            connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=30)
            try:
                connection.request(
                    "POST",
                    f"/sessions/{self.session}/edit",
                    urlencode(fields | {"csrfmiddlewaretoken": token}),
                    {
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Cookie": f"mesoplan={self.cookie}; mesoplan-form={token}",
                        "HX-Request": "true",
                    },
                )
                answer = connection.getresponse()
                answer.read()
                if answer.status in {200, 302, 303}:
                    self.acknowledged[batch] = note
                elif answer.status < 500:
                    raise AssertionError(answer.status)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()


@pytest.mark.hazard("H-019")
def test_twenty_kills_lose_nothing_that_was_acknowledged(site: Served) -> None:
    made: dict[str, Any] = json.loads(run_inside(site, FILL))
    writers = [
        Writer(site, made["session"], cookie, number)
        for number, cookie in enumerate(made["cookies"], 1)
    ]
    for writer in writers:
        writer.start()
    for number in range(KILLS):
        before = sum(len(writer.acknowledged) for writer in writers)
        while sum(len(writer.acknowledged) for writer in writers) < before + 3:
            time.sleep(0.02)
        time.sleep(0.2 * (number * 0.618 % 1))
        site.kill()
        site.start()
    for writer in writers:
        writer.is_over = True
    for writer in writers:
        writer.join()
    kept: dict[str, Any] = json.loads(run_inside(site, KEPT, made["session"]))
    rows = dict(kept["rows"])
    acknowledged = {
        batch: note for writer in writers for batch, note in writer.acknowledged.items()
    }
    assert len(acknowledged) >= KILLS * 3
    lost = {batch for batch, note in acknowledged.items() if rows.get(batch) != note}
    assert lost == set()
    # No gesture without its event, no event without its gesture: one transaction.
    assert set(kept["told"]) == set(rows)
    assert len(kept["told"]) == len(set(kept["told"]))
    done = site.command("audit", "verify")
    assert done.returncode == 0, done.stdout
