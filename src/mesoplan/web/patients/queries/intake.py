"""The intake as a page: each question with its answer, who gave it, and whether it is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.gestures.models import Gesture
from mesoplan.web.gestures.sheet import Entered, Sheet, sheet_of, undone_batches
from mesoplan.web.patients.mapping.lists import NONE, Listed, names_offered, shown_list
from mesoplan.web.patients.mapping.questions import Group, Kind, Question, groups
from mesoplan.web.patients.mapping.reading import shown_text
from mesoplan.web.patients.mapping.sites import ShownSite, shown_sites
from mesoplan.web.patients.mapping.standing import Follows, Standing, standing
from mesoplan.web.patients.mapping.words import answer_words
from mesoplan.web.patients.models import Patient, Speaker
from mesoplan.web.patients.queries.answers import answers_journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer in words, who gave it, who entered it, when."""

    words: str
    speaker: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownQuestion:
    """One question as it stands on the page.

    ``text`` and ``unit`` stand in its fields. ``differs`` is the earlier answer of somebody else
    that says otherwise. ``is_old`` is one that is asked anew at each session and was given on an
    earlier day.
    """

    question: Question
    value: object
    text: str
    unit: str
    said: Said | None
    differs: Said | None
    is_needed: bool
    is_open: bool
    is_old: bool
    is_refused: bool
    silent_because: str
    follows: Follows | None
    listed: tuple[Listed, ...]
    error: str = ""

    @property
    def id(self) -> str:
        """The id of its part of the page."""
        return "q-" + self.question.key.replace(".", "-")

    @property
    def is_unknown(self) -> bool:
        """Whether somebody said that the answer is not known."""
        return isinstance(self.value, dict) and "unknown" in self.value

    @property
    def unknown_because(self) -> str:
        """Why it is not known, in the words that were kept."""
        return (
            str(self.value["unknown"]) if self.is_unknown and isinstance(self.value, dict) else ""
        )

    @property
    def is_none(self) -> bool:
        """Whether a list was answered with none."""
        return isinstance(self.value, dict) and self.value.get(NONE.get(self.question.fact)) is True

    @property
    def names(self) -> tuple[str, ...]:
        """Names that can be picked for a list."""
        return names_offered(self.question.fact) if self.question.kind is Kind.LIST else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """The questions of one subject that concern this patient."""

    id: str
    label: str | Promise
    questions: tuple[ShownQuestion, ...]

    @property
    def needed(self) -> int:
        """How many of them some rule needs."""
        return sum(one.is_needed for one in self.questions)

    @property
    def answered(self) -> int:
        """How many of those are answered."""
        return sum(one.is_needed and not one.is_open for one in self.questions)

    @property
    def unanswered(self) -> tuple[ShownQuestion, ...]:
        """Questions with yes and no that nobody has answered: "none of these" answers them."""
        return tuple(
            one
            for one in self.questions
            if one.question.kind is Kind.YES_NO and one.value is None and one.is_open
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """All questions of a patient. ``silent`` are those that need not be asked of her.

    ``sites`` is what is on the skin; it stands with the questions about it.
    """

    sheet: Sheet
    sites: tuple[ShownSite, ...]
    groups: tuple[ShownGroup, ...]
    silent: tuple[ShownQuestion, ...]

    @property
    def questions(self) -> dict[str, ShownQuestion]:
        """All of them by key."""
        shown = (one for group in self.groups for one in group.questions)
        return {one.question.key: one for one in (*shown, *self.silent)}

    @property
    def needed(self) -> int:
        """How many questions matter."""
        return sum(group.needed for group in self.groups)

    @property
    def answered(self) -> int:
        """How many of those are answered."""
        return sum(group.answered for group in self.groups)

    @property
    def open(self) -> frozenset[str]:
        """The keys of the questions that are open."""
        return frozenset(key for key, one in self.questions.items() if one.is_open)

    @property
    def arrangement(self) -> tuple[tuple[str, ...], ...]:
        """Which questions stand where."""
        return tuple(tuple(one.id for one in group.questions) for group in self.groups)

    def narrowed(self, keys: frozenset[str]) -> Intake:
        """The same page with the questions of these keys alone."""
        groups = (
            replace(
                group, questions=tuple(one for one in group.questions if one.question.key in keys)
            )
            for group in self.groups
        )
        return replace(self, groups=tuple(one for one in groups if one.questions), silent=())

    def with_errors(self, errors: Mapping[str, str], typed: Mapping[str, str]) -> Intake:
        """The same page with what is wrong under its fields, and what was typed in them."""

        def with_error(one: ShownQuestion) -> ShownQuestion:
            key = one.question.key
            if key not in errors:
                return one
            return replace(
                one,
                error=errors[key],
                text=typed.get(key, one.text),
                unit=typed.get(f"{key}:unit", one.unit),
            )

        return replace(
            self,
            groups=tuple(
                replace(group, questions=tuple(with_error(one) for one in group.questions))
                for group in self.groups
            ),
            silent=tuple(with_error(one) for one in self.silent),
        )


def intake(patient: Patient) -> Intake:
    """The intake as it stands today."""
    rows = list(answers_journal(patient).rows())
    sheet = sheet_of(rows)
    today = local_today(patient.clinic)
    stands = standing(patient, sheet, at=today)
    others = _others(rows, sheet)
    shown = [
        (group, [_shown(one, sheet, stands, others, today) for one in group.questions])
        for group in groups()
    ]
    return Intake(
        sheet=sheet,
        sites=shown_sites(sheet),
        groups=tuple(_groups(shown)),
        silent=tuple(one for _, found in shown for one in found if one.silent_because),
    )


def none_of_these(patient: Patient, listed: Iterable[str]) -> dict[str, object]:
    """No to each of the listed questions that has yes and no for answers and none of them yet.

    What was said already stands: yes, and that it is not known.
    """
    shown = intake(patient).questions
    return {
        key: False
        for key in listed
        if key in shown and shown[key].question.kind is Kind.YES_NO and shown[key].value is None
    }


def _groups(shown: list[tuple[Group, list[ShownQuestion]]]) -> Iterator[ShownGroup]:
    for group, found in shown:
        asked = tuple(one for one in found if not one.silent_because)
        if asked:
            yield ShownGroup(id=group.id, label=group.label, questions=asked)


def _others(rows: list[Gesture], sheet: Sheet) -> Mapping[str, Gesture]:
    """By key the latest answer of another speaker that says otherwise and was not taken back."""
    undone = undone_batches(rows)
    latest: dict[tuple[str, str], Gesture] = {}
    for row in rows:
        if row.undoes is None and row.batch not in undone:
            latest[row.key, row.said_by] = row
    found: dict[str, Gesture] = {}
    for (key, speaker), row in sorted(latest.items(), key=lambda item: item[1].number):
        now = sheet.entries.get(key)
        if now is not None and speaker != now.said_by and row.value not in (None, now.value):
            found[key] = row
    return found


def _shown(
    question: Question,
    sheet: Sheet,
    stands: Standing,
    others: Mapping[str, Gesture],
    today: date,
) -> ShownQuestion:
    key = question.key
    entered = sheet.entries.get(key)
    other = others.get(key)
    value = None if entered is None else entered.value
    text, unit = shown_text(question, value)
    return ShownQuestion(
        question=question,
        value=value,
        text=text,
        unit=unit,
        said=None if entered is None else _said(question, entered),
        differs=None if other is None else _said_in(question, other),
        is_needed=key in stands.needed,
        is_open=key in stands.open,
        is_old=_is_old(question, entered, today),
        is_refused=key in stands.refused,
        silent_because=stands.silent.get(key, ""),
        follows=stands.follows.get(key),
        listed=shown_list(question.fact, value) if question.kind is Kind.LIST else (),
    )


def _is_old(question: Question, entered: Entered | None, today: date) -> bool:
    if entered is None or not question.is_for_each_session:
        return False
    return timezone.localdate(entered.at) < today


def _said(question: Question, entered: Entered) -> Said:
    return Said(
        words=answer_words(question, entered.value),
        speaker=speaker_words(entered.said_by),
        by=entered.by,
        at=entered.at,
    )


def _said_in(question: Question, row: Gesture) -> Said:
    return Said(
        words=answer_words(question, row.value),
        speaker=speaker_words(row.said_by),
        by=row.by.name,
        at=row.at,
    )


def speaker_words(said_by: str) -> str:
    """Who gave an answer, in the language of the page; empty where nobody said."""
    return str(Speaker(said_by).label) if said_by in Speaker.values else said_by
