"""The demonstration opens with what it prints, each time that it is started."""

from __future__ import annotations

from pathlib import Path

from tests.lib.inside import run_inside
from tests.lib.served import Served

TWICE = """
from django.contrib.auth.hashers import check_password, make_password
from mesoplan.web.accounts.models import User
from mesoplan.web.audit.models import Event
from mesoplan.web.upkeep.demonstration import PIN, demonstrate
from mesoplan.web.upkeep.prepare import prepare
prepare()
for _ in range(2):
    password = demonstrate()
    user = User.objects.get()
    assert user.check_password(password)
    assert check_password(PIN, user.pin)
    User.objects.update(pin=make_password("8315"), must_change_password=True)
print(Event.objects.filter(action="demonstration.start").count())
"""


def test_password_and_pin_are_those_that_are_printed(tmp_path: Path) -> None:
    site = Served(data=tmp_path / "site", environment={"MESOPLAN_DEMO": "1"})
    assert run_inside(site, TWICE) == "2\n"
