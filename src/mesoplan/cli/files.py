"""Files of the command line: read whole with a bound, written whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TextIO

from mesoplan.vocabulary.errors import ClinicalInputError

LARGEST_READ = 64_000_000
"""Bytes read from a file at most, so that an endless one (a device) cannot fill the memory."""


def read_input(name: str) -> tuple[bytes, str]:
    """The content of a file, or of standard input for ``-``, and its name in messages.

    Raises:
        ClinicalInputError: there is no such file, or it cannot be read.
    """
    place = "standard input" if name == "-" else name
    try:
        if name == "-":
            return _open(sys.stdin).buffer.read(LARGEST_READ), place
        with Path(name).open("rb") as file:
            return file.read(LARGEST_READ), place
    except (OSError, ValueError) as error:  # a name with a zero byte is a ValueError
        raise ClinicalInputError(
            expected="a file that can be read", came=_reason(error), place=place
        ) from error


def write_out(text: str) -> None:
    """Write the answer to standard output, in UTF-8 wherever this runs.

    A reader that has gone (``| head``) is no error.

    Raises:
        ClinicalInputError: standard output is closed, or its disk is full.
    """
    try:
        out = _open(sys.stdout)
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(encoding="utf-8")
        out.write(text)
        out.flush()
    except BrokenPipeError:
        _leave_standard_output()
    except OSError as error:
        _leave_standard_output()
        raise ClinicalInputError(
            expected="a place where the answer can be written",
            came=_reason(error),
            place="standard output",
        ) from error


def _open(stream: TextIO | None) -> TextIO:
    """The stream; a program that is started with a closed one has none."""
    if stream is None:
        message = "it is closed"
        raise OSError(message)
    return stream


def _leave_standard_output() -> None:
    """Nothing more can be said there; without this the interpreter would try again at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _reason(error: OSError | ValueError) -> str:
    words = error.strerror if isinstance(error, OSError) else ""
    return (words or str(error) or "an error").lower()


def write_whole(name: str, content: bytes) -> None:
    """Write a file whole or not at all: a file of that name is replaced at the end.

    Raises:
        ClinicalInputError: the folder is not there or cannot be written.
    """
    import tempfile

    path = Path(name)
    if name in {"", "-"}:
        raise ClinicalInputError(expected="the name of a file for the PDF", came=name, key="--pdf")
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    except OSError as error:
        raise ClinicalInputError(
            expected="a place where a PDF can be written", came=_reason(error), place=name
        ) from error
