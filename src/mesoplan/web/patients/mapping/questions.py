"""The questions of the knowledge base that an intake asks, as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mesoplan.documents.patient_tables import STATED_ELSEWHERE
from mesoplan.knowledge.schema.facts import AskedAgain, FactDefinition
from mesoplan.vocabulary.patient import FactType
from mesoplan.vocabulary.quantity import Unit
from mesoplan.web.accounts.mapping import knowledge

LISTS = ("allergies", "medications")
"""Facts that are a list, or none."""

_OWN_KEYS = {
    "height": "patient.height_cm",
    "weight": "patient.weight_kg",
    "phototype": "patient.phototype",
    **{name: name for name in LISTS},
}
"""Facts whose key among the answers is not ``facts.ID`` (``mapping.tables``)."""

_GROUPS: Mapping[str, Promise] = MappingProxyType(
    {
        "pregnancy": _("Pregnancy"),
        "health": _("Health"),
        "allergies": _("Allergies"),
        "medicines": _("Medicines"),
        "skin": _("Skin"),
        "measurements": _("Measurements"),
        "dates": _("Dates"),
    }
)
"""Groups of facts in the order in which they are asked; others follow under their own names."""


class Kind(Enum):
    """What an answer is, and so how it is entered."""

    YES_NO = "yes-no"
    CHOICE = "choice"
    DAY = "day"
    QUANTITY = "quantity"
    LIST = "list"


_KINDS = {
    FactType.BOOLEAN: Kind.YES_NO,
    FactType.CHOICE: Kind.CHOICE,
    FactType.DATE: Kind.DAY,
    FactType.QUANTITY: Kind.QUANTITY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. ``key`` is that of its gesture, ``units`` may be written, the first is kept.

    ``follows_from`` are facts that are asked instead, as long as they are open.
    """

    fact: str
    key: str
    label: str
    text: str
    kind: Kind
    group: str
    choices: tuple[tuple[str, str], ...]
    units: tuple[str, ...]
    is_for_each_session: bool
    follows_from: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions of one subject."""

    id: str
    label: str | Promise
    questions: tuple[Question, ...]


@cache
def groups() -> tuple[Group, ...]:
    """All questions of the knowledge base that concern the patient, by subject.

    Who she is stands in her row, an area in a request; what is computed is not asked.
    """
    asked = [
        _question(fact)
        for fact in knowledge().facts.values()
        if fact.id in _OWN_KEYS or fact.id not in STATED_ELSEWHERE
    ]
    names = dict.fromkeys((*_GROUPS, *(question.group for question in asked)))
    return tuple(
        Group(
            id=name,
            label=_GROUPS.get(name, name.capitalize()),
            questions=tuple(sorted(_of(name, asked), key=lambda one: bool(one.follows_from))),
        )
        for name in names
        if _of(name, asked)
    )


def _of(group: str, asked: list[Question]) -> list[Question]:
    return [question for question in asked if question.group == group]


@cache
def questions() -> Mapping[str, Question]:
    """All questions by the key of their gesture, in the order of their groups."""
    return MappingProxyType({one.key: one for group in groups() for one in group.questions})


@cache
def key_of() -> Mapping[str, str]:
    """The key of the gesture by the id of the fact."""
    return MappingProxyType({one.fact: key for key, one in questions().items()})


def _question(fact: FactDefinition) -> Question:
    return Question(
        fact=fact.id,
        key=_OWN_KEYS.get(fact.id, f"facts.{fact.id}"),
        label=fact.label,
        text=fact.question,
        kind=Kind.LIST if fact.id in LISTS else _KINDS[fact.type],
        group=fact.group,
        choices=tuple(fact.choices.items()),
        units=tuple(unit.symbol for unit in _units(fact)),
        is_for_each_session=fact.asked_again is AskedAgain.EACH_SESSION,
        follows_from=fact.asked_as,
    )


_FEWEST, _MOST = Decimal("0.1"), Decimal(999)
"""A unit is offered in which what can be written has at most three digits before the sign."""


def _units(fact: FactDefinition) -> tuple[Unit, ...]:
    """The unit of a quantity, and others in which people write it: metres beside centimetres."""
    if fact.unit is None:
        return ()
    bounds = fact.plausible
    others = [
        unit
        for unit in Unit
        if unit is not fact.unit and bounds is not None and unit.converts_to(fact.unit)
        if bounds.low.amount_in(unit) >= _FEWEST and bounds.high.amount_in(unit) <= _MOST
    ]
    return (fact.unit, *others)
