"""Emergencies: how one is recognised, what is done in order, which drug in which dose.

A dose stands here as one source states it, with its basis, its cap and its interval. Two sources
that differ are two doses. What no source was read for is ``{unknown = "why"}``; nothing of a dose
may be assumed::

    {purpose = "each dose", route = "intramuscular", basis = "per-kg", repeat = {...},
     amount = {value = 0.01, unit = "mg/kg", kind = "label", source = "...", locator = "..."},
     maximum = {value = 0.5, unit = "mg", kind = "label", source = "...", locator = "..."}}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.conditions import Route
from mesoplan.knowledge.schema.numbers import (
    NOT_STATED,
    MaybeNumber,
    number,
    read_number,
    read_statement,
)
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Dimension, Quantity, parse_quantity
from mesoplan.vocabulary.source import Citation, ClinicalNumber, Kind, Statement, gathered


class DoseBasis(Enum):
    """What a dose is stated for: everybody it is meant for, or each kilogram of body weight."""

    FIXED = "fixed"
    PER_KILOGRAM = "per-kg"
    UNKNOWN = "unknown"


FIXED_DIMENSIONS = (
    Dimension.MASS,
    Dimension.VOLUME,
    Dimension.BIOLOGICAL_ACTIVITY,
    Dimension.VOLUME_RATE,
)
PER_KILOGRAM_DIMENSIONS = (
    Dimension.MASS_PER_BODY_MASS,
    Dimension.VOLUME_PER_BODY_MASS,
    Dimension.ACTIVITY_PER_BODY_MASS,
    Dimension.VOLUME_RATE_PER_BODY_MASS,
)
DOSE_DIMENSIONS = (*FIXED_DIMENSIONS, *PER_KILOGRAM_DIMENSIONS)
_DIMENSIONS = {
    DoseBasis.FIXED: FIXED_DIMENSIONS,
    DoseBasis.PER_KILOGRAM: PER_KILOGRAM_DIMENSIONS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Whom a dose is meant for, by age or weight, as its source says it.

    ``start`` and ``end`` belong to the band unless ``start_excluded`` or ``end_excluded``; a side
    that is ``None`` sets no condition. A source that says "over 12 years" excludes the 12.
    """

    start: Quantity | None = None
    end: Quantity | None = None
    start_excluded: bool = False
    end_excluded: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the band sets no condition at all."""
        return self.start is None and self.end is None

    def holds(self, quantity: Quantity) -> bool:
        """Whether the quantity lies inside; refused across dimensions."""
        if self.start is not None and (
            quantity < self.start or (self.start_excluded and quantity == self.start)
        ):
            return False
        return self.end is None or not (
            quantity > self.end or (self.end_excluded and quantity == self.end)
        )


EVERYBODY = Band()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRule:
    """One dose of one drug, as one source states it.

    ``purpose`` says which of several it is (first bolus, infusion). ``maximum`` is the most in
    one dose, ``total`` the most altogether, ``over`` the time in which it is given, ``repeat``
    the interval after which it may be given again, ``times`` how often; what runs on without a
    break says in ``until`` when it ends. ``at_least``: the source gives a lower end and no upper
    one.
    """

    purpose: str
    route: Route
    site: str
    basis: DoseBasis
    amount: MaybeNumber
    at_least: bool
    ages: Band
    weights: Band
    maximum: MaybeNumber
    total: MaybeNumber
    over: MaybeNumber
    repeat: MaybeNumber
    times: MaybeNumber
    until: str
    note: str

    @property
    def needs_weight(self) -> bool:
        """Whether the dose for one person depends on the body weight."""
        return self.basis is DoseBasis.PER_KILOGRAM or not self.weights.is_open

    @property
    def numbers(self) -> tuple[ClinicalNumber, ...]:
        """Every number of the dose that is known."""
        every = (self.amount, self.maximum, self.total, self.over, self.repeat, self.times)
        return tuple(item for item in every if isinstance(item, ClinicalNumber))


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyDrug:
    """A drug of the card. The first dose leads; doses of other sources follow.

    ``kit`` is the item of the emergency kit that holds it; a drug that no item holds says so in
    ``not_in_kit``. Exactly one of the two is set.
    """

    id: str
    label: str
    when: Statement
    strength: MaybeNumber
    kit: str
    not_in_kit: str
    doses: tuple[DoseRule, ...]
    cautions: tuple[Statement, ...]

    @property
    def numbers(self) -> tuple[ClinicalNumber, ...]:
        """Every number of the drug that is known: its strength and those of its doses."""
        strength = (self.strength,) if isinstance(self.strength, ClinicalNumber) else ()
        return (*strength, *(number for rule in self.doses for number in rule.numbers))


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyStep:
    """One thing to do, in its place; ``drug`` where it is to give one of the card's drugs."""

    says: Statement
    drug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """Transfer or observation; ``time`` where the source states how long."""

    says: Statement
    time: ClinicalNumber | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """One emergency card.

    ``call`` says who is called and what is said; ``differences`` where sources differ;
    ``not_known`` what was looked for and not read; ``kit`` are items of the emergency kit beside
    those of the drugs; ``reactions`` are the reactions whose triage leads here.
    """

    id: str
    label: str
    synonyms: tuple[str, ...]
    order: int
    reactions: tuple[str, ...]
    call: Statement
    signs: tuple[Statement, ...]
    steps: tuple[EmergencyStep, ...]
    drugs: tuple[EmergencyDrug, ...]
    kit: tuple[str, ...]
    afterwards: tuple[Afterwards, ...]
    differences: tuple[Statement, ...]
    not_known: tuple[str, ...]

    @property
    def kit_items(self) -> tuple[str, ...]:
        """Every item of the kit that the card counts on: those of the drugs first."""
        return tuple(dict.fromkeys([*(drug.kit for drug in self.drugs if drug.kit), *self.kit]))

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation of the card, each once, in order of their names."""
        said = (
            self.call,
            *self.signs,
            *(step.says for step in self.steps),
            *(said for drug in self.drugs for said in (drug.when, *drug.cautions)),
            *(item.says for item in self.afterwards),
            *self.differences,
        )
        numbers = (
            *(number for drug in self.drugs for number in drug.numbers),
            *(item.time for item in self.afterwards if item.time is not None),
        )
        return gathered((*(item.citation for item in said), *(item.citation for item in numbers)))


def read_emergency(table: Table) -> Emergency:
    """An ``[[emergency]]``.

    Raises:
        KnowledgeError: no sign or no step; a step that gives a drug which the card does not have.
    """
    found = Emergency(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        order=table.whole("order"),
        reactions=table.texts("reactions"),
        call=table.must("call", read_statement),
        signs=table.each("signs", read_statement),
        steps=table.each("steps", _read_step),
        drugs=table.each("drugs", _read_drug),
        kit=table.texts("kit"),
        afterwards=table.each("afterwards", _read_afterwards),
        differences=table.each("differences", read_statement),
        not_known=table.texts("not_known"),
    )
    for key in ("signs", "steps", "afterwards"):
        if not getattr(found, key):
            raise table.refusal("at least one entry", "none", key)
    drugs = {drug.id: drug for drug in found.drugs}
    if len(drugs) < len(found.drugs):
        raise table.refusal("each drug once", [drug.id for drug in found.drugs], "drugs")
    for place, step in enumerate(found.steps, 1):
        if step.drug:
            table.known(f"steps[{place}].drug", step.drug, drugs, "drug of the card")
    return found


def _read_step(table: Table) -> EmergencyStep:
    return EmergencyStep(says=read_statement(table), drug=table.optional_text("drug"))


def _read_afterwards(table: Table) -> Afterwards:
    time = number(table, "time", Dimension.DURATION) if table.has("time") else None
    return Afterwards(says=read_statement(table), time=time)


def _read_drug(table: Table) -> EmergencyDrug:
    found = EmergencyDrug(
        id=table.text("id"),
        label=table.text("label"),
        when=table.must("when", read_statement),
        strength=_if_stated(table, "strength", (Dimension.MASS_CONCENTRATION,)),
        kit=table.optional_text("kit"),
        not_in_kit=table.optional_text("not_in_kit"),
        doses=table.each("doses", _read_dose),
        cautions=table.each("cautions", read_statement),
    )
    if bool(found.kit) is bool(found.not_in_kit):
        expected = "either `kit`, the item that holds the drug, or `not_in_kit`, the reason"
        raise table.refusal(expected, "both" if found.kit else "neither", "kit")
    if not found.doses:
        raise table.refusal("at least one dose, if only an unknown one", "none", "doses")
    if isinstance(found.strength, ClinicalNumber) and found.strength.is_range:
        raise table.refusal("one strength", str(found.strength), "strength")
    return found


def _read_dose(table: Table) -> DoseRule:
    basis = table.choice("basis", DoseBasis)
    amount = _stated(table, "amount", _DIMENSIONS.get(basis, ()))
    until = table.optional_text("until")
    # Of a dose that is known and ends, the interval and the most in all, and for each kilogram
    # the most in one dose, are stated, or said to be unknown.
    limit = _if_stated if basis is DoseBasis.UNKNOWN or until else _stated
    cap = _stated if basis is DoseBasis.PER_KILOGRAM else _if_stated
    if (basis is DoseBasis.UNKNOWN) is not isinstance(amount, Unknown):
        raise table.refusal("the basis unknown exactly where the amount is", basis.value, "basis")
    found = DoseRule(
        purpose=table.text("purpose"),
        route=table.choice("route", Route),
        site=table.optional_text("site"),
        basis=basis,
        amount=amount,
        at_least=table.flag("at_least", default=False),
        ages=table.one("ages", _read_band(Dimension.CALENDAR)) or EVERYBODY,
        weights=table.one("weights", _read_band(Dimension.MASS)) or EVERYBODY,
        maximum=cap(table, "maximum", DOSE_DIMENSIONS),
        total=limit(table, "total", DOSE_DIMENSIONS),
        over=_if_stated(table, "over", (Dimension.DURATION,)),
        repeat=limit(table, "repeat", (Dimension.DURATION,)),
        times=_if_stated(table, "times", (Dimension.COUNT,)),
        until=until,
        note=table.optional_text("note"),
    )
    _check_cap(table, found)
    return found


def _check_cap(table: Table, rule: DoseRule) -> None:
    """Refuse a cap that could never be compared with the dose that it caps."""
    for key, cap in (("maximum", rule.maximum), ("total", rule.total)):
        if isinstance(cap, ClinicalNumber) and cap.is_range:
            raise table.refusal("one number", str(cap), key)
    if isinstance(rule.amount, Unknown) or isinstance(rule.maximum, Unknown):
        return
    dose, most = (item.low.unit.dimension for item in (rule.amount, rule.maximum))
    if _WHOLE.get(dose, dose) is not _WHOLE.get(most, most):
        raise table.refusal(f"a unit that caps {rule.amount}", str(rule.maximum), "maximum.unit")


_WHOLE = {
    Dimension.MASS_PER_BODY_MASS: Dimension.MASS,
    Dimension.VOLUME_PER_BODY_MASS: Dimension.VOLUME,
    Dimension.ACTIVITY_PER_BODY_MASS: Dimension.BIOLOGICAL_ACTIVITY,
    Dimension.VOLUME_RATE_PER_BODY_MASS: Dimension.VOLUME_RATE,
}
"""What a dose for each kilogram becomes when it is multiplied by the body weight."""


def _stated(table: Table, key: str, dimensions: tuple[Dimension, ...]) -> MaybeNumber:
    """A number that a dose may not leave out: stated with its source, or unknown and why.

    Raises:
        KnowledgeError: left out, assumed, without a source, or of another dimension.
    """
    inner = table.table(key)
    if inner.has("unknown"):
        reason = Unknown(inner.text("unknown"))
        inner.close()
        return reason
    found = table.must(key, read_number)
    if found.kind is Kind.ASSUMED:
        raise table.refusal("a number that was read, or unknown", found.kind.value, f"{key}.kind")
    if found.low.unit.dimension not in dimensions:
        names = " or ".join(dimension.value for dimension in dimensions) or "nothing but unknown"
        raise table.refusal(f"a unit of {names}", str(found.low.unit), f"{key}.unit")
    return found


def _if_stated(table: Table, key: str, dimensions: tuple[Dimension, ...]) -> MaybeNumber:
    return _stated(table, key, dimensions) if table.has(key) else NOT_STATED


def _read_band(dimension: Dimension) -> Callable[[Table], Band]:
    def read(table: Table) -> Band:
        ends = {
            key: _end(table, key, dimension) if table.has(key) else None
            for key in ("from", "above", "to", "below")
        }
        for one, other in (("from", "above"), ("to", "below")):
            if ends[one] is not None and ends[other] is not None:
                raise table.refusal(f"one of {one} and {other}", "both", other)
        band = Band(
            start=ends["above"] or ends["from"],
            end=ends["below"] or ends["to"],
            start_excluded=ends["above"] is not None,
            end_excluded=ends["below"] is not None,
        )
        if band.is_open or (band.start and band.end and band.end <= band.start):
            raise table.refusal("a band with an inside", str(band.start or "nothing"), "from")
        return band

    return read


def _end(table: Table, key: str, dimension: Dimension) -> Quantity:
    found = parse_quantity(table.text(key))
    if found.unit.dimension is not dimension:
        raise table.refusal(f"a unit of {dimension.value}", str(found.unit), key)
    return found
