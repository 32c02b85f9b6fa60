"""The ways in which a zone could be treated, in the order in which they are proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mesoplan.knowledge.compatibility import standing
from mesoplan.knowledge.reading import nearest_name
from mesoplan.screening.applies import Option
from mesoplan.vocabulary.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.indications import Protocol
    from mesoplan.vocabulary.request import Zone


def candidates(number: int, zone: Zone, knowledge: KnowledgeBase) -> tuple[Option, ...]:
    """Every protocol, mixture and technique that the zone allows; at least one option.

    What is known to be compatible comes before what was only used together, and that before
    what has no data; then protocols in order of rank, mixtures and techniques in the protocol's
    own order. Where no protocol fits, one option without a protocol holds what the request
    names, so that rules can still look at it.

    Raises:
        UnknownNameError: indication, region, technique or mixture not in the base.
    """
    indication = _find(knowledge.indications, zone.indication, number, "indication")
    _find(knowledge.regions, zone.region, number, "region")
    technique = _find_optional(knowledge.techniques, zone.technique, number, "technique")
    mixture = _find_optional(knowledge.mixtures, zone.mixture, number, "mixture")
    found = tuple(
        Option(
            number=number,
            zone=zone,
            indication=indication,
            protocol=protocol,
            technique=knowledge.techniques[technique_id],
            mixture=knowledge.mixtures[mixture_id],
        )
        for protocol in knowledge.protocols_for(zone.indication)
        if _fits_region(protocol, zone.region, knowledge)
        for mixture_id in protocol.mixtures
        if zone.mixture in {None, mixture_id}
        for technique_id in protocol.techniques
        if zone.technique in {None, technique_id}
    )
    bare = Option(
        number=number,
        zone=zone,
        indication=indication,
        protocol=None,
        technique=technique,
        mixture=mixture,
    )
    return _calmest_first(found, knowledge) or (bare,)


def _calmest_first(options: tuple[Option, ...], knowledge: KnowledgeBase) -> tuple[Option, ...]:
    def severity(option: Option) -> int:
        return standing(option.mixture, knowledge).severity if option.mixture else 0

    return tuple(sorted(options, key=severity))


def _fits_region(protocol: Protocol, region: str, knowledge: KnowledgeBase) -> bool:
    return not protocol.regions or bool(
        set(knowledge.regions_around(region)) & set(protocol.regions)
    )


def _find(records: Mapping[str, Any], name: str, number: int, key: str) -> Any:  # noqa: ANN401
    if name not in records:
        raise UnknownNameError(
            expected=f"the id of one of the {key}s of the knowledge base",
            came=name,
            key=f"request.zone[{number}].{key}",
            nearest=nearest_name(name, records),
        )
    return records[name]


def _find_optional(records: Mapping[str, Any], name: str | None, number: int, key: str) -> Any:  # noqa: ANN401
    return None if name is None else _find(records, name, number, key)
