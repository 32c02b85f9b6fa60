"""When the disk is full each page says so, and nothing is half-written.

In a process of its own, so that what is written is committed: SQLite is told that the file may not
grow any more, and says that the disk is full as it does when it is.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection

from mesoplan.web.accounts.models import User
from mesoplan.web.project.failures import is_disk_full
from tests.lib.clinic import PIN, signed_in
from tests.lib.inside import run_inside
from tests.lib.served import Served

SCRIPT = """
import json, sys
from pathlib import Path
from uuid import uuid4
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.audit.queries import verify_chain
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.models import Session, SessionGesture
from mesoplan.web.patients.models import Document
from mesoplan.web.upkeep.backup import back_up
from mesoplan.web.upkeep.prepare import prepare
from tests.lib.clinic import PASSWORD, a_clinic, a_patient, a_released_plan, a_user
from tests.lib.treatment import complete, consented

prepare()
settings.ALLOWED_HOSTS.append("testserver")
with transaction.atomic():
    clinic = a_clinic()
    physician = a_user(clinic, Role.PHYSICIAN, Role.OWNER)
    plan = a_released_plan(a_patient(clinic, physician), physician)
    consented(plan, physician)
    session = begin_session(course=plan.course, by=physician)
    complete(session, physician)
browser = Client(raise_request_exception=False)
browser.force_login(physician)
assert browser.get(f"/courses/{plan.course.code}/session").status_code == 200

def pages(most):
    connection.connection.execute(f"PRAGMA max_page_count = {most}")

def rows():
    return [Event.objects.count(), SessionGesture.objects.count(), Document.objects.count()]

def until_full(act, tries):
    for _ in range(tries):
        before = rows()
        answer = act()
        if answer.status_code >= 400:
            is_told = "The disk is full" in answer.content.decode()
            return [answer.status_code, is_told, rows() == before]
    return [answer.status_code, False, False]

acknowledged = {}
def save():
    batch, note = str(uuid4()), "n" * 900
    answer = browser.post(
        f"/sessions/{session.code}/edit",
        {"notes": f"{note} {batch}", "gesture": batch, "gesture_field": "notes"},
        headers={"HX-Request": "true"},
    )
    if answer.status_code < 400:
        acknowledged[batch] = f"{note} {batch}"
    return answer

def sign_in():
    somebody = Client(raise_request_exception=False)
    return somebody.post("/sign-in", {"login": physician.username, "password": PASSWORD})

found = {}
pages(connection.connection.execute("PRAGMA page_count").fetchone()[0])
found["save"] = until_full(save, 400)
found["finalise"] = until_full(lambda: browser.post(f"/sessions/{session.code}/finalise"), 1)
found["chart"] = until_full(lambda: browser.get(f"/courses/{plan.course.code}/chart"), 200)
found["sign_in"] = until_full(sign_in, 50)
try:
    back_up(Path(sys.argv[1]))
    found["backup"] = ""
except Exception as error:
    found["backup"] = type(error).__name__
pages(1073741823)
kept = {str(row.batch): row.value for row in SessionGesture.objects.all()}
found["lost"] = [batch for batch, note in acknowledged.items() if kept.get(batch) != note]
found["told"] = sorted(
    str(event.detail["batch"]) for event in Event.objects.filter(action="gesture.write")
    if event.detail.get("batch") in acknowledged
) == sorted(acknowledged)
found["saved"] = len(acknowledged)
found["sealed"] = Session.objects.exclude(sealed_at=None).count()
found["faults"] = len(verify_chain().faults)
found["then"] = browser.post(f"/sessions/{session.code}/finalise").status_code
print(json.dumps(found))
"""

TOLD = [507, True, True]
"""The status, the page, and that nothing more is in the database than before."""


on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="a pragma of SQLite")


@pytest.mark.hazard("H-019")
def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    site = Served(data=tmp_path / "site")
    backup = tmp_path / "clinic.mesoplan"
    found: dict[str, Any] = json.loads(run_inside(site, SCRIPT, str(backup)))
    for page in ("save", "finalise", "chart", "sign_in"):
        assert found[page] == TOLD, page
    assert found["saved"] > 0
    assert found["lost"] == []
    assert found["told"]
    assert (found["sealed"], found["faults"]) == (0, 0)
    assert found["backup"] == "OperationalError"
    assert list(tmp_path.glob("clinic*")) == []
    # There is room again: everything goes on.
    assert found["then"] == 302


def test_a_file_that_cannot_grow_is_a_full_disk_too() -> None:
    """A checkpoint lies beside the database."""
    assert is_disk_full(OSError(errno.ENOSPC, "No space left on device"))
    assert is_disk_full(OSError(errno.EDQUOT, "Disk quota exceeded"))
    assert not is_disk_full(OSError(errno.EACCES, "Permission denied"))


@on_sqlite
@pytest.mark.django_db
def test_what_cannot_be_counted_is_not_taken_for_too_many() -> None:
    """Django's cache says of a write that failed that the key was there already."""
    with read_only(), pytest.raises(OperationalError):
        cache.add("tries", 1)
    assert cache.get("tries") is None
    assert cache.add("tries", 1)
    assert not cache.add("tries", 2)


@on_sqlite
@pytest.mark.django_db
def test_a_right_pin_is_not_refused_because_tries_cannot_be_counted(physician: User) -> None:
    browser = signed_in(physician)
    browser.raise_request_exception = False
    browser.post("/lock")
    with read_only():
        assert browser.post("/unlock", {"pin": PIN}).status_code == 500
    assert browser.post("/unlock", {"pin": PIN})["Location"] == "/"


@contextmanager
def read_only() -> Iterator[None]:
    """SQLite refuses whatever would be written."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        yield
        cursor.execute("PRAGMA query_only = OFF")
