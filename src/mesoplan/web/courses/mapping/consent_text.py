"""What a patient is told before she decides: the statements of one released plan, in parts.

Everything comes from the plan's record. The base speaks English, so the text is English whoever
reads the page (``TEXT_LANGUAGE``); in which language it was explained is recorded with the talk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mesoplan.web.courses.mapping.plan_doses import amount_of
from mesoplan.web.courses.mapping.words import Chip, label_of, place_words, plain_text, source_chip
from mesoplan.web.patients.mapping import knowledge

TEXT_LANGUAGE = "en"
"""The language of the statements of the base, and so of the whole text."""

HEADINGS: Mapping[str, Promise] = {
    "proposed": gettext_lazy("What is proposed"),
    "label": gettext_lazy("Use outside the label"),
    "known": gettext_lazy("What is known"),
    "notice": gettext_lazy("What you may notice"),
    "serious": gettext_lazy("Rare and serious"),
    "choices": gettext_lazy("Other choices"),
    "policy": gettext_lazy("What the rules ask for"),
    "rights": gettext_lazy("What you can count on"),
}
"""The parts in the order in which they are read."""

OTHERS = "rights"
"""The part of a statement that has no other."""

OFF_LABEL = "it lies outside a licence for this use"
"""How the core ends what it says of a use outside the licence; the record does not mark it."""

PART_OF = {
    "say-what-it-is": "proposed",
    "say-sessions": "proposed",
    "say-costs": "proposed",
    "say-fish": "proposed",
    "say-blood": "proposed",
    "say-thiocolchicoside-label": "label",
    "say-tranexamic-acid": "label",
    "say-evidence": "known",
    "say-evidence-aesthetic": "known",
    "say-lack-of-effect": "known",
    "say-piroxicam": "known",
    "say-mixture": "known",
    "say-expected": "notice",
    "say-pain-and-bleeding": "notice",
    "say-eye-and-chin": "notice",
    "say-dark-skin": "notice",
    "say-side-effects-by-cause": "serious",
    "say-how-often": "serious",
    "say-infection": "serious",
    "say-allergy": "serious",
    "say-scars": "serious",
    "say-deoxycholic-acid": "serious",
    "say-dutasteride": "serious",
    "say-thiocolchicoside": "serious",
    "say-alternatives": "choices",
}
"""Under which heading a statement of the base stands, by its id; all others under ``OTHERS``."""

GRADES: Mapping[str, Promise] = {
    "A": gettext_lazy("the strongest of the four grades A to D"),
    "B": gettext_lazy("the second of the four grades A to D"),
    "C": gettext_lazy("the third of the four grades A to D"),
    "D": gettext_lazy("the weakest of the four grades A to D"),
    "X": gettext_lazy("evidence against, or a bar"),
}
"""What an evidence grade says."""

DAY_H = 24
"""Hours of a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence. ``source`` is ``{id, locator}``, or ``None`` where it is the plan itself.

    ``is_statement`` tells the statements of the plan's record from what is said of its numbers;
    ``is_lead`` a line that announces those after it.
    """

    text: str
    source: Mapping[str, str] | None
    is_statement: bool = False
    is_lead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Sentences that follow one another and have one source."""

    lines: tuple[Line, ...]
    chip: Chip


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Sentences under one heading."""

    key: str
    heading: str
    lines: tuple[Line, ...]
    plan_chip: Chip

    @property
    def said(self) -> tuple[Said, ...]:
        """The sentences with one chip for those that have the same source."""
        return tuple(
            Said(
                lines=tuple(lines),
                chip=self.plan_chip if source is None else source_chip(dict(source)),
            )
            for source, lines in _by_source(self.lines)
        )


def consent_text(record: Mapping[str, Any], *, number: int) -> tuple[Part, ...]:
    """The text of a consent to the plan of this record, which is the plan of that number.

    Each statement of the record stands in it once, word for word.
    """
    with translation.override(TEXT_LANGUAGE):
        plan = record["plan"]
        found: dict[str, list[Line]] = {key: [] for key in HEADINGS}
        found["proposed"] += _proposed(plan)
        for statement in plan["statements"]:
            found[_part_of(statement, plan["policy"])].append(_statement(statement))
        found["known"] += _known(plan)
        found["notice"] += _noticed(plan["expected_reactions"])
        found["serious"] += _serious(plan["red_flags"])
        found["choices"] += [
            Line(text=item["text"], source=item["source"]) for item in plan["alternatives"]
        ]
        chip = plan_chip(number)
        return tuple(
            Part(key=key, heading=str(heading), lines=tuple(found[key]), plan_chip=chip)
            for key, heading in HEADINGS.items()
            if found[key]
        )


def plan_chip(number: int) -> Chip:
    """The chip of what the plan itself says."""
    with translation.override(TEXT_LANGUAGE):
        title = _("plan %(number)s as it was released") % {"number": number}
        return Chip(kind="computed", name=_("From the plan"), title=title, is_reviewed=True)


def _by_source(
    lines: Iterable[Line],
) -> Iterator[tuple[tuple[tuple[str, str], ...] | None, Iterator[Line]]]:
    return groupby(
        lines, key=lambda line: None if line.source is None else tuple(sorted(line.source.items()))
    )


def _statement(item: Mapping[str, Any]) -> Line:
    return Line(text=item["text"], source=item["source"], is_statement=True)


def _part_of(item: Mapping[str, Any], policy: str) -> str:
    """The part by the id of the statement, where the base still has it in these words."""
    base = knowledge()
    rules = base.policies.get(policy)
    if rules is not None and any(item["text"] == each.text for each in rules.statements):
        return "policy"
    if OFF_LABEL in item["text"]:
        return "label"
    ids = (care.id for care in base.care.values() if care.says.text == item["text"])
    return next((PART_OF[name] for name in ids if name in PART_OF), OTHERS)


# --- What is proposed --------------------------------------------------------------------------


def _proposed(plan: Mapping[str, Any]) -> Iterator[Line]:
    for zone in plan["zones"]:
        yield Line(text=" ".join(_zone(zone)), source=None)
    doses = [_dose(dose) for dose in plan["totals"]["doses"]]
    if doses:
        yield Line(text=_("In one session: %(doses)s.") % {"doses": ", ".join(doses)}, source=None)
    cream = plan["anaesthesia"]["cream"]
    if cream:
        label = label_of("creams", cream)
        yield Line(
            text=_("Before it, to numb the skin: %(cream)s.") % {"cream": label}, source=None
        )
    if plan["observation_minutes"] is not None:
        text = _("Afterwards you stay %(minutes)s minutes, so that a reaction is seen.")
        minutes = plain_text(plan["observation_minutes"])
        yield Line(text=text % {"minutes": minutes}, source=plan["observation_source"])


def _zone(zone: Mapping[str, Any]) -> Iterator[str]:
    yield f"{label_of('indications', zone['indication'])}: {place_of(zone)}."
    technique, mixture = label_of("techniques", zone["technique"]), mixture_of(zone)
    yield f"{technique}. {mixture}."
    if zone["needle"]:
        text = ngettext(
            "A needle goes %(depth)s mm into the skin at one point.",
            "A needle goes %(depth)s mm into the skin at each of %(count)s points.",
            int(zone["points"]),
        )
        depth = plain_text(zone["needle"]["inserted_mm"])
        yield text % {"depth": depth, "count": plain_text(zone["points"])}
    if Decimal(str(zone["total_volume_ml"])):
        volume = plain_text(zone["total_volume_ml"])
        yield _("Given in one session: %(volume)s mL.") % {"volume": volume}
    sessions = int(zone["sessions"])
    text = ngettext("One session", "%(count)s sessions", sessions) % {"count": sessions}
    apart = interval_words(zone["interval"]) if zone["interval"] and sessions > 1 else ""
    yield f"{text}, {_('%(interval)s apart') % {'interval': apart}}." if apart else f"{text}."


def place_of(zone: Mapping[str, Any]) -> str:
    """Region and side of a zone in words."""
    return place_words(zone["region"], zone["side"])


def mixture_of(zone: Mapping[str, Any]) -> str:
    """What is in the syringe."""
    return label_of("mixtures", zone["mixture"]["id"])


def interval_words(text: str) -> str:
    """An interval of the record, ``3 d`` or ``1 week``, in words."""
    count, _space, unit = text.partition(" ")
    if not count.isdigit() or unit not in {"d", "week"}:
        return text
    words = (
        ngettext("%(count)s day", "%(count)s days", int(count))
        if unit == "d"
        else ngettext("%(count)s week", "%(count)s weeks", int(count))
    )
    return words % {"count": count}


def _dose(dose: Mapping[str, Any]) -> str:
    label, (amount, unit) = label_of("substances", dose["substance"]), amount_of(dose)
    if amount is None:
        return _("%(substance)s, amount not known") % {"substance": label}
    return f"{label} {plain_text(amount)} {unit}"


# --- What is known, what may happen ------------------------------------------------------------


def _known(plan: Mapping[str, Any]) -> Iterator[Line]:
    seen: set[str] = set()
    for zone in plan["zones"]:
        evidence, label = zone["evidence"], label_of("indications", zone["indication"])
        grade = _("%(indication)s: evidence grade %(grade)s, %(words)s.") % {
            "indication": label,
            "grade": evidence["grade"],
            "words": GRADES[evidence["grade"]],
        }
        because = evidence["because"]
        yield Line(text=f"{grade} {because['text']}", source=because["source"])
        for study in evidence["studies"]:
            if study["id"] not in seen:
                seen.add(study["id"])
                yield Line(text=_study(study), source=study["source"])


def _study(study: Mapping[str, Any]) -> str:
    people = study["participants"]
    who = "" if people is None else _(", %(people)s people") % {"people": plain_text(people)}
    against = _("compared with %(other)s") % {"other": study["comparator"]}
    told = f"{str(study['design']).capitalize()}{who}, {against}. {study['result']}"
    return f"{told} {study['conflict']}" if study["conflict"] else told


def _noticed(reactions: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    """Each reaction with its window; the place is named where places differ."""
    items = list(reactions)
    windows: dict[str, set[str]] = {}
    for item in items:
        windows.setdefault(item["label"], set()).add(_window(item))
    lines: dict[tuple[str, str], Line] = {}
    for item in items:
        label, window = item["label"], _window(item)
        if len(windows[label]) > 1:
            label = f"{label} ({label_of('regions', item['region'])})"
        more = " " + _("It is said to be commoner here.") if item["commoner_here"] else ""
        line = Line(text=f"{label}: {window}.{more}", source=item["source"])
        lines.setdefault((label, line.text), line)
    by_source = sorted(lines.values(), key=lambda line: (line.source or {}).get("id", ""))
    yield from by_source


def _window(item: Mapping[str, Any]) -> str:
    start, end = Decimal(str(item["from_h"])), Decimal(str(item["to_h"]))
    if start:
        return _("from %(start)s to %(end)s") % {"start": _hours(start), "end": _hours(end)}
    return _("for up to %(end)s") % {"end": _hours(end)}


def _hours(hours: Decimal) -> str:
    if hours and hours % DAY_H == 0:
        days = int(hours // DAY_H)
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    text = ngettext("%(count)s hour", "%(count)s hours", 1 if hours == 1 else 2)
    return text % {"count": plain_text(hours)}


def _serious(flags: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    asked = list(flags)
    urgent = [flag["question"] for flag in asked if flag["urgency"] == "urgent"]
    others = [flag["question"] for flag in asked if flag["urgency"] != "urgent"]
    if urgent:
        yield Line(
            text=_("Call at once if you say yes to any of these:"), source=None, is_lead=True
        )
        yield from (Line(text=question, source=None) for question in urgent)
    if others:
        yield Line(
            text=_("Call us within a day if you say yes to any of these:"),
            source=None,
            is_lead=True,
        )
        yield from (Line(text=question, source=None) for question in others)
