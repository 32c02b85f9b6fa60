"""A plan and a refusal of fictional people, printed; and what readers find on the sheets."""

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from mesoplan.documents.pdf import write_pdf
from mesoplan.knowledge import KnowledgeBase, load_knowledge
from mesoplan.planning import Plan, Refusal, plan
from tests.lib.people import healthy_case, zone

LABEL = "Marta Lindqvist"
_HEAD = re.compile(r"^(Treatment plan|Reasoned refusal) .*?Knowledge [0-9a-f]{12} ")
_FOOT = re.compile(r" Decision support for professionals[^/]*/ \d+$")


@cache
def base() -> KnowledgeBase:
    """The knowledge base, read once."""
    return load_knowledge()


def decided(**changes: Any) -> Plan | Refusal:
    """The decision for the healthy adult with neck pain, and what differs."""
    case = healthy_case(base(), **changes)
    return plan(case.request, case.facts, base(), at=case.at)


@cache
def neck_plan() -> Plan:
    """Lidocaine against neck pain: doses with limits, studies, several sessions."""
    found = decided(request=zone("neck-pain", "neck", "both"))
    assert isinstance(found, Plan)
    return found


@cache
def open_refusal() -> Refusal:
    """Hardly anything is known of the patient: many reasons, many blanks, several pages."""
    found = decided(
        facts=dict.fromkeys(base().facts),
        allergies=None,
        medications=None,
        request=zone("neck-pain", "neck", "both"),
    )
    assert isinstance(found, Refusal)
    return found


@cache
def neck_pdf() -> bytes:
    """The plan on paper."""
    return write_pdf(neck_plan(), base(), patient_label=LABEL)


@cache
def refusal_pdf() -> bytes:
    """The refusal on paper, without a name."""
    return write_pdf(open_refusal(), base())


def text_of(content: bytes) -> str:
    """The text of all pages as one line without heads and feet, spaces of every width alike."""
    pages = (" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages)
    return " ".join(_FOOT.sub("", _HEAD.sub("", page)) for page in pages)


def letters(text: str) -> str:
    """The text without spaces and hidden breaks: readers differ in what a line break leaves."""
    return re.sub(r"[\s\u00ad\u200b]", "", text)


def runs_of(block: object) -> Iterator[dict[str, Any]]:
    """Every run and block anywhere inside a sheet."""
    if isinstance(block, dict):
        if "is" in block:
            yield block
        for item in block.values():
            yield from runs_of(item)
    elif isinstance(block, list):
        for item in block:
            yield from runs_of(item)
