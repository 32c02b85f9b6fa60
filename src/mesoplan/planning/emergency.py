"""The emergency card: steps, signs and kit of one emergency, with its doses for one person.

A dose that depends on the weight is worked out only where the weight is known; else the rule for
each kilogram stands as its source states it. Every cap is applied, and rounding never adds drug.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from mesoplan.knowledge.reading import nearest_name
from mesoplan.vocabulary.answer import Known, NotApplicable, Truth, Unknown, all_of, truth_of
from mesoplan.vocabulary.errors import ClinicalInputError, UnknownNameError
from mesoplan.vocabulary.quantity import Dimension, Quantity, Unit
from mesoplan.vocabulary.source import ClinicalNumber

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.care import CareItem
    from mesoplan.knowledge.schema.emergencies import Band, DoseRule, Emergency, EmergencyDrug
    from mesoplan.knowledge.schema.numbers import MaybeNumber

Measured: TypeAlias = Known[Quantity] | Unknown
"""A weight or an age: known, or unknown and why."""

TIMES_BODY_WEIGHT: Mapping[Unit, Unit] = MappingProxyType(
    {
        Unit.UG_PER_KG: Unit.UG,
        Unit.MG_PER_KG: Unit.MG,
        Unit.IU_PER_KG: Unit.IU,
        Unit.ML_PER_KG: Unit.ML,
        Unit.ML_PER_KG_H: Unit.ML_PER_H,
        Unit.ML_PER_KG_MIN: Unit.ML_PER_MIN,
    }
)
"""What an amount for each kilogram is stated in once it is multiplied by kilograms."""

_VOLUME_OF: Mapping[Dimension, tuple[Unit, Unit]] = MappingProxyType(
    {
        Dimension.MASS: (Unit.MG, Unit.ML),
        Dimension.MASS_PER_BODY_MASS: (Unit.MG_PER_KG, Unit.ML_PER_KG),
    }
)
"""Doses that are drawn up as a volume: the unit they are divided in, and that of the volume."""

SHOWN_DIGITS = 3
"""Significant digits of a dose as it is shown: what a syringe or a pump can be set to."""

_SHOWN = Context(prec=SHOWN_DIGITS, rounding=ROUND_DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSpan:
    """A dose from its lower to its upper end; both are the same where the source gives one."""

    low: Quantity
    high: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDose:
    """One dose of the card for one person.

    ``applies``: whether the dose is meant for this person (true, or unknown for want of weight or
    age; doses that are not meant are left out). ``dose`` is exact, with every cap applied;
    ``capped`` says that a cap lowered it. ``volume`` is the dose as it is drawn up, and
    ``rule_volume`` the same for the rule as stated; not applicable where the dose is no mass.
    ``total`` is the most altogether.
    """

    rule: DoseRule
    applies: Truth
    dose: Known[DoseSpan] | Unknown
    capped: bool
    volume: Known[DoseSpan] | Unknown | NotApplicable
    rule_volume: Known[DoseSpan] | Unknown | NotApplicable
    total: Known[Quantity] | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDrug:
    """A drug of the card, its doses, and the item of the kit that holds it (``None``: none)."""

    drug: EmergencyDrug
    doses: tuple[CardDose, ...]
    kit: CareItem | None

    @property
    def lead(self) -> tuple[CardDose, ...]:
        """What stands in large type: of the source that leads, one dose for each purpose.

        Of several ages the first stands there, which in the data is that of adults.
        """
        if not self.doses or isinstance(self.doses[0].rule.amount, Unknown):
            return self.doses[:1]
        source = self.doses[0].rule.amount.citation.id
        found: dict[str, CardDose] = {}
        for dose in self.doses:
            amount = dose.rule.amount
            if isinstance(amount, ClinicalNumber) and amount.citation.id == source:
                found.setdefault(dose.rule.purpose, dose)
        return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyCard:
    """Everything that one card says, for one person or for nobody in particular.

    ``numbers`` and ``reviewed`` count the sourced numbers of the card and those of them that a
    clinician has signed.
    """

    emergency: Emergency
    weight: Measured
    age: Measured
    drugs: tuple[CardDrug, ...]
    kit: tuple[CareItem, ...]
    numbers: int
    reviewed: int
    knowledge_release: str


def emergency_card(
    emergency: str, knowledge: KnowledgeBase, *, weight: Measured, age: Measured
) -> EmergencyCard:
    """The card of one emergency.

    ``weight`` is a mass; ``age`` is in completed years, or in months under two years.

    Raises:
        UnknownNameError: there is no such emergency.
        ClinicalInputError: a weight or age of another dimension, or outside the bounds of entry.
    """
    if emergency not in knowledge.emergencies:
        raise UnknownNameError(
            expected="the id of one of the emergencies",
            came=emergency,
            nearest=nearest_name(emergency, knowledge.emergencies),
        )
    _refuse_slips(weight, "weight", knowledge)
    _refuse_slips(age, "age", knowledge)
    record = knowledge.emergencies[emergency]
    stated = [number for drug in record.drugs for number in drug.numbers]
    return EmergencyCard(
        emergency=record,
        weight=weight,
        age=age,
        drugs=tuple(
            CardDrug(
                drug=drug,
                doses=_doses(drug, weight, age),
                kit=knowledge.care[drug.kit] if drug.kit else None,
            )
            for drug in record.drugs
        ),
        kit=tuple(knowledge.care[item] for item in record.kit_items),
        numbers=len(stated),
        reviewed=sum(bool(number.reviewed) for number in stated),
        knowledge_release=knowledge.release,
    )


def emergency_cards(
    knowledge: KnowledgeBase, *, weight: Measured, age: Measured
) -> tuple[EmergencyCard, ...]:
    """Every card, in the order in which they hang on the wall."""
    records = sorted(knowledge.emergencies.values(), key=lambda record: (record.order, record.id))
    return tuple(emergency_card(record.id, knowledge, weight=weight, age=age) for record in records)


def shown(quantity: Quantity) -> Quantity:
    """A dose as it is shown: rounded down to three significant digits, so that none is added."""
    return Quantity(_SHOWN.plus(quantity.amount), quantity.unit)


def _refuse_slips(measured: Measured, fact: str, knowledge: KnowledgeBase) -> None:
    """Refuse what the entry of the fact would refuse."""
    bounds = knowledge.facts[fact].plausible
    if isinstance(measured, Unknown) or bounds is None:
        return
    if not bounds.low <= measured.value <= bounds.high:
        raise ClinicalInputError(
            expected=f"{knowledge.facts[fact].label.lower()} from {bounds}",
            came=str(measured.value),
            key=fact,
        )


def _doses(drug: EmergencyDrug, weight: Measured, age: Measured) -> tuple[CardDose, ...]:
    found = []
    for rule in drug.doses:
        applies = all_of((_holds(rule.ages, age), _holds(rule.weights, weight)))
        if applies is not Truth.FALSE:
            found.append(_dose(rule, drug.strength, applies, weight))
    return tuple(found)


def _holds(band: Band, measured: Measured) -> Truth:
    if band.is_open:
        return Truth.TRUE
    if isinstance(measured, Unknown):
        return Truth.UNKNOWN
    return truth_of(band.holds(measured.value))


def _dose(rule: DoseRule, strength: MaybeNumber, applies: Truth, weight: Measured) -> CardDose:
    total = _for_person(rule.total, weight)
    uncapped = _span(rule, applies, weight)
    dose = uncapped
    if isinstance(uncapped, Known):
        caps = [_for_person(rule.maximum, weight), total]
        dose = Known(_capped(uncapped.value, [cap.value for cap in caps if isinstance(cap, Known)]))
    return CardDose(
        rule=rule,
        applies=applies,
        dose=dose,
        capped=dose != uncapped,
        volume=_drawn_up(dose, strength),
        rule_volume=_drawn_up(_as_stated(rule), strength),
        total=total,
    )


def _as_stated(rule: DoseRule) -> Known[DoseSpan] | Unknown:
    if isinstance(rule.amount, Unknown):
        return rule.amount
    return Known(DoseSpan(low=rule.amount.low, high=rule.amount.high))


def _span(rule: DoseRule, applies: Truth, weight: Measured) -> Known[DoseSpan] | Unknown:
    """The dose for the person before any cap."""
    if isinstance(rule.amount, Unknown):
        return rule.amount
    if rule.needs_weight and isinstance(weight, Unknown):
        return Unknown("the weight is not known")
    if applies is Truth.UNKNOWN:
        return Unknown("the age is not known")
    ends = [_times(end, weight) for end in (rule.amount.low, rule.amount.high)]
    return Known(DoseSpan(low=ends[0], high=ends[1]))


def _for_person(number: MaybeNumber, weight: Measured) -> Known[Quantity] | Unknown:
    """A cap for the person; unknown where it is for each kilogram and the weight is unknown."""
    if isinstance(number, Unknown):
        return number
    if number.low.unit in TIMES_BODY_WEIGHT and isinstance(weight, Unknown):
        return Unknown("the weight is not known")
    return Known(_times(number.low, weight))


def _times(quantity: Quantity, weight: Measured) -> Quantity:
    """The quantity itself, or multiplied by the weight where it is stated for each kilogram."""
    unit = TIMES_BODY_WEIGHT.get(quantity.unit)
    if unit is None or isinstance(weight, Unknown):
        return quantity
    return Quantity(quantity.amount * weight.value.amount_in(Unit.KG), unit)


def _capped(span: DoseSpan, caps: list[Quantity]) -> DoseSpan:
    """Both ends under every cap that is comparable; a rate and a volume are not."""
    low, high = span.low, span.high
    for cap in caps:
        if cap.unit.converts_to(low.unit):
            low, high = min(low, cap.to(low.unit)), min(high, cap.to(high.unit))
    return DoseSpan(low=low, high=high)


def _drawn_up(
    dose: Known[DoseSpan] | Unknown, strength: MaybeNumber
) -> Known[DoseSpan] | Unknown | NotApplicable:
    """The volume that holds the dose at the strength."""
    if isinstance(dose, Unknown):
        return dose
    units = _VOLUME_OF.get(dose.value.low.unit.dimension)
    if units is None:
        return NotApplicable("the dose is no mass")
    if not isinstance(strength, ClinicalNumber):
        return strength
    divided, unit = units
    per_volume = strength.low.amount_in(Unit.MG_PER_ML)
    ends = [
        Quantity(end.amount_in(divided) / per_volume, unit)
        for end in (dose.value.low, dose.value.high)
    ]
    return Known(DoseSpan(low=ends[0], high=ends[1]))
