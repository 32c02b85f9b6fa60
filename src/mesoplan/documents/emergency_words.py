"""The words of an emergency card: one dose, whom it is for, and its limits, as plain sentences.

Doses for one person are rounded down to what a syringe or a pump can be set to; what a source
states is printed as it states it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from mesoplan.documents.pdf_words import in_words, number
from mesoplan.knowledge.schema.conditions import Route
from mesoplan.knowledge.schema.numbers import NOT_STATED
from mesoplan.planning.emergency import shown
from mesoplan.vocabulary.answer import Known, Unknown
from mesoplan.vocabulary.source import ClinicalNumber

if TYPE_CHECKING:
    from mesoplan.knowledge.schema.emergencies import Band, DoseRule
    from mesoplan.knowledge.schema.numbers import MaybeNumber
    from mesoplan.planning.emergency import CardDose, DoseSpan, EmergencyCard

ROUTES: Mapping[Route, str] = MappingProxyType(
    {
        Route.INTRAMUSCULAR: "into the muscle",
        Route.INTRAVENOUS: "into a vein",
        Route.SUBCUTANEOUS: "under the skin",
        Route.INTRADERMAL: "into the skin",
        Route.EPIDERMAL: "onto the pricked skin",
        Route.TOPICAL: "on the skin",
        Route.INTRA_ARTICULAR: "into the joint",
        Route.ELECTROPORATION: "by electroporation",
        Route.ORAL: "by mouth",
        Route.INHALED: "breathed in",
        Route.OPHTHALMIC: "into the eye",
    }
)
"""How a route is said on a card."""

NOT_KNOWN = "not known"


def people(rule: DoseRule) -> str:
    """Whom the dose is for: ``over 12 years``, ``under 70 kg``; empty for everybody."""
    return ", ".join(text for text in (_band(rule.ages), _band(rule.weights)) if text)


def _band(band: Band) -> str:
    if band.is_open:
        return ""
    if band.start is not None and band.end is not None:
        one_unit = band.start.unit is band.end.unit
        start = number(band.start.amount) if one_unit else in_words(band.start)
        return f"{start} to {in_words(band.end)}"
    if band.end is not None:
        return f"{'under' if band.end_excluded else 'up to'} {in_words(band.end)}"
    assert band.start is not None  # noqa: S101 - a band is open or has an end
    return f"{'over' if band.start_excluded else 'from'} {in_words(band.start)}"


def where(rule: DoseRule) -> str:
    """The way in, and the place where the source names one."""
    route = ROUTES[rule.route]
    return f"{route}, {rule.site}" if rule.site else route


def stated(dose: CardDose) -> str:
    """The dose as its source states it, with the volume of it and its cap."""
    rule = dose.rule
    if isinstance(rule.amount, Unknown):
        return f"dose {NOT_KNOWN}: {rule.amount.reason}"
    text = f"at least {ends(rule.amount)}" if rule.at_least else ends(rule.amount)
    if isinstance(dose.rule_volume, Known):
        text += f" = {span(dose.rule_volume.value, exact=True)}"
    if isinstance(rule.maximum, ClinicalNumber) and rule.needs_weight:
        text += f", at most {ends(rule.maximum)}"
    return text


def lead(dose: CardDose) -> str:
    """The dose in one line, for large type: whose, how much, where, in what time."""
    rule = dose.rule
    if isinstance(rule.amount, Unknown):
        return f"dose {NOT_KNOWN}"
    meant = people(rule)
    head = f"{rule.purpose}, {meant}" if meant else rule.purpose
    over = f" over {ends(rule.over)}" if isinstance(rule.over, ClinicalNumber) else ""
    return f"{head}: {for_person(dose) or stated(dose)}{over}, {where(rule)}"


def for_person(dose: CardDose) -> str:
    """The dose of this person, or empty where weight or age leaves it open."""
    if not isinstance(dose.dose, Known):
        return ""
    text = span(dose.dose.value)
    if dose.rule.at_least:
        text = f"at least {text}"
    if isinstance(dose.volume, Known):
        text += f" = {span(dose.volume.value)}"
    return f"{text} (the cap)" if dose.capped else text


def again(rule: DoseRule) -> str:
    """In what time it is given, when again, and how often."""
    parts = [f"over {ends(rule.over)}"] if isinstance(rule.over, ClinicalNumber) else []
    if rule.until:
        parts.append(rule.until)
    if isinstance(rule.repeat, ClinicalNumber):
        parts.append(f"again after {ends(rule.repeat)}")
    elif rule.repeat != NOT_STATED:
        parts.append(f"interval {NOT_KNOWN}: {rule.repeat.reason}")
    if isinstance(rule.times, ClinicalNumber):
        parts.append(f"{ends(rule.times)} times in all")
    return "; ".join(parts)


def most(dose: CardDose) -> str:
    """The most in one dose where that is not known, and the most altogether."""
    rule, parts = dose.rule, []
    if rule.needs_weight and isinstance(rule.maximum, Unknown) and rule.maximum != NOT_STATED:
        parts.append(f"most in one dose {NOT_KNOWN}: {rule.maximum.reason}")
    if in_all(dose):
        parts.append(in_all(dose))
    elif isinstance(rule.total, Unknown) and rule.total != NOT_STATED:
        parts.append(f"most in all {NOT_KNOWN}: {rule.total.reason}")
    return "; ".join(parts)


def in_all(dose: CardDose) -> str:
    """The most altogether, as stated and for this person; empty where it is not known."""
    total = dose.rule.total
    if isinstance(total, Unknown):
        return ""
    text = f"in all at most {ends(total)}"
    if isinstance(dose.total, Known) and dose.total.value.unit is not total.low.unit:
        text += f" = {in_words(shown(dose.total.value))}"
    return text


def ends(stated_number: ClinicalNumber) -> str:
    """A number or a range as the source states it."""
    if stated_number.is_range:
        return f"{number(stated_number.low.amount)} to {in_words(stated_number.high)}"
    return in_words(stated_number.low)


def span(dose: DoseSpan, *, exact: bool = False) -> str:
    """A dose from its lower to its upper end, rounded down unless it is as stated."""
    low, high = (dose.low, dose.high) if exact else (shown(dose.low), shown(dose.high))
    if low == high:
        return in_words(high)
    return f"{number(low.amount)} to {in_words(high)}"


def strength(maybe: MaybeNumber) -> str:
    """The strength of a drug, or empty where none is stated."""
    return ends(maybe) if isinstance(maybe, ClinicalNumber) else ""


def person(card: EmergencyCard) -> str:
    """For whom the doses are worked out."""
    known = [
        f"{label} {in_words(item.value)}"
        for label, item in (("weight", card.weight), ("age", card.age))
        if isinstance(item, Known)
    ]
    missing = [
        label
        for label, item in (("weight", card.weight), ("age", card.age))
        if isinstance(item, Unknown)
    ]
    if not known:
        return "For everybody: weight and age not known"
    text = f"For one person only: {', '.join(known)}"
    return f"{text}; {' and '.join(missing)} not known" if missing else text


def signed_sentence(cards: tuple[EmergencyCard, ...]) -> str:
    """How many of the sourced numbers a clinician has signed."""
    numbers = sum(card.numbers for card in cards)
    reviewed = sum(card.reviewed for card in cards)
    if not numbers:
        return "This card states no dose that was read in a source."
    if not reviewed:
        return f"None of the {numbers} sourced numbers has been signed by a clinician yet."
    return f"{reviewed} of the {numbers} sourced numbers have been signed by a clinician."
