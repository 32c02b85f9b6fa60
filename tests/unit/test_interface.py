"""The names that stay stable, each asked for first in a fresh interpreter."""

import subprocess
import sys

import pytest

import mesoplan

CHEAP = """
import sys
import mesoplan.cli
print([name for name in sys.modules if name.startswith("mesoplan.planning") or name == "typst"])
"""


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, encoding="utf-8"
    )


@pytest.mark.parametrize("name", mesoplan.__all__)
def test_each_public_name_can_be_the_first_that_is_asked_for(name: str) -> None:
    done = python(f"from mesoplan import {name}; print(callable({name}))")
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    done = python("import mesoplan; print(hasattr(mesoplan, 'prescribe'))")
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_the_command_line_starts_without_planning_and_without_typst() -> None:
    assert python(CHEAP).stdout == "[]\n"
