"""The questions that a screening waits for, each with what its answers lead to.

What an answer leads to is found by really screening with it; nothing is guessed from the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from django.utils.translation import gettext as _

from mesoplan.documents.case_file import Case
from mesoplan.screening import Screening, screen
from mesoplan.vocabulary.answer import Known
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.finding import MissingAnswer, Outcome, Result, Scope
from mesoplan.vocabulary.patient import (
    NOTHING_FOUND,
    Allergies,
    FactType,
    Medications,
    PatientFacts,
)
from mesoplan.web.courses.mapping.words import place_words
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping import knowledge
from mesoplan.web.patients.mapping.tables import read_facts_of

QUESTIONS_WITH_LEADS = 6
"""So many questions tell what their answers lead to; each costs two screenings."""

_MEASURED = {"weight": "weight_kg", "height": "height_cm", "phototype": "phototype"}

_ELSEWHERE = {
    "birth_date": "identity",
    "sex": "identity",
    "practitioner": "request",
    "zone_area": "request",
    "technique": "plan",
    "allergies.other": "intake",
    "medications.other": "intake",
    "medications.atc": "intake",
}
"""Questions that are answered on another page, and the name of its address."""

_KINDS = {
    FactType.BOOLEAN: "yes-no",
    FactType.DATE: "date",
    FactType.QUANTITY: "quantity",
    FactType.CHOICE: "choice",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What one answer leads to: a verdict (``eligible`` means cleared), and why."""

    answer: str
    verdict: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question in place. ``key`` is that of the gesture, empty where it is answered elsewhere.

    ``kind`` is ``yes-no``, ``none`` (none, or a list kept elsewhere), ``site`` (inspected and
    clear), ``date``, ``quantity``, ``choice`` or ``elsewhere``; ``elsewhere`` names that page.
    """

    fact: str
    key: str
    kind: str
    question: str
    rules: tuple[str, ...]
    unit: str = ""
    options: tuple[tuple[str, str], ...] = ()
    leads: tuple[Lead, ...] = ()
    elsewhere: str = ""
    unknown_by: str = ""
    unknown_at: datetime | None = None


def asks(
    case: Case, screening: Screening, answers: Sheet, *, most_leads: int = QUESTIONS_WITH_LEADS
) -> tuple[Ask, ...]:
    """Every open question of a screening, in the order of what it could mean."""
    return tuple(
        _with_unknown(ask, answers)
        for place, missing in enumerate(screening.missing)
        for ask in _asks_of(missing, case, screening, has_leads=place < most_leads)
    )


def verdict_if_none(case: Case, screening: Screening) -> str:
    """The verdict if each open question were answered no, or none; empty where others stay."""
    facts = case.facts
    for missing in screening.missing:
        answered = _answered(facts, missing.fact, yes=False)
        if answered is None:
            return ""
        facts = answered
    return _screened(case, facts).verdict.value


def _asks_of(
    missing: MissingAnswer, case: Case, screening: Screening, *, has_leads: bool
) -> Iterator[Ask]:
    fact = missing.fact
    rules = tuple(knowledge().rules[name].label for name in missing.rules)
    if fact == "site":
        yield from _sites(screening, rules)
        return
    if fact in _ELSEWHERE:
        page = _ELSEWHERE[fact]
        yield Ask(
            fact=fact,
            key="",
            kind="elsewhere",
            question=missing.question,
            rules=rules,
            elsewhere=page,
        )
        return
    leads = tuple(_leads(missing, case, screening)) if has_leads else ()
    yield _ask(missing, rules, leads)


def _ask(missing: MissingAnswer, rules: tuple[str, ...], leads: tuple[Lead, ...]) -> Ask:
    definition = knowledge().facts[missing.fact]
    is_list = missing.fact in {"allergies", "medications"}
    return Ask(
        fact=missing.fact,
        key=key_of(missing.fact),
        kind="none" if is_list else _KINDS[definition.type],
        question=missing.question,
        rules=rules,
        unit=str(definition.unit) if definition.unit else "",
        options=() if is_list else tuple(definition.choices.items()),
        leads=leads,
    )


def key_of(fact: str) -> str:
    """The key of the gesture that answers a fact (``patients.mapping``)."""
    if fact in {"allergies", "medications"}:
        return fact
    return f"patient.{_MEASURED[fact]}" if fact in _MEASURED else f"facts.{fact}"


def _sites(screening: Screening, rules: tuple[str, ...]) -> Iterator[Ask]:
    """The zones whose skin nobody has looked at; where something was found the intake asks on."""
    waiting = {item.subject for item in screening.results if _is_of_site(item) and item.missing}
    found = {item.subject for item in screening.findings if _is_of_site(item)}
    for option in screening.options:
        zone = option.zone
        subject = f"{knowledge().regions[zone.region].label}, {zone.side.value}"
        if subject not in waiting:
            continue
        where = {"where": place_words(zone.region, zone.side.value)}
        yield Ask(
            fact="site",
            key="" if subject in found else f"site.{zone.region}.{zone.side.value}.{NOTHING_FOUND}",
            kind="elsewhere" if subject in found else "site",
            question=_("What else is on the skin there: %(where)s?") % where
            if subject in found
            else _("Was the skin looked at, and is it clear: %(where)s?") % where,
            rules=rules,
            elsewhere="intake" if subject in found else "",
        )


def _is_of_site(item: Result) -> bool:
    return item.scope is Scope.SITE


def _with_unknown(ask: Ask, answers: Sheet) -> Ask:
    """The question, with who said that the answer is not known."""
    entry = answers.entries.get(ask.key)
    if entry is None or not isinstance(entry.value, dict) or "unknown" not in entry.value:
        return ask
    return replace(ask, unknown_by=entry.by, unknown_at=entry.at)


def unless_found(ask: Ask, answers: Sheet) -> Ask:
    """Of a zone in which something was found nobody says that it is clear: the intake asks on."""
    region = ask.key.rpartition(".")[0].rpartition(".")[0]
    others = [key for key in answers.under(region) if not key.endswith(f".{NOTHING_FOUND}")]
    return replace(ask, kind="elsewhere") if ask.kind == "site" and others else ask


def refused(key: str, value: str, at: date) -> str:
    """What the reader of cases expects in place of a number; empty where it takes it."""
    table, _dot, name = key.partition(".")
    number: object = Decimal(value) if table == "patient" else value
    try:
        read_facts_of({table: {name: number}}, at=at)
    except ClinicalInputError as error:
        return error.expected
    return ""


def _leads(missing: MissingAnswer, case: Case, screening: Screening) -> Iterator[Lead]:
    words = {True: _("Yes"), False: _("No")}
    if missing.fact in {"allergies", "medications"}:
        words = {False: _("None")}
    for yes, answer in words.items():
        facts = _answered(case.facts, missing.fact, yes=yes)
        if facts is not None:
            yield _lead(answer, screening, _screened(case, facts))


def _answered(facts: PatientFacts, fact: str, *, yes: bool) -> PatientFacts | None:
    """The facts with one more answered yes or no; nothing where that is no answer."""
    if fact == "allergies" and not yes:
        return replace(facts, allergies=Known(Allergies(none_known=True)))
    if fact == "medications" and not yes:
        return replace(facts, medications=Known(Medications(none=True)))
    definition = knowledge().facts.get(fact)
    if definition is None or definition.type is not FactType.BOOLEAN:
        return None
    return replace(facts, answers=MappingProxyType({**facts.answers, fact: Known(yes)}))


def _screened(case: Case, facts: PatientFacts) -> Screening:
    return screen(facts, case.request, knowledge(), at=case.at)


def _lead(answer: str, before: Screening, after: Screening) -> Lead:
    """The worst of the findings and questions that are there only with this answer."""
    known = {(item.rule, item.subject) for item in before.findings}
    new = [item for item in after.findings if (item.rule, item.subject) not in known]
    asked = {item.fact for item in before.missing}
    further = [item for item in after.missing if item.fact not in asked]
    waiting = {rule for item in further for rule in item.rules}
    waits = [
        item
        for item in after.results
        if item.outcome is Outcome.UNANSWERED and item.rule in waiting
    ]
    worst = max([*new, *waits], key=lambda item: item.verdict.severity, default=None)
    text = _other_way(before, after)
    if worst is None:
        return Lead(answer=answer, verdict="eligible", text=text or _("cleared"))
    if worst.outcome is Outcome.UNANSWERED:
        text = text or _("then asked: %(question)s") % {"question": further[0].question}
    return Lead(
        answer=answer,
        verdict=worst.verdict.value,
        text=text or knowledge().rules[worst.rule].label,
    )


def _other_way(before: Screening, after: Screening) -> str:
    """Where the answer leads to another way of treating a zone, that way."""
    for old, new in zip(before.options, after.options, strict=True):
        if (old.mixture, old.technique) != (new.mixture, new.technique):
            parts = (part.label for part in (new.mixture, new.technique) if part)
            return _("then %(way)s instead") % {"way": ", ".join(parts)}
    return ""
