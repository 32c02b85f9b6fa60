"""Allergies and medicines: names as people say them, found in the knowledge base where it can."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from mesoplan.documents.patient_tables import known_as
from mesoplan.vocabulary.codes import AtcCode
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.web.accounts.mapping import knowledge
from mesoplan.web.patients.names import clean
from mesoplan.web.patients.search import one_slip_from

MOST_NAMES = 60
LONGEST_NAME = 80
"""Names on a list, and characters of each, at most."""

NONE: Mapping[str, str] = {"allergies": "none_known", "medications": "none"}
"""The word of each list that says that there is nothing on it."""


class RefusedEditError(ValueError):
    """An edit that cannot be taken as meant. ``str()`` says why, translated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEdit:
    """One edit of a list: names to add, an entry to take away, one to replace, or none at all.

    ``remove`` and the first of ``swap`` are entries as ``part:name``; the second is a name.
    """

    add: tuple[str, ...] = ()
    remove: str = ""
    swap: tuple[str, str] | None = None
    none: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry of a list as it is shown. ``nearest`` is a name of the base that may be meant."""

    entry: str
    label: str
    is_known: bool
    nearest: str = ""


def names_in(fact: str, text: str) -> tuple[str, ...]:
    """The names in a text, parted by semicolons, lines and commas.

    A comma that is part of a name of the base parts nothing.

    Raises:
        RefusedEditError: a name is too long to be one.
    """
    found: list[str] = []
    for chunk in re.split(r"[;\n]", text):
        whole = clean(chunk)
        is_known = _place(fact, whole)[0] != "other"
        found += [whole] if is_known else [clean(part) for part in chunk.split(",")]
    names = tuple(dict.fromkeys(name for name in found if name))
    if any(len(name) > LONGEST_NAME for name in names):
        raise RefusedEditError(
            _("A name has at most %(most)s characters.") % {"most": LONGEST_NAME}
        )
    return names


def edited(fact: str, current: object, edit: ListEdit) -> object:
    """The list after an edit; ``None`` where nothing is left and so nothing is known.

    Raises:
        RefusedEditError: "none" while something is listed, or more names than a list can hold.
    """
    listed = _parts(current)
    if edit.none:
        if any(listed.values()):
            raise RefusedEditError(_("Something is listed. Take it away first, or add to it."))
        return {NONE[fact]: True}
    gone = edit.swap[0] if edit.swap else edit.remove
    part, _colon, name = gone.partition(":")
    if part in listed:
        listed[part] = [one for one in listed[part] if one != name]
    for name in (*edit.add, *((edit.swap[1],) if edit.swap else ())):
        part, known = _place(fact, name)
        if known not in listed.setdefault(part, []):
            listed[part].append(known)
    if sum(len(names) for names in listed.values()) > MOST_NAMES:
        raise RefusedEditError(_("A list has at most %(most)s names.") % {"most": MOST_NAMES})
    kept = {part: names for part, names in listed.items() if names}
    return kept or None


def _parts(value: object) -> dict[str, list[str]]:
    """The names of a list by part; empty where it says none, or is not known."""
    if not isinstance(value, dict):
        return {}
    return {part: list(names) for part, names in value.items() if isinstance(names, list)}


def _place(fact: str, name: str) -> tuple[str, str]:
    """Where a name belongs in the list, and its id where the base knows it."""
    for part, records in _records(fact).items():
        known = known_as(name, records)
        if known is not None:
            return part, known
    if fact == "medications":
        try:
            return "atc", AtcCode(name.upper()).code
        except ClinicalInputError:
            pass
    return "other", name


def _records(fact: str) -> Mapping[str, Mapping[str, Any]]:
    base = knowledge()
    if fact == "medications":
        return {"names": base.medicines}
    allergens = {name: group for name, group in base.groups.items() if group.is_allergen}
    return {"substances": base.substances, "groups": allergens}


@cache
def names_offered(fact: str) -> tuple[str, ...]:
    """The labels and synonyms that the base knows for a list, in the order of the alphabet."""
    records = [item for part in _records(fact).values() for item in part.values()]
    names = {name for item in records for name in (item.label, *item.synonyms)}
    return tuple(sorted(names, key=str.casefold))


def shown_list(fact: str, value: object) -> tuple[Listed, ...]:
    """What a list says, entry by entry."""
    records = _records(fact)
    return tuple(
        _listed(fact, part, name, records.get(part, {}))
        for part, names in _parts(value).items()
        for name in names
    )


def _listed(fact: str, part: str, name: str, records: Mapping[str, Any]) -> Listed:
    entry = f"{part}:{name}"
    if name in records:
        return Listed(entry=entry, label=records[name].label, is_known=True)
    if part == "atc":
        return Listed(entry=entry, label=name, is_known=True)
    nearest = one_slip_from(name, names_offered(fact))
    return Listed(entry=entry, label=name, is_known=False, nearest=nearest)
