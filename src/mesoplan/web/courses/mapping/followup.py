"""The checks of the knowledge base as a worklist names them, and the words of triage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from mesoplan.knowledge.schema.care import CarePart
from mesoplan.vocabulary.quantity import Quantity, Unit, plain
from mesoplan.web.patients.mapping import knowledge

REPORT = "report"
"""Stands in ``Contact.what`` where the patient reported by herself."""

OTHER = "other"

URGENCIES = {
    "urgent": _("Urgent now"),
    "call": _("Call within a day"),
    "expected": _("Expected"),
    "no-answer": _("Not reached"),
}
"""The fixed words of triage, and that nobody answered."""

CAUSES = {
    "drug": _("Drug"),
    "method": _("Method"),
    "needle": _("Needle"),
    "unknown": _("Unknown"),
}

SEVERITIES = {"mild": _("Mild"), "moderate": _("Moderate"), "severe": _("Severe")}

OUTCOMES = {
    "ongoing": _("Ongoing"),
    "better": _("Getting better"),
    "resolved": _("Gone"),
    "resolved-with-scar": _("Gone, with a scar or a mark"),
    "referred": _("Referred"),
    "treated": _("Treated"),
    "not-known": _("Not known"),
}
"""How a reaction went on."""

OVER = frozenset({"resolved", "resolved-with-scar"})
"""Outcomes after which nobody has to look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckKind:
    """A kind of check. ``what`` is the text that its contacts carry, ``when`` says it short."""

    name: str
    what: str
    when: str


@cache
def _checks() -> tuple[tuple[str, str, Quantity, Quantity], ...]:
    """Id, text and time of every check of the base, in order of time."""
    found = [
        (item.id, item.says.text, item.time.low, item.time.high)
        for item in knowledge().care.values()
        if item.part is CarePart.FOLLOW_UP and item.time is not None
    ]
    return tuple(sorted(found, key=lambda item: (item[2].amount_in(Unit.H), item[0])))


def check_kinds() -> tuple[CheckKind, ...]:
    """Every kind of check, in order of time, and reports by patients."""
    return tuple(_kinds(get_language() or "").values())


def kind_of(what: str) -> CheckKind:
    """The kind of a contact; a text that this release does not know says itself."""
    known = _kinds(get_language() or "").get(what)
    return known or CheckKind(name=OTHER, what=what, when=str(_("Check")))


@cache
def _kinds(language: str) -> Mapping[str, CheckKind]:  # noqa: ARG001 - the words are in it
    """The kinds by the text of their contacts, in the language that is active."""
    found = [
        CheckKind(name=name, what=what, when=_span(low, high))
        for name, what, low, high in _checks()
    ]
    report = CheckKind(name=REPORT, what=REPORT, when=str(_("Report by the patient")))
    return MappingProxyType({kind.what: kind for kind in (*found, report)})


def _span(low: Quantity, high: Quantity) -> str:
    if low == high:
        return _time(low)
    if low.unit is high.unit:
        return f"{plain(low.amount)}–{_time(high)}"
    return f"{_time(low)} – {_time(high)}"


def _time(time: Quantity) -> str:
    amount, count = plain(time.amount), int(time.amount)
    match time.unit:
        case Unit.H:
            return f"{amount} h"
        case Unit.D:
            return ngettext("%(n)s day", "%(n)s days", count) % {"n": amount}
        case Unit.WEEK:
            return ngettext("%(n)s week", "%(n)s weeks", count) % {"n": amount}
        case _:
            return str(time)
