"""Reads ``references.bib``: a strict subset of BibTeX, one field a line, values in braces.

The subset keeps the loader free of a dependency; a test reads the same file with bibtexparser
and compares every field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from mesoplan.vocabulary.errors import KnowledgeError
from mesoplan.vocabulary.source import Source, SourceKind

_HEAD = re.compile(r"@(article|misc|book|techreport)\{([a-z0-9]+(?:-[a-z0-9]+)*),")
_FIELD = re.compile(r"  ([a-z0-9]+) = \{(.*)\},?")
_FIELDS = frozenset(
    [
        "kind",
        "author",
        "title",
        "journal",
        "year",
        "volume",
        "number",
        "pages",
        "doi",
        "pmid",
        "pmcid",
        "address",
        "read",
        "sha256",
        "file",
        "tag",
        "note",
    ]
)
_HOW_READ = frozenset(
    ["full", "abstract", "part", "mirror", "registry", "bibliography", "not-read-again"]
)


def read_bibliography(text: str, place: str) -> Mapping[str, Source]:
    """The sources by id.

    Raises:
        KnowledgeError: a line that does not fit, an unknown or repeated field, a repeated key, a
            source that has no kind, does not say how it was read, or cannot be resolved (no
            address, and no file with its sha256).
    """
    sources: dict[str, Source] = {}
    key, fields = "", dict[str, str]()
    for number, line in enumerate(text.splitlines(), 1):
        where = f"line {number}"
        if not line.strip() or line.startswith("%"):
            continue
        if head := _HEAD.fullmatch(line):
            key, fields = head.group(2), {}
            if key in sources:
                raise _refusal(place, where, "a key that occurs once", key)
        elif line == "}" and key:
            sources[key] = _source(key, fields, place)
            key = ""
        elif (field := _FIELD.fullmatch(line)) and key:
            name, value = field.groups()
            if name not in _FIELDS or name in fields:
                raise _refusal(place, where, f"one of {', '.join(sorted(_FIELDS))}, once", name)
            fields[name] = value
        else:
            raise _refusal(place, where, "@type{key, or field = {value}, or }", line)
    if key:
        raise _refusal(place, key, "a closing brace", "the end of the file")
    return MappingProxyType(sources)


def _source(key: str, fields: Mapping[str, str], place: str) -> Source:
    kinds = {kind.value: kind for kind in SourceKind}
    if fields.get("kind") not in kinds:
        raise _refusal(place, f"{key}.kind", f"one of {', '.join(kinds)}", fields.get("kind"))
    if fields.get("read") not in _HOW_READ:
        raise _refusal(place, f"{key}.read", f"one of {', '.join(_HOW_READ)}", fields.get("read"))
    if not fields.get("address") and not (fields.get("file") and fields.get("sha256")):
        raise _refusal(place, key, "an address, or a file with its sha256", sorted(fields))
    identifiers = (
        ("volume", ""),
        ("number", "no. "),
        ("pages", "p. "),
        ("doi", "doi "),
        ("pmid", "PMID "),
        ("pmcid", ""),
        ("file", "file "),
    )
    detail = ", ".join(f"{word}{fields[name]}" for name, word in identifiers if name in fields)
    return Source(
        id=key,
        kind=kinds[fields["kind"]],
        read=fields["read"],
        author=fields.get("author", ""),
        title=fields.get("title", ""),
        year=fields.get("year", ""),
        journal=fields.get("journal", ""),
        detail=detail,
        address=fields.get("address", ""),
        note=fields.get("note", ""),
    )


def _refusal(place: str, key: str, expected: str, came: object) -> KnowledgeError:
    return KnowledgeError(expected=expected, came=came, key=key, place=place)
