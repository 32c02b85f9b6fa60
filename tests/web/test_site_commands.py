"""A command of an installation that cannot be used says why in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lib.inside import run_inside
from tests.lib.served import Served

COMMANDS = (("serve",), ("backup", "clinic.mesoplan"), ("audit", "verify"))


def refused(site: Served, *command: str) -> str:
    """The one line on standard error."""
    done = site.command(*command)
    assert done.returncode == 2, done
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("mesoplan: ")
    return line


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("mysql://clinic", "expected postgresql://"),
        ("postgresql://nobody@127.0.0.1:1/clinic", "the database cannot be used"),
    ],
)
def test_a_database_that_cannot_be_reached(
    tmp_path: Path, command: tuple[str, ...], address: str, says: str
) -> None:
    site = Served(data=tmp_path / "site", environment={"MESOPLAN_DATABASE_URL": address})
    assert says in refused(site, *command)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_file_that_is_no_database(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "mesoplan.sqlite3").write_bytes(b"a letter to the owner " * 500)
    assert "it may be damaged" in refused(Served(data=tmp_path), *command)


def test_a_key_that_is_empty(tmp_path: Path) -> None:
    (tmp_path / "site.key").touch()
    assert "site.key is empty" in refused(Served(data=tmp_path), "serve")


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "site").touch()
    assert "File exists" in refused(Served(data=tmp_path / "site"), "serve")


def test_a_chain_without_its_head(tmp_path: Path) -> None:
    site = Served(data=tmp_path / "site")
    run_inside(
        site,
        "from mesoplan.web.upkeep.prepare import prepare; prepare()\n"
        "from mesoplan.web.audit.models import Head; Head.objects.all().delete()\n",
    )
    assert "head of the audit chain is gone" in refused(site, "serve")
    assert "copy the data folder" in refused(site, "backup", str(tmp_path / "clinic.mesoplan"))
    done = site.command("audit", "verify")
    assert done.returncode == 3
    assert "is gone" in done.stdout
