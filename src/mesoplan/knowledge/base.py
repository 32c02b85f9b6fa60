"""The knowledge base: one frozen value that holds every record of one release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mesoplan.knowledge.reading import nearest_name
from mesoplan.knowledge.schema.care import CareItem, Practice, Reaction, Scale, Topic
from mesoplan.knowledge.schema.corrections import Correction
from mesoplan.knowledge.schema.emergencies import Emergency
from mesoplan.knowledge.schema.facts import (
    Derivation,
    FactDefinition,
    Medicine,
    SiteFindingDefinition,
)
from mesoplan.knowledge.schema.indications import Indication, Protocol, Study
from mesoplan.knowledge.schema.mixtures import CompatibilityPair, Cream, Mixture
from mesoplan.knowledge.schema.policies import Policy
from mesoplan.knowledge.schema.regions import Region
from mesoplan.knowledge.schema.rules import OverrideReason, Rule
from mesoplan.knowledge.schema.substances import Product, Substance, SubstanceGroup
from mesoplan.knowledge.schema.techniques import Device, Technique
from mesoplan.vocabulary.errors import UnknownNameError
from mesoplan.vocabulary.source import Source

SINGULAR = MappingProxyType(
    {
        "facts": "fact",
        "derivations": "derivation",
        "medicines": "medicine",
        "site_findings": "site_finding",
        "rules": "rule",
        "override_reasons": "override_reason",
        "substances": "substance",
        "groups": "group",
        "products": "product",
        "mixtures": "mixture",
        "pairs": "pair",
        "creams": "cream",
        "techniques": "technique",
        "devices": "device",
        "regions": "region",
        "indications": "indication",
        "protocols": "protocol",
        "studies": "study",
        "policies": "policy",
        "reactions": "reaction",
        "scales": "scale",
        "care": "care",
        "emergencies": "emergency",
        "practice": "practice",
        "topics": "topic",
    }
)
"""Kinds that are read from TOML: ``data/rules/*.toml`` holds the lists ``[[rule]]``."""

KINDS = (*SINGULAR, "sources")
"""All kinds of records; each is a field of the base, and all but sources a folder of data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeBase:
    """All records of one release, by kind and id.

    ``release`` is the SHA-256 of all data files (and of the corrections laid over them), in
    hexadecimal: the same hash means the same facts. ``corrections`` are those laid over it, and
    ``documents`` the parsed files, kept so that corrections can be laid over them;
    ``correct`` builds the base again from them.
    """

    release: str
    facts: Mapping[str, FactDefinition]
    derivations: Mapping[str, Derivation]
    medicines: Mapping[str, Medicine]
    site_findings: Mapping[str, SiteFindingDefinition]
    rules: Mapping[str, Rule]
    override_reasons: Mapping[str, OverrideReason]
    substances: Mapping[str, Substance]
    groups: Mapping[str, SubstanceGroup]
    products: Mapping[str, Product]
    mixtures: Mapping[str, Mixture]
    pairs: Mapping[str, CompatibilityPair]
    creams: Mapping[str, Cream]
    techniques: Mapping[str, Technique]
    devices: Mapping[str, Device]
    regions: Mapping[str, Region]
    indications: Mapping[str, Indication]
    protocols: Mapping[str, Protocol]
    studies: Mapping[str, Study]
    policies: Mapping[str, Policy]
    reactions: Mapping[str, Reaction]
    scales: Mapping[str, Scale]
    care: Mapping[str, CareItem]
    emergencies: Mapping[str, Emergency]
    practice: Mapping[str, Practice]
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    corrections: tuple[Correction, ...] = ()
    documents: Mapping[str, Any] = field(repr=False, compare=False)
    correct: Callable[[KnowledgeBase, tuple[Correction, ...]], KnowledgeBase] = field(
        repr=False, compare=False
    )

    def kind(self, name: str) -> Mapping[str, Any]:
        """All records of one kind by id.

        Raises:
            UnknownNameError: there is no such kind.
        """
        if name not in KINDS:
            raise UnknownNameError(
                expected=f"a kind, one of {', '.join(KINDS)}",
                came=name,
                nearest=nearest_name(name, KINDS),
            )
        records: Mapping[str, Any] = getattr(self, name)
        return records

    def with_corrections(self, corrections: Iterable[Correction]) -> KnowledgeBase:
        """A new base with dated corrections laid over this one, under another release hash.

        Raises:
            KnowledgeError: a correction that is unsigned, does not fit, or would soften what no
                override may touch.
        """
        return self.correct(self, tuple(corrections))

    def protocols_for(self, indication: str) -> tuple[Protocol, ...]:
        """The protocols of an indication, the one that is proposed first in front."""
        found = (item for item in self.protocols.values() if item.indication == indication)
        return tuple(sorted(found, key=lambda item: (item.rank, item.id)))

    def regions_around(self, region: str) -> tuple[str, ...]:
        """The region and every larger region it lies in, from small to large."""
        chain: list[str] = []
        while region:
            chain.append(region)
            region = self.regions[region].within
        return tuple(chain)

    def regions_touching(self, region: str) -> frozenset[str]:
        """Every region that shares skin with this one: itself, those around it, those inside."""
        inside = {name for name in self.regions if region in self.regions_around(name)}
        return frozenset({*self.regions_around(region), *inside})
