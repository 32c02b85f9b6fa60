"""Files that are whole or not there, whatever happens while they are written."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

LEFT_OVER_S = 24 * 60 * 60
"""What nobody has written to for so long was cut off; whoever made it is gone."""


def clear_left_over(folder: Path, pattern: str) -> None:
    """Take away what a kill or a power cut left in a folder: it may hold records and keys."""
    for item in folder.glob(pattern):
        with suppress(OSError):
            if time.time() - item.stat().st_mtime < LEFT_OVER_S:
                continue
            if item.is_dir():
                shutil.rmtree(item)
            else:
                item.unlink()


@contextmanager
def new_file(place: Path) -> Iterator[BinaryIO]:
    """A file to write, for its owner's eyes; it has its name once all of it is on the disk.

    Raises:
        FileExistsError: something has that name, now or when the file is whole.
    """
    if place.exists():
        message = f"{place} is there already"
        raise FileExistsError(message)
    clear_left_over(place.parent, f"{glob.escape(place.name)}.*.partial")
    with _partial(place) as partial:
        with partial.open("wb") as file:
            yield file
            _see_on_disk(file)
        _claim(partial, place)
    _see_folder_on_disk(place.parent)


def replace_file(place: Path, content: bytes) -> None:
    """This content under that name, for its owner's eyes, whatever was there before."""
    with _partial(place) as partial:
        with partial.open("wb") as file:
            file.write(content)
            _see_on_disk(file)
        partial.replace(place)
    _see_folder_on_disk(place.parent)


@contextmanager
def _partial(place: Path) -> Iterator[Path]:
    """An empty file beside that place, gone afterwards unless it was renamed."""
    descriptor, name = tempfile.mkstemp(
        prefix=f"{place.name}.", suffix=".partial", dir=place.parent
    )
    os.close(descriptor)
    partial = Path(name)
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _claim(partial: Path, place: Path) -> None:
    """Give a whole file its name, if nothing has it."""
    try:
        os.link(partial, place)
    except FileExistsError:
        raise
    except OSError:
        # FAT, exFAT and some file systems of networks know one name of a file and no second.
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        partial.replace(place)


def _see_on_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _see_folder_on_disk(folder: Path) -> None:
    """The name too outlives a power cut, where the file system can promise it."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
