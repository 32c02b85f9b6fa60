"""The command line as a shell runs it, and what every refusal of it looks like."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

PROGRAM = (sys.executable, "-m", "mesoplan.cli")


def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the real command, as a shell would."""
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, check=False
    )


def refused(code: int, out: str, err: str, *words: str) -> str:
    """What every refusal looks like; returns its line."""
    assert code == 2
    assert out == ""
    assert err.endswith("\n")
    (line,) = err.splitlines()
    assert line.startswith("mesoplan: ")
    assert "Traceback" not in line
    for word in words:
        assert word in line
    return line


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the real command through a shell, with its pipes."""
    return subprocess.run(
        ["/bin/sh", "-c", f"{shlex.join(PROGRAM)} {command}"],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )
