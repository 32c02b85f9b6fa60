"""Laws of sheets printed from records, for any text and any number that a record may hold."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from mesoplan.documents.consent_sheet import (
    ConsentSheet,
    ConsentStatement,
    Question,
    write_consent_pdf,
)
from mesoplan.documents.session_given import gap_of
from mesoplan.documents.session_sheet import write_session_pdf
from mesoplan.documents.session_values import ComparedDose, ComparedNumber, SessionSheet
from mesoplan.documents.sheet_values import Dose, Part, content_hash
from mesoplan.documents.sheet_words import exact
from tests.lib.record_reading import flowing, leaves, on_paper
from tests.lib.record_sheets import consent_sheet, session_sheet

SHEETS_DRAWN = 25
"""Each is typeset and read back; more would be slow and find little."""

TEXTS = st.text(min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
# Five digits and more, so that a number is not found inside a date by chance.
NUMBERS = st.integers(10_000, 99_999_999).map(lambda digits: Decimal(digits).scaleb(-3))


@st.composite
def consents(draw: st.DrawFn) -> ConsentSheet:
    """A consent with any statements, questions and doses."""
    sheet = consent_sheet()
    statements = st.builds(ConsentStatement, text=TEXTS, why=TEXTS, source=TEXTS)
    questions = st.builds(Question, asked=TEXTS, answer=TEXTS)
    doses = st.builds(Dose, substance=TEXTS, amount=NUMBERS, unit=st.sampled_from(["mg", "IU"]))
    zone = replace(sheet.zones[0], doses=tuple(draw(st.lists(doses, max_size=4))))
    return replace(
        sheet,
        statements=tuple(draw(st.lists(statements, min_size=1, max_size=8))),
        questions=tuple(draw(st.lists(questions, max_size=3))),
        zones=(zone,),
    )


COMPARED = st.builds(
    ComparedNumber, planned=st.none() | NUMBERS, given=st.none() | NUMBERS, reason=TEXTS
)


@st.composite
def sessions(draw: st.DrawFn) -> SessionSheet:
    """A session with any numbers planned and given."""
    sheet = session_sheet()
    doses = st.builds(ComparedDose, substance=TEXTS, unit=st.just("mg"), amount=COMPARED)
    zone = replace(
        sheet.zones[0],
        inserted_mm=draw(COMPARED),
        angle_deg=draw(COMPARED),
        points=draw(COMPARED),
        volume_ml=draw(COMPARED),
        doses=tuple(draw(st.lists(doses, min_size=1, max_size=3))),
    )
    return replace(sheet, zones=(zone,), notes=draw(TEXTS))


def assert_no_letter_is_lost(sheet: Part, text: str) -> None:
    """A cell of a table that a page end cuts is printed in parts, but wholly."""
    wanted: Counter[str] = Counter()
    for _, value in leaves(sheet):
        if isinstance(value, str):
            wanted.update(on_paper(value))
    assert wanted - Counter(text) == Counter()


@settings(max_examples=SHEETS_DRAWN)
@given(consents())
def test_every_statement_question_and_dose_of_a_consent_is_on_paper(sheet: ConsentSheet) -> None:
    text = flowing(write_consent_pdf(sheet))
    for item in sheet.statements:
        for said in (item.text, item.why, item.source):
            assert on_paper(said) in text
    for dose in sheet.zones[0].doses:
        assert dose.amount is not None
        assert f"{on_paper(dose.amount)}{dose.unit}" in text
    assert_no_letter_is_lost(sheet, text)


@settings(max_examples=SHEETS_DRAWN)
@given(sessions())
def test_every_number_and_reason_of_a_session_is_on_paper(sheet: SessionSheet) -> None:
    text = flowing(write_session_pdf(sheet))
    zone = sheet.zones[0]
    rows = [zone.inserted_mm, zone.angle_deg, zone.points, zone.volume_ml]
    rows += [dose.amount for dose in zone.doses]
    for compared in rows:
        for number in (compared.planned, compared.given):
            assert number is None or on_paper(number) in text
    assert on_paper(sheet.notes) in text
    assert_no_letter_is_lost(sheet, text)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=9),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=9),
)
def test_a_difference_is_exact_and_carries_its_sign(planned: Decimal, given_: Decimal) -> None:
    (run,) = gap_of(ComparedNumber(planned=planned, given=given_), "mL")
    due = Fraction(given_) - Fraction(planned)
    if due == 0:
        assert run["text"] == "as planned"
        return
    shown = run["value"] if "value" in run else run["text"].split("\u00a0")[0]
    assert Fraction(shown.replace("−", "-").replace("\u200b", "")) == due
    assert shown[0] == ("+" if due > 0 else "−")


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=12, min_value=-(10**9), max_value=10**9
    )
)
def test_a_printed_number_is_the_recorded_number(number: Decimal) -> None:
    assert Decimal(exact(number).replace("−", "-")) == number


@given(TEXTS, TEXTS)
def test_the_hash_is_the_same_for_the_same_words_alone(one: str, other: str) -> None:
    hashes = [content_hash(ConsentStatement(text=text, why="", source="")) for text in (one, other)]
    assert (hashes[0] == hashes[1]) is (one == other)
