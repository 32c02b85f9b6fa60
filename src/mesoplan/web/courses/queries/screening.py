"""What the screening page shows: the draft, its findings, and the open questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.courses.mapping.asks import Ask, asks, unless_found, verdict_if_none
from mesoplan.web.courses.mapping.draft import Draft, draft_of
from mesoplan.web.courses.mapping.findings import FindingCard, ScreeningView, screening_view
from mesoplan.web.courses.queries.course import current_plan, is_open, request_sheet
from mesoplan.web.patients.queries import answers as answers_of

if TYPE_CHECKING:
    from mesoplan.web.courses.models import Course, PlanVersion
    from mesoplan.web.gestures.sheet import Sheet

WORD = ".word"
"""Ending of the field that says a word in place of a number or a day."""

LISTED = frozenset({"none", "site"})
"""Kinds of questions of which only the answer "none" is given in place; others need the intake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An open question with what was typed, what is wrong with it, and where it is answered.

    ``word`` is what was said in place of a number or a day.
    """

    ask: Ask
    url: str = ""
    typed: str = ""
    word: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningPage:
    """The page. ``view`` is missing where the request is not complete or cannot be read.

    ``errors`` are those of questions that are not open any more.
    """

    draft: Draft
    answers: Sheet
    plan: PlanVersion | None
    is_open: bool
    view: ScreeningView | None = None
    questions: tuple[Question, ...] = ()
    if_none: str = ""
    errors: tuple[str, ...] = ()


def screening_page(
    course: Course,
    *,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> ScreeningPage:
    """The screening of a course as it stands today."""
    answers, request, plan = answers_of(course.patient), request_sheet(course), current_plan(course)
    at = local_today(course.patient.clinic)
    draft = draft_of(course=course, answers=answers, request=request, at=at)
    may_edit = is_open(course, request, plan)
    if draft.case is None or draft.decision is None:
        return ScreeningPage(draft=draft, answers=answers, plan=plan, is_open=may_edit)
    screening = draft.decision.screening
    questions = asks(draft.case, screening, answers)
    open_keys = {ask.key for ask in questions}
    return ScreeningPage(
        draft=draft,
        answers=answers,
        plan=plan,
        is_open=may_edit,
        view=screening_view(screening, request),
        questions=tuple(
            Question(
                ask=ask,
                url=_address(course, ask),
                typed=(typed or {}).get(ask.key, ""),
                word=(typed or {}).get(ask.key + WORD, ""),
                error=(errors or {}).get(ask.key, ""),
            )
            for ask in questions
        ),
        if_none=verdict_if_none(draft.case, screening) if screening.missing else "",
        errors=tuple(text for key, text in (errors or {}).items() if key not in open_keys),
    )


def _address(course: Course, ask: Ask) -> str:
    page = ask.elsewhere or ("intake" if ask.kind in LISTED else "")
    if not page:
        return ""
    owner = course.patient if page in {"identity", "intake"} else course
    return reverse(page, args=[owner.code])


def questions_on_page(course: Course, shown: Sheet) -> tuple[Ask, ...]:
    """What a form may answer: what is open, and what was on its page, which said ``shown``.

    Somebody else may have answered a question since: it is answered once more, and not left out.
    """
    now = answers_of(course.patient)
    sheets = [shown, now] if shown.version != now.version else [now]
    found = {ask.key: ask for sheet in sheets for ask in _open_questions(course, sheet)}
    return tuple(unless_found(ask, now) for ask in found.values())


def _open_questions(course: Course, answers: Sheet) -> tuple[Ask, ...]:
    """The questions that are open with these answers, without what they lead to."""
    at = local_today(course.patient.clinic)
    draft = draft_of(course=course, answers=answers, request=request_sheet(course), at=at)
    if draft.case is None or draft.decision is None:
        return ()
    return asks(draft.case, draft.decision.screening, answers, most_leads=0)


def finding_to_override(course: Course, rule: str) -> FindingCard | None:
    """The finding of that rule, where the core lets a physician override it."""
    page = screening_page(course)
    cards = (card for group in page.view.groups for card in group.cards) if page.view else ()
    return next((card for card in cards if card.rule == rule and card.can_override), None)
