"""A clinic in full work: somebody in every role, a course in every state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.lib.inside import run_inside
from tests.lib.served import Served

FILL = """
import json
from tests.browser.furnishing import fill
print(json.dumps(fill()))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnished:
    """A served site, codes of its rows by what they are, cookies by who is signed in."""

    site: Served
    codes: Mapping[str, str]
    cookies: Mapping[str, str]

    def signed_in(self, who: str) -> dict[str, Any]:
        """The state of a browser in which this person is signed in."""
        cookie = {"name": "mesoplan", "value": self.cookies[who]}
        place = {"domain": "127.0.0.1", "path": "/", "expires": -1}
        rules = {"httpOnly": True, "secure": False, "sameSite": "Lax"}
        return {"cookies": [{**cookie, **place, **rules}], "origins": []}


def furnish(site: Served) -> Furnished:
    """Fill a running site."""
    made = json.loads(run_inside(site, FILL))
    return Furnished(site=site, codes=made["codes"], cookies=made["cookies"])
