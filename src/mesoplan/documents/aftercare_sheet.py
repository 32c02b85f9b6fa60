"""What the patient takes home: plain words, large type, and whom to call.

It says what was done, what is usual and until when, and what is not. It never promises an effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from mesoplan.documents.pdf_words import (
    Block,
    Runs,
    day,
    heading,
    line_break,
    paragraph,
    points,
    strong,
    verbatim,
    words,
)
from mesoplan.documents.sheet_values import Part, SheetHead, content_hash
from mesoplan.documents.sheet_words import (
    blank,
    day_said,
    exact,
    frame,
    named,
    pairs,
    printed,
    said,
)
from mesoplan.documents.typesetting import typeset
from mesoplan.vocabulary.errors import ClinicalInputError

LARGE_POINTS = 13
"""Size of the text, in points: read by people without their glasses at hand."""

_WIDE_MM = 120
_HOURS_OF_A_DAY = 24
_LAST_IN_HOURS = 24
_LONGEST_HOURS = 24 * 366


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualReaction(Part):
    """What is usual, from and to so many hours after the session.

    Raises:
        ClinicalInputError: the window is empty, begins before the session or has no end.
    """

    what: str
    from_hours: Decimal
    to_hours: Decimal

    def __post_init__(self) -> None:
        Part.__post_init__(self)
        if not 0 <= self.from_hours <= self.to_hours <= _LONGEST_HOURS:
            raise ClinicalInputError(
                expected=f"0 <= from_hours <= to_hours <= {_LONGEST_HOURS}",
                came=f"{self.from_hours} to {self.to_hours}",
                key="UsualReaction",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag(Part):
    """A question whose yes is never usual. ``is_urgent``: now; otherwise within a day.

    What professionals then do has no place on this sheet.
    """

    question: str
    is_urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain(Part):
    """When the clinic will ask how it is ("After 48 hours"), the day if known, and about what."""

    when: str
    on: date | None
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareSheet(Part):
    """Aftercare in the patient's words.

    ``treated_at`` is ``None`` before the session: then windows have no dates. ``what_was_done``,
    ``to_do`` and ``not_to_do`` are one sentence each. ``emergency_number`` is that of the country.
    ``next_note`` says what a date cannot, such as that no further session is planned.
    """

    head: SheetHead
    treated_at: datetime | None
    what_was_done: tuple[str, ...]
    usual: tuple[UsualReaction, ...]
    to_do: tuple[str, ...]
    not_to_do: tuple[str, ...]
    red_flags: tuple[RedFlag, ...]
    emergency_number: str
    asked_again: tuple[AskedAgain, ...]
    next_session: date | None
    next_note: str = ""


def write_aftercare_pdf(sheet: AftercareSheet) -> bytes:
    """The aftercare sheet as PDF/UA. The same sheet gives the same bytes."""
    content = printed(
        sheet.head,
        kind="For the patient to take home",
        title="After your treatment",
        fingerprint=content_hash(sheet),
        body=_body(sheet),
        points=LARGE_POINTS,
    )
    return typeset(content, at=sheet.head.as_of)


def _body(sheet: AftercareSheet) -> Iterator[Block]:
    yield _for_whom(sheet)
    yield heading(1, "What was done")
    yield _sentences(sheet.what_was_done)
    yield _at_once(sheet)
    later = [flag.question for flag in sheet.red_flags if not flag.is_urgent]
    if later:
        yield frame(
            heading(1, "Call us within a day if you say yes to any of these"),
            _sentences(tuple(later)),
        )
    yield heading(1, "What is usual")
    yield from _usual(sheet)
    if sheet.to_do:
        yield heading(1, "What to do")
        yield _sentences(sheet.to_do)
    if sheet.not_to_do:
        yield heading(1, "What not to do")
        yield _sentences(sheet.not_to_do)
    yield heading(1, "We will ask how you are")
    yield _asked_again(sheet)
    yield heading(1, "Your next session")
    yield paragraph(*_next(sheet))
    yield paragraph(words("Nobody can promise a result. Tell us what you notice, good or bad."))


def _for_whom(sheet: AftercareSheet) -> Block:
    head, patient = sheet.head, sheet.head.patient
    born: Runs = [words("born "), *day_said(patient.birth_date, mm=30)]
    number: Runs = [words("record "), *said(patient.record_number, mm=30)]
    session: Runs = [words(", session "), *said(head.session, mm=20)]
    return pairs(
        (
            ("For", said(patient.name, weight="strong")),
            ("", [*born, words(", "), *number]),
            ("Treated on", _local(sheet.treated_at)),
            ("Course", [*said(head.course, mm=20), *session]),
            ("Clinic", [*said(head.clinic.name), line_break(), *said(head.clinic.address)]),
        )
    )


def _local(at: datetime | None) -> Runs:
    """The day and the clinic's time; a patient needs no offset from another one."""
    return [blank()] if at is None else [words(f"{day(at)}, {at.hour:02}:{at.minute:02}")]


def _sentences(sentences: tuple[str, ...]) -> Block:
    if not sentences:
        return paragraph(blank(_WIDE_MM))
    return points([said(sentence, mm=_WIDE_MM) for sentence in sentences])


def _at_once(sheet: AftercareSheet) -> Block:
    now = tuple(flag.question for flag in sheet.red_flags if flag.is_urgent)
    clinic = said(sheet.head.clinic.telephone, mm=50, weight="strong")
    emergency = said(sheet.emergency_number, mm=50, weight="strong")
    return frame(
        heading(1, "Call at once if you say yes to any of these"),
        _sentences(now),
        pairs((("Clinic", clinic), ("Emergency number", emergency))),
        paragraph(
            words("If life may be in danger, call the emergency number first. "),
            words("If the clinic does not answer, call it too. Do not wait."),
        ),
        thick=True,
    )


# --- What is usual ----------------------------------------------------------------------------


def _usual(sheet: AftercareSheet) -> Iterator[Block]:
    if not sheet.usual:
        yield paragraph(blank(_WIDE_MM))
        return
    yield pairs(
        ((named(item.what, "what"), _window(item, sheet.treated_at)) for item in sheet.usual),
        label_mm=70,
    )
    yield paragraph(
        strong("Longer than that, or something that is not on this sheet? "),
        words("Call the clinic within a day."),
    )


def _window(item: UsualReaction, treated_at: datetime | None) -> Runs:
    start, end = _time(item.from_hours), _time(item.to_hours)
    text = f"from {start} to {end}" if item.from_hours > 0 else f"for up to {end}"
    if treated_at is not None and item.to_hours > _LAST_IN_HOURS:
        seconds = int(item.to_hours * 3600)
        text = f"{text}, until {day(treated_at + timedelta(seconds=seconds))}"
    return [verbatim(text)]


def _time(hours: Decimal) -> str:
    """Hours within the first day, days where they are whole."""
    if hours > _LAST_IN_HOURS and hours % _HOURS_OF_A_DAY == 0:
        return f"{exact(hours / _HOURS_OF_A_DAY)} days"
    return "1 hour" if hours == 1 else f"{exact(hours)} hours"


# --- What comes next --------------------------------------------------------------------------


def _asked_again(sheet: AftercareSheet) -> Block:
    if not sheet.asked_again:
        return paragraph(blank(_WIDE_MM))
    return pairs(
        (
            named(item.when, "when"),
            [
                *([strong(f"{day(item.on)}: ")] if item.on is not None else []),
                *said(item.what, mm=80),
            ],
        )
        for item in sheet.asked_again
    )


def _next(sheet: AftercareSheet) -> Runs:
    note = said(sheet.next_note) if sheet.next_note.strip() else []
    if sheet.next_session is None and note:
        return note
    return [*day_said(sheet.next_session), *([line_break(), *note] if note else [])]
