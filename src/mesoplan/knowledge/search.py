"""Search in memory over every record: accents folded, typos forgiven, synonyms found."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesoplan.knowledge.base import KINDS

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase

LEAST_LIKENESS = 70
"""Percent of likeness (rapidfuzz WRatio) below which nothing is called a hit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One record found: kind, id, label, the name that matched, and the likeness in percent."""

    kind: str
    id: str
    label: str
    matched: str
    likeness: float


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The folded names of all records. Built once for a base; searching reads nothing else."""

    names: tuple[str, ...]
    records: tuple[tuple[str, str, str, str], ...]

    @classmethod
    def of(cls, knowledge: KnowledgeBase) -> SearchIndex:
        """An index over ids, labels, synonyms and codes of every kind."""
        entries = [
            (folded(name), (kind, record.id, getattr(record, "label", record.id), name))
            for kind in KINDS
            for record in knowledge.kind(kind).values()
            for name in _names(record)
        ]
        return cls(tuple(name for name, _ in entries), tuple(record for _, record in entries))

    def search(self, text: str, *, most: int = 20) -> tuple[Hit, ...]:
        """The records most like the text, each once, best first; at most ``most`` (from 1)."""
        from rapidfuzz import fuzz, process, utils

        query = folded(text)
        if not query:
            return ()
        found = process.extract(
            query,
            self.names,
            scorer=fuzz.WRatio,
            processor=utils.default_process,
            score_cutoff=LEAST_LIKENESS,
            limit=None,
        )
        best: dict[tuple[str, str], Hit] = {}
        for _, likeness, place in found:
            kind, record, label, matched = self.records[place]
            hit = Hit(kind=kind, id=record, label=label, matched=matched, likeness=likeness)
            kept = best.get((kind, record))
            if kept is None or _rank(hit, query) < _rank(kept, query):
                best[kind, record] = hit
        return tuple(sorted(best.values(), key=lambda hit: _rank(hit, query))[:most])


def _rank(hit: Hit, query: str) -> tuple[int, float, int, int, str]:
    """Names equal to the query first, then those that begin with it, then by likeness.

    Of names that are equally like the one of the most similar length is nearer.
    """
    name = folded(hit.matched)
    closeness = 0 if name == query else 1 if name.startswith(query) else 2
    apart = abs(len(name) - len(query))
    return closeness, -hit.likeness, apart, KINDS.index(hit.kind), hit.id


def folded(text: str) -> str:
    """Lower case without accents, hyphens and underscores as spaces."""
    lower = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", lower)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.replace("-", " ").replace("_", " ").split())


def _names(record: object) -> tuple[str, ...]:
    label = getattr(record, "label", "")
    synonyms: tuple[str, ...] = getattr(record, "synonyms", ())
    codes = tuple(str(getattr(code, "code", code)) for code in getattr(record, "atc", ()))
    names = (getattr(record, "id", ""), label, *synonyms, *codes)
    return tuple(dict.fromkeys(name for name in names if name))
