"""Case files that cannot be taken as meant: one healthy case, and what is done to it."""

from __future__ import annotations

import tomllib
from pathlib import Path

CASE = """\
at = 2026-11-22
policy = "default"

[patient]
birth_date = 1971-06-14
sex = "male"
height_cm = 180
weight_kg = 62
phototype = 2

[patient.girths_cm]
neck = 40

[facts]
cancer = false
urticaria = false
hba1c = "6.1 %"

[allergies]
none_known = true

[medications]
none = true

[[site]]
region = "neck"
side = "left"
finding = "none"

[[override]]
rule = "urticaria"
reason = "quiescent-over-a-year"
by = "Dr Example"

[request]
practitioner = "physician"

[[request.zone]]
indication = "neck-pain"
region = "neck"
side = "both"
"""

MANY_DIGITS = 5_000
DEEP = 5_000

HEX = "0x" + "f" * MANY_DIGITS
NINES = "9" * MANY_DIGITS
LISTS = "[" * DEEP + "]" * DEEP
INLINE = "{a = " * DEEP + "1" + "}" * DEEP
DOTTED = ".".join("a" * DEEP)

ZONE_END = 'side = "both"'

_IN_WORDS: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "ugly_cases.toml").read_text(encoding="utf-8")
)

_BY_SIZE = {
    "5,000 digits": ("= 62", f"= {NINES}", "", "valid TOML"),
    "4,000 digits": ("= 62", f"= {NINES[:4_000]}", "patient.weight_kg", "ordinary size"),
    "5,000 hexadecimal digits": ("= 2\n", f"= {HEX}\n", "patient.phototype", "ordinary size"),
    "5,000 hexadecimal digits for text": ('"default"', HEX, "policy", "a text"),
    "sessions without end": (
        *(ZONE_END, f"{ZONE_END}\nsessions = {HEX}"),
        *("request.zone[1].sessions", "ordinary size"),
    ),
    "an exponent beyond all": ("= 62", f"= 1e{NINES}", "", "numbers of ordinary size"),
    "a name of 900,000 letters": (
        '"neck-pain"',
        f'"{"x" * 900_000}"',
        "request.zone[1].indication",
        "the id of an indication",
    ),
    "lists nested 5,000 deep": ("none_known = true", f"other = {LISTS}", "", "nested"),
    "tables nested 5,000 deep": ("none_known = true", f"other = {INLINE}", "", "nested"),
    "keys dotted 5,000 deep": ("cancer = false", f"cancer.{DOTTED} = 1", "", ""),
    "keys dotted 5,000 deep for text": ("policy =", f"policy.{DOTTED} =", "", "nested"),
    "a header dotted 5,000 deep": ("[request]", f"[{DOTTED}]\n[request]", "", "nested"),
    "empty file": (CASE, "", "at", "came nothing"),
    "blanks alone": (CASE, " \n\t\n", "at", "came nothing"),
    "JSON": (CASE, '{"at": "2026-11-22"}', "", "valid TOML"),
    "prose": (CASE, "Dear colleague,\nthank you.\n", "", "valid TOML"),
    "bare carriage returns": (CASE, CASE.replace("\n", "\r"), "", "valid TOML"),
}

UGLY: dict[str, tuple[str, str, str, str]] = {
    **{name: (row[0], row[1], row[2], row[3]) for name, row in _IN_WORDS.items()},
    **_BY_SIZE,
}
"""By name: text in the case, what is put there, key in the message, words of the message."""


def ugly_text(name: str) -> str:
    """The case with this one thing done to it."""
    old, new, _, _ = UGLY[name]
    if old not in CASE:
        raise ValueError(name)
    return CASE.replace(old, new, 1)
