"""The aftercare sheet: large, plain, and clear about whom to call."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from mesoplan.documents.aftercare_sheet import (
    AftercareSheet,
    RedFlag,
    UsualReaction,
    write_aftercare_pdf,
)
from mesoplan.planning.values import Plan
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.quantity import Unit
from tests.lib.record_reading import pages_of
from tests.lib.record_sheets import aftercare_sheet
from tests.lib.sheets import letters, neck_plan


def text_of(sheet: AftercareSheet) -> str:
    return "".join(pages_of(write_aftercare_pdf(sheet)))


def usual(start: str, end: str) -> AftercareSheet:
    item = UsualReaction(what="Redness", from_hours=Decimal(start), to_hours=Decimal(end))
    return replace(aftercare_sheet(), usual=(item,))


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("0", "1", "for up to 1 hour"),
        ("0", "24", "for up to 24 hours"),
        # Treated on 25 November at 15:05.
        ("0", "30", "for up to 30 hours, until 26 November 2026"),
        ("0", "33", "for up to 33 hours, until 27 November 2026"),
        ("0", "48", "for up to 2 days, until 27 November 2026"),
        ("24", "336", "from 24 hours to 14 days, until 9 December 2026"),
    ],
)
def test_what_is_usual_says_until_when(start: str, end: str, said: str) -> None:
    assert letters(f"Redness {said}") in text_of(usual(start, end))


def test_before_the_session_windows_have_no_dates() -> None:
    text = text_of(replace(usual("0", "48"), treated_at=None))
    assert letters("for up to 2 days") in text
    assert letters("until 27") not in text


@pytest.mark.parametrize(("start", "end"), [("-1", "3"), ("3", "2"), ("0", "10000")])
def test_a_window_that_cannot_be_is_refused(start: str, end: str) -> None:
    with pytest.raises(ClinicalInputError, match="from_hours"):
        usual(start, end)


def test_urgent_signs_stand_with_the_numbers_to_call_and_apart_from_the_others() -> None:
    text = text_of(aftercare_sheet())
    now = text.index(letters("Call at once if you say yes to any of these"))
    numbers = text.index(letters("Clinic +00 555 0142 Emergency number 112"))
    later = text.index(letters("Call us within a day"))
    for flag in aftercare_sheet().red_flags:
        place = text.index(letters(flag.question))
        assert (now < place < numbers) if flag.is_urgent else (place > later)


def test_no_number_to_call_leaves_a_line_to_write_it_on() -> None:
    sheet = aftercare_sheet()
    clinic = replace(sheet.head.clinic, telephone="")
    sheet = replace(sheet, head=replace(sheet.head, clinic=clinic), emergency_number="")
    assert letters("Clinic Emergency number If life may be in danger") in text_of(sheet)


def test_it_promises_nothing() -> None:
    text = text_of(aftercare_sheet())
    assert letters("Nobody can promise a result.") in text
    for word in ("effective", "proven", "guarantee", "safe"):
        assert word not in text.lower()


def test_the_text_is_large() -> None:
    sizes: list[tuple[float, str]] = []

    def note(text: str, now: list[float], line: list[float], _: object, size: float) -> None:
        if text.strip():
            sizes.append((abs(now[0] * line[0]) * size, letters(text)))

    for page in PdfReader(BytesIO(write_aftercare_pdf(aftercare_sheet()))).pages:
        page.extract_text(visitor_text=note)
    small = {text for size, text in sizes if size < 12}
    # Head and foot alone are small; the words of the sheet are not among them.
    assert len(sizes) - sum(size < 12 for size, _ in sizes) > 40
    assert not small & {letters(text) for text in ("Redness", "+00 555 0142", "112", "day.")}
    assert all(size > 12 for size, text in sizes if text.startswith(("Do", "Call", "Touch")))


def of_plan(decision: Plan) -> AftercareSheet:
    """The sheet with everything that a plan has for its patient."""
    return replace(
        aftercare_sheet(),
        usual=tuple(
            UsualReaction(
                what=item.label,
                from_hours=item.start.amount_in(Unit.H),
                to_hours=item.end.amount_in(Unit.H),
            )
            for item in decision.expected_reactions
        ),
        to_do=tuple(line.says.text for line in decision.aftercare),
        not_to_do=(),
        red_flags=tuple(
            RedFlag(question=flag.question, is_urgent=flag.urgency == "urgent")
            for flag in decision.red_flags
        ),
    )


def test_a_whole_plan_fits_on_two_pages_and_leaves_nothing_out() -> None:
    sheet = of_plan(neck_plan())
    pages = pages_of(write_aftercare_pdf(sheet))
    assert len(pages) == 2
    text = "".join(pages)
    for said in (*sheet.to_do, *(flag.question for flag in sheet.red_flags)):
        assert letters(said) in text
    # What professionals do about a red flag is not for the patient's hand.
    for flag in neck_plan().red_flags:
        for action in flag.actions:
            assert letters(action.text) not in text


def test_the_day_of_the_treatment_is_the_clinics_own() -> None:
    sheet = aftercare_sheet()
    assert sheet.treated_at is not None
    late = replace(sheet, treated_at=sheet.treated_at.replace(hour=0, minute=5))
    assert letters("Treated on 25 November 2026, 00:05") in text_of(late)
    assert late.treated_at is not None
    assert (late.treated_at - timedelta(hours=1)).day == 24  # in UTC it was the day before
