"""Files are whole or not there, also on a stick that knows no second name of a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mesoplan.web.environment import key_file, secret_key
from mesoplan.web.files import new_file, replace_file


@pytest.fixture(params=["two names", "one name"])
def folder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of a usual file system, and one of FAT, which refuses every link."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if request.param == "one name":
        monkeypatch.setattr(os, "link", refuse)
    return tmp_path


def test_a_new_file_is_there_when_it_is_whole(folder: Path) -> None:
    place = folder / "backup"
    with new_file(place) as file:
        file.write(b"half")
        file.flush()
        assert not place.exists()
        file.write(b" and half")
    assert place.read_bytes() == b"half and half"
    assert place.stat().st_mode & 0o077 == 0
    assert list(folder.iterdir()) == [place]


def test_a_new_file_never_takes_the_place_of_another(folder: Path) -> None:
    place = folder / "backup"
    with pytest.raises(FileExistsError), new_file(place):
        place.write_bytes(b"earlier")
    assert place.read_bytes() == b"earlier"
    assert list(folder.iterdir()) == [place]


def test_what_fails_in_the_middle_leaves_nothing(folder: Path) -> None:
    def fail() -> None:
        with new_file(folder / "backup") as file:
            file.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fail()
    assert list(folder.iterdir()) == []


def test_a_file_that_is_replaced_is_the_old_or_the_new(folder: Path) -> None:
    place = folder / "key"
    replace_file(place, b"old")
    replace_file(place, b"new")
    assert place.read_bytes() == b"new"
    assert list(folder.iterdir()) == [place]


def test_a_key_that_could_not_be_written_does_not_bar_the_next_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk at the first start must leave no empty key behind."""
    monkeypatch.setenv("MESOPLAN_DATA", str(folder))
    with monkeypatch.context() as full:

        def refuse(_: int) -> None:
            raise OSError(28, "No space left on device")

        full.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space"):
            secret_key("site")
    assert not key_file("site").exists()
    made = secret_key("site")
    assert len(made) >= 48
    assert secret_key("site") == made


def test_what_a_kill_left_goes_with_the_next_file_of_that_name_a_day_later(tmp_path: Path) -> None:
    """It may hold every record and the keys; what is being written now stays."""
    place = tmp_path / "backup [1]"
    cut_off, running, other = (
        tmp_path / name
        for name in ("backup [1].old.partial", "backup [1].now.partial", "backup 1.old.partial")
    )
    for left in (cut_off, running, other):
        left.write_bytes(b"records")
    for left in (cut_off, other):
        os.utime(left, (0, 0))
    with new_file(place) as file:
        file.write(b"whole")
    assert sorted(tmp_path.iterdir()) == sorted([place, running, other])
