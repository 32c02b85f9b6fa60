"""The tables of a case file that speak of the patient: facts, allergies, medicines, sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mesoplan.knowledge.reading import Table, nearest_name
from mesoplan.knowledge.schema.facts import FactDefinition
from mesoplan.vocabulary.answer import Answer, Known, NotApplicable, Unknown
from mesoplan.vocabulary.codes import AtcCode
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.patient import (
    NOT_ASKED,
    NOTHING_FOUND,
    Allergies,
    FactType,
    FactValue,
    Medications,
    PatientFacts,
    Sex,
    Side,
    SiteFinding,
)
from mesoplan.vocabulary.quantity import Quantity, Unit, parse_quantity

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase

_MEASURED = {"height": ("height_cm", Unit.CM), "weight": ("weight_kg", Unit.KG)}
STATED_ELSEWHERE = MappingProxyType(
    {
        "birth_date": "[patient] birth_date",
        "sex": "[patient] sex",
        "height": "[patient] height_cm",
        "weight": "[patient] weight_kg",
        "phototype": "[patient] phototype",
        "age": "[patient] birth_date",
        "body_mass_index": "[patient] height_cm and weight_kg",
        "zone_area": "[[request.zone]] area_cm2",
        "allergies": "the table [allergies]",
        "medications": "the table [medications]",
    }
)
"""Facts of the base that a case file states in other tables, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientTable:
    """What ``[patient]`` says."""

    birth_date: Answer[date]
    sex: Sex
    measurements: Mapping[str, Answer[FactValue]]
    girths: Mapping[str, Quantity]


def read_patient_facts(table: Table, knowledge: KnowledgeBase, at: date) -> PatientFacts:
    """All tables of a case document that speak of the patient.

    Raises:
        ClinicalInputError: something in them cannot be taken as meant; ``key`` says what.
    """
    patient = read_patient(table.optional_table("patient"), knowledge, at)
    answers = read_facts(table.optional_table("facts"), knowledge, at)
    return PatientFacts(
        birth_date=patient.birth_date,
        sex=patient.sex,
        answers=MappingProxyType({**patient.measurements, **answers}),
        girths=patient.girths,
        allergies=read_allergies(table.optional_table("allergies"), knowledge),
        medications=read_medications(table.optional_table("medications"), knowledge),
        sites=table.each("site", lambda item: read_site(item, knowledge)),
    )


def read_patient(table: Table | None, knowledge: KnowledgeBase, at: date) -> PatientTable:
    """``[patient]``: anything may be left out and is then unknown."""
    if table is None:
        nothing: Mapping[str, Any] = MappingProxyType({})
        return PatientTable(
            birth_date=NOT_ASKED, sex=Sex.UNKNOWN, measurements=nothing, girths=nothing
        )
    measurements: dict[str, Answer[FactValue]] = {}
    for fact, (key, unit) in _MEASURED.items():
        if table.has(key):
            value = Quantity(table.decimal(key), unit)
            _check_plausible(value, knowledge.facts[fact], table, key)
            measurements[fact] = Known(value)
    if table.has("phototype"):
        measurements["phototype"] = Known(_phototype(table, knowledge))
    found = PatientTable(
        birth_date=_birth_date(table, knowledge, at),
        sex=table.optional_choice("sex", Sex, Sex.UNKNOWN),
        measurements=MappingProxyType(measurements),
        girths=_girths(table.optional_table("girths_cm"), knowledge),
    )
    table.close()
    return found


def _birth_date(table: Table, knowledge: KnowledgeBase, at: date) -> Answer[date]:
    if not table.has("birth_date"):
        return NOT_ASKED
    birth = table.day("birth_date")
    if birth > at:
        raise table.refusal(f"a date not after at = {at.isoformat()}", birth, "birth_date")
    oldest = knowledge.facts["age"].plausible
    if oldest is not None and at.year - birth.year > oldest.high.amount:
        raise table.refusal(f"a person of at most {oldest.high}", birth, "birth_date")
    return Known(birth)


def _phototype(table: Table, knowledge: KnowledgeBase) -> str:
    choices = knowledge.facts["phototype"].choices
    value = str(table.whole("phototype"))
    if value not in choices:
        raise table.refusal(f"one of {', '.join(choices)}", value, "phototype")
    return value


def _girths(table: Table | None, knowledge: KnowledgeBase) -> Mapping[str, Quantity]:
    if table is None:
        return MappingProxyType({})
    largest = knowledge.facts["height"].plausible
    found = {}
    for key in table.keys():
        table.known(key, key, knowledge.regions, "region")
        girth = Quantity(table.decimal(key), Unit.CM)
        if girth.amount <= 0 or (largest is not None and girth > largest.high):
            raise table.refusal("a girth in centimetres", girth.amount, key)
        found[key] = girth
    return MappingProxyType(found)


def _check_plausible(value: Quantity, definition: FactDefinition, table: Table, key: str) -> None:
    bounds = definition.plausible
    if bounds is not None and not bounds.low <= value <= bounds.high:
        raise table.refusal(f"a value from {bounds}", str(value), key)


def read_facts(
    table: Table | None, knowledge: KnowledgeBase, at: date
) -> Mapping[str, Answer[FactValue]]:
    """``[facts]``: plain values, the word unknown, or a table that says who said it when."""
    if table is None:
        return MappingProxyType({})
    answers = {}
    for key in table.keys():
        if key in STATED_ELSEWHERE:
            raise table.refusal(f"this under {STATED_ELSEWHERE[key]}", table.raw(key), key)
        if key not in knowledge.facts:
            nearest = nearest_name(key, knowledge.facts)
            expected = "a fact of the knowledge base (mesoplan knowledge list facts)"
            raise table.refusal(expected, key, key, nearest=nearest)
        answers[key] = _answer(table, key, knowledge.facts[key], at)
    return MappingProxyType(answers)


def _answer(table: Table, key: str, definition: FactDefinition, at: date) -> Answer[FactValue]:
    raw = table.raw(key)
    if isinstance(raw, dict):
        inner = table.table(key)
        answer = _answer_with_speaker(inner, definition, at)
        inner.close()
        return answer
    if raw == "unknown" and "unknown" not in definition.choices:
        return Unknown("recorded as unknown")
    if raw == "never" and definition.type is FactType.DATE:
        return NotApplicable("recorded as never")
    if isinstance(raw, str) and raw in {"not-applicable", "never"}:
        expected = 'a table that says why and who said so: {not_applicable = "...", by = "..."}'
        raise table.refusal(expected, raw, key)
    return Known(_value(table, key, definition, at))


def _answer_with_speaker(table: Table, definition: FactDefinition, at: date) -> Answer[FactValue]:
    if table.has("unknown"):
        return Unknown(table.text("unknown"))
    if table.has("not_applicable"):
        return NotApplicable(table.text("not_applicable"), table.text("by"))
    value = _value(table, "value", definition, at)
    by = table.optional_text("by") or None
    said_at = table.day("at").isoformat() if table.has("at") else None
    return Known(value, by, said_at)


def _value(table: Table, key: str, definition: FactDefinition, at: date) -> FactValue:
    match definition.type:
        case FactType.BOOLEAN:
            return table.flag(key)
        case FactType.DATE:
            day = table.day(key)
            if day > at:
                raise table.refusal(f"a date not after at = {at.isoformat()}", day, key)
            return day
        case FactType.CHOICE:
            return table.known(key, table.text(key), definition.choices, "choice")
        case FactType.QUANTITY:
            return _quantity(table, key, definition)


def _quantity(table: Table, key: str, definition: FactDefinition) -> Quantity:
    raw = table.required(key, f"a number and a unit as text, such as '1 {definition.unit}'")
    try:
        value = parse_quantity(raw)
    except ClinicalInputError as error:
        raise error.at(place=table.place, key=table.path(key)) from error
    if definition.unit is not None and not value.unit.converts_to(definition.unit):
        raise table.refusal(f"a quantity in {definition.unit}", raw, key)
    _check_plausible(value, definition, table, key)
    return value


def read_allergies(table: Table | None, knowledge: KnowledgeBase) -> Answer[Allergies]:
    """``[allergies]``: none known, or substances, groups and other names; left out is unknown."""
    if table is None:
        return NOT_ASKED
    allergens = {name: item for name, item in knowledge.groups.items() if item.is_allergen}
    none = table.flag("none_known", default=False)
    substances = _names(table, "substances", knowledge.substances, "substance")
    groups = _names(table, "groups", allergens, "allergen group")
    other = table.texts("other")
    table.close()
    _none_or_some(table, "none_known", (*substances, *groups, *other), none=none)
    return Known(Allergies(none_known=none, substances=substances, groups=groups, other=other))


def read_medications(table: Table | None, knowledge: KnowledgeBase) -> Answer[Medications]:
    """``[medications]``: none, or names, ATC codes and other names; left out is unknown."""
    if table is None:
        return NOT_ASKED
    none = table.flag("none", default=False)
    names = _names(table, "names", knowledge.medicines, "medicine")
    codes = []
    for code in table.texts("atc"):
        try:
            codes.append(AtcCode(code).code)
        except ClinicalInputError as error:
            raise error.at(place=table.place, key=table.path("atc")) from error
    other = table.texts("other")
    for name in other:
        known = known_as(name, knowledge.medicines)
        if known is not None:
            expected = (
                f"a name that the base does not know; this one goes into `names` as {known!r}"
            )
            raise table.refusal(expected, name, "other")
    table.close()
    _none_or_some(table, "none", (*names, *codes, *other), none=none)
    return Known(Medications(none=none, names=names, atc=tuple(codes), other=other))


def _none_or_some(table: Table, key: str, named: tuple[str, ...], *, none: bool) -> None:
    if none and named:
        raise table.refusal(f"either {key} = true or entries", f"both, with {named[0]}", key)
    if not none and not named:
        raise table.refusal(f"{key} = true, or at least one entry", "neither", key)


def _names(table: Table, key: str, records: Mapping[str, Any], what: str) -> tuple[str, ...]:
    """Ids of records, found by id, label or synonym, capitals aside."""
    found = []
    for text in table.texts(key):
        match = known_as(text, records)
        if match is None:
            expected = f"a {what} that the knowledge base knows (other names go into `other`)"
            nearest = nearest_name(text, _all_names(records))
            raise table.refusal(expected, text, key, nearest=nearest)
        found.append(match)
    return tuple(dict.fromkeys(found))


def known_as(text: str, records: Mapping[str, Any]) -> str | None:
    """The record of that id, label or synonym, capitals aside."""
    return next((name for name, item in records.items() if _is_called(item, text)), None)


def _is_called(record: Any, text: str) -> bool:  # noqa: ANN401 - any record with names
    names = (record.id, record.label, *record.synonyms)
    return text.casefold() in {name.casefold() for name in names}


def _all_names(records: Mapping[str, Any]) -> Iterable[str]:
    return (name for item in records.values() for name in (item.id, item.label, *item.synonyms))


def read_site(table: Table, knowledge: KnowledgeBase) -> SiteFinding:
    """A ``[[site]]``: what is on the skin there; ``none`` says that it was inspected and clear."""
    region = table.name("region", knowledge.regions, "region")
    finding = table.text("finding")
    if finding != NOTHING_FOUND:
        table.known("finding", finding, knowledge.site_findings, "site finding")
    side = table.choice("side", Side) if table.has("side") else Side.BOTH
    return SiteFinding(region=region, side=side, finding=finding)
