"""Plans side by side, row by row; and what has changed between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mesoplan.web.courses.mapping.plan_doses import amount_of
from mesoplan.web.courses.mapping.plan_numbers import number_of
from mesoplan.web.courses.mapping.words import cited, label_of, number_text, place_words, plain_text

NUMBERS = {
    "needle.length_mm": gettext_lazy("Needle"),
    "needle.gauge": gettext_lazy("Gauge"),
    "needle.inserted_mm": gettext_lazy("Inserted"),
    "needle.angle_deg": gettext_lazy("Angle to the skin"),
    "depth_mm": gettext_lazy("Depth of the tip"),
    "points": gettext_lazy("Points"),
    "area_cm2": gettext_lazy("Area"),
    "spacing_mm": gettext_lazy("Spacing"),
    "volume_per_point_ml": gettext_lazy("Volume per point"),
    "total_volume_ml": gettext_lazy("Volume of the zone"),
    "sessions": gettext_lazy("Sessions"),
    "interval": gettext_lazy("Interval"),
}
"""Numbers of a zone in the order in which they are read, by their names in the record."""

LISTS = {
    "statements": gettext_lazy("Statement for the consent"),
    "readiness": gettext_lazy("Before the session"),
    "before": gettext_lazy("Told beforehand"),
    "aftercare": gettext_lazy("Aftercare"),
}
"""Lists whose sentences come and go between two plans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one plan says in one row: a number with its unit, or words."""

    value: Decimal | str
    unit: str = ""
    more: str = ""
    is_verdict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row over all columns; a column that says nothing here has no cell."""

    label: str
    cells: tuple[Cell | None, ...]
    is_reason: bool = False

    @property
    def differs(self) -> bool:
        """Whether the columns do not all say the same."""
        return len(set(self.cells)) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A sentence that came or went between two plans."""

    what: str
    text: str
    is_new: bool


Key = tuple[str, ...]


def rows_of(records: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    """The records side by side, in the order of the first that has the row."""
    columns = [dict(_column(record)) for record in records]
    labels: dict[Key, str] = {}
    for column in columns:
        labels |= {key: label for key, (label, _cell) in column.items() if key not in labels}
    return tuple(
        Row(
            label=label,
            cells=tuple(column[key][1] if key in column else None for column in columns),
            is_reason=key[0] == "reason",
        )
        for key, label in labels.items()
    )


def _column(record: Mapping[str, Any]) -> Iterator[tuple[Key, tuple[str, Cell]]]:
    screening = record["screening"]
    yield ("verdict",), (_("Verdict"), Cell(value=screening["verdict"], is_verdict=True))
    if screening["verdict_after_override"]:
        after = Cell(value=screening["verdict_after_override"], is_verdict=True)
        yield ("after",), (_("After override"), after)
    if record["outcome"] != "plan":
        for number, reason in enumerate(record["refusal"]["reasons"], 1):
            label = _("No plan, reason %(number)s") % {"number": number}
            yield ("reason", str(number)), (label, Cell(value=cited(reason["message"])))
        return
    plan = record["plan"]
    for zone in plan["zones"]:
        yield from _zone(zone, is_only=len(plan["zones"]) == 1)
    yield from _totals(plan)


def _zone(zone: Mapping[str, Any], *, is_only: bool) -> Iterator[tuple[Key, tuple[str, Cell]]]:
    number = str(zone["number"])

    def row(name: str, label: object, cell: Cell) -> tuple[Key, tuple[str, Cell]]:
        words = str(label) if is_only else f"{number}: {label}"
        return ("zone", number, name), (words, cell)

    where = f"{label_of('indications', zone['indication'])}, "
    where += place_words(zone["region"], zone["side"])
    yield row("what", _("What and where"), Cell(value=where))
    yield row("protocol", _("Protocol"), Cell(value=label_of("protocols", zone["protocol"])))
    technique = label_of("techniques", zone["technique"])
    yield row("technique", _("Technique"), Cell(value=technique))
    yield row("mixture", _("Mixture"), Cell(value=label_of("mixtures", zone["mixture"]["id"])))
    for name, label in NUMBERS.items():
        if name in zone["number_sources"]:
            found = number_of(name, zone["number_sources"][name])
            span = f"{plain_text(found.low)} – {plain_text(found.high)}" if found.has_range else ""
            yield row(name, label, Cell(value=found.value, unit=found.unit, more=span))
    if "dermis" in zone["layers"]:
        share = number_text(Decimal(zone["layers"]["dermis"]) * 100)
        yield row("dermis", _("Tip in the dermis"), Cell(value=share, unit="%"))
    yield row("grade", _("Evidence"), Cell(value=zone["evidence"]["grade"]))


def _totals(plan: Mapping[str, Any]) -> Iterator[tuple[Key, tuple[str, Cell]]]:
    volume = number_text(plan["totals"]["volume_ml"])
    yield ("volume",), (_("Volume, all zones"), Cell(value=volume, unit="mL"))
    for dose in plan["totals"]["doses"]:
        amount, unit = amount_of(dose)
        shares = [Decimal(str(limit["share"])) for limit in dose["limits"]]
        more = _("limit unknown")
        if shares:
            more = _("%(percent)s %% of the limit") % {"percent": plain_text(max(shares) * 100)}
        value = _("not known") if amount is None else amount
        label = label_of("substances", dose["substance"])
        yield ("dose", dose["substance"]), (label, Cell(value=value, unit=unit, more=more))
    cream = plan["anaesthesia"]["cream"]
    words = label_of("creams", cream) if cream else _("none")
    yield ("cream",), (_("Anaesthetic cream"), Cell(value=words))
    if plan["observation_minutes"] is not None:
        minutes = number_text(plan["observation_minutes"])
        yield ("observation",), (_("Observation afterwards"), Cell(value=minutes, unit="min"))


def changed_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Row, ...]:
    """The rows in which two records differ; of a plan and a refusal only verdict and reasons."""
    rows = [row for row in rows_of((before, after)) if row.differs]
    if before["outcome"] != after["outcome"]:
        rows = [row for row in rows if None not in row.cells or row.is_reason]
    return tuple(rows)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Findings and sentences that are only in one of two records."""
    pairs = [(str(_("Finding")), _findings(before), _findings(after))]
    pairs.append((str(_("Open question")), _open(before), _open(after)))
    if before["outcome"] == after["outcome"] == "plan":
        pairs += [
            (str(what), _texts(before["plan"][name]), _texts(after["plan"][name]))
            for name, what in LISTS.items()
        ]
    return tuple(
        Change(what=what, text=text, is_new=is_new)
        for what, old, new in pairs
        for text, is_new in (
            *((text, True) for text in new if text not in old),
            *((text, False) for text in old if text not in new),
        )
    )


def _findings(record: Mapping[str, Any]) -> list[str]:
    return [
        f"{item['message']} ({item['subject']})" if item["subject"] else item["message"]
        for item in record["screening"]["findings"]
    ]


def _open(record: Mapping[str, Any]) -> list[str]:
    return [item["question"] for item in record["screening"]["missing"]]


def _texts(statements: Iterable[Mapping[str, Any]]) -> list[str]:
    return [cited(item["text"]) for item in statements]
