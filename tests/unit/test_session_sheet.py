"""The session record on paper: planned against given, findings, lots, amendments."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from mesoplan.documents import session_sheet as module
from mesoplan.documents.session_sheet import write_session_pdf
from mesoplan.documents.session_values import (
    Amendment,
    ComparedNumber,
    ComparedText,
    ConsentReference,
    SessionSheet,
    TotalDose,
)
from mesoplan.vocabulary.finding import Verdict
from tests.lib.record_reading import pages_of
from tests.lib.record_sheets import at, session_sheet
from tests.lib.sheets import letters, runs_of


def text_of(sheet: SessionSheet) -> str:
    return "".join(pages_of(write_session_pdf(sheet)))


def with_points(compared: ComparedNumber, **changes: Any) -> SessionSheet:
    """The session with other points in its zone."""
    sheet = session_sheet()
    zone = replace(sheet.zones[0], points=compared, **changes)
    return replace(sheet, zones=(zone,))


def row(sheet: SessionSheet, item: str) -> list[str]:
    """The cells of a row of the first zone, as words; a blank is ``____``."""
    for block in module._body(sheet):
        if block["is"] == "table" and block["head"][:2] == ["What", "Planned"]:
            for cells in block["rows"]:
                if cells[0][0]["text"] == item:
                    return [" ".join(_words(cell)) for cell in cells]
    raise AssertionError(item)


def _words(runs: object) -> Iterator[str]:
    for run in runs_of(runs):
        match run["is"]:
            case "blank":
                yield "____"
            case "value" | "strong-value":
                yield f"{run['value']} {run['unit']}".strip()
            case _:
                yield str(run.get("text", "")).replace("\u00a0", " ")


# --- Planned against given --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planned", "given", "reason", "cells"),
    [
        ("8", "8", "", ["Points", "8", "8", "as planned", ""]),
        ("8", "7", "Pain", ["Points", "8", "7", "−1", "Pain"]),
        ("8", "9", "", ["Points", "8", "9", "+1", "____"]),
        ("8", None, "", ["Points", "8", "____", "", ""]),
        (None, "7", "", ["Points", "not in the plan", "7", "not planned", "____"]),
        ("8", "0", "Pain", ["Points", "8", "0", "−8", "Pain"]),
        ("0.3", "0.1", "Pain", ["Points", "0.3", "0.1", "−0.2", "Pain"]),
    ],
)
def test_a_number_stands_as_planned_as_given_and_with_what_differs(
    planned: str | None, given: str | None, reason: str, cells: list[str]
) -> None:
    compared = ComparedNumber(
        planned=None if planned is None else Decimal(planned),
        given=None if given is None else Decimal(given),
        reason=reason,
    )
    assert row(with_points(compared), "Points") == cells


@pytest.mark.parametrize(
    ("planned", "given", "cells"),
    [
        ("30 G", "30 G", ["Needle", "30 G", "30 G", "as planned", ""]),
        ("30 G", "32 G", ["Needle", "30 G", "32 G", "differs", "____"]),
        ("", "32 G", ["Needle", "not in the plan", "32 G", "not planned", "____"]),
        ("30 G", "", ["Needle", "30 G", "____", "", ""]),
    ],
)
def test_a_needle_stands_as_planned_and_as_given(
    planned: str, given: str, cells: list[str]
) -> None:
    sheet = session_sheet()
    zone = replace(sheet.zones[0], needle=ComparedText(planned=planned, given=given))
    assert row(replace(sheet, zones=(zone,)), "Needle") == cells


def test_one_reason_for_the_zone_stands_for_all_that_differs_in_it() -> None:
    compared = ComparedNumber(planned=Decimal(8), given=Decimal(7))
    sheet = with_points(compared, reason="Patient asked to stop")
    assert row(sheet, "Points")[-1] == "as for the zone"
    assert letters("Reason: Patient asked to stop") in text_of(sheet)


def test_a_zone_that_was_left_out_says_so_and_shows_what_was_planned() -> None:
    sheet = with_points(
        ComparedNumber(planned=Decimal(8)), was_given=False, reason="Herpes at the place"
    )
    assert row(sheet, "Points") == ["Points", "8", "not given", "", ""]
    assert letters("This zone was not given. Reason: Herpes at the place") in text_of(sheet)


def test_a_total_is_measured_against_its_limit() -> None:
    sheet = session_sheet()

    def total(given: str | None, limit: str | None) -> str:
        dose = TotalDose(
            substance="Lidocaine",
            unit="mg",
            amount=ComparedNumber(
                planned=Decimal(20), given=None if given is None else Decimal(given)
            ),
            limit=None if limit is None else Decimal(limit),
        )
        return text_of(replace(sheet, totals=replace(sheet.totals, doses=(dose,))))

    assert letters("50 % of 200 mg") in total("100", "200")
    assert letters("above the limit") not in total("200", "200")
    assert letters("above the limit") in total("200.1", "200")
    assert letters("limit not known") in total("100", None)
    unsaid = total(None, "200")
    assert letters("200 mg") in unsaid
    assert letters("% of") not in unsaid


# --- Before and after -------------------------------------------------------------------------


def test_a_finding_keeps_its_verdict_beside_who_overrode_it_and_why() -> None:
    text = text_of(session_sheet())
    assert letters("Verdict Contraindicated") in text
    assert letters("After override Caution") in text
    assert letters("Urticaria Contraindicated") in text
    assert letters("Overridden by Dr Solberg Reason Quiet for more than a year") in text


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_is_said_as_its_word(verdict: Verdict) -> None:
    sheet = session_sheet()
    assert sheet.screening is not None
    screening = replace(sheet.screening, verdict=verdict, after_override=None, findings=())
    text = text_of(replace(sheet, screening=screening))
    assert letters(f"Verdict {verdict.value.capitalize()}") in text
    assert letters("After override") not in text
    assert letters("No finding was recorded") in text


def test_a_session_without_screening_or_consent_does_not_say_that_all_was_well() -> None:
    sheet = replace(session_sheet(), screening=None, consent=None)
    text = text_of(sheet)
    for word in ("No finding", "Eligible", "consented"):
        assert letters(word) not in text
    open_consent = ConsentReference(decision=None, at=None, content_hash="")
    assert "consented" not in text_of(replace(sheet, consent=open_consent))


def test_minutes_of_cream_and_observation_are_whole_and_only_where_both_ends_are_known() -> None:
    sheet = session_sheet()
    assert sheet.creams is not None
    cream = sheet.creams[0]
    assert letters("61 min of 60 min") in text_of(sheet)
    assert cream.applied is not None
    late = replace(cream, removed=cream.applied + timedelta(minutes=52, seconds=59))
    assert letters("52 min of 60 min") in text_of(replace(sheet, creams=(late,)))
    still_on = replace(cream, removed=None)
    assert letters("61 min") not in text_of(replace(sheet, creams=(still_on,)))


# --- Finalised and amended --------------------------------------------------------------------


def test_a_record_that_is_not_finalised_says_so_on_every_page() -> None:
    sheet = replace(session_sheet(), finalised_at=None, finalised_by="", amendments=())
    pages = pages_of(write_session_pdf(sheet))
    assert all(letters("NOT FINALISED") in text for text in pages)
    done = pages_of(write_session_pdf(replace(session_sheet(), amendments=())))
    assert not any(letters("NOT FINALISED") in text for text in done)


def test_amendments_stand_apart_and_leave_the_original_as_it_was() -> None:
    original = replace(session_sheet(), amendments=())
    amended = replace(
        original,
        amendments=tuple(
            Amendment(
                number=number,
                at=at(9, number, day=26),
                by="Dr Solberg",
                reason=f"Reason {number}",
                text=f"The dose was {number} mg, not 17.5 mg.",
            )
            for number in (1, 2)
        ),
    )
    before = list(module._body(original))
    after = list(module._body(amended))
    assert after[: len(before)] == before
    frames = [block for block in after[len(before) :] if block["is"] == "frame"]
    assert len(frames) == 2
    pages = pages_of(write_session_pdf(amended))
    assert all(letters("AMENDED 2 times after it was finalised") in text for text in pages)
    text = "".join(pages)
    for number in (1, 2):
        due = f"Amendment {number} When 26 November 2026, 09:0{number} UTC+01:00 By Dr Solberg"
        assert letters(f"{due} Reason Reason {number} The dose was {number} mg") in text
    assert letters("Lidocaine 20 mg 17.5 mg −2.5 mg") in text
