"""What a printed plan and a printed refusal say, and how they say what is not known."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from mesoplan.documents.pdf import write_pdf
from mesoplan.documents.pdf_plan import sheet
from mesoplan.documents.pdf_sources import Sources, signed_numbers
from mesoplan.documents.pdf_words import clean, number, span, value, window
from mesoplan.planning import Plan, Refusal
from mesoplan.vocabulary.finding import Outcome
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import ClinicalNumber, Kind, Statement
from tests.lib.people import zone
from tests.lib.sheets import (
    base,
    decided,
    letters,
    neck_pdf,
    neck_plan,
    open_refusal,
    refusal_pdf,
    runs_of,
    text_of,
)

# --- What a plan says -------------------------------------------------------------------------


def test_doses_volumes_and_shares_stand_with_their_units() -> None:
    text = letters(text_of(neck_pdf()))
    for part in neck_plan().totals.doses:
        assert isinstance(part.dose.amount, Quantity)
        assert letters(f"{part.label} {number(part.dose.amount.amount)} mg") in text
        assert part.shares, "this test needs a substance with limits"
        for share in part.shares:
            assert letters(f"{number(round(share.share * 100, 1))} %") in text
            assert letters(f"{number(share.limit.amount)} {share.limit.unit}") in text
    for zone_plan in neck_plan().zones:
        assert letters(f"{number(zone_plan.total_volume.value.amount)} mL") in text


def test_every_session_study_red_flag_and_statement_is_there() -> None:
    text = letters(text_of(neck_pdf()))
    months = {11: "November", 12: "December"}
    for session in neck_plan().sessions:
        assert letters(f"{session.date.day} {months[session.date.month]} 2026") in text
    wanted = [study.result for zone_plan in neck_plan().zones for study in zone_plan.studies]
    wanted += [flag.question for flag in neck_plan().red_flags]
    wanted += [line.says.text for line in (*neck_plan().readiness, *neck_plan().emergency_kit)]
    wanted += [line.says.text for line in neck_plan().aftercare]
    wanted += [item.text for item in (*neck_plan().statements, *neck_plan().alternatives)]
    wanted += [item.text for item in (*neck_plan().practice, *neck_plan().stop_rules)]
    assert wanted
    for said in wanted:
        assert letters(clean(said)) in text, said


@pytest.mark.parametrize("made", [neck_plan, open_refusal])
def test_every_source_of_the_decision_is_in_the_list_with_its_place(
    made: Callable[[], Plan | Refusal],
) -> None:
    decision = made()
    text = letters(text_of(write_pdf(decision, base())))
    listed = text[text.rindex("Sources") :]
    for citation in decision.citations:
        assert letters(clean(base().sources[citation.id].label)) in listed, citation.id
        assert letters(clean(citation.locator)) in listed, citation
        assert letters(base().sources[citation.id].address) in listed, citation.id


def test_marks_point_at_the_entry_that_stands_behind_them() -> None:
    content = sheet(neck_plan(), base(), "")
    entries = {
        entry["number"]: {place["place"] for place in entry["places"]}
        for block in content["body"]
        if block["is"] == "sources"
        for entry in block["entries"]
    }
    assert list(entries) == list(range(1, len(entries) + 1))
    marks = [mark for run in runs_of(content["body"]) for mark in run.get("marks", [])]
    assert marks
    assert all(mark["place"] in entries[mark["source"]] for mark in marks)
    assert content["places"] == {str(at): len(places) for at, places in entries.items()}


def test_every_planned_number_carries_a_mark() -> None:
    rows = [
        row
        for block in sheet(neck_plan(), base(), "")["body"]
        if block["is"] == "table" and block["head"][0] == "What"
        for row in block["rows"]
    ]
    numbered = [row for row in rows if any(run["is"] == "strong-value" for run in row[1])]
    assert len(numbered) > 8
    for row in numbered:
        assert [run["is"] for run in row[-1]] == ["chip"], row[0]
        assert row[-1][0]["marks"], row[0]


def test_unsigned_numbers_stand_in_dashed_frames_until_a_clinician_signs() -> None:
    of_zone = neck_plan().zones[0].volume_per_point
    sources = Sources(base(), frozenset())
    assert sources.planned(of_zone)["signed"] is False
    assert "None of the 1" in sources.signed_sentence()
    everything = frozenset((item, of_zone.low, of_zone.high) for item in of_zone.citations)
    signed = Sources(base(), everything)
    assert signed.planned(of_zone)["signed"] is True
    assert "1 of the 1" in signed.signed_sentence()


def test_a_signature_in_the_base_is_found() -> None:
    protocol = neck_plan().zones[0].protocol
    own = protocol.sessions
    assert isinstance(own, ClinicalNumber)
    place = (own.citation, own.low, own.high)
    bare = replace(base(), protocols={}, techniques={})
    for reviewed in ("", "Dr Example"):
        changed = replace(protocol, sessions=replace(own, reviewed=reviewed))
        found = signed_numbers(replace(bare, protocols={protocol.id: changed}))
        assert (place in found) is bool(reviewed)


def test_assumed_values_say_so() -> None:
    assumed = replace(neck_plan().zones[0].points, kind=Kind.ASSUMED)
    changed = replace(neck_plan(), zones=(replace(neck_plan().zones[0], points=assumed),))
    before = text_of(write_pdf(neck_plan(), base())).count("assumed")
    assert text_of(write_pdf(changed, base())).count("assumed") > before
    told = Statement(text="Said.", citation=neck_plan().citations[0], kind=Kind.ASSUMED)
    runs = Sources.of(base()).said(told)
    assert {"is": "tag", "text": "assumed"} in runs


def test_a_layer_that_is_not_known_is_never_drawn_as_a_bar() -> None:
    odds = neck_plan().zones[0].layers
    rows = {
        row[0][0]["text"]: row
        for block in sheet(neck_plan(), base(), "")["body"]
        if block["is"] == "table"
        for row in block["rows"]
        if isinstance(row[0], list) and row[0] and "text" in row[0][0]
    }
    drawn = [run["is"] for run in rows["Layer of the tip"][1]]
    assert ("unknown" in drawn) is (odds.unknown is not None)
    assert ("part" in drawn) is (odds.unknown is None)


def test_a_limit_that_is_not_known_is_hatched_and_said() -> None:
    total = replace(neck_plan().totals.doses[0], shares=(), limit_unknown=True)
    changed = replace(neck_plan(), totals=replace(neck_plan().totals, doses=(total,)))
    hatched = [run["is"] for run in runs_of(sheet(changed, base(), "")["body"])]
    assert "hatched" in hatched
    assert "limit not known" in text_of(write_pdf(changed, base()))


def test_a_patient_without_a_label_gets_a_blank_to_fill_in() -> None:
    facts = next(
        block for block in sheet(neck_plan(), base(), " ")["body"] if block["is"] == "facts"
    )
    assert facts["cells"][0] == {"label": "Patient", "runs": [{"is": "blank", "mm": 45}]}


# --- What a refusal says ----------------------------------------------------------------------


def test_a_refusal_gives_every_reason_with_its_code() -> None:
    text = letters(text_of(refusal_pdf()))
    assert open_refusal().reasons
    for reason in open_refusal().reasons:
        assert letters(reason.code.value) in text
        assert letters(clean(reason.message)) in text, reason.message
    for item in open_refusal().alternatives:
        assert letters(clean(item.text)) in text


def test_each_missing_answer_is_a_blank() -> None:
    assert len(open_refusal().missing) > 5
    blanks = [
        item
        for block in sheet(open_refusal(), base(), "")["body"]
        if block["is"] == "blanks"
        for item in block["items"]
    ]
    assert [item["question"] for item in blanks] == [
        clean(item.question) for item in open_refusal().missing
    ]
    assert all(item["boxes"] or item["needs-line"] for item in blanks)
    text = letters(text_of(refusal_pdf()))
    for item in blanks:
        assert letters(item["question"]) in text


def test_unknown_facts_of_the_banner_stand_as_unknown() -> None:
    facts = next(
        block for block in sheet(open_refusal(), base(), "")["body"] if block["is"] == "facts"
    )
    cells = {cell["label"]: cell["runs"][0]["is"] for cell in facts["cells"]}
    assert cells["Allergies"] == cells["Medicines"] == "unknown"


def test_an_override_names_who_and_why_and_leaves_the_verdict() -> None:
    decision = decided(
        facts={"urticaria": True},
        request=zone("neck-pain", "neck", "both"),
        override=[{"rule": "urticaria", "reason": "quiescent-over-a-year", "by": "Dr Example"}],
    )
    overridden = [item for item in decision.screening.results if item.overridden]
    assert [item.outcome for item in overridden] == [Outcome.FINDING]
    text = text_of(write_pdf(decision, base()))
    assert letters("by Dr Example") in letters(text)
    label = base().override_reasons["quiescent-over-a-year"].label
    assert letters(clean(label)) in letters(text)
    assert letters("After override: Caution") in letters(text)
    assert "Contraindicated" in text


# --- Words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("18.000", "18"),
        ("0.125", "0.125"),
        ("6.66666666666", "6.667"),
        ("0.000123456", "0.0001235"),
        ("279", "279"),
        ("12345.678", "12346"),
        ("-2.5", "−2.5"),
    ],
)
def test_numbers_are_shown_with_at_most_four_digits_of_fraction(amount: str, shown: str) -> None:
    assert number(Decimal(amount)) == shown


def test_value_and_unit_never_part() -> None:
    assert value(Quantity.of("0.2", Unit.CM2)) == {
        "is": "value",
        "value": "0.2",
        "unit": "cm²",
        "joined": False,
    }
    assert clean("give 0.2 mL in 30 min") == "give 0.2\u00a0mL in 30\u00a0min"
    assert span(Quantity.of(6, Unit.MM), Quantity.of(14, Unit.MM))["value"] == "6 to 14"


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [(0, 72, ("0 to 72", "h")), (24, 336, ("1 to 14", "days")), (0, 100, ("0 to 100", "h"))],
)
def test_windows_are_in_hours_up_to_three_days_and_in_days_beyond(
    start: int, end: int, shown: tuple[str, str]
) -> None:
    run = window(Quantity.of(start, Unit.H), Quantity.of(end, Unit.H))
    assert (run["value"], run["unit"]) == shown
