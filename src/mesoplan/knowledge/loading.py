"""Reads ``data/`` into one frozen ``KnowledgeBase``, or refuses it and says file and key.

Folder ``data/<kind>/`` holds TOML files of lists ``[[<singular>]]``; the kinds are below.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tomli

from mesoplan.knowledge.base import KINDS, SINGULAR, KnowledgeBase
from mesoplan.knowledge.bibliography import read_bibliography
from mesoplan.knowledge.checking import check_references, check_sources
from mesoplan.knowledge.corrections import check_guarded, corrected_documents
from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.care import (
    read_care,
    read_practice,
    read_reaction,
    read_scale,
    read_topic,
)
from mesoplan.knowledge.schema.corrections import Correction
from mesoplan.knowledge.schema.emergencies import read_emergency
from mesoplan.knowledge.schema.facts import (
    read_derivation,
    read_fact,
    read_medicine,
    read_site_finding,
)
from mesoplan.knowledge.schema.indications import read_indication, read_protocol, read_study
from mesoplan.knowledge.schema.mixtures import read_cream, read_mixture, read_pair
from mesoplan.knowledge.schema.policies import read_policy
from mesoplan.knowledge.schema.regions import read_region
from mesoplan.knowledge.schema.rules import read_override_reason, read_rule
from mesoplan.knowledge.schema.substances import read_group, read_product, read_substance
from mesoplan.knowledge.schema.techniques import read_device, read_technique
from mesoplan.vocabulary.errors import KnowledgeError

DATA = Path(__file__).parent / "data"

_READERS: Mapping[str, Callable[[Table], Any]] = {
    "facts": read_fact,
    "derivations": read_derivation,
    "medicines": read_medicine,
    "site_findings": read_site_finding,
    "rules": read_rule,
    "override_reasons": read_override_reason,
    "substances": read_substance,
    "groups": read_group,
    "products": read_product,
    "mixtures": read_mixture,
    "pairs": read_pair,
    "creams": read_cream,
    "techniques": read_technique,
    "devices": read_device,
    "regions": read_region,
    "indications": read_indication,
    "protocols": read_protocol,
    "studies": read_study,
    "policies": read_policy,
    "reactions": read_reaction,
    "scales": read_scale,
    "care": read_care,
    "emergencies": read_emergency,
    "practice": read_practice,
    "topics": read_topic,
}
BIBLIOGRAPHY = "references.bib"

_HYPHENATED = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_UNDERSCORED = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


def load_knowledge(folder: Path = DATA) -> KnowledgeBase:
    """The knowledge base in a folder, checked as a whole and frozen.

    Raises:
        KnowledgeError: anything in the folder that the base does not understand or that does not
            hold together; the message names file, key, what was expected and what came.
    """
    files = read_files(folder)
    return build(parse_files(files), release_of(files))


def read_files(folder: Path) -> Mapping[str, bytes]:
    """The data files by their path inside the folder, in order of path."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in {".toml", ".bib"})
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def release_of(files: Mapping[str, bytes]) -> str:
    """The SHA-256 over paths and contents, in hexadecimal."""
    digest = hashlib.sha256()
    for path, content in files.items():
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def parse_files(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    """TOML files as dictionaries (numbers as ``Decimal``), the bibliography as text."""
    return {path: _parse(path, content) for path, content in files.items()}


def _parse(path: str, content: bytes) -> Any:  # noqa: ANN401 - a parsed document has no one type
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise KnowledgeError(expected="text in UTF-8", came=str(error), place=path) from error
    if path.endswith(".bib"):
        return text
    try:
        return tomli.loads(text, parse_float=Decimal)
    except tomli.TOMLDecodeError as error:
        raise KnowledgeError(expected="valid TOML", came=str(error), place=path) from error


def build(
    documents: Mapping[str, Any], release: str, corrections: tuple[Correction, ...] = ()
) -> KnowledgeBase:
    """The base from parsed documents."""
    if BIBLIOGRAPHY not in documents:
        raise KnowledgeError(expected=BIBLIOGRAPHY, came="no such file", place="data")
    records: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    cited: dict[str, tuple[str, str]] = {}
    places: dict[tuple[str, str], str] = {}
    for path, document in documents.items():
        if path == BIBLIOGRAPHY:
            continue
        kind = path.partition("/")[0]
        if kind not in _READERS:
            raise KnowledgeError(
                expected=f"a folder, one of {', '.join(_READERS)}", came=kind, place=path
            )
        _collect_citations(document, path, "", cited)
        for record in _read_document(kind, document, path):
            if record.id in records[kind]:
                first = places[kind, record.id]
                raise KnowledgeError(
                    expected=f"an id that occurs once in {kind} (it stands in {first} too)",
                    came=record.id,
                    place=path,
                )
            records[kind][record.id] = record
            places[kind, record.id] = path
    records["sources"] = dict(read_bibliography(documents[BIBLIOGRAPHY], BIBLIOGRAPHY))
    check_sources(records["sources"], cited)
    base = KnowledgeBase(
        release=release,
        corrections=corrections,
        documents=MappingProxyType(dict(documents)),
        correct=_corrected,
        **{kind: MappingProxyType(records[kind]) for kind in KINDS},
    )
    check_references(base, places)
    return base


def _corrected(base: KnowledgeBase, corrections: tuple[Correction, ...]) -> KnowledgeBase:
    """The base built again from corrected documents."""
    documents, release = corrected_documents(base, corrections)
    found = build(documents, release, corrections=(*base.corrections, *corrections))
    check_guarded(base, found)
    return found


def _read_document(kind: str, document: Any, path: str) -> tuple[Any, ...]:  # noqa: ANN401
    singular, read = SINGULAR[kind], _READERS[kind]
    form = _UNDERSCORED if kind == "facts" else _HYPHENATED
    table = Table(document, place=path, error=KnowledgeError)
    items: tuple[Any, ...] = table.each(singular, read)
    table.close()
    for number, item in enumerate(items, 1):
        if not form.fullmatch(item.id):
            expected = "an id of lower-case words joined by " + (
                "underscores" if kind == "facts" else "hyphens"
            )
            raise table.refusal(expected, item.id, f"{singular}[{number}].id")
    return items


def _collect_citations(
    data: object, path: str, key: str, cited: dict[str, tuple[str, str]]
) -> None:
    """Every ``source`` in a document, with the first place where it stands."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name == "source" and isinstance(value, str):
                cited.setdefault(value, (path, f"{key}.{name}".lstrip(".")))
            else:
                _collect_citations(value, path, f"{key}.{name}", cited)
    elif isinstance(data, list):
        for number, value in enumerate(data, 1):
            _collect_citations(value, path, f"{key}[{number}]", cited)
