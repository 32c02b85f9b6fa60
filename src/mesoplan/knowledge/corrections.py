"""Dated corrections by a clinical reviewer, laid over the data; the data files stay as they are.

A correction names a record, a key inside it, the new value, who signs it and why. The corrected
base has another release hash. Nothing that no override may touch can be corrected away.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from mesoplan.knowledge.base import SINGULAR
from mesoplan.knowledge.schema.conditions import facts_of
from mesoplan.knowledge.schema.corrections import Correction
from mesoplan.vocabulary.errors import KnowledgeError

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase

_STEP = re.compile(r"([a-z_]+)(?:\[(\d+)\])?")


def corrected_documents(
    base: KnowledgeBase, corrections: tuple[Correction, ...]
) -> tuple[Mapping[str, Any], str]:
    """The parsed documents with the corrections laid over them, and the new release hash.

    Raises:
        KnowledgeError: unsigned or without reason; no such record or key.
    """
    documents: dict[str, Any] = copy.deepcopy(dict(base.documents))
    for correction in corrections:
        _check_signed(correction)
        _apply(correction, documents)
    return documents, _release(base.release, corrections)


def _release(before: str, corrections: tuple[Correction, ...]) -> str:
    digest = hashlib.sha256(before.encode())
    for item in corrections:
        parts = [item.kind, item.id, item.key, item.value, item.by, item.on, item.reason]
        digest.update(json.dumps(parts, default=str, sort_keys=True).encode())
    return digest.hexdigest()


def _refusal(correction: Correction, expected: str, came: object) -> KnowledgeError:
    key = f"{correction.kind}.{correction.id}.{correction.key}"
    return KnowledgeError(expected=expected, came=came, key=key, place="correction")


def _check_signed(correction: Correction) -> None:
    if not correction.by.strip() or not correction.reason.strip():
        raise _refusal(correction, "a name and a reason with every correction", correction.by)


def check_guarded(old: KnowledgeBase, new: KnowledgeBase) -> None:
    """Compare what rules that no override may touch rest on, before and after a correction.

    Raises:
        KnowledgeError: such a rule, a fact that it reads, or what that fact is derived from, is
            no longer the same; or an allergen was taken away.
    """
    before = _guarded(old, old)
    after = _guarded(new, old)
    for place in sorted(before.keys() | after.keys()):
        if before.get(place) != after.get(place):
            raise KnowledgeError(
                expected="nothing but other words, or a mark of review, where a rule looks that "
                "no override may touch",
                came=place[1],
                key=".".join(place),
                place="correction",
            )
    _check_allergies(old, new)


def _guarded(base: KnowledgeBase, old: KnowledgeBase) -> Mapping[tuple[str, str], object]:
    """What the guarded rules of the old base rest on, as it stands in a base, without words.

    Their facts, the derivations of these facts, the facts that those read, and so on; and the
    policies' numbers, because a derivation may read them.
    """
    rules = [rule for rule in old.rules.values() if rule.never_overridable]
    facts = {fact for rule in rules for fact in (*facts_of(rule.when), *rule.applies_when.needs)}
    while True:
        read = {
            fact
            for item in old.derivations.values()
            if item.fact in facts
            for fact in facts_of(item.when)
        }
        if read <= facts:
            break
        facts |= read
    records: list[tuple[str, str, object]] = [
        *(("rules", rule.id, base.rules.get(rule.id)) for rule in rules),
        *(("facts", fact, base.facts.get(fact)) for fact in facts),
        *(
            ("derivations", item.id, item)
            for item in base.derivations.values()
            if item.fact in facts
        ),
        *(
            ("policies", item.id, item.no_pregnancy_from_age)
            for item in base.policies.values()
            if item.id in old.policies
        ),
    ]
    return {(kind, name): _without_words(record) for kind, name, record in records}


_WORDS = frozenset(
    {"label", "message", "question", "synonyms", "strength_because", "because", "reviewed"}
)
"""Fields that say something to people, or that somebody has looked, and decide nothing."""


def _without_words(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _without_words(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_without_words(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), {
            field.name: _without_words(getattr(value, field.name))
            for field in fields(value)
            if field.name not in _WORDS
        }
    return value


def _check_allergies(old: KnowledgeBase, new: KnowledgeBase) -> None:
    """An allergy to a component is found by way of groups: they may grow, never shrink."""
    kept = [
        *(
            ("substances", item.id, set(item.groups) <= set(new.substances[item.id].groups))
            for item in old.substances.values()
            if item.id in new.substances
        ),
        *(
            (
                "groups",
                item.id,
                (not item.is_allergen or new.groups[item.id].is_allergen)
                and set(item.crossing) <= set(new.groups[item.id].crossing),
            )
            for item in old.groups.values()
            if item.id in new.groups
        ),
    ]
    for kind, name, is_kept in kept:
        if not is_kept:
            raise KnowledgeError(
                expected="no allergen taken away",
                came=name,
                key=f"{kind}.{name}",
                place="correction",
            )


def _apply(correction: Correction, documents: Mapping[str, Any]) -> None:
    entry = _entry(correction, documents)
    target: Any = entry
    last = _steps(correction)
    for step in last[:-1]:
        if not _holds(target, step):
            raise _refusal(correction, "a key that stands in the record", step)
        target = target[step]
    step = last[-1]
    is_place = isinstance(step, int) and _holds(target, step)
    if not (isinstance(target, dict) and isinstance(step, str)) and not is_place:
        raise _refusal(correction, "a key, or a place in a list, of the record", step)
    target[step] = correction.value


def _holds(target: Any, step: str | int) -> bool:  # noqa: ANN401 - parsed TOML
    if isinstance(target, list):
        return isinstance(step, int) and 0 <= step < len(target)
    return isinstance(target, dict) and step in target


def _steps(correction: Correction) -> list[str | int]:
    steps: list[str | int] = []
    for part in correction.key.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise _refusal(correction, "a key such as limits[1].amount", part)
        steps.append(match.group(1))
        if match.group(2):
            steps.append(int(match.group(2)) - 1)
    return steps


def _entry(correction: Correction, documents: Mapping[str, Any]) -> Any:  # noqa: ANN401
    for path, document in documents.items():
        if path.startswith(f"{correction.kind}/"):
            for entry in document.get(SINGULAR[correction.kind], ()):
                if entry.get("id") == correction.id:
                    return entry
    raise _refusal(correction, "a record of the base", correction.id)
