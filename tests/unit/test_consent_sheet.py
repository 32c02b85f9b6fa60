"""The consent on paper: decision, signatures, withdrawal."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from mesoplan.documents.consent_sheet import (
    ConsentSheet,
    Decision,
    Withdrawal,
    write_consent_pdf,
)
from mesoplan.documents.signature import Drawing, Stroke
from mesoplan.vocabulary.errors import ClinicalInputError
from tests.lib.record_reading import pages_of
from tests.lib.record_sheets import at, consent_sheet
from tests.lib.sheets import letters

WITHDRAWN = Withdrawal(at=at(9, 12, day=30), by="Marta Lindqvist", reason="Moved away")


def text_of(sheet: ConsentSheet) -> str:
    return "".join(pages_of(write_consent_pdf(sheet)))


# --- Decision ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "said", "not_said"),
    [
        (Decision.CONSENTED, "The patient consented to the treatment", "declined"),
        (Decision.DECLINED, "The patient declined the treatment", "consented"),
    ],
)
def test_the_decision_stands_there_as_one_word(
    decision: Decision, said: str, not_said: str
) -> None:
    text = text_of(replace(consent_sheet(), decision=decision))
    assert letters(said) in text
    assert not_said not in text


def test_before_the_decision_both_words_stand_beside_a_box() -> None:
    text = text_of(replace(consent_sheet(), decision=None))
    assert letters("about the treatment described here: consented declined") in text
    assert letters("The patient consented") not in text


def test_that_no_question_was_asked_is_said_only_where_it_was_recorded() -> None:
    none_asked = letters("the patient asked no question")
    assert none_asked in text_of(replace(consent_sheet(), questions=()))
    assert none_asked not in text_of(replace(consent_sheet(), questions=None))


def test_statements_are_numbered_in_their_order() -> None:
    text = text_of(consent_sheet())
    places = [
        text.index(letters(f"{number}.{statement.text}"))
        for number, statement in enumerate(consent_sheet().statements, 1)
    ]
    assert places == sorted(places)


# --- Withdrawal -------------------------------------------------------------------------------


def test_a_withdrawn_consent_says_so_on_every_page() -> None:
    statements = consent_sheet().statements * 20
    sheet = replace(consent_sheet(), statements=statements, withdrawal=WITHDRAWN)
    pages = pages_of(write_consent_pdf(sheet))
    assert len(pages) > 2
    for text in pages:
        assert letters("WITHDRAWN on 30 November 2026, 09:12 UTC+01:00 by Marta Lindqvist") in text
    assert letters("Reason Moved away") in pages[0]


def test_a_consent_that_holds_says_nothing_of_a_withdrawal_in_its_head() -> None:
    text = text_of(consent_sheet())
    assert "WITHDRAWN" not in text
    assert letters("can be withdrawn at any time") in text


# --- Signatures -------------------------------------------------------------------------------


def paths_of(content: bytes) -> Iterator[list[tuple[float, float]]]:
    """Every path of straight lines in the pages' own drawing instructions."""
    for page in PdfReader(BytesIO(content)).pages:
        contents = page.get_contents()
        assert contents is not None
        path: list[tuple[float, float]] = []
        for x, y, sign in re.findall(rb"(-?[\d.]+) (-?[\d.]+) ([ml])\b", contents.get_data()):
            if sign == b"m":
                if len(path) > 1:
                    yield path
                path = []
            path.append((float(x), float(y)))
        if len(path) > 1:
            yield path


def normalised(path: list[tuple[float, float]], *, scale: float) -> list[tuple[float, float]]:
    """The path from its first point, so that its place on the page and its size do not count."""
    x0, y0 = path[0]
    return [((x - x0) / scale, (y - y0) / scale) for x, y in path]


def stroke(*points: tuple[str, str]) -> Stroke:
    return tuple((Decimal(x), Decimal(y)) for x, y in points)


def test_a_signature_is_drawn_as_lines_in_the_proportions_of_the_field() -> None:
    first = stroke(("0.1", "0.9"), ("0.3", "0.1"), ("0.5", "0.8"), ("0.95", "0.5"))
    second = stroke(("0", "0"), ("1", "0"), ("1", "1"), ("0", "1"), ("0.5", "0.25"))
    drawing = Drawing(strokes=(first, second), aspect=Decimal("2.5"))
    sheet = consent_sheet()
    signed = replace(sheet, patient_signature=replace(sheet.patient_signature, drawing=drawing))
    drawn = {len(path): path for path in paths_of(write_consent_pdf(signed))}
    for wanted in (first, second):
        path = drawn[len(wanted)]
        height = 20 / 25.4 * 72
        # The field is 2.5 times as wide as high; on the page y may run up or down.
        turned = 1 if path[1][1] > path[0][1] else -1
        turned *= 1 if wanted[1][1] > wanted[0][1] else -1
        expected = [
            (float(x - wanted[0][0]) * 2.5, float(y - wanted[0][1]) * turned) for x, y in wanted
        ]
        for found, due in zip(normalised(path, scale=height), expected, strict=True):
            assert found == pytest.approx(due, abs=0.01)


def test_a_signature_of_a_wide_field_stays_on_its_line() -> None:
    wide = Drawing(strokes=(stroke(("0", "0.5"), ("1", "0.5")),), aspect=Decimal(10))
    sheet = consent_sheet()
    signed = replace(sheet, patient_signature=replace(sheet.patient_signature, drawing=wide))
    widths = [abs(path[-1][0] - path[0][0]) for path in paths_of(write_consent_pdf(signed))]
    assert any(width == pytest.approx(60 / 25.4 * 72, abs=0.1) for width in widths)


def test_who_signs_for_the_patient_says_as_what() -> None:
    sheet = consent_sheet()
    mother = replace(sheet.patient_signature, name="Ida Lindqvist", relation="mother")
    text = text_of(replace(sheet, patient_signature=mother))
    assert letters("For the patient") in text
    assert letters("Ida Lindqvist") in text
    assert letters("Signs for the patient as mother") in text


def test_a_screen_reader_hears_whose_signature_it_is() -> None:
    reader = PdfReader(BytesIO(write_consent_pdf(consent_sheet())))
    found: list[str] = []
    todo: list[Any] = [reader.root_object["/StructTreeRoot"]]
    while todo:
        node = todo.pop().get_object()
        if isinstance(node, dict):
            if node.get("/S") == "/Figure":
                found.append(str(node["/Alt"]))
            children = node.get("/K", [])
            todo += children if isinstance(children, list) else [children]
    assert sorted(found) == [
        "Signature of Dr Solberg, drawn by hand",
        "Signature of Marta Lindqvist, drawn by hand",
    ]


@pytest.mark.parametrize(
    ("strokes", "aspect", "expected"),
    [
        ((), "3", "strokes of one point or more"),
        ((stroke(("0", "0")), ()), "3", "strokes of one point or more"),
        ((stroke(("0", "1.01")),), "3", "points"),
        ((stroke(("-0.1", "0")),), "3", "points"),
        ((stroke(("NaN", "0")),), "3", "points"),
        ((stroke(("0", "0")),), "0", "width divided by height"),
        ((stroke(("0", "0")),), "11", "width divided by height"),
    ],
)
def test_a_drawing_that_is_none_is_refused(
    strokes: tuple[Stroke, ...], aspect: str, expected: str
) -> None:
    with pytest.raises(ClinicalInputError, match=expected):
        Drawing(strokes=strokes, aspect=Decimal(aspect))


# --- Copy -------------------------------------------------------------------------------------


def test_the_copy_for_the_patient_is_a_time_a_note_or_a_blank() -> None:
    sheet = consent_sheet()
    assert letters("Given on 24 November 2026, 14:58 UTC+01:00 on paper") in text_of(sheet)
    refused = replace(sheet, copy_given_at=None, copy_note="The patient wanted none")
    assert letters("Given on The patient wanted none") in text_of(refused)
