"""Small invented records for tests of the arithmetic, read by the readers of the base."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.indications import Protocol, read_protocol
from mesoplan.knowledge.schema.mixtures import Mixture, read_mixture
from mesoplan.knowledge.schema.regions import Region, read_region
from mesoplan.knowledge.schema.techniques import Technique, read_technique
from mesoplan.vocabulary.patient import Side
from mesoplan.vocabulary.request import NeedleWish, Zone

SOURCE = {"source": "invented", "locator": "for a test"}
STATEMENT = {"text": "Invented for a test.", **SOURCE}

Number = str | Decimal | int


def number(low: Number, unit: str, high: Number | None = None) -> dict[str, Any]:
    """A clinical number, or a range of one, as it would stand in a data file."""
    ends = {"value": Decimal(low)} if high is None else {"low": Decimal(low), "high": Decimal(high)}
    return {**ends, "unit": unit, "kind": "literature", **SOURCE}


def region(*thickness: Mapping[str, Any], paired: bool = False, area: Number | None = 60) -> Region:
    """A region of 60 square centimetres."""
    data = {"id": "a-region", "label": "A region", "paired": paired, "thickness": list(thickness)}
    if area is not None:
        data["area"] = number(area, "cm2")
    return read_region(Table(data, place="test"))


def thickness(
    layer: str,
    mean: Number,
    spread: Number | None = None,
    sexes: tuple[str, ...] = ("female", "male"),
) -> dict[str, Any]:
    """An entry of a thickness in millimetres; without a spread it says that none is known."""
    known = {"unknown": "not in the abstract"} if spread is None else number(spread, "mm")
    return {
        "layer": layer,
        "sexes": list(sexes),
        "mean": number(mean, "mm"),
        "spread": known,
        "population": "nobody",
    }


def protocol(**numbers: Any) -> Protocol:
    """A protocol that states nothing but what is given."""
    data = {
        "id": "a-protocol",
        "label": "A protocol",
        "indication": "an-indication",
        "rank": 1,
        "techniques": ["a-technique"],
        "mixtures": ["a-mixture"],
        "stop": {"text": STATEMENT},
        "grade": "D",
        **SOURCE,
        **numbers,
    }
    return read_protocol(Table(data, place="test"))


def technique(**numbers: Any) -> Technique:
    """A technique into the dermis that states nothing but what is given."""
    data = {
        "id": "a-technique",
        "label": "A technique",
        "route": "intradermal",
        "uses_needle": True,
        "target": "dermis",
        **numbers,
    }
    return read_technique(Table(data, place="test"))


def component(substance: str, volume: Number, strength: Mapping[str, Any] | None) -> dict[str, Any]:
    """A component of a batch: so many millilitres of such a strength."""
    known = {"unknown": "products differ"} if strength is None else dict(strength)
    return {"substance": substance, "volume": number(volume, "mL"), "strength": known}


def mixture(*components: Mapping[str, Any], verdict: str = "compatible") -> Mixture:
    """A mixture of these components."""
    data = {
        "id": "a-mixture",
        "label": "A mixture",
        "preparation": "bedside",
        "components": [dict(item) for item in components],
        "verdict": verdict,
        **SOURCE,
    }
    return read_mixture(Table(data, place="test"))


def zone(
    side: Side = Side.MIDLINE, area: str | None = None, needle: NeedleWish | None = None
) -> Zone:
    """A zone of the request; the area in square centimetres, measured."""
    from mesoplan.vocabulary.quantity import Quantity, Unit

    measured = None if area is None else Quantity.of(area, Unit.CM2)
    return Zone(
        indication="an-indication", region="a-region", side=side, area=measured, needle=needle
    )
