"""The command line among pipes, full disks and foreign terminals."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.lib.command import PROGRAM, refused, shell


@pytest.mark.parametrize("command", ["knowledge list sources", "knowledge check --json"])
def test_a_reader_that_has_gone_is_no_error(command: str) -> None:
    """As with ``| head``: the end of the pipe that is read is closed before the answer comes."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PROGRAM, *command.split()], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_first_line_can_be_taken_alone() -> None:
    done = shell("knowledge list sources --json | head -n 1")
    assert (done.stdout, done.stderr) == (b"{\n", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_line() -> None:
    done = shell("knowledge check > /dev/full")
    refused(done.returncode, done.stdout.decode(), done.stderr.decode(), "standard output")


@pytest.mark.parametrize("command", ["screen - <&-", "knowledge check >&-"])
def test_a_closed_stream_is_one_line(command: str) -> None:
    done = shell(command)
    refused(done.returncode, done.stdout.decode(), done.stderr.decode(), "it is closed")


def test_the_answer_is_utf_8_wherever_it_runs() -> None:
    """A terminal that is said to speak another language must not bring the program down."""
    here = shell("knowledge list sources")
    there = shell("knowledge list sources", PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    assert there.returncode == 0
    assert there.stdout == here.stdout
    assert not there.stdout.isascii()
    assert there.stdout.decode("utf-8")
