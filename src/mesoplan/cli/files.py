"""Files of the command line: read whole with a bound, written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from mesoplan.vocabulary.errors import ClinicalInputError

LARGEST_READ = 64_000_000
"""Bytes read from a file at most, so that an endless one (a device) cannot fill the memory."""


def read_input(name: str) -> tuple[bytes, str]:
    """The content of a file, or of standard input for ``-``, and its name in messages.

    Raises:
        ClinicalInputError: there is no such file, or it cannot be read.
    """
    if name == "-":
        return sys.stdin.buffer.read(LARGEST_READ), "standard input"
    path = Path(name)
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_READ), name
    except OSError as error:
        reason = (error.strerror or "an error").lower()
        raise ClinicalInputError(
            expected="a file that can be read", came=reason, place=name
        ) from error


def write_whole(name: str, content: bytes) -> None:
    """Write a file whole or not at all: a file of that name is replaced at the end.

    Raises:
        ClinicalInputError: the folder is not there or cannot be written.
    """
    path = Path(name)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    except OSError as error:
        reason = (error.strerror or "an error").lower()
        raise ClinicalInputError(
            expected="a place where a PDF can be written", came=reason, place=name
        ) from error
