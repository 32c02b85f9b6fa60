"""Who it is, on the printed sheet: the banner, and the words for facts, places and dates."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from mesoplan.documents.pdf_words import (
    Block,
    Runs,
    capital,
    clean,
    day,
    in_words,
    soft,
    strong,
    unknown,
    words,
)
from mesoplan.vocabulary.answer import Answer, Known, NotApplicable, Unknown
from mesoplan.vocabulary.patient import Allergies, Medications, Sex, Side
from mesoplan.vocabulary.quantity import Quantity

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.screening import Screening
    from mesoplan.vocabulary.request import Zone

SIDES = {
    Side.LEFT: "left",
    Side.RIGHT: "right",
    Side.BOTH: "both sides",
    Side.MIDLINE: "midline",
}
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
BANNER_FACTS = (
    ("anticoagulant_therapy", ""),
    ("pregnant", "can_become_pregnant"),
    ("breastfeeding", "can_breastfeed"),
)
"""Facts at the head of the sheet, each with the fact that can make it a question in vain."""


def place_of(zone: Zone, knowledge: KnowledgeBase) -> str:
    """The region and side of a zone in words."""
    return f"{knowledge.regions[zone.region].label.lower()}, {SIDES[zone.side]}"


def fact_label(fact: str, knowledge: KnowledgeBase) -> str:
    """The label of a fact, or its id as words where it is no fact of the base."""
    definition = knowledge.facts.get(fact)
    return definition.label if definition else capital(re.sub(r"[_.]", " ", fact))


_FACT_ID = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")


def with_labels(sentence: str, knowledge: KnowledgeBase) -> str:
    """A sentence of the program in which fact ids give way to their labels."""

    def label(found: re.Match[str]) -> str:
        definition = knowledge.facts.get(found.group())
        return definition.label.lower() if definition else found.group().replace("_", " ")

    return _FACT_ID.sub(label, sentence)


def patient_block(screening: Screening, knowledge: KnowledgeBase, label: str) -> Block:
    """Who it is, and what everyone in the room must know first; unknown stands as unknown."""
    facts, effective = screening.facts, screening.effective
    cells: list[tuple[str, Runs]] = [
        ("Patient", [strong(label)] if label.strip() else [{"is": "blank", "mm": 45}]),
        ("Born", _born(facts.birth_date, effective.answer("age"))),
        ("Sex (body model)", _sex(facts.sex)),
        ("Weight", _answer(facts.answer("weight"))),
        ("Height", _answer(facts.answer("height"))),
        ("Phototype", _answer(facts.answer("phototype"))),
        ("Allergies", _allergies(facts.allergies, knowledge)),
        ("Medicines", _medicines(facts.medications, knowledge)),
    ]
    cells += [
        (knowledge.facts[fact].label, _answer(effective.answer(fact)))
        for fact, gate in BANNER_FACTS
        if fact in knowledge.facts and not _is_known_no(effective.answer(gate))
    ]
    return {
        "is": "facts",
        "cells": [{"label": clean(name), "runs": runs} for name, runs in cells],
    }


def _is_known_no(answer: Answer[object]) -> bool:
    return isinstance(answer, Known) and answer.value is False


def _born(birth: Answer[object], age: Answer[object]) -> Runs:
    match birth, age:
        case Known(value=born), Known(value=Quantity() as years):
            return [words(dated(str(born))), soft(f" {in_words(years)}")]
        case _:
            return [unknown("unknown")]


def _sex(sex: Sex) -> Runs:
    return [unknown("unknown")] if sex is Sex.UNKNOWN else [words(sex.value)]


def _answer(answer: Answer[object]) -> Runs:
    match answer:
        case Known(value=Quantity() as quantity):
            return [words(in_words(quantity))]
        case Known(value=bool() as yes):
            return [words("yes" if yes else "no")]
        case Known(value=other):
            return [words(dated(str(other)))]
        case NotApplicable(reason=reason):
            return [words("does not apply"), soft(f" {reason}")]
        case Unknown():
            return [unknown("unknown")]


def dated(text: str) -> str:
    """A text in which dates are written out."""
    return _DATE.sub(lambda found: day(date.fromisoformat(found.group())), text)


def _allergies(answer: Answer[Allergies], knowledge: KnowledgeBase) -> Runs:
    match answer:
        case Known(value=found):
            if found.none_known:
                return [words("none known")]
            labels = [knowledge.substances[name].label for name in found.substances]
            labels += [knowledge.groups[name].label for name in found.groups]
            return [strong(", ".join([*labels, *found.other]) or "none named")]
        case Unknown() | NotApplicable():
            return [unknown("unknown")]


def _medicines(answer: Answer[Medications], knowledge: KnowledgeBase) -> Runs:
    match answer:
        case Known(value=found):
            if found.none:
                return [words("none")]
            labels = [
                knowledge.medicines[name].label if name in knowledge.medicines else name
                for name in found.names
            ]
            codes = [f"ATC {code}" for code in found.atc]
            return [strong(", ".join([*labels, *codes, *found.other]) or "none named")]
        case Unknown() | NotApplicable():
            return [unknown("unknown")]
