"""``mesoplan knowledge``: list, show, search and check what the base holds."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from mesoplan.documents.json_record import item_json, record_json
from mesoplan.documents.json_writer import dumps
from mesoplan.knowledge import load_knowledge
from mesoplan.knowledge.reading import nearest_name
from mesoplan.vocabulary.errors import UnknownNameError

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase


def run(options: argparse.Namespace) -> str:
    """The text that the command prints."""
    knowledge = load_knowledge()
    if options.action == "list":
        return _list(options, knowledge)
    if options.action == "show":
        return _show(options, knowledge)
    if options.action == "search":
        return _search(options, knowledge)
    return _check(options, knowledge)


def _list(options: argparse.Namespace, knowledge: KnowledgeBase) -> str:
    records = knowledge.kind(options.kind)
    items = [item_json(record) for record in records.values()]
    if options.json:
        return dumps({"kind": options.kind, "items": items}) + "\n"
    width = max((len(item["id"]) for item in items), default=0)
    lines = []
    for item in items:
        extra = "".join(f", {item[key]}" for key in ("type", "unit") if item.get(key))
        lines.append(f"{item['id']:<{width}}  {item['label']}{extra}")
    return "\n".join(lines) + "\n"


def _show(options: argparse.Namespace, knowledge: KnowledgeBase) -> str:
    records = knowledge.kind(options.kind)
    if options.id not in records:
        raise UnknownNameError(
            expected=f"the id of one of the {options.kind}",
            came=options.id,
            nearest=nearest_name(options.id, records),
        )
    shown = record_json(records[options.id])
    if options.json:
        return dumps({"kind": options.kind, **shown}) + "\n"
    if options.kind == "emergencies":
        return _emergency(options.id, knowledge)
    return "\n".join(_indented(shown, "")) + "\n"


def _emergency(emergency: str, knowledge: KnowledgeBase) -> str:
    """The card for nobody in particular: rules for each kilogram, no dose for a person."""
    from mesoplan.documents.text_emergency import emergency_text
    from mesoplan.planning import emergency_card
    from mesoplan.vocabulary.answer import Unknown

    nobody = Unknown("for nobody in particular")
    return emergency_text(emergency_card(emergency, knowledge, weight=nobody, age=nobody))


def _indented(value: Any, indent: str) -> list[str]:  # noqa: ANN401 - JSON as plain lines
    lines: list[str] = []
    entries = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    for key, item in entries:
        head = f"{indent}{key.replace('_', ' ')}:" if key else f"{indent}-"
        if item in (None, "", [], {}) or _is_unstated(item):
            continue
        if isinstance(item, dict) and "unit" in item and "source" in item:
            lines.append(f"{head} {_number(item)}")
        elif isinstance(item, (dict, list)):
            lines.append(head)
            lines += _indented(item, indent + "  ")
        else:
            lines.append(f"{head} {item}")
    return lines


def _is_unstated(item: object) -> bool:
    return isinstance(item, dict) and item.get("unknown") == "not stated in the knowledge base"


def _number(item: dict[str, Any]) -> str:
    value = item.get("value", f"{item.get('low')} to {item.get('high')}")
    text = f"{value} {item['unit']} ({item['kind']}; {item['source']}, {item['locator']}"
    return (
        text + ("; reviewed by " + item["reviewed"] if item["reviewed"] else "; unreviewed") + ")"
    )


def _search(options: argparse.Namespace, knowledge: KnowledgeBase) -> str:
    from mesoplan.knowledge.search import SearchIndex

    hits = SearchIndex.of(knowledge).search(options.text)
    if options.json:
        found = [
            {"kind": hit.kind, "id": hit.id, "label": hit.label, "matched": hit.matched}
            for hit in hits
        ]
        return dumps({"text": options.text, "items": found}) + "\n"
    if not hits:
        return "nothing found\n"
    return "\n".join(f"{hit.kind:<14} {hit.id:<36} {hit.label}" for hit in hits) + "\n"


def _check(options: argparse.Namespace, knowledge: KnowledgeBase) -> str:
    from mesoplan.knowledge.audit import audit

    found = audit(knowledge)
    if options.json:
        return dumps(record_json(found)) + "\n"
    total = sum(count for _, count in found.numbers)
    lines = [f"release {found.release}", "", "records"]
    lines += [f"  {kind:<18}{count:>6}" for kind, count in found.records]
    lines += ["", f"clinical numbers ({total})"]
    lines += [f"  {kind:<18}{count:>6}" for kind, count in found.numbers]
    lines += [f"  {'unknown':<18}{found.unknown:>6}", f"  {'reviewed':<18}{found.reviewed:>6}"]
    lines += ["", "sources by how they were read"]
    lines += [f"  {how:<18}{count:>6}" for how, count in found.sources_by_reading]
    lines += ["", "every name resolves, every source is used, every number has unit and source"]
    return "\n".join(lines) + "\n"
