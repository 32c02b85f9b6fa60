"""Conditions over facts, and the applicability of a record, as data.

A condition in a data file::

    when = "pregnant"                                       # a boolean fact answered yes
    when = {all = ["cardiac_disease", "several_cardiac_medicines"]}
    when = {any = [...]}      when = {not = ...}
    when = {fact = "age", below = "age_limit"}              # a number named in the record
    when = {fact = "hba1c", above = "hba1c_limit"}          # also at_least, at_most
    when = {fact = "last_vaccination", within = "wait"}     # a date less than so long ago
    when = {fact = "phototype", in = ["4", "5", "6"]}
    when = {atc = ["B01AA"]}                                # a medicine of these groups is taken
    when = {atc = ["C01", "C07"], at_least = "several"}     # so many medicines of these groups
    when = {sex = "male"}
    when = {allergy_group = ["hymenoptera"]}
    when = {answered_none = "allergies"}                    # also "medications"
    when = {site = ["active-herpes"]}                       # a finding on the skin of the zone
    when = {check = "component-allergy"}                    # decided by the program, see Check
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from mesoplan.knowledge.reading import Table
from mesoplan.vocabulary.patient import Sex


class Comparison(Enum):
    """How a quantity, or the time since a date, is compared with a number."""

    BELOW = "below"
    ABOVE = "above"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    WITHIN = "within"


class Check(Enum):
    """What cannot be said over single facts and is decided by the program itself."""

    COMPONENT_ALLERGY = "component-allergy"
    ROUTE_NOT_APPROVED = "route-not-approved"
    SUBSTANCE_FORBIDDEN = "substance-forbidden"
    MIXTURE_NOT_ALLOWED = "mixture-not-allowed"
    INDICATION_FORBIDDEN = "indication-forbidden"
    MIXTURE_USED_TOGETHER = "mixture-used-together"
    MIXTURE_WITHOUT_DATA = "mixture-without-data"
    MIXTURE_INCOMPATIBLE = "mixture-incompatible"
    WEIGHT_FOR_LIMIT = "weight-for-limit"
    PRACTITIONER_NOT_AUTHORISED = "practitioner-not-authorised"
    OTHER_ALLERGY = "other-allergy"
    OTHER_MEDICINE = "other-medicine"
    ANSWERS_DISAGREE = "answers-disagree"
    LISTED_ALLERGY = "listed-allergy"
    WOULD_BE_GIVEN = "would-be-given"
    """Always true: the rule speaks wherever it applies, whoever the patient is."""


@dataclass(frozen=True, slots=True)
class FactIsYes:
    """A boolean fact answered yes."""

    fact: str


@dataclass(frozen=True, slots=True)
class FactCompares:
    """A quantity fact, or the time since a date fact, compared with a number of the record."""

    fact: str
    comparison: Comparison
    number: str


@dataclass(frozen=True, slots=True)
class FactIsOneOf:
    """A choice fact answered with one of these."""

    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakesMedicine:
    """Medicines under these ATC prefixes are taken, one or at least so many."""

    prefixes: tuple[str, ...]
    at_least: str = ""


@dataclass(frozen=True, slots=True)
class SexIs:
    """The recorded sex."""

    sex: Sex


@dataclass(frozen=True, slots=True)
class AllergicToGroup:
    """A known allergy in one of these groups."""

    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnsweredNone:
    """The whole list of allergies or of medications was answered with none."""

    table: str


@dataclass(frozen=True, slots=True)
class SiteHas:
    """One of these findings lies on the skin of the zone."""

    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgramCheck:
    """A check that the program makes."""

    check: Check


@dataclass(frozen=True, slots=True)
class AllOf:
    """Kleene's and."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Kleene's or."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    part: Condition


Condition: TypeAlias = (
    FactIsYes
    | FactCompares
    | FactIsOneOf
    | TakesMedicine
    | SexIs
    | AllergicToGroup
    | AnsweredNone
    | SiteHas
    | ProgramCheck
    | AllOf
    | AnyOf
    | Not
)


def read_condition(table: Table, key: str) -> Condition:
    """The condition under a key."""
    return _condition(table.required(key, "a condition"), table, key)


def _condition(data: object, table: Table, key: str) -> Condition:
    if isinstance(data, str):
        return FactIsYes(data)
    inner = Table(data, place=table.place, key=table.path(key), error=type(table.refusal("", "")))
    condition = _from_table(inner)
    inner.close()
    return condition


def _from_table(table: Table) -> Condition:
    for word, form in (("all", AllOf), ("any", AnyOf)):
        if table.has(word):
            parts = table.raw(word)
            if not isinstance(parts, list) or not parts:
                raise table.refusal("a list of conditions", parts, word)
            return form(tuple(_condition(part, table, word) for part in parts))
    if table.has("not"):
        return Not(_condition(table.raw("not"), table, "not"))
    if table.has("fact"):
        return _about_fact(table)
    if table.has("atc"):
        return TakesMedicine(table.texts("atc"), table.optional_text("at_least"))
    if table.has("sex"):
        return SexIs(table.choice("sex", Sex))
    if table.has("allergy_group"):
        return AllergicToGroup(table.texts("allergy_group"))
    if table.has("answered_none"):
        name = table.text("answered_none")
        if name not in {"allergies", "medications"}:
            raise table.refusal("allergies or medications", name, "answered_none")
        return AnsweredNone(name)
    if table.has("site"):
        return SiteHas(table.texts("site"))
    return ProgramCheck(table.choice("check", Check))


def _about_fact(table: Table) -> Condition:
    fact = table.text("fact")
    if table.has("in"):
        return FactIsOneOf(fact, table.texts("in"))
    for comparison in Comparison:
        if table.has(comparison.value):
            return FactCompares(fact, comparison, table.text(comparison.value))
    words = ", ".join(comparison.value for comparison in Comparison)
    raise table.refusal(f"a comparison with the fact: in, {words}", fact, "fact")


def facts_of(condition: Condition) -> tuple[str, ...]:
    """The facts that a condition reads, in reading order, each once."""
    match condition:
        case FactIsYes(fact) | FactCompares(fact, _, _) | FactIsOneOf(fact, _):
            return (fact,)
        case AllOf(parts) | AnyOf(parts):
            return tuple(dict.fromkeys(fact for part in parts for fact in facts_of(part)))
        case Not(part):
            return facts_of(part)
        case TakesMedicine():
            return ("medications",)
        case AllergicToGroup():
            return ("allergies",)
        case AnsweredNone(table):
            return (table,)
        case SexIs():
            return ("sex",)
        case SiteHas():
            return ("skin_problem_at_site",)
        case ProgramCheck():
            return ()


class Purpose(Enum):
    """What an indication is for."""

    AESTHETIC = "aesthetic"
    THERAPEUTIC = "therapeutic"


class Route(Enum):
    """The way into the body."""

    EPIDERMAL = "epidermal"
    INTRADERMAL = "intradermal"
    SUBCUTANEOUS = "subcutaneous"
    TOPICAL = "topical"
    ELECTROPORATION = "electroporation"
    INTRAMUSCULAR = "intramuscular"
    INTRAVENOUS = "intravenous"
    INTRA_ARTICULAR = "intra-articular"
    ORAL = "oral"
    INHALED = "inhaled"
    OPHTHALMIC = "ophthalmic"

    @property
    def is_injection(self) -> bool:
        """Whether a needle goes through the skin."""
        return self not in {
            Route.TOPICAL,
            Route.ELECTROPORATION,
            Route.ORAL,
            Route.INHALED,
            Route.OPHTHALMIC,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicability:
    """When a record speaks at all. An empty list sets no condition; all lists must agree.

    ``components`` are substances of the mixture, ``component_groups`` their allergen or class
    groups. ``sexes`` and ``needs`` are silent only where the fact is known: a record for women
    still applies to a patient of unknown sex, and ``needs = ["can_become_pregnant"]`` is silent
    only where that is known to be no (age limits are numbers with a source: they stand in rules
    and derivations, never here).
    """

    purposes: tuple[Purpose, ...] = ()
    indications: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    components: tuple[str, ...] = ()
    component_groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sexes: tuple[Sex, ...] = ()
    needs: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()


EVERYWHERE = Applicability()


def read_applicability(table: Table) -> Applicability:
    """The applicability of a record from its ``applies_when`` table."""
    return Applicability(
        purposes=table.choices("purposes", Purpose),
        indications=table.texts("indications"),
        techniques=table.texts("techniques"),
        routes=table.choices("routes", Route),
        components=table.texts("components"),
        component_groups=table.texts("component_groups"),
        regions=table.texts("regions"),
        sexes=table.choices("sexes", Sex),
        needs=table.texts("needs"),
        policies=table.texts("policies"),
    )


def applicability(table: Table) -> Applicability:
    """``applies_when`` of a record, everywhere where it is left out."""
    return table.one("applies_when", read_applicability) or EVERYWHERE
