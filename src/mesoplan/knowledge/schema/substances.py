"""Substances, their limits and routes; groups for allergy and class; products that are bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from mesoplan.knowledge.reading import Table
from mesoplan.knowledge.schema.conditions import Route
from mesoplan.knowledge.schema.numbers import (
    MaybeNumber,
    maybe_number,
    read_citation,
    read_number,
    read_statement,
)
from mesoplan.vocabulary.codes import AtcCode
from mesoplan.vocabulary.quantity import Dimension
from mesoplan.vocabulary.source import Citation, ClinicalNumber, Statement


class ApprovalState(Enum):
    """How a substance or product stands for one route in one jurisdiction."""

    APPROVED = "approved"
    OFF_LABEL = "off-label"
    DEVICE = "device"
    COMPOUNDED = "compounded"
    TOPICAL_ONLY = "topical-only"
    WITHDRAWN = "withdrawn"
    FORBIDDEN = "forbidden"
    UNLICENSED = "unlicensed"
    UNKNOWN = "unknown"

    @property
    def may_be_given(self) -> bool:
        """Approved for the route, or licensed and used beside its label; never unknown."""
        return self in {
            ApprovalState.APPROVED,
            ApprovalState.OFF_LABEL,
            ApprovalState.DEVICE,
            ApprovalState.COMPOUNDED,
        }

    @property
    def needs_statement(self) -> bool:
        """Whether the patient must be told that this use lies outside a licence."""
        return self in {ApprovalState.OFF_LABEL, ApprovalState.COMPOUNDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteApproval:
    """The state of one route. ``jurisdiction`` is ``any`` or a policy's jurisdiction.

    ``regions`` and ``indications`` narrow it (deoxycholic acid: submental fat only); empty means
    no narrowing.
    """

    route: Route
    state: ApprovalState
    jurisdiction: str
    regions: tuple[str, ...]
    indications: tuple[str, ...]
    note: str
    citation: Citation


class LimitBasis(Enum):
    """What a limit counts over."""

    SESSION = "session"
    SESSION_PER_KG = "session-per-kg"
    DAY = "day"
    DAY_PER_KG = "day-per-kg"
    AREA = "area"
    POINT = "point"
    SESSIONS_IN_COURSE = "sessions-in-course"
    DAYS_IN_COURSE = "days-in-course"
    INTERVAL = "interval"


_LIMIT_DIMENSIONS = {
    LimitBasis.SESSION: (Dimension.MASS, Dimension.BIOLOGICAL_ACTIVITY),
    LimitBasis.SESSION_PER_KG: (Dimension.MASS_PER_BODY_MASS, Dimension.ACTIVITY_PER_BODY_MASS),
    LimitBasis.DAY: (Dimension.MASS, Dimension.BIOLOGICAL_ACTIVITY),
    LimitBasis.DAY_PER_KG: (Dimension.MASS_PER_BODY_MASS, Dimension.ACTIVITY_PER_BODY_MASS),
    LimitBasis.AREA: (Dimension.MASS_PER_AREA,),
    LimitBasis.POINT: (Dimension.VOLUME,),
    LimitBasis.SESSIONS_IN_COURSE: (Dimension.COUNT,),
    LimitBasis.DAYS_IN_COURSE: (Dimension.DURATION,),
    LimitBasis.INTERVAL: (Dimension.DURATION,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit of one substance on one basis, as one source states it for one jurisdiction.

    ``population`` is ``adult``, ``child`` or ``any``. An ``interval`` is the shortest time
    between two sessions with the substance.
    """

    basis: LimitBasis
    amount: ClinicalNumber
    jurisdiction: str
    population: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Substance:
    """What acts. ``groups`` are allergen groups and classes; ``roles`` what it is used for."""

    id: str
    label: str
    synonyms: tuple[str, ...]
    atc: tuple[AtcCode, ...]
    cas: str
    unii: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    origin: tuple[str, ...]
    is_active: bool
    summary: Statement
    routes: tuple[RouteApproval, ...]
    limits: tuple[Limit, ...]
    strengths: tuple[ClinicalNumber, ...]
    properties: Mapping[str, MaybeNumber]
    cautions: tuple[Statement, ...]
    claims: tuple[Statement, ...]


_PROPERTIES = {
    "ph": Dimension.ACIDITY,
    "osmolality": Dimension.OSMOLALITY,
    "molecular_mass": Dimension.MOLAR_MASS,
    "log_p": Dimension.RATIO,
    "charge": Dimension.COUNT,
}


def read_substance(table: Table) -> Substance:
    """A ``[[substance]]``."""
    return Substance(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        atc=tuple(AtcCode(code) for code in table.texts("atc")),
        cas=table.optional_text("cas"),
        unii=table.optional_text("unii"),
        roles=table.texts("roles"),
        groups=table.texts("groups"),
        origin=table.texts("origin"),
        is_active=table.flag("is_active", default=True),
        summary=table.must("summary", read_statement),
        routes=table.each("routes", _read_route),
        limits=table.each("limits", _read_limit),
        strengths=table.each("strengths", read_number),
        properties=MappingProxyType(
            {key: maybe_number(table, key, kind) for key, kind in _PROPERTIES.items()}
        ),
        cautions=table.each("cautions", read_statement),
        claims=table.each("claims", read_statement),
    )


def _read_route(table: Table) -> RouteApproval:
    return RouteApproval(
        route=table.choice("route", Route),
        state=table.choice("state", ApprovalState),
        jurisdiction=table.optional_text("jurisdiction") or "any",
        regions=table.texts("regions"),
        indications=table.texts("indications"),
        note=table.optional_text("note"),
        citation=read_citation(table),
    )


def _read_limit(table: Table) -> Limit:
    basis = table.choice("basis", LimitBasis)
    amount = table.must("amount", read_number)
    dimensions = _LIMIT_DIMENSIONS[basis]
    if amount.low.unit.dimension not in dimensions:
        names = " or ".join(dimension.value for dimension in dimensions)
        raise table.refusal(f"a unit of {names}", str(amount.low.unit), "amount.unit")
    return Limit(
        basis=basis,
        amount=amount,
        jurisdiction=table.optional_text("jurisdiction") or "any",
        population=table.optional_text("population") or "adult",
        note=table.optional_text("note"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstanceGroup:
    """A group of substances: allergen group, chemical class, or both.

    ``is_allergen``: an allergy to the group blocks its members. ``crossing`` are groups that
    react together with this one. ``shared_limit``: the members' shares of their own limits are
    added up and may not exceed one.
    """

    id: str
    label: str
    synonyms: tuple[str, ...]
    is_allergen: bool
    crossing: tuple[str, ...]
    shared_limit: Statement | None
    says: Statement


def read_group(table: Table) -> SubstanceGroup:
    """A ``[[group]]``."""
    return SubstanceGroup(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        is_allergen=table.flag("is_allergen"),
        crossing=table.texts("crossing"),
        shared_limit=table.one("shared_limit", read_statement),
        says=table.must("says", read_statement),
    )


class Container(Enum):
    """Whether what is bought may serve more than one patient."""

    SINGLE_DOSE = "single-dose"
    MULTI_DOSE = "multi-dose"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is bought: composition, container, and the routes it is approved for."""

    id: str
    label: str
    synonyms: tuple[str, ...]
    contains: tuple[str, ...]
    container: Container
    routes: tuple[RouteApproval, ...]
    topical_only: bool
    summary: Statement


def read_product(table: Table) -> Product:
    """A ``[[product]]``."""
    return Product(
        id=table.text("id"),
        label=table.text("label"),
        synonyms=table.texts("synonyms"),
        contains=table.texts("contains"),
        container=table.choice("container", Container),
        routes=table.each("routes", _read_route),
        topical_only=table.flag("topical_only"),
        summary=table.must("summary", read_statement),
    )
