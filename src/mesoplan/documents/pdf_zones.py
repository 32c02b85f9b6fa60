"""One zone on the printed sheet: how it is given, the mixture with its doses, the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from mesoplan.documents.pdf_patient import place_of
from mesoplan.documents.pdf_sources import Sources, note_of
from mesoplan.documents.pdf_words import (
    Block,
    Cell,
    Runs,
    bar,
    capital,
    heading,
    in_words,
    joined,
    lead,
    line_break,
    paragraph,
    part,
    points,
    share_words,
    soft,
    span,
    spanned,
    strong,
    table,
    unknown,
    value,
    verdict,
    words,
)
from mesoplan.knowledge.schema.mixtures import Preparation
from mesoplan.knowledge.schema.substances import LimitBasis
from mesoplan.knowledge.schema.techniques import Layer
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Quantity
from mesoplan.vocabulary.source import Kind

if TYPE_CHECKING:
    from mesoplan.knowledge.schema.indications import Study
    from mesoplan.mixture import GroupShare, LimitShare
    from mesoplan.planning.values import Planned, PlannedComponent, ZonePlan

# A mixture verdict has its own word and borrows the shape of the rule verdict beside it.
_MIXTURE_SHAPES = {
    "compatible": "eligible",
    "used-together": "caution",
    "no-data": "undetermined",
    "incompatible": "contraindicated",
    "forbidden": "contraindicated",
}
# What a limit counts over once it is worked out for this patient: 3 mg/kg have become 204 mg.
BASIS_WORDS = {
    LimitBasis.SESSION: "per session",
    LimitBasis.SESSION_PER_KG: "per session",
    LimitBasis.DAY: "per day",
    LimitBasis.DAY_PER_KG: "per day",
    LimitBasis.AREA: "on this area",
    LimitBasis.POINT: "per point",
    LimitBasis.SESSIONS_IN_COURSE: "sessions in a course",
    LimitBasis.DAYS_IN_COURSE: "days in a course",
    LimitBasis.INTERVAL: "between sessions",
}
_PREPARATION = {
    Preparation.SINGLE: "a single active",
    Preparation.READY_MIX: "bought ready-made",
    Preparation.COMPOUNDED: "made up by a pharmacy",
    Preparation.BEDSIDE: "mixed in the consulting room",
    Preparation.FROM_PATIENT: "made from the patient's own blood or tissue",
    Preparation.DRY: "nothing is injected",
}
LAYER_WORDS = {
    Layer.EPIDERMIS: "epidermis",
    Layer.DERMIS: "dermis",
    Layer.SUBCUTIS: "subcutis",
    Layer.MUSCLE: "muscle",
}


def zone_blocks(zone: ZonePlan, sources: Sources) -> Iterator[Block]:
    """Everything of one zone."""
    where = place_of(zone.zone, sources.knowledge)
    yield heading(1, f"Zone {zone.option.number}: {zone.indication.label}, {where}")
    yield lead(
        words("Protocol: "), strong(zone.protocol.label), sources.mark(zone.protocol.citation)
    )
    yield table(
        ("What", "Planned", "Range, and how it came about", "Source"),
        ("28", "50", "rest", "36"),
        _rows(zone, sources),
    )
    if zone.protocol.notes:
        yield points(sources.said(note) for note in zone.protocol.notes)
    yield from _mixture(zone, sources)
    yield from _evidence(zone, sources)


def _rows(zone: ZonePlan, sources: Sources) -> Iterator[list[Runs]]:
    yield [
        [words("Technique")],
        [strong(zone.technique.label)],
        [soft(f"{zone.technique.route.value} route")],
        [sources.mark(zone.protocol.citation)],
    ]
    if zone.needle is not None:
        yield _row("Needle length", zone.needle.length, sources)
        if zone.needle.gauge is not None:
            yield _row("Needle gauge", zone.needle.gauge, sources)
        else:
            yield _open_row("Needle gauge", "no source states it")
        yield _row("Inserted", zone.needle.inserted, sources)
        yield _row("Angle to the skin", zone.needle.angle, sources)
    if zone.depth is not None:
        yield _row("Depth of the tip", zone.depth, sources)
    yield _layers(zone, sources)
    for name, number, why in (
        ("Area", zone.area, "not measured, and no estimate in the knowledge base"),
        ("Spacing", zone.spacing, "no source states it"),
    ):
        yield _row(name, number, sources) if number is not None else _open_row(name, why)
    yield _row("Points", zone.points, sources)
    yield _row("Volume per point", zone.volume_per_point, sources)
    yield _row("Volume in all", zone.total_volume, sources)
    yield _row("Sessions", zone.sessions, sources)
    if zone.interval is not None:
        yield _row("Interval", zone.interval, sources)


def _row(name: str, number: Planned, sources: Sources) -> list[Runs]:
    range_runs: Runs = []
    if number.low != number.high:
        range_runs += [span(number.low, number.high)]
    if number.note:
        gap = "; " if range_runs else ""
        range_runs += note_of(f"{gap}{number.note}")
    return [
        [words(name)],
        [{**value(number.value), "is": "strong-value"}],
        range_runs,
        [sources.planned(number)],
    ]


def _open_row(name: str, why: str) -> list[Runs]:
    return [[words(name)], [unknown("not known")], [soft(why)], []]


def _layers(zone: ZonePlan, sources: Sources) -> list[Runs]:
    """The probability per layer as bars and numbers, or why it is not known."""
    odds = zone.layers
    used = [
        (f"{entry.layer.value} {entry.mean} ({entry.population})", sources.stated(entry.mean))
        for entry in odds.used
    ]
    marks = joined(([chip] for _, chip in used), " ")
    if odds.unknown is not None:
        return [
            [words("Layer of the tip")],
            [unknown("not known")],
            [soft(odds.unknown.reason)],
            marks,
        ]
    drawn: Runs = []
    for layer, chance in odds.probabilities.items():
        if drawn:
            drawn.append(line_break())
        word = LAYER_WORDS[layer]
        if layer is Layer.SUBCUTIS and odds.subcutis_is_open:
            word = "subcutis or deeper"
        drawn += [part(chance), strong(share_words(chance)), words(f" {word}")]
    means = "; ".join(text for text, _ in used)
    basis: Runs = [soft(f"from how thick skin is there, and how people differ: {means}")]
    return [[words("Layer of the tip")], drawn, basis, marks]


# --- The mixture ------------------------------------------------------------------------------


def _mixture(zone: ZonePlan, sources: Sources) -> Iterator[Block]:
    planned = zone.mixture
    yield heading(2, f"Mixture: {planned.mixture.label}")
    word = capital(planned.verdict.replace("-", " "))
    yield lead(
        verdict(_MIXTURE_SHAPES[planned.verdict], word),
        words(f"; {_PREPARATION[planned.mixture.preparation]}. Doses of one session."),
    )
    for reason in planned.reasons:
        yield lead(soft(reason.text), sources.mark(reason.citation))
    if planned.components:
        yield dose_table(planned.components, sources, with_volume=True)


def dose_table(parts: Iterable[PlannedComponent], sources: Sources, *, with_volume: bool) -> Block:
    """Each component with its dose and its share of each limit; a row a limit."""
    head = ["Component", "Volume", "Dose", "Share of the limit", "Limit", "Source"]
    widths = ["rest", ">17", ">19", "42", "36", "30"]
    if not with_volume:
        head.pop(1)
        widths.pop(1)
    rows: list[list[Cell]] = []
    for item in parts:
        first: list[Runs] = [[words(item.label)], [value(item.dose.volume)], _dose(item)]
        if not with_volume:
            first.pop(1)
        limits = _limits(item, sources)
        spanning = [spanned(runs, len(limits)) for runs in first]
        rows += [[*([] if number else spanning), *limit] for number, limit in enumerate(limits)]
    return table(head, widths, rows)


def _dose(item: PlannedComponent) -> Runs:
    if isinstance(item.dose.amount, Unknown):
        return [unknown("not known"), line_break(), soft(item.dose.amount.reason)]
    return [{**value(item.dose.amount), "is": "strong-value"}]


def _limits(item: PlannedComponent, sources: Sources) -> list[list[Runs]]:
    mark = [sources.mark(item.dose.citation)]
    if item.shares:
        return [_limit(share, sources) for share in item.shares]
    if item.limit_unknown:
        return [[[{"is": "hatched"}], [unknown("limit not known"), soft("; not added up")], mark]]
    if isinstance(item.dose.amount, Unknown):
        return [[[], [soft("no share without a dose")], mark]]
    return [[[], [soft("no limit that counts here")], mark]]


def _limit(share: LimitShare, sources: Sources) -> list[Runs]:
    stated = share.stated
    words_of_basis = BASIS_WORDS[share.basis]
    if share.jurisdiction != "any":
        words_of_basis += f", {jurisdiction(share.jurisdiction)}"
    limit: Runs = [value(share.limit), soft(f" {words_of_basis}")]
    if stated.value.unit is not share.limit.unit:
        limit += [line_break(), soft(f"stated as {stated_words(share)}")]
    if stated.kind is Kind.ASSUMED and stated.tightens:
        limit += [line_break(), soft(f"assumed: {stated.tightens}")]
    return [
        drawn_share(share.share),
        limit,
        [sources.stated(stated)],
    ]


NEAR = Decimal("0.8")
"""From this share of a limit on, a dose is called near it (design language, dose bar)."""


def drawn_share(share: Decimal) -> Runs:
    """A share of a limit as bar and number; near the limit says so in words."""
    runs: Runs = [bar(share), strong(share_words(share))]
    if share > 1:
        return [*runs, line_break(), strong("above the limit")]
    return [*runs, line_break(), strong("near the limit")] if share >= NEAR else runs


def jurisdiction(name: str) -> str:
    """The code of a country as it is written, or the word that stands there."""
    return name.upper() if len(name) == len("fr") else name


def stated_words(share: LimitShare) -> str:
    """The limit as its source states it."""
    low, high = share.stated.low, share.stated.high
    return in_words(high) if low == high else f"{in_words(low)} to {in_words(high)}"


def group_rows(groups: Iterable[GroupShare], sources: Sources) -> list[list[Runs]]:
    """Substances whose limits count together, added up."""
    knowledge = sources.knowledge
    return [
        [
            [strong(knowledge.groups[item.group].label)],
            [words(", ".join(knowledge.substances[name].label for name in item.members))],
            drawn_share(item.share),
            [sources.mark(item.citation)],
        ]
        for item in groups
    ]


# --- Evidence ---------------------------------------------------------------------------------


def _evidence(zone: ZonePlan, sources: Sources) -> Iterator[Block]:
    yield heading(2, "Evidence")
    yield {
        "is": "grade",
        "grade": zone.grade.value,
        "runs": [
            strong(f"Grade {zone.grade.value} for this protocol. "),
            words(f"For the indication as a whole: {zone.indication.grade.value}. "),
            *sources.said(zone.indication.grade_because),
        ],
    }
    if zone.studies:
        yield table(
            ("Study", "Design, people", "Compared with", "Result", "Limits, conflicts, funding"),
            ("32", "30", "26", "rest", "28"),
            (_study(item, sources) for item in zone.studies),
        )
    else:
        yield paragraph(unknown("no study of it is in the knowledge base"))


def _study(study: Study, sources: Sources) -> list[Runs]:
    people: Runs = [unknown("number not known")]
    if not isinstance(study.participants, Unknown):
        people = [words(f"n = {_whole(study.participants.value)}")]
    return [
        [words(study.label), sources.mark(study.citation)],
        [words(study.design), line_break(), *people],
        [words(study.comparator)],
        [words(study.result)],
        _conflict(study),
    ]


def _conflict(study: Study) -> Runs:
    known = [text for text in (study.conflict, study.funding) if text]
    if not known:
        return [unknown("not stated")]
    return [words(known[0])] + [soft(f" {text}") for text in known[1:]]


def _whole(quantity: Quantity) -> str:
    return str(value(quantity)["value"])
