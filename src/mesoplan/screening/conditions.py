"""Evaluates a condition over facts: three values, the facts that decided, the answers missing."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from mesoplan.knowledge.schema.conditions import (
    AllergicToGroup,
    AllOf,
    AnsweredNone,
    AnyOf,
    Comparison,
    Condition,
    FactCompares,
    FactIsOneOf,
    FactIsYes,
    Not,
    ProgramCheck,
    SexIs,
    SiteHas,
    TakesMedicine,
)
from mesoplan.vocabulary.answer import (
    Answer,
    Known,
    NotApplicable,
    Truth,
    Unknown,
    all_of,
    any_of,
    truth_of,
)
from mesoplan.vocabulary.codes import AtcCode
from mesoplan.vocabulary.patient import FactValue, PatientFacts, Side, SiteFinding
from mesoplan.vocabulary.quantity import Dimension, Quantity, Unit, plain, rounded

if TYPE_CHECKING:
    from mesoplan.knowledge.schema.policies import Policy
    from mesoplan.vocabulary.source import ClinicalNumber


class Facts(Protocol):
    """What a condition reads: the answers that hold, and the lists as they were recorded."""

    @property
    def recorded(self) -> PatientFacts:
        """The patient as recorded: allergies, medicines, sites."""

    @property
    def allergy_groups(self) -> tuple[str, ...]:
        """Allergen groups that were named, and those of the substances that were named."""

    @property
    def medicine_codes(self) -> tuple[str, ...]:
        """ATC codes that were given, and those of the medicines that were named."""

    @property
    def given_today(self) -> tuple[str, ...]:
        """ATC codes of what is given in other zones of the same session."""

    def answer(self, fact: str) -> Answer[FactValue]:
        """The answer that holds for a fact."""


@dataclass(frozen=True, slots=True)
class Place:
    """The zone that a site condition looks at.

    ``around`` is its region with all larger ones: an inspection of any of them covers it.
    ``touching`` are all regions that share skin with it.
    """

    around: tuple[str, ...]
    touching: frozenset[str]
    side: Side


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The truth of a condition, the facts that decided it, and the answers that are missing."""

    truth: Truth
    because: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()


def evaluate(
    condition: Condition,
    numbers: Mapping[str, ClinicalNumber],
    *,
    facts: Facts,
    policy: Policy,
    at: date,
    place: Place | None = None,
) -> Evaluation:
    """The condition over the facts. ``place`` is the zone that ``site`` conditions look at.

    Raises:
        TypeError: the condition holds a program check, which only ``checks.py`` can decide.
    """

    def inner(part: Condition) -> Evaluation:
        return evaluate(part, numbers, facts=facts, policy=policy, at=at, place=place)

    match condition:
        case AllOf(parts):
            return _joined(tuple(inner(part) for part in parts), decided=Truth.FALSE)
        case AnyOf(parts):
            return _joined(tuple(inner(part) for part in parts), decided=Truth.TRUE)
        case Not(part):
            result = inner(part)
            return Evaluation(result.truth.negated(), result.because, result.missing)
        case FactIsYes(fact):
            return _about(fact, facts, lambda value: value is True)
        case FactIsOneOf(fact, values):
            return _about(fact, facts, lambda value: value in values)
        case FactCompares(fact, comparison, name):
            number = _number(name, numbers, policy)
            if number is None:
                return Evaluation(Truth.UNKNOWN)
            return _about(fact, facts, lambda value: compares(value, comparison, number, at))
        case SexIs(sex):
            return _about("sex", facts, lambda value: value == sex.value)
        case TakesMedicine():
            return _takes(condition, numbers, facts)
        case AllergicToGroup(groups):
            return _allergic(groups, facts)
        case AnsweredNone(table):
            return _about(table, facts, lambda value: value == "none")
        case SiteHas(findings):
            return _site(findings, facts, place)
        case ProgramCheck(check):
            message = f"the check {check.value} is no condition over facts"
            raise TypeError(message)


def _joined(parts: tuple[Evaluation, ...], decided: Truth) -> Evaluation:
    """And (decided by one false part) or or (decided by one true part) of the parts.

    Of an unknown "and" only the first open part is missing: answered no, it settles the rest, and
    nobody is asked in vain. Of an unknown "or" every open part is missing.
    """
    truths = tuple(part.truth for part in parts)
    truth = all_of(truths) if decided is Truth.FALSE else any_of(truths)
    relevant = [part for part in parts if part.truth is truth]
    because = dict.fromkeys(reason for part in relevant for reason in part.because)
    asking = relevant[:1] if decided is Truth.FALSE else relevant
    missing = dict.fromkeys(fact for part in asking for fact in part.missing)
    return Evaluation(truth, tuple(because), tuple(missing))


def _about(fact: str, facts: Facts, test: object) -> Evaluation:
    answer = facts.answer(fact)
    match answer:
        case Known(value=value):
            holds = bool(test(value))  # type: ignore[operator]
            return Evaluation(truth_of(holds), ((fact, shown(answer)),))
        case NotApplicable(reason=reason):
            return Evaluation(Truth.FALSE, ((fact, f"does not apply: {reason}"),))
        case Unknown():
            return Evaluation(Truth.UNKNOWN, missing=(fact,))


def compares(value: FactValue, comparison: Comparison, number: ClinicalNumber, at: date) -> bool:
    """A quantity compared with a number, or a date with a length of time before ``at``."""
    limit = number.value
    if isinstance(value, date) and comparison is Comparison.WITHIN:
        return at < later_by(value, limit)
    if not isinstance(value, Quantity):
        message = f"{value!r} cannot be compared by {comparison.value}"
        raise TypeError(message)
    match comparison:
        case Comparison.BELOW:
            return value < limit
        case Comparison.ABOVE:
            return value > limit
        case Comparison.AT_LEAST:
            return value >= limit
        case Comparison.AT_MOST:
            return value <= limit
        case Comparison.WITHIN:
            message = "a quantity cannot lie within a time"
            raise TypeError(message)


def later_by(day: date, time: Quantity) -> date:
    """The day so much later; months and years keep the day of the month.

    Where the month has no such day (29 February, 31 June) it is the first of the next: a wait
    never ends early, and nobody comes of age a day too soon.
    """
    if time.unit.dimension is Dimension.CALENDAR:
        months = int(time.amount_in(Unit.MONTH))
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        if day.day <= last:
            return date(year, month + 1, day.day)
        return date(year, month + 1, last) + timedelta(days=1)
    return day + timedelta(days=float(time.amount_in(Unit.D)))


def _number(
    name: str, numbers: Mapping[str, ClinicalNumber], policy: Policy
) -> ClinicalNumber | None:
    if name == "policy.no_pregnancy_from_age":
        number = policy.no_pregnancy_from_age
        return None if isinstance(number, Unknown) else number
    return numbers[name]


def _takes(
    condition: TakesMedicine, numbers: Mapping[str, ClinicalNumber], facts: Facts
) -> Evaluation:
    medications = facts.recorded.medications
    wanted = int(numbers[condition.at_least].value.amount) if condition.at_least else 1
    found = [
        f"{code} (given in another zone)"
        for code in facts.given_today
        if any(AtcCode(code).is_under(AtcCode(prefix)) for prefix in condition.prefixes)
    ]
    if len(found) >= wanted:
        return Evaluation(Truth.TRUE, (("medications", ", ".join(found)),))
    if not isinstance(medications, Known):
        return Evaluation(Truth.UNKNOWN, missing=("medications",))
    codes = [AtcCode(code) for code in facts.medicine_codes]
    prefixes = [AtcCode(prefix) for prefix in condition.prefixes]
    found += sorted(
        {code.code for code in codes if any(code.is_under(prefix) for prefix in prefixes)}
    )
    if len(found) >= wanted:
        return Evaluation(Truth.TRUE, (("medications", ", ".join(found)),))
    if any(prefix.is_under(code) and prefix != code for code in codes for prefix in prefixes):
        return Evaluation(Truth.UNKNOWN, missing=("medications.atc",))
    if medications.value.other:
        return Evaluation(Truth.UNKNOWN, missing=("medications.other",))
    said = "none" if medications.value.none else "none of this kind among those named"
    return Evaluation(Truth.FALSE, (("medications", said),))


def _allergic(groups: tuple[str, ...], facts: Facts) -> Evaluation:
    allergies = facts.recorded.allergies
    if not isinstance(allergies, Known):
        return Evaluation(Truth.UNKNOWN, missing=("allergies",))
    found = [group for group in facts.allergy_groups if group in groups]
    if found:
        return Evaluation(Truth.TRUE, (("allergies", ", ".join(found)),))
    if allergies.value.other:
        return Evaluation(Truth.UNKNOWN, missing=("allergies.other",))
    said = "none known" if allergies.value.none_known else "none of this kind among those named"
    return Evaluation(Truth.FALSE, (("allergies", said),))


def _site(findings: tuple[str, ...], facts: Facts, place: Place | None) -> Evaluation:
    """True where a finding touches the zone; false only where the whole zone was looked at.

    An entry covers a zone when its region holds the zone's and its sides hold the zone's.
    """
    fact = "skin_problem_at_site"
    sites = facts.recorded.sites
    here = [
        site
        for site in sites
        if place is None or (site.region in place.touching and sides_meet(site.side, place.side))
    ]
    found = [site for site in here if site.finding in findings]
    if found:
        seen = ", ".join(f"{site.finding} ({site.region}, {site.side.value})" for site in found)
        return Evaluation(Truth.TRUE, ((fact, seen),))
    answer = facts.answer(fact)
    if isinstance(answer, Known) and answer.value is False:
        return Evaluation(Truth.FALSE, ((fact, shown(answer)),))
    if place is not None and _covered(sites, place):
        return Evaluation(Truth.FALSE, ((fact, "inspected, nothing of this kind"),))
    return Evaluation(Truth.UNKNOWN, missing=("site" if isinstance(answer, Known) else fact,))


def _covered(sites: tuple[SiteFinding, ...], place: Place) -> bool:
    sides = {site.side for site in sites if site.region in place.around}
    return bool(sides & {Side.BOTH, place.side}) or {Side.LEFT, Side.RIGHT} <= sides


def sides_meet(one: Side, other: Side) -> bool:
    """Whether two sides share skin: left and right do not."""
    return {one, other} != {Side.LEFT, Side.RIGHT}


def shown(answer: Known[FactValue]) -> str:
    """A known answer as words: the value, and who said so when."""
    value = answer.value
    text = str(value)
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, Quantity):
        text = _short(value)
    said = ", ".join(part for part in (answer.by, answer.said_at) if part)
    return f"{text} ({said})" if said else text


_SHOWN_STEP = Quantity.of("0.01", Unit.COUNT).amount


def _short(value: Quantity) -> str:
    amount = plain(rounded(value, Quantity(_SHOWN_STEP, value.unit)).amount)
    if value.unit is Unit.YEAR and amount != "1":
        return f"{amount} years"
    return f"{amount} {value.unit}"
