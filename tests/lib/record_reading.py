"""What a sheet holds, leaf by leaf, and what readers find of it on paper."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, TypeVar

from pypdf import PdfReader

from mesoplan.documents.pdf_words import MONTHS, clean
from mesoplan.documents.sheet_values import Part
from mesoplan.documents.signature import Drawing
from tests.lib.sheets import letters

P = TypeVar("P", bound=Part)
Path = tuple[str | int, ...]


def pages_of(content: bytes) -> list[str]:
    """The letters of each page."""
    return [letters(page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def flowing(content: bytes) -> str:
    """The letters of all pages without their heads and feet: what a page end cuts is whole again.

    The head ends with the session of ``tests.lib.record_sheets``, or with an alert below it.
    """
    head = re.compile(r"^.*?·session(?:1of3|all3ofthiscourse)(?:AMENDED.*?attheend\.)?")
    foot = re.compile(r"Decisionsupportforprofessionals\.(?:(?!Decisionsupport).)*$")
    return "".join(foot.sub("", head.sub("", page, count=1)) for page in pages_of(content))


def leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Every text, number, date and empty place of a sheet, with the way to it."""
    if isinstance(value, Drawing):
        return
    if isinstance(value, Part):
        for field in fields(value):
            if field.name != "paper":
                yield from leaves(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, tuple) and value:
        for at, item in enumerate(value):
            yield from leaves(item, (*path, at))
    else:
        yield path, value


def put(value: Any, path: Path, new: object) -> Any:
    """The sheet with one leaf changed."""
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        return (*value[:first], put(value[first], rest, new), *value[first + 1 :])
    return replace(value, **{first: put(getattr(value, first), rest, new)})


def everywhere(sheet: P, new: Callable[[str], str]) -> P:
    """The sheet with every text changed."""
    for path, value in list(leaves(sheet)):
        if isinstance(value, str):
            sheet = put(sheet, path, new(value))
    return sheet


def on_paper(value: object) -> str:
    """How a recorded value stands on paper, written down a second time."""
    match value:
        case datetime():
            offset = value.strftime("%z")
            zone = "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:]}"
            return letters(f"{on_paper(value.date())}, {value:%H:%M} {zone.replace('-', '−')}")
        case date():
            return letters(f"{value.day} {MONTHS[value.month - 1]} {value.year}")
        case Decimal():
            shown = f"{value:f}"
            shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
            return shown.replace("-", "−")
        case str():
            return letters("".join(clean(line) for line in value.splitlines()))
        case _:
            raise TypeError(type(value).__name__)
