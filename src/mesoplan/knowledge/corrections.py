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
from typing import TYPE_CHECKING, Any

from mesoplan.knowledge.base import SINGULAR
from mesoplan.knowledge.schema.conditions import facts_of
from mesoplan.knowledge.schema.corrections import Correction
from mesoplan.vocabulary.errors import KnowledgeError

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase

_STEP = re.compile(r"([a-z_]+)(?:\[(\d+)\])?")
_WORDS_OF_A_RULE = frozenset({"label", "message", "synonyms", "strength_because"})
"""What may be corrected in a rule that no override may touch: its words."""


def corrected_documents(
    base: KnowledgeBase, corrections: tuple[Correction, ...]
) -> tuple[Mapping[str, Any], str]:
    """The parsed documents with the corrections laid over them, and the new release hash.

    Raises:
        KnowledgeError: unsigned or without reason; no such record or key; or a change to what no
            override may touch.
    """
    documents: dict[str, Any] = copy.deepcopy(dict(base.documents))
    for correction in corrections:
        _check_signed(correction)
        _check_allowed(correction, base)
        _apply(correction, documents)
    return documents, _release(base.release, corrections)


def _release(before: str, corrections: tuple[Correction, ...]) -> str:
    digest = hashlib.sha256(before.encode())
    for item in corrections:
        fields = [item.kind, item.id, item.key, item.value, item.by, item.on, item.reason]
        digest.update(json.dumps(fields, default=str, sort_keys=True).encode())
    return digest.hexdigest()


def _refusal(correction: Correction, expected: str, came: object) -> KnowledgeError:
    key = f"{correction.kind}.{correction.id}.{correction.key}"
    return KnowledgeError(expected=expected, came=came, key=key, place="correction")


def _check_signed(correction: Correction) -> None:
    if not correction.by.strip() or not correction.reason.strip():
        raise _refusal(correction, "a name and a reason with every correction", correction.by)


def _check_allowed(correction: Correction, base: KnowledgeBase) -> None:
    guarded = [rule for rule in base.rules.values() if rule.never_overridable]
    first = correction.key.partition(".")[0].partition("[")[0]
    is_guarded = any(rule.id == correction.id for rule in guarded)
    if correction.kind == "rules" and is_guarded and first not in _WORDS_OF_A_RULE:
        expected = "only words of a rule that no override may touch"
        raise _refusal(correction, expected, correction.key)
    if correction.kind in {"derivations", "facts"}:
        read = {
            fact for rule in guarded for fact in (*facts_of(rule.when), *rule.applies_when.needs)
        }
        record = base.kind(correction.kind).get(correction.id)
        fact = getattr(record, "fact", correction.id)
        if fact in read and first not in {"label", "question", "synonyms", "because"}:
            expected = f"no change to {fact}, which a rule reads that no override may touch"
            raise _refusal(correction, expected, correction.key)


def _apply(correction: Correction, documents: Mapping[str, Any]) -> None:
    entry = _entry(correction, documents)
    target, last = entry, _steps(correction)
    for step in last[:-1]:
        if not _holds(target, step):
            raise _refusal(correction, "a key that stands in the record", step)
        target = target[step]
    step = last[-1]
    if isinstance(target, list) and not _holds(target, step):
        raise _refusal(correction, "a place in the list", step)
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
