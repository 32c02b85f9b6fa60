"""What stands in the banner of every page about a patient: what could hurt, and what is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mesoplan.screening.effective import EffectiveFacts, effective_facts
from mesoplan.vocabulary.answer import Answer, Known, NotApplicable
from mesoplan.vocabulary.patient import FactValue, Medications, PatientFacts
from mesoplan.vocabulary.quantity import Quantity, plain
from mesoplan.web.accounts.mapping import knowledge
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.days import age_on
from mesoplan.web.patients.mapping.standing import policy_of
from mesoplan.web.patients.mapping.tables import recorded
from mesoplan.web.patients.models import Patient

ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI"}
"""Fitzpatrick's types as they are printed."""

MOST_NAMES = 2
"""So many names of a list are told; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """One thing under the name of a patient."""

    text: str
    unit: str = ""
    unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerFact:
    """One fact beside the name. ``verdict`` is its mark: ``undetermined``, ``caution`` or none."""

    label: str
    text: str
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What stands beside the name of a patient."""

    about: tuple[About, ...]
    facts: tuple[BannerFact, ...] = ()


def identity_banner(patient: Patient, *, at: date) -> Banner:
    """The banner for people who may not see the chart: age and sex."""
    return Banner(about=tuple(_person(patient, at)))


def health_banner(
    patient: Patient, answers: Sheet, *, at: date, course: str, last_reaction: BannerFact | None
) -> Banner:
    """The banner with what could hurt if it were forgotten."""
    taken = recorded(patient, answers, at=at)
    facts = effective_facts(taken.facts, knowledge(), policy_of(patient), at)
    beside = [
        _allergies(facts),
        _blood_thinners(patient, facts, at),
        *_pregnancy(facts, answers, at),
    ]
    if course:
        beside.append(BannerFact(label=_("Course"), text=course))
    if last_reaction is not None:
        beside.append(last_reaction)
    return Banner(
        about=(*_person(patient, at), *_measured(facts)),
        facts=tuple(beside),
    )


def _person(patient: Patient, at: date) -> Iterator[About]:
    if patient.birth_date is None:
        yield About(text=_("age unknown"), unknown=True)
    else:
        yield About(text=_("%(years)s y") % {"years": age_on(patient.birth_date, at)})
    words = {"female": _("female"), "male": _("male")}
    is_unknown = patient.sex not in words
    yield About(text=words.get(patient.sex, _("sex unknown")), unknown=is_unknown)


def _measured(facts: EffectiveFacts) -> Iterator[About]:
    unknown = {"weight": _("weight unknown"), "height": _("height unknown")}
    for fact, words in unknown.items():
        match facts.answer(fact):
            case Known(value=Quantity(amount=amount, unit=unit)):
                yield About(text=plain(amount), unit=str(unit))
            case _:
                yield About(text=words, unknown=True)
    match facts.answer("phototype"):
        case Known(value=value):
            number = ROMAN.get(str(value), str(value))
            yield About(text=_("phototype %(number)s") % {"number": number})
        case _:
            yield About(text=_("phototype unknown"), unknown=True)


def _unknown(label: str) -> BannerFact:
    return BannerFact(label=label, text=_("unknown"), verdict="undetermined")


def _allergies(facts: EffectiveFacts) -> BannerFact:
    label = _("Allergies")
    answer = facts.recorded.allergies
    if not isinstance(answer, Known):
        return _unknown(label)
    named = answer.value
    names = [
        *(knowledge().substances[name].label for name in named.substances),
        *(knowledge().groups[name].label for name in named.groups),
        *named.other,
    ]
    if not names:
        return BannerFact(label=label, text=_("none known"))
    return BannerFact(label=label, text=_shortened(names), verdict="caution")


def _shortened(names: list[str]) -> str:
    told = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return _("%(names)s and %(more)s more") % {"names": told, "more": more} if more > 0 else told


def _blood_thinners(patient: Patient, facts: EffectiveFacts, at: date) -> BannerFact:
    """Anticoagulants and medicines of the aspirin kind, as screening derives them."""
    label = _("Blood thinners")
    for fact, words in (
        ("anticoagulant_therapy", _("yes")),
        ("aspirin_like_therapy", _("aspirin kind")),
    ):
        if _is_yes(facts.answer(fact)):
            names = _taken_for(fact, patient, facts, at)
            return BannerFact(label=label, text=_shortened(names) or words, verdict="caution")
    if _is_open(facts.answer("anticoagulant_therapy")):
        return _unknown(label)
    if _is_open(facts.answer("aspirin_like_therapy")):
        return BannerFact(label=label, text=_("no; aspirin unknown"), verdict="undetermined")
    return BannerFact(label=label, text=_("no"))


def _taken_for(fact: str, patient: Patient, facts: EffectiveFacts, at: date) -> list[str]:
    """The medicines on the list that alone would make a fact true."""
    taken = facts.recorded.medications
    names = taken.value.names if isinstance(taken, Known) else ()
    return [
        knowledge().medicines[name].label
        for name in names
        if _is_yes(
            effective_facts(
                PatientFacts(medications=Known(Medications(names=(name,)))),
                knowledge(),
                policy_of(patient),
                at,
            ).answer(fact)
        )
    ]


def _pregnancy(facts: EffectiveFacts, answers: Sheet, at: date) -> Iterator[BannerFact]:
    """Pregnancy and breastfeeding, where they are possible; a no with the day it was said."""
    label = _("Pregnancy")
    pregnant = facts.answer("pregnant")
    if _is_yes(pregnant):
        yield BannerFact(label=label, text=_("yes"), verdict="caution")
    elif _is_yes(facts.answer("breastfeeding")):
        yield BannerFact(label=label, text=_("breastfeeding"), verdict="caution")
    elif _is_no(facts.answer("can_become_pregnant")):
        return
    elif _is_open(pregnant):
        yield _unknown(label)
    else:
        yield BannerFact(label=label, text=_no_on(answers, "facts.pregnant", at))


def _no_on(answers: Sheet, key: str, at: date) -> str:
    entered = answers.entries.get(key)
    if entered is None:
        return _("no")
    day = timezone.localdate(entered.at)
    if day == at:
        return _("no, today")
    return _("no, %(day)s") % {"day": date_format(day, "j M Y")}


def _is_yes(answer: Answer[FactValue]) -> bool:
    return isinstance(answer, Known) and answer.value is True


def _is_no(answer: Answer[FactValue]) -> bool:
    return isinstance(answer, Known) and answer.value is False


def _is_open(answer: Answer[FactValue]) -> bool:
    return not isinstance(answer, (Known, NotApplicable))
