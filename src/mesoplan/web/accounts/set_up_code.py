"""The code of a first set-up from the network. It stands in the terminal of the computer alone."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.utils.crypto import constant_time_compare

from mesoplan.web.codes import spoken_code
from mesoplan.web.files import new_file

GROUPS = 2


def make_set_up_code() -> str:
    """The code of this installation; made if there is none yet."""
    place = _place()
    if not place.exists():
        with suppress(FileExistsError), new_file(place) as file:
            file.write(spoken_code(GROUPS).encode("ascii"))
    return place.read_text(encoding="ascii")


def is_set_up_code(entered: str) -> bool:
    """Whether this is the code, capitals and dashes aside. Where there is none, nothing is."""
    try:
        code = _place().read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return bool(code) and constant_time_compare(_letters(entered), _letters(code))


def forget_set_up_code() -> None:
    """The clinic is set up: the code is of no use any more."""
    _place().unlink(missing_ok=True)


def _place() -> Path:
    return Path(settings.DATA) / "set-up-code"


def _letters(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())
