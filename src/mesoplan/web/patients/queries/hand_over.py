"""The tablet in a patient's hands: which question comes next, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from mesoplan.web.accounts.models import User
from mesoplan.web.gestures.sheet import Sheet, sheet_of
from mesoplan.web.patients.mapping.lists import Listed, names_offered, shown_list
from mesoplan.web.patients.mapping.questions import LISTS, Kind, Question, questions
from mesoplan.web.patients.mapping.reading import shown_text
from mesoplan.web.patients.models import HandOver, Patient
from mesoplan.web.patients.queries.answers import answers_journal
from mesoplan.web.patients.queries.intake import Intake, ShownQuestion

NOT_SURE = {"unknown": "the patient is not sure"}
IN_PERSON = {"unknown": "the patient would rather tell the physician"}
"""What is kept where the patient gives no answer; both stay unknown."""

FEWEST_AT_ONCE, MOST_AT_ONCE = 4, 7
"""So many questions of one subject are shown together, to be answered with "none of these"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One screen: one question, or several of one subject that one tap can answer with no."""

    id: str
    questions: tuple[Question, ...]
    first: int

    @property
    def is_list(self) -> bool:
        """Whether it shows several questions at once."""
        return len(self.questions) > 1

    @property
    def question(self) -> Question:
        """The one question, or the first."""
        return self.questions[0]

    @property
    def before(self) -> int:
        """How many questions stand before it."""
        return self.first - 1

    @property
    def last(self) -> int:
        """The number of its last question."""
        return self.first + len(self.questions) - 1


def asked_at_first(intake: Intake) -> list[str]:
    """The keys of the questions that a patient is asked: open ones, and those to be asked anew."""
    return [
        key
        for key, one in intake.questions.items()
        if not one.silent_because and (one.is_open or (one.is_needed and one.is_old))
    ]


def screens(keys: list[str]) -> tuple[Screen, ...]:
    """The screens on which these questions are asked, lists before their single questions."""
    asked = [questions()[key] for key in keys if key in questions()]
    return tuple(_screens(asked))


def _screens(asked: list[Question]) -> Iterator[Screen]:
    number = 1
    for (group, is_yes_no), some in groupby(
        asked, key=lambda one: (one.group, one.kind is Kind.YES_NO)
    ):
        together = list(some)
        for place in range(0, len(together), MOST_AT_ONCE):
            part = tuple(together[place : place + MOST_AT_ONCE])
            if is_yes_no and len(part) >= FEWEST_AT_ONCE:
                yield Screen(id=f"{group}-{number}", questions=part, first=number)
            for question in part:
                yield Screen(id=question.fact, questions=(question,), first=number)
                number += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """The patient's own answer as her page shows it.

    ``listed`` are the names on a list as it stands, each with whether she added it just now.
    """

    text: str
    unit: str
    is_in_person: bool
    listed: tuple[tuple[Listed, bool], ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questioning:
    """A hand-over as it stands: its screens, and what the patient answered on them.

    ``given`` are the answers of this hand-over alone; ``before`` is what stood when it began.
    """

    hand_over: HandOver
    screens: tuple[Screen, ...]
    sheet: Sheet
    given: frozenset[str]
    before: Sheet

    @property
    def total(self) -> int:
        """How many questions are asked."""
        return len(self.hand_over.questions)

    @property
    def shown_sheet(self) -> Sheet:
        """What the patient's pages show: the answers of this hand-over, and lists as they stand."""
        shown = {
            key: entered
            for key, entered in self.sheet.entries.items()
            if key in self.given or key in LISTS
        }
        return replace(self.sheet, entries=shown)

    def screen(self, screen_id: str) -> Screen | None:
        """The screen of that id."""
        return next((one for one in self.screens if one.id == screen_id), None)

    def value(self, question: Question) -> object:
        """What the patient answered in this hand-over; nobody else's answer is shown to her."""
        return self.sheet.value(question.key) if question.key in self.given else None

    @property
    def ticks(self) -> range:
        """A tick for each question, and one at the end."""
        return range(self.total + 1)

    def is_answered(self, screen: Screen) -> bool:
        """Whether nothing on the screen is left to answer; a list is done once it was begun."""
        given = [question.key in self.given for question in screen.questions]
        return any(given) if screen.is_list else all(given)

    def following(self, screen: Screen | None = None) -> Screen | None:
        """The next screen with something to answer, from the beginning or after one."""
        place = -1 if screen is None else self.screens.index(screen)
        return next((one for one in self.screens[place + 1 :] if not self.is_answered(one)), None)

    def previous(self, screen: Screen) -> Screen | None:
        """The screen before; of questions that one tap answered it is the one with the tap."""
        place = self.screens.index(screen)
        if place == 0:
            return None
        before = self.screens[place - 1]
        for one in self.screens:
            if one.is_list and before.question in one.questions:
                by_one_tap = all(self.value(question) is False for question in one.questions)
                return one if by_one_tap else before
        return before

    @property
    def left(self) -> tuple[Screen, ...]:
        """The screens of single questions that are not answered."""
        return tuple(
            one for one in self.screens if not one.is_list and one.question.key not in self.given
        )

    def answer(self, question: Question) -> OwnAnswer:
        """What the page of a question shows of the patient's own answer."""
        value = self.value(question)
        text, unit = shown_text(question, value)
        is_list = question.kind is Kind.LIST
        return OwnAnswer(
            text=text,
            unit=unit,
            is_in_person=value == IN_PERSON,
            listed=tuple(self._listed(question)) if is_list else (),
            names=names_offered(question.fact) if is_list else (),
        )

    def _listed(self, question: Question) -> Iterator[tuple[Listed, bool]]:
        earlier = shown_list(question.fact, self.before.value(question.key))
        old = {one.entry for one in earlier}
        for one in shown_list(question.fact, self.sheet.value(question.key)):
            yield one, one.entry not in old


def questioning(hand_over: HandOver) -> Questioning:
    """The hand-over as it stands."""
    rows = list(answers_journal(hand_over.patient).rows())
    sheet = sheet_of(rows)
    return Questioning(
        hand_over=hand_over,
        screens=screens(hand_over.questions),
        sheet=sheet,
        given=frozenset(_given(hand_over, sheet)),
        before=sheet_of(row for row in rows if row.at < hand_over.started_at),
    )


def _given(hand_over: HandOver, sheet: Sheet) -> Iterator[str]:
    """The keys that the patient has answered in this hand-over."""
    own = set(hand_over.answers.values_list("number", flat=True))
    return (key for key, entered in sheet.entries.items() if entered.number in own)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverSummary:
    """What came of the last hand-over, for staff. ``at`` is when it began."""

    at: datetime
    is_running: bool
    answered: int
    left: tuple[ShownQuestion, ...]
    differing: tuple[ShownQuestion, ...]


def last_hand_over(patient: Patient, intake: Intake) -> HandOverSummary | None:
    """What came of the last time the tablet was in this patient's hands."""
    hand_over = patient.hand_overs.first()
    if hand_over is None:
        return None
    asked = intake.questions
    given = set(_given(hand_over, intake.sheet))
    shown = [asked[key] for key in hand_over.questions if key in asked]
    return HandOverSummary(
        at=hand_over.started_at,
        is_running=hand_over.ended_at is None,
        answered=len(given & set(hand_over.questions)),
        left=tuple(one for one in shown if one.question.key not in given or one.is_unknown),
        differing=tuple(one for one in shown if one.question.key in given and one.differs),
    )


def running_hand_over(code: object, by: User) -> HandOver | None:
    """The hand-over that a browser is in, if it is this person's."""
    if not isinstance(code, str):
        return None
    found = HandOver.objects.select_related("patient__clinic", "by").filter(code=code, by=by)
    return found.first()
