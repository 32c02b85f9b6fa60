"""A number with its unit. Units are a closed list; nothing is ever guessed from magnitude.

Amounts are ``Decimal``: what a paper printed or a physician prescribed is kept digit by digit.
Conversion is exact where the result has a finite decimal form, else rounded to 28 significant
digits (the default context of ``decimal``).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from enum import Enum

from mesoplan.vocabulary.errors import (
    ClinicalInputError,
    UnknownUnitError,
    WrongDimensionError,
)


class Dimension(Enum):
    """What is measured. Only units of one dimension can be converted into each other."""

    LENGTH = "length"
    AREA = "area"
    VOLUME = "volume"
    MASS = "mass"
    BIOLOGICAL_ACTIVITY = "biological activity"
    MASS_CONCENTRATION = "mass per volume"
    ACTIVITY_CONCENTRATION = "activity per volume"
    MASS_PER_BODY_MASS = "mass per body mass"
    ACTIVITY_PER_BODY_MASS = "activity per body mass"
    VOLUME_PER_BODY_MASS = "volume per body mass"
    VOLUME_RATE = "volume per time"
    VOLUME_RATE_PER_BODY_MASS = "volume per body mass and time"
    MASS_PER_AREA = "mass per area"
    CREAM_PER_AREA = "cream per area"
    CREAM_STRENGTH = "mass per mass of cream"
    DURATION = "duration"
    CALENDAR = "calendar time"
    ANGLE = "angle"
    FRACTION = "fraction"
    COUNT = "count"
    SCORE = "score"
    PRESSURE = "pressure"
    HEART_RATE = "heart rate"
    TEMPERATURE = "temperature"
    BODY_MASS_INDEX = "body mass index"
    FILTRATION_RATE = "filtration rate"
    CELLS = "cells per volume"
    RATIO = "ratio"
    ACIDITY = "acidity"
    OSMOLALITY = "osmolality"
    MOLAR_MASS = "molar mass"
    GAUGE = "needle gauge"
    ELECTRIC_TENSION = "electric tension"
    GLYCATED_HAEMOGLOBIN = "glycated haemoglobin, IFCC"


class Unit(Enum):
    """The closed list of units: symbol, dimension, and size in the dimension's first unit.

    ``IU`` are international units of one substance; the units of botulinum toxin differ from
    product to product and are ``U``, never convertible into anything. Months and years are
    calendar time: they have no fixed number of days. "%" of HbA1c is a ``%`` like any other; the
    millimoles per mole of the IFCC are their own dimension because the two are joined by a
    fitted line, not by a factor.
    """

    UM = ("um", Dimension.LENGTH, "0.001")
    MM = ("mm", Dimension.LENGTH, "1")
    CM = ("cm", Dimension.LENGTH, "10")
    M = ("m", Dimension.LENGTH, "1000")
    MM2 = ("mm2", Dimension.AREA, "0.01")
    CM2 = ("cm2", Dimension.AREA, "1")
    M2 = ("m2", Dimension.AREA, "10000")
    UL = ("uL", Dimension.VOLUME, "0.001")
    ML = ("mL", Dimension.VOLUME, "1")
    L = ("L", Dimension.VOLUME, "1000")
    UG = ("ug", Dimension.MASS, "0.001")
    MG = ("mg", Dimension.MASS, "1")
    G = ("g", Dimension.MASS, "1000")
    KG = ("kg", Dimension.MASS, "1000000")
    IU = ("IU", Dimension.BIOLOGICAL_ACTIVITY, "1")
    U = ("U", Dimension.BIOLOGICAL_ACTIVITY, None)
    UG_PER_ML = ("ug/mL", Dimension.MASS_CONCENTRATION, "0.001")
    MG_PER_ML = ("mg/mL", Dimension.MASS_CONCENTRATION, "1")
    G_PER_L = ("g/L", Dimension.MASS_CONCENTRATION, "1")
    IU_PER_ML = ("IU/mL", Dimension.ACTIVITY_CONCENTRATION, "1")
    U_PER_ML = ("U/mL", Dimension.ACTIVITY_CONCENTRATION, None)
    UG_PER_KG = ("ug/kg", Dimension.MASS_PER_BODY_MASS, "0.001")
    MG_PER_KG = ("mg/kg", Dimension.MASS_PER_BODY_MASS, "1")
    IU_PER_KG = ("IU/kg", Dimension.ACTIVITY_PER_BODY_MASS, "1")
    ML_PER_KG = ("mL/kg", Dimension.VOLUME_PER_BODY_MASS, "1")
    ML_PER_H = ("mL/h", Dimension.VOLUME_RATE, "1")
    ML_PER_MIN = ("mL/min", Dimension.VOLUME_RATE, "60")
    L_PER_MIN = ("L/min", Dimension.VOLUME_RATE, "60000")
    ML_PER_KG_H = ("mL/kg/h", Dimension.VOLUME_RATE_PER_BODY_MASS, "1")
    ML_PER_KG_MIN = ("mL/kg/min", Dimension.VOLUME_RATE_PER_BODY_MASS, "60")
    MG_PER_CM2 = ("mg/cm2", Dimension.MASS_PER_AREA, "1")
    G_PER_CM2 = ("g/cm2", Dimension.CREAM_PER_AREA, "1")
    MG_PER_G = ("mg/g", Dimension.CREAM_STRENGTH, "1")
    S = ("s", Dimension.DURATION, "1")
    MIN = ("min", Dimension.DURATION, "60")
    H = ("h", Dimension.DURATION, "3600")
    D = ("d", Dimension.DURATION, "86400")
    WEEK = ("week", Dimension.DURATION, "604800")
    MONTH = ("month", Dimension.CALENDAR, "1")
    YEAR = ("year", Dimension.CALENDAR, "12")
    DEG = ("deg", Dimension.ANGLE, "1")
    PERCENT = ("%", Dimension.FRACTION, "0.01")
    FRACTION = ("fraction", Dimension.FRACTION, "1")
    COUNT = ("count", Dimension.COUNT, "1")
    POINT = ("point", Dimension.SCORE, "1")
    MMHG = ("mmHg", Dimension.PRESSURE, "1")
    PER_MIN = ("1/min", Dimension.HEART_RATE, "1")
    CELSIUS = ("degC", Dimension.TEMPERATURE, "1")
    KG_PER_M2 = ("kg/m2", Dimension.BODY_MASS_INDEX, "1")
    ML_PER_MIN_1_73 = ("mL/min/1.73m2", Dimension.FILTRATION_RATE, "1")
    GIGA_PER_L = ("10^9/L", Dimension.CELLS, "1")
    RATIO = ("ratio", Dimension.RATIO, "1")
    PH = ("pH", Dimension.ACIDITY, "1")
    MOSM_PER_KG = ("mOsm/kg", Dimension.OSMOLALITY, "1")
    DALTON = ("Da", Dimension.MOLAR_MASS, "1")
    KILODALTON = ("kDa", Dimension.MOLAR_MASS, "1000")
    GAUGE = ("G", Dimension.GAUGE, "1")
    VOLT = ("V", Dimension.ELECTRIC_TENSION, "1")
    MMOL_PER_MOL = ("mmol/mol", Dimension.GLYCATED_HAEMOGLOBIN, "1")

    def __init__(self, symbol: str, dimension: Dimension, size: str | None) -> None:
        self.symbol = symbol
        self.dimension = dimension
        self.size = None if size is None else Decimal(size)

    def converts_to(self, other: Unit) -> bool:
        """Whether amounts in this unit can be stated in the other."""
        if self is other:
            return True
        return self.dimension is other.dimension and self.size is not None is not other.size

    def __str__(self) -> str:
        """The symbol, as it stands in files and on pages."""
        return self.symbol


_BY_SYMBOL = {unit.symbol: unit for unit in Unit}

_COMPARED = Context(prec=24)
"""Quantities are compared to 24 significant digits, because a conversion may round the 28th."""

LARGEST_POWER = 15
"""Power of ten up to which a written number is ordinary; beyond it is a slip, or an attack: the
digits of 1e999999999, written out, would fill the memory."""


def parse_unit(symbol: object) -> Unit:
    """The unit with this symbol.

    Raises:
        UnknownUnitError: the symbol is not on the closed list. The micro sign and the Greek mu
            are read as ``u`` (both are typed for the same thing); no other spelling is guessed.
    """
    if isinstance(symbol, str):
        plain = symbol.replace("\u00b5", "u").replace("\u03bc", "u").replace("²", "2")
        unit = _BY_SYMBOL.get(plain)
        if unit is not None:
            return unit
    raise UnknownUnitError(
        expected=f"a unit, one of {', '.join(sorted(_BY_SYMBOL))}",
        came=symbol,
        nearest=_nearest_symbol(symbol),
    )


def _nearest_symbol(symbol: object) -> str | None:
    wanted = str(symbol).lower()
    return next((known for known in _BY_SYMBOL if known.lower() == wanted), None)


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """An amount and its unit.

    ``amount``: finite ``Decimal``. Two quantities are equal when they are the same amount of the
    same dimension, whatever the unit; comparison across dimensions raises.

    Raises:
        ClinicalInputError: the amount is not a finite decimal number.
    """

    amount: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse what is no finite decimal number; binary floats are refused too."""
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise ClinicalInputError(expected="a finite decimal number", came=self.amount)

    @classmethod
    def of(cls, amount: Decimal | int | str, unit: Unit) -> Quantity:
        """A quantity from a decimal, a whole number, or a number written as text."""
        return cls(decimal_from(amount), unit)

    def to(self, unit: Unit) -> Quantity:
        """The same quantity in another unit.

        Raises:
            WrongDimensionError: the units measure different things.
        """
        if unit is self.unit:
            return self
        mine, other = self.unit.size, unit.size
        if self.unit.dimension is not unit.dimension or mine is None or other is None:
            raise WrongDimensionError(
                expected=f"a {self.unit.dimension.value} in {self.unit}", came=str(unit)
            )
        return Quantity(self.amount * mine / other, unit)

    def amount_in(self, unit: Unit) -> Decimal:
        """The bare amount, in the unit that the caller names."""
        return self.to(unit).amount

    def __add__(self, other: Quantity) -> Quantity:
        """The sum, in the unit of the left side."""
        return Quantity(self.amount + other.amount_in(self.unit), self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        """The difference, in the unit of the left side."""
        return Quantity(self.amount - other.amount_in(self.unit), self.unit)

    def times(self, factor: Decimal | int) -> Quantity:
        """The quantity multiplied by a bare number."""
        return Quantity(self.amount * factor, self.unit)

    def over(self, other: Quantity) -> Decimal:
        """How many times the other is contained in this: a bare number."""
        return self.amount / other.amount_in(self.unit)

    def __lt__(self, other: Quantity) -> bool:
        """Less; refused across dimensions."""
        return self._in_base() < self._base_of(other)

    def __le__(self, other: Quantity) -> bool:
        """Less or equal; refused across dimensions."""
        return self._in_base() <= self._base_of(other)

    def __gt__(self, other: Quantity) -> bool:
        """More; refused across dimensions."""
        return self._in_base() > self._base_of(other)

    def __ge__(self, other: Quantity) -> bool:
        """More or equal; refused across dimensions."""
        return self._in_base() >= self._base_of(other)

    def __eq__(self, other: object) -> bool:
        """The same amount of the same dimension."""
        if not isinstance(other, Quantity) or not other.unit.converts_to(self.unit):
            return False
        return self._in_base() == other._in_base()

    def __hash__(self) -> int:
        """Equal quantities hash alike, whatever their units."""
        kind = self.unit if self.unit.size is None else self.unit.dimension
        return hash((kind, self._in_base()))

    def _base_of(self, other: Quantity) -> Decimal:
        other.to(self.unit)  # refuses another dimension
        return other._in_base()

    def _in_base(self) -> Decimal:
        """The amount as it is compared: in the first unit of the dimension, rounded once."""
        return _COMPARED.multiply(self.amount, self.unit.size or Decimal(1))

    def __str__(self) -> str:
        """The amount without needless zeros, a space, the unit; a count is a bare number."""
        return plain(self.amount) + ("" if self.unit is Unit.COUNT else f" {self.unit}")


def decimal_from(value: object) -> Decimal:
    """A finite decimal from a decimal, a whole number or a text such as ``6.1``.

    Raises:
        ClinicalInputError: a truth value, a binary float, NaN, infinity, a number beyond all
            bounds, or other text.
    """
    if isinstance(value, (int, str, Decimal)) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = None
        if number is not None and is_ordinary(number):
            return number
    raise ClinicalInputError(expected="a finite number of ordinary size", came=value)


def is_ordinary(number: Decimal) -> bool:
    """Whether a number is finite and of a size that something measured can have."""
    return number.is_finite() and abs(number.adjusted()) <= LARGEST_POWER


def parse_quantity(text: object) -> Quantity:
    """A quantity from text such as ``6.1 %`` or ``150 mg``: number, space, unit.

    Raises:
        ClinicalInputError: no text, no number, or no unit. A comma is not read as a point.
        UnknownUnitError: the unit is not on the closed list.
    """
    if isinstance(text, str):
        number, _, symbol = text.strip().partition(" ")
        if number and symbol:
            return Quantity(decimal_from(number), parse_unit(symbol.strip()))
    raise ClinicalInputError(expected="a number and a unit as text, such as '6.1 %'", came=text)


def plain(number: Decimal) -> str:
    """A decimal without exponent and without needless zeros: ``0.20`` is ``0.2``."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def rounded_down(quantity: Quantity, step: Quantity) -> Quantity:
    """The largest multiple of the step that does not exceed the quantity.

    Prescribed volumes and doses are always rounded down: rounding may never add drug.
    """
    amount = quantity.amount_in(step.unit)
    # Whole-number division cuts the exact quotient; a quotient cut afterwards is rounded before.
    whole = amount // step.amount * step.amount
    return Quantity(whole if whole <= amount else whole - step.amount, step.unit)


def rounded(quantity: Quantity, step: Quantity) -> Quantity:
    """The nearest multiple of the step, ties to even: for what is shown, never for a dose."""
    steps = quantity.over(step).to_integral_value(rounding=ROUND_HALF_EVEN)
    return Quantity(steps * step.amount, step.unit)
