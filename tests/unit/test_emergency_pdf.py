"""The printed emergency cards, read back by programs that share no code with their writer."""

import re
import subprocess
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import BooleanObject

from mesoplan.documents.emergency_card import write_emergency_cards
from mesoplan.documents.typesetting import NOTICE, Paper
from mesoplan.planning import EmergencyCard, emergency_cards
from mesoplan.vocabulary.answer import Known, Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.quantity import parse_quantity
from tests.lib.sheets import base, letters

PRINTED_ON = date(2026, 11, 22)
NUMBER = "112"
CLINIC = "Clinic of Fiction"
NAME = "Marta Lindqvist"
MARKUP = '#panic("x") *bold* $x$ @label <tag>'
LONGEST = "Universitätsklinikum für ästhetische und schmerztherapeutische Medizin am Fluss"


@cache
def cards(weight: str = "", age: str = "") -> tuple[EmergencyCard, ...]:
    return emergency_cards(
        base(),
        weight=Known(parse_quantity(weight)) if weight else Unknown("not asked"),
        age=Known(parse_quantity(age)) if age else Unknown("not asked"),
    )


@cache
def printed(
    weight: str = "", age: str = "", paper: Paper = "a4", number: str = NUMBER, patient: str = ""
) -> bytes:
    return write_emergency_cards(
        cards(weight, age),
        base(),
        emergency_number=number,
        printed_on=PRINTED_ON,
        clinic=CLINIC,
        patient_label=patient,
        paper=paper,
    )


def pages(content: bytes) -> list[str]:
    return [letters(page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def heights(content: bytes, pdftotext_path: Path, folder: Path) -> dict[str, float]:
    """How high each word of the first page stands at its largest, in points."""
    file = folder / "card.pdf"
    file.write_bytes(content)
    boxes = subprocess.run(
        [pdftotext_path, "-bbox", "-l", "1", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    found: dict[str, float] = {}
    for top, bottom, word in re.findall(r'yMin="([0-9.]+)".*yMax="([0-9.]+)">(.+)</word>', boxes):
        found[word] = max(found.get(word, 0), float(bottom) - float(top))
    return found


def long_lines(content: bytes, pdftoppm_path: Path, folder: Path) -> int:
    """How many dark rows at least 40 mm long stand in the upper right of the first page."""
    file = folder / "card.pdf"
    file.write_bytes(content)
    subprocess.run(
        [pdftoppm_path, "-gray", "-r", "72", "-l", "1", file, folder / "page"], check=True
    )
    (image,) = folder.glob("page*.pgm")
    _, across, _, _ = image.read_bytes().split(maxsplit=4)[:4]
    width, least = int(across), int(40 / 25.4 * 72)
    pixels = image.read_bytes()[-width * 842 :]
    image.unlink()
    rows = (pixels[at * width + width // 2 : (at + 1) * width] for at in range(20, 75))
    return sum(sum(pixel < 160 for pixel in row) >= least for row in rows)


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
@pytest.mark.parametrize(
    ("weight", "age"),
    [("", ""), ("62 kg", "40 year"), ("104.75 kg", "81 year"), ("70 kg", "6 year"), ("62 kg", "")],
)
def test_each_emergency_has_one_page_of_its_own(weight: str, age: str, paper: Paper) -> None:
    content = printed(weight, age, paper)
    found = pages(content)
    each = cards(weight, age)
    for page, card in zip(found, each, strict=False):
        assert page.startswith(letters(f"{card.emergency.label} Call:"))
        for step in card.emergency.steps:
            assert letters(step.says.text) in page
    assert found[len(each)].startswith(letters("Behind the cards"))


def test_the_longest_names_and_labels_leave_one_page_for_each() -> None:
    content = write_emergency_cards(
        cards(),
        base(),
        emergency_number="+39 0544 000 000 (1 2 3)",
        printed_on=PRINTED_ON,
        clinic=LONGEST * 3,
        patient_label=LONGEST * 3,
        paper="us-letter",
    )
    assert pages(content)[len(cards())].startswith(letters("Behind the cards"))
    for page in pages(content)[: len(cards())]:
        assert letters("+39 0544 000 000 (1 2 3)") in page


def test_a_number_that_could_only_be_printed_in_part_is_refused() -> None:
    """Half a telephone number is the number of somebody else."""
    with pytest.raises(ClinicalInputError):
        printed(number="+39 0544 000 000 extension 1")


def test_the_first_three_steps_and_their_doses_stand_in_huge_type(
    pdftotext_path: Path, tmp_path: Path
) -> None:
    found = heights(printed("62 kg", "40 year"), pdftotext_path, tmp_path)
    huge, large, running = 20, 15, 10
    for word in ("Anaphylaxis", "Stop.", "Adrenaline", "Lay", NUMBER):
        assert found[word] >= huge, word
    for word in ("0.5", "mg", "thigh"):
        assert found[word] >= large, word
    for word in ("refractory;", "antihistamine"):
        assert running <= found[word] < large, word


@pytest.mark.hazard("H-016")
def test_a_card_for_one_person_names_the_weight_and_gives_its_doses() -> None:
    content = printed("62 kg", "40 year", patient=NAME)
    for page in pages(content)[: len(cards())]:
        assert letters(f"For one person only: weight 62 kg, age 40 years · {NAME}") in page
    toxicity = pages(content)[1]
    for dose in ("bolus: 93 mL over 1 min", "infusion: 930 mL/h", "12 mL/kg = 744 mL"):
        assert letters(dose) in toxicity


@pytest.mark.hazard("H-016")
def test_a_card_for_nobody_gives_the_rule_and_a_line_and_no_dose_of_anybody() -> None:
    found = pages(printed())
    for page in found[: len(cards())]:
        assert letters("For everybody: weight and age not known") in page
    toxicity = found[1]
    assert letters("bolus: 1.5 mL/kg =") in toxicity
    # An amount in millilitres stands there only where a source prints it as such.
    amounts = set(re.findall(r"([\d.]+)mL(?!/)", toxicity))
    assert amounts == {"100", "250"}


@pytest.mark.hazard("H-016")
def test_a_drug_that_is_not_in_the_kit_is_marked_on_the_card() -> None:
    found = pages(printed())
    for page, card in zip(found, cards(), strict=False):
        missing = [drug for drug in card.drugs if drug.kit is None]
        assert page.count(letters("not in the kit")) == len(missing)


def test_what_other_sources_state_and_what_is_not_known_stands_on_the_card() -> None:
    found = pages(printed())
    for page, card in zip(found, cards(), strict=False):
        for text in card.emergency.not_known:
            assert letters(text) in page
        others = sum(len(drug.doses) - len(drug.lead) for drug in card.drugs)
        assert page.count(letters("also stated:")) == others
    behind = "".join(found[len(cards()) :])
    for card in cards():
        for said in (*card.emergency.differences, *(item.says for item in card.kit)):
            assert letters(said.text) in behind


def test_every_page_says_that_no_clinician_signed_and_when_it_was_printed() -> None:
    found = pages(printed())
    numbers = sum(card.numbers for card in cards())
    for at, page in enumerate(found, 1):
        assert letters(f"None of the {numbers} sourced numbers has been signed") in page
        assert letters(NOTICE) in page
        assert letters(f"Page {at} / {len(found)}") in page
        assert letters(f"{CLINIC} · 22 November 2026 · knowledge {base().release[:12]}") in page


def test_the_sources_of_a_card_stand_in_its_foot_and_in_full_behind() -> None:
    found = pages(printed())
    assert letters("ADVANZ Pharma 2023") in found[0]
    assert letters("Association of Anaesthetists of Great Brit") in found[1]
    behind = "".join(found[len(cards()) :])
    for card in cards():
        for citation in card.emergency.citations:
            assert letters(base().sources[citation.id].title) in behind
            assert letters(citation.locator) in behind


def test_without_a_number_there_is_a_line_to_write_it_on(
    pdftoppm_path: Path, tmp_path: Path
) -> None:
    blank = printed(number="")
    page = pages(blank)[0]
    assert letters("Emergency number") in page
    assert NUMBER not in page
    lines = long_lines(blank, pdftoppm_path, tmp_path)
    assert lines > long_lines(printed(), pdftoppm_path, tmp_path)


def test_text_from_outside_is_text() -> None:
    content = write_emergency_cards(
        cards(),
        base(),
        emergency_number="#panic()",
        printed_on=PRINTED_ON,
        clinic=MARKUP,
        patient_label=MARKUP,
    )
    first = pages(content)[0]
    assert first.count(letters(MARKUP)) == len(("clinic", "patient"))
    assert letters("#panic()") in first


def test_it_is_tagged_titled_and_says_its_language() -> None:
    reader = PdfReader(BytesIO(printed()))
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"] == BooleanObject(value=True)
    assert root["/Lang"] == "en"
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("Emergency card: Anaphylaxis")
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid:part>1<" in xmp


def test_the_same_cards_on_the_same_day_are_the_same_bytes() -> None:
    again = write_emergency_cards(
        cards(), base(), emergency_number=NUMBER, printed_on=PRINTED_ON, clinic=CLINIC
    )
    assert again == printed()


def test_one_card_can_be_printed_alone() -> None:
    content = write_emergency_cards(
        cards()[-1:], base(), emergency_number=NUMBER, printed_on=PRINTED_ON
    )
    found = pages(content)
    assert found[0].startswith(letters("Fainting"))
    assert found[1].startswith(letters("Behind the cards"))


def test_cards_of_another_release_are_not_printed() -> None:
    old = replace(cards()[0], knowledge_release="0" * 64)
    for wrong in ((), (old,)):
        with pytest.raises(ClinicalInputError):
            write_emergency_cards(wrong, base(), emergency_number=NUMBER, printed_on=PRINTED_ON)
