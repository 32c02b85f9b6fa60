"""Which fact of this patient changed what in the plan.

Health, age, body and need are always answered for, also where they changed nothing: a reader must
see that they were looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesoplan.knowledge.schema.care import CarePart
from mesoplan.mixture.check import weight_of
from mesoplan.planning.care import CareRoom
from mesoplan.planning.numbers import span
from mesoplan.planning.totals import percent
from mesoplan.planning.values import Individualised, Totals, ZonePlan
from mesoplan.screening.conditions import shown
from mesoplan.vocabulary.answer import Known
from mesoplan.vocabulary.finding import Outcome
from mesoplan.vocabulary.patient import Sex, Side
from mesoplan.vocabulary.quantity import Unit
from mesoplan.vocabulary.request import NeedleWish

if TYPE_CHECKING:
    from mesoplan.planning.values import Anaesthesia
    from mesoplan.screening import Screening


def individualised(
    zones: tuple[ZonePlan, ...], totals: Totals, care: CareRoom
) -> tuple[Individualised, ...]:
    """What each fact of the patient and of the request did."""
    screening = care.screening
    return (
        *_health(screening, care),
        *_age(screening),
        *_body(zones, totals, screening),
        *_need(zones),
        *(line for zone in zones for line in _chosen(zone)),
        *_mixture(zones, screening, care),
        *_anaesthesia(care.anaesthesia),
        *_observation(care),
    )


def _health(screening: Screening, care: CareRoom) -> list[Individualised]:
    cleared = sum(1 for item in screening.results if item.outcome is Outcome.CLEARED)
    found = [
        Individualised(
            fact="health",
            effect=f"{cleared} rules looked at and cleared; verdict {screening.verdict.value}",
        )
    ]
    for item in screening.findings:
        fact = ", ".join(f"{name}: {value}" for name, value in item.because) or item.rule
        effect = f"{item.verdict.value}: {item.message}"
        if item.overridden:
            effect += f" Overridden by {item.overridden.by} ({item.overridden.reason})."
        found.append(Individualised(fact=fact, effect=effect))
    for derived in screening.derived:
        if isinstance(screening.facts.answer(derived.fact), Known):
            continue
        label = care.knowledge.facts[derived.fact].label
        answer = "yes" if derived.value else "no"
        effect = f"{label}: {answer}, and not asked"
        found.append(Individualised(fact=derived.because, effect=effect))
    return found


def _age(screening: Screening) -> list[Individualised]:
    answer = screening.effective.answer("age")
    if not isinstance(answer, Known):
        return []
    return [
        Individualised(
            fact=f"age {shown(answer)}",
            effect="decides which rules and questions apply; no dose is computed from it",
        )
    ]


def _body(
    zones: tuple[ZonePlan, ...], totals: Totals, screening: Screening
) -> list[Individualised]:
    found = []
    weight = weight_of(screening.facts)
    for part in totals.doses:
        per_kg = [share for share in part.shares if share.stated.value.unit is not share.limit.unit]
        if per_kg and isinstance(weight, Known):
            share = per_kg[0]
            found.append(
                Individualised(
                    fact=f"weight {weight.value}",
                    effect=(
                        f"sets the limit of {part.label.lower()} ({share.stated}) at "
                        f"{share.limit}; this plan uses {percent(share.share)} of it"
                    ),
                )
            )
    for zone in zones:
        odds = zone.layers
        where = f"zone {zone.option.number}"
        if odds.unknown is None and zone.depth is not None and zone.needle is not None:
            layers = ", ".join(
                f"{layer.value} {percent(share)}" for layer, share in odds.probabilities.items()
            )
            sex = "" if screening.facts.sex is Sex.UNKNOWN else f"{screening.facts.sex.value}, "
            found.append(
                Individualised(
                    fact=f"{sex}skin there {odds.used[0].mean} ({odds.used[0].population})",
                    effect=f"{where}: at {zone.needle.angle.value} the tip lies in {layers}",
                )
            )
        if zone.zone.side is Side.BOTH and zone.area is not None:
            found.append(Individualised(fact="both sides", effect=f"{where}: area counted twice"))
        if zone.zone.area is not None:
            word = "gives" if zone.zone.points is None else "holds the"
            found.append(
                Individualised(
                    fact=f"measured area {zone.zone.area}",
                    effect=f"{where}: {word} {zone.points.value.amount} points",
                )
            )
    return found


def _need(zones: tuple[ZonePlan, ...]) -> list[Individualised]:
    found = []
    for zone in zones:
        wanted = [*zone.zone.aims]
        if zone.zone.severity:
            wanted.append(f"severity {zone.zone.severity}")
        need = f"; {', '.join(wanted)}" if wanted else ""
        found.append(
            Individualised(
                fact=f"need: {zone.indication.label}{need}",
                effect=(
                    f"zone {zone.option.number}: protocol {zone.protocol.label}, "
                    f"{zone.technique.label.lower()}, {zone.mixture.mixture.label}"
                ),
            )
        )
    return found


def _chosen(zone: ZonePlan) -> list[Individualised]:
    """What the physician asked for in place of what the plan would have taken, with its range."""
    asked = zone.zone
    needle = asked.needle or NeedleWish()
    total = f"{zone.points.value} points, {zone.total_volume.value} in a session"
    wishes = (
        ("needle length", needle.length, zone.needle.length if zone.needle else None, ""),
        ("inserted length", needle.inserted, zone.needle.inserted if zone.needle else None, ""),
        ("angle", needle.angle, zone.needle.angle if zone.needle else None, ""),
        ("points", asked.points, zone.points, total),
        ("spacing", asked.spacing, zone.spacing, total),
        ("volume per point", asked.volume_per_point, zone.volume_per_point, total),
        ("sessions", asked.sessions, zone.sessions, ""),
        ("interval", asked.interval, zone.interval, ""),
    )
    return [
        Individualised(
            fact=f"chosen by the physician: {word} {number.value}",
            effect=f"zone {zone.option.number}: the range is {span(number.low, number.high)}"
            + (f"; {more}" if more else ""),
        )
        for word, wish, number, more in wishes
        if wish is not None and number is not None
    ]


def _mixture(
    zones: tuple[ZonePlan, ...], screening: Screening, care: CareRoom
) -> list[Individualised]:
    """What was set aside for this patient, and what was taken instead."""
    chosen = {zone.option.number: zone for zone in zones}
    found = []
    for aside in screening.set_aside:
        zone = chosen.get(aside.option.number)
        if zone is None or aside.option.mixture is None or aside.option.technique is None:
            continue
        why = "; ".join(
            ", ".join(value for _, value in item.because) or item.message for item in aside.findings
        )
        was = f"{aside.option.mixture.label}, {aside.option.technique.label.lower()}"
        now = f"{zone.mixture.mixture.label}, {zone.technique.label.lower()}"
        found.append(
            Individualised(fact=why, effect=f"zone {aside.option.number}: {now}, not {was}")
        )
    policy = care.knowledge.policies[screening.policy]
    found.append(Individualised(fact=f"policy {policy.id}", effect=policy.summary))
    return found


def _anaesthesia(anaesthesia: Anaesthesia) -> list[Individualised]:
    if anaesthesia.cream is not None:
        return []
    return [Individualised(fact="anaesthesia", effect=anaesthesia.reason)]


def _observation(care: CareRoom) -> list[Individualised]:
    lines = [line for line in care.lines(CarePart.OBSERVATION) if line.time is not None]
    shortest = min(line.time.amount_in(Unit.MIN) for line in lines if line.time)
    longest = care.observation()
    if longest.time is None or longest.time.amount_in(Unit.MIN) == shortest:
        return []
    return [
        Individualised(fact=longest.says.text, effect=f"observation {longest.time} after a session")
    ]
