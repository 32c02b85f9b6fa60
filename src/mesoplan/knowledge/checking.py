"""Checks of the base as a whole: every name resolves, every source is used, every number named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mesoplan.knowledge.base import KnowledgeBase
from mesoplan.knowledge.reading import nearest_name
from mesoplan.knowledge.schema.care import CarePart
from mesoplan.knowledge.schema.conditions import (
    AllergicToGroup,
    AllOf,
    AnyOf,
    Applicability,
    Condition,
    FactCompares,
    FactIsOneOf,
    FactIsYes,
    Not,
    SiteHas,
    TakesMedicine,
)
from mesoplan.knowledge.schema.indications import Standing
from mesoplan.vocabulary.codes import AtcCode
from mesoplan.vocabulary.errors import ClinicalInputError, KnowledgeError
from mesoplan.vocabulary.patient import FactType
from mesoplan.vocabulary.source import Source, SourceKind

Reference = tuple[str, str, str, str]
"""kind and id of the referring record, kind and id of what it refers to."""


def check_sources(sources: Mapping[str, Source], cited: Mapping[str, tuple[str, str]]) -> None:
    """Every cited source stands in the bibliography, and every entry there is cited."""
    for source, (place, key) in cited.items():
        if source not in sources:
            raise KnowledgeError(
                expected="the key of a source in references.bib",
                came=source,
                place=place,
                key=key,
                nearest=nearest_name(source, sources),
            )
    unused = sorted(set(sources) - set(cited))
    if unused:
        raise KnowledgeError(
            expected="only sources that some value cites", came=unused, place="references.bib"
        )


def check_references(base: KnowledgeBase, places: Mapping[tuple[str, str], str]) -> None:
    """Every id that a record names exists, and every condition reads facts of the right type."""
    for kind, referring, target_kind, target in references(base):
        targets = base.kind(target_kind)
        if target not in targets:
            raise KnowledgeError(
                expected=f"the id of one of the {target_kind}",
                came=target,
                place=places.get((kind, referring), kind),
                key=referring,
                nearest=nearest_name(target, targets),
            )
    for kind, record_id, condition, numbers in _conditions(base):
        _check_condition(
            base, condition, numbers, place=places.get((kind, record_id), kind), key=record_id
        )
    for indication in base.indications.values():
        if (indication.standing is Standing.PROTOCOL) is not bool(
            base.protocols_for(indication.id)
        ):
            raise KnowledgeError(
                expected="standing protocol exactly where a protocol names the indication",
                came=indication.standing.value,
                place=places["indications", indication.id],
                key=indication.id,
            )
    _check_emergencies(base, places)


def _check_emergencies(base: KnowledgeBase, places: Mapping[tuple[str, str], str]) -> None:
    """What an emergency card counts on lies in the kit, and no dose of it is a ruling."""
    for card in base.emergencies.values():
        for item in card.kit_items:
            if base.care[item].part is not CarePart.EMERGENCY_KIT:
                raise KnowledgeError(
                    expected="an item of the emergency kit",
                    came=item,
                    place=places["emergencies", card.id],
                    key=card.id,
                )
        for number in (number for drug in card.drugs for number in drug.numbers):
            if base.sources[number.citation.id].kind is SourceKind.RULING:
                raise KnowledgeError(
                    expected="a number that was read in a source, or unknown",
                    came=f"{number} from {number.citation.id}",
                    place=places["emergencies", card.id],
                    key=card.id,
                )


def references(base: KnowledgeBase) -> Iterator[Reference]:
    """Every reference from one record to another."""
    yield from _clinical_references(base)
    yield from _treatment_references(base)
    for kind, record in _with_applicability(base):
        yield from _applicability_references(kind, record.id, record.applies_when)


def _each(kind: str, record_id: str, target: str, names: Iterable[str]) -> Iterator[Reference]:
    return ((kind, record_id, target, name) for name in names if name)


def _clinical_references(base: KnowledgeBase) -> Iterator[Reference]:
    for fact in base.facts.values():
        yield from _each("facts", fact.id, "facts", fact.asked_as)
    for derivation in base.derivations.values():
        yield "derivations", derivation.id, "facts", derivation.fact
    for rule in base.rules.values():
        if rule.clears and rule.clears.after_fact:
            yield "rules", rule.id, "facts", rule.clears.after_fact
    for reason in base.override_reasons.values():
        yield from _each("override_reasons", reason.id, "rules", reason.rules)
    for substance in base.substances.values():
        yield from _each("substances", substance.id, "groups", substance.groups)
        for route in substance.routes:
            yield from _each("substances", substance.id, "regions", route.regions)
            yield from _each("substances", substance.id, "indications", route.indications)
    for group in base.groups.values():
        yield from _each("groups", group.id, "groups", group.crossing)
    for product in base.products.values():
        yield from _each("products", product.id, "substances", product.contains)
    for mixture in base.mixtures.values():
        names = (component.substance for component in mixture.components)
        yield from _each("mixtures", mixture.id, "substances", names)
    for pair in base.pairs.values():
        yield from _each("pairs", pair.id, "substances", (pair.first, pair.second))
    for cream in base.creams.values():
        names = (substance for substance, _ in cream.components)
        yield from _each("creams", cream.id, "substances", names)
        yield from _each("creams", cream.id, "facts", cream.not_with)
        yield from _each("creams", cream.id, "regions", cream.not_in)
        for absorption in cream.absorption:
            yield from _each("creams", cream.id, "regions", absorption.regions)
    for policy in base.policies.values():
        for ban in policy.prohibitions:
            yield from _each("policies", policy.id, "substances", ban.substances)
            yield from _each("policies", policy.id, "groups", ban.groups)
            yield from _each("policies", policy.id, "indications", ban.indications)
            yield from _each("policies", policy.id, "techniques", ban.techniques)
            yield from _each("policies", policy.id, "devices", ban.devices)


def _treatment_references(base: KnowledgeBase) -> Iterator[Reference]:
    for technique in base.techniques.values():
        yield from _each("techniques", technique.id, "devices", (technique.device,))
    for device in base.devices.values():
        yield from _each("devices", device.id, "techniques", device.techniques)
    for region in base.regions.values():
        yield from _each("regions", region.id, "regions", (region.within,))
    for item in base.indications.values():
        scales = (*item.outcome_scales, item.severity_scale)
        yield from _each("indications", item.id, "regions", item.regions)
        yield from _each("indications", item.id, "scales", scales)
        yield from _each("indications", item.id, "studies", item.studies)
    for protocol in base.protocols.values():
        yield "protocols", protocol.id, "indications", protocol.indication
        yield from _each("protocols", protocol.id, "regions", protocol.regions)
        yield from _each("protocols", protocol.id, "techniques", protocol.techniques)
        yield from _each("protocols", protocol.id, "mixtures", protocol.mixtures)
        yield from _each("protocols", protocol.id, "studies", protocol.studies)
        yield from _each("protocols", protocol.id, "creams", (protocol.cream,))
    for reaction in base.reactions.values():
        yield from _each("reactions", reaction.id, "regions", reaction.at_risk)
        for window in reaction.windows:
            yield from _each("reactions", reaction.id, "regions", window.regions)
    for topic in base.topics.values():
        yield from _each("topics", topic.id, "scales", topic.scales)
    for card in base.emergencies.values():
        yield from _each("emergencies", card.id, "reactions", card.reactions)
        yield from _each("emergencies", card.id, "care", card.kit_items)


def _with_applicability(base: KnowledgeBase) -> Iterator[tuple[str, Any]]:
    for kind in ("rules", "creams", "reactions", "care", "practice"):
        for record in base.kind(kind).values():
            yield kind, record


def _applicability_references(
    kind: str, record_id: str, when: Applicability
) -> Iterator[Reference]:
    yield from _each(kind, record_id, "indications", when.indications)
    yield from _each(kind, record_id, "techniques", when.techniques)
    yield from _each(kind, record_id, "substances", when.components)
    yield from _each(kind, record_id, "groups", when.component_groups)
    yield from _each(kind, record_id, "regions", when.regions)
    yield from _each(kind, record_id, "facts", when.needs)
    yield from _each(kind, record_id, "policies", when.policies)


def _conditions(base: KnowledgeBase) -> Iterator[tuple[str, str, Condition, Mapping[str, Any]]]:
    for rule in base.rules.values():
        yield "rules", rule.id, rule.when, rule.numbers
    for derivation in base.derivations.values():
        yield "derivations", derivation.id, derivation.when, derivation.numbers
    for item in base.care.values():
        if item.when is not None:
            yield "care", item.id, item.when, item.numbers


def _check_condition(
    base: KnowledgeBase, condition: Condition, numbers: Mapping[str, Any], *, place: str, key: str
) -> None:
    def refuse(expected: str, came: object, nearest: str | None = None) -> KnowledgeError:
        return KnowledgeError(expected=expected, came=came, place=place, key=key, nearest=nearest)

    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                _check_condition(base, part, numbers, place=place, key=key)
        case Not(part):
            _check_condition(base, part, numbers, place=place, key=key)
        case FactIsYes(fact):
            _check_fact(base, fact, (FactType.BOOLEAN,), refuse)
        case FactIsOneOf(fact, values):
            _check_fact(base, fact, (FactType.CHOICE,), refuse)
            for value in values:
                if value not in base.facts[fact].choices:
                    raise refuse(f"one of {', '.join(base.facts[fact].choices)}", value)
        case FactCompares(fact, _, number):
            _check_fact(base, fact, (FactType.QUANTITY, FactType.DATE), refuse)
            if number not in numbers and not number.startswith("policy."):
                raise refuse("the name of a number of the record", number)
        case TakesMedicine(prefixes, at_least):
            for prefix in prefixes:
                try:
                    AtcCode(prefix)
                except ClinicalInputError as error:
                    raise refuse(error.expected, prefix) from error
            if at_least and at_least not in numbers:
                raise refuse("the name of a number of the record", at_least)
        case AllergicToGroup(groups):
            for group in groups:
                if group not in base.groups:
                    raise refuse("the id of a group", group, nearest_name(group, base.groups))
        case SiteHas(findings):
            for finding in findings:
                if finding not in base.site_findings:
                    raise refuse("the id of a site finding", finding)
        case _:
            pass


def _check_fact(
    base: KnowledgeBase,
    fact: str,
    types: tuple[FactType, ...],
    refuse: Any,  # noqa: ANN401
) -> None:
    if fact not in base.facts:
        raise refuse("the id of a fact", fact, nearest_name(fact, base.facts))
    if base.facts[fact].type not in types:
        names = " or ".join(item.value for item in types)
        raise refuse(f"a fact of type {names}", f"{fact} ({base.facts[fact].type.value})")
