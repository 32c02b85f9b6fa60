"""Emergency cards: what the data must say, what the loader refuses, and doses that were printed."""

import dataclasses
import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from mesoplan.cli import main
from mesoplan.documents.text_emergency import emergency_text
from mesoplan.documents.text_screening import WIDTH
from mesoplan.knowledge import KnowledgeBase, load_knowledge
from mesoplan.knowledge.loading import DATA
from mesoplan.knowledge.schema.care import CarePart, Urgency
from mesoplan.planning import EmergencyCard, emergency_card, emergency_cards
from mesoplan.planning.emergency import CardDose, CardDrug
from mesoplan.vocabulary.answer import Known, Truth, Unknown
from mesoplan.vocabulary.errors import (
    ClinicalInputError,
    KnowledgeError,
    UnknownNameError,
    WrongDimensionError,
)
from mesoplan.vocabulary.quantity import Quantity, Unit, parse_quantity
from mesoplan.vocabulary.source import Kind, SourceKind

NOBODY = Unknown("not asked")
FOUR = ["anaphylaxis", "local-anaesthetic-toxicity", "vascular-occlusion", "fainting"]


def card(
    knowledge: KnowledgeBase, emergency: str, weight: str = "", age: str = ""
) -> EmergencyCard:
    return emergency_card(
        emergency,
        knowledge,
        weight=Known(parse_quantity(weight)) if weight else NOBODY,
        age=Known(parse_quantity(age)) if age else NOBODY,
    )


def drug_of(found: EmergencyCard, drug: str) -> CardDrug:
    (one,) = (item for item in found.drugs if item.drug.id == drug)
    return one


def low(dose: CardDose) -> str:
    assert isinstance(dose.dose, Known)
    assert dose.dose.value.low == dose.dose.value.high
    return str(dose.dose.value.low)


def from_source(drug: CardDrug, source: str) -> list[CardDose]:
    return [dose for dose in drug.doses if dose.rule.numbers[0].citation.id == source]


# --- Doses that a source prints for one weight or age ------------------------------------------


@pytest.mark.hazard("H-016")
@pytest.mark.parametrize(
    ("weight", "printed"),
    [
        ("10 kg", "0.1 mL"),
        ("15 kg", "0.15 mL"),
        ("20 kg", "0.2 mL"),
        ("30 kg", "0.3 mL"),
        ("40 kg", "0.4 mL"),
        ("51 kg", "0.5 mL"),
        ("120 kg", "0.5 mL"),
    ],
)
def test_adrenaline_by_weight_is_the_volume_that_the_handbook_prints(
    knowledge: KnowledgeBase, weight: str, printed: str
) -> None:
    """The Australian handbook prints volumes of 1:1000 beside weights, besides its rule."""
    drug = drug_of(card(knowledge, "anaphylaxis", weight, "40 year"), "adrenaline")
    (dose,) = from_source(drug, "handbook-anaphylaxis")
    assert isinstance(dose.volume, Known)
    assert dose.volume.value.low == dose.volume.value.high == parse_quantity(printed)
    assert dose.capped is (parse_quantity(weight) > parse_quantity("50 kg"))


@pytest.mark.hazard("H-016")
@pytest.mark.parametrize(
    ("age", "printed"),
    [
        ("13 year", ["0.5 mg"]),
        ("40 year", ["0.5 mg"]),
        ("12 year", ["0.3 mg"]),
        ("7 year", ["0.3 mg"]),
        ("6 year", ["0.3 mg", "0.15 mg"]),
        ("2 year", ["0.15 mg"]),
        ("7 month", ["0.15 mg"]),
        ("5 month", ["0.05 mg"]),
    ],
)
def test_adrenaline_by_age_is_that_of_the_label(
    knowledge: KnowledgeBase, age: str, printed: list[str]
) -> None:
    """At six years the label puts the child into two groups: both doses are shown."""
    drug = drug_of(card(knowledge, "anaphylaxis", "5 kg", age), "adrenaline")
    assert [low(dose) for dose in from_source(drug, "adrenaline-smpc-advanz")] == printed


@pytest.mark.hazard("H-016")
def test_lipid_emulsion_for_seventy_kilograms_is_what_two_texts_print(
    knowledge: KnowledgeBase,
) -> None:
    """St John's prints 17.5 mL/min and 840 mL for 70 kg, the guideline 840 mL."""
    drug = drug_of(
        card(knowledge, "local-anaesthetic-toxicity", "70 kg", "40 year"), "lipid-emulsion"
    )
    bolus, infusion, doubled = from_source(drug, "aagbi-toxicity")
    assert low(bolus) == "105 mL"
    assert isinstance(infusion.dose, Known)
    assert infusion.dose.value.low.to(Unit.ML_PER_MIN).amount == Decimal("17.5")
    assert low(doubled) == "2100 mL/h"
    for dose in (bolus, infusion, doubled):
        assert dose.total == Known(Quantity.of(840, Unit.ML))


@pytest.mark.hazard("H-016")
def test_at_seventy_kilograms_the_american_checklist_is_silent_and_above_it_gives_one_bolus(
    knowledge: KnowledgeBase,
) -> None:
    """It speaks of less than 70 kg and of more than 70 kg."""
    american = {"neal-2018", "medscape-lipid"}
    found = {
        weight: [
            dose
            for source in sorted(american)
            for dose in from_source(
                drug_of(
                    card(knowledge, "local-anaesthetic-toxicity", weight, "40 year"),
                    "lipid-emulsion",
                ),
                source,
            )
        ]
        for weight in ("69.9 kg", "70 kg", "70.1 kg", "140 kg")
    }
    assert found["70 kg"] == []
    assert low(found["69.9 kg"][0]) == "104.85 mL"
    assert low(found["70.1 kg"][0]) == low(found["140 kg"][0]) == "100 mL"


def test_a_range_stays_a_range_and_an_unknown_unit_is_not_turned_into_a_volume(
    knowledge: KnowledgeBase,
) -> None:
    drug = drug_of(card(knowledge, "vascular-occlusion", "62 kg", "40 year"), "hyaluronidase")
    (dose,) = from_source(drug, "marino-occlusion-kit")
    assert isinstance(dose.dose, Known)
    assert (str(dose.dose.value.low), str(dose.dose.value.high)) == ("150 U", "750 U")
    assert not isinstance(dose.volume, Known)


def test_the_leading_source_gives_one_dose_for_each_purpose(knowledge: KnowledgeBase) -> None:
    everybody = card(knowledge, "anaphylaxis")
    (lead,) = drug_of(everybody, "adrenaline").lead
    assert lead.rule.ages.holds(Quantity.of(40, Unit.YEAR))
    assert not lead.rule.ages.holds(Quantity.of(12, Unit.YEAR))
    lipid = drug_of(card(knowledge, "local-anaesthetic-toxicity"), "lipid-emulsion")
    assert [dose.rule.purpose for dose in lipid.lead] == ["bolus", "infusion", "infusion, doubled"]
    assert {dose.applies for dose in lipid.lead} == {Truth.TRUE}


def test_a_drug_without_any_dose_for_a_person_says_so(knowledge: KnowledgeBase) -> None:
    found = card(knowledge, "local-anaesthetic-toxicity", "70 kg")
    drug = drug_of(found, "lipid-emulsion")
    without = dataclasses.replace(drug, doses=())
    assert without.lead == ()
    changed = dataclasses.replace(found, drugs=(without,))
    changed = dataclasses.replace(
        changed,
        emergency=dataclasses.replace(
            found.emergency,
            steps=tuple(step for step in found.emergency.steps if not step.drug),
        ),
    )
    assert "none was read for this person" in emergency_text(changed)


# --- What is refused ---------------------------------------------------------------------------


@pytest.mark.hazard("H-016")
@pytest.mark.parametrize(
    ("weight", "age"),
    [
        ("1.9 kg", ""),
        ("401 kg", ""),
        ("62 g", ""),
        ("0 kg", ""),
        ("-62 kg", ""),
        ("", "121 year"),
        ("", "-1 year"),
    ],
)
def test_a_slip_of_the_pen_gives_no_card(knowledge: KnowledgeBase, weight: str, age: str) -> None:
    with pytest.raises(ClinicalInputError) as caught:
        card(knowledge, "anaphylaxis", weight, age)
    assert caught.value.key == ("weight" if weight else "age")


@pytest.mark.parametrize(("weight", "age"), [("62 cm", ""), ("", "480 h"), ("", "40 kg")])
def test_a_quantity_of_another_kind_gives_no_card(
    knowledge: KnowledgeBase, weight: str, age: str
) -> None:
    with pytest.raises(WrongDimensionError):
        card(knowledge, "anaphylaxis", weight, age)


def test_a_misspelt_emergency_is_refused_with_the_nearest_name(knowledge: KnowledgeBase) -> None:
    with pytest.raises(UnknownNameError) as caught:
        card(knowledge, "anaphilaxis")
    assert caught.value.nearest == "anaphylaxis"


ANAPHYLAXIS = "anaphylaxis.toml"
TOXICITY = "local-anaesthetic-toxicity.toml"
FAINTING = "fainting.toml"
_SAID = 'source = "adrenaline-smpc-advanz", locator = "section 4.2, adults and over 12 years"}'
_FIRST = f'{{value = 0.5, unit = "mg", kind = "label", {_SAID}'
_CAP = '{value = 0.5, unit = "mg", kind = "literature", source = "handbook-anaphylaxis"'

# File, what stands there, what is put there; words of the message.
SPOILT = {
    "a dose without a source": (
        *(ANAPHYLAXIS, _SAID, 'locator = "section 4.2, adults and over 12 years"}'),
        "emergency[1].drugs[1].doses[1].amount.source",
    ),
    "a dose without a place in its source": (
        *(ANAPHYLAXIS, _SAID, 'source = "adrenaline-smpc-advanz"}'),
        "emergency[1].drugs[1].doses[1].amount.locator",
    ),
    "a dose without a kind": (
        *(ANAPHYLAXIS, _FIRST, f'{{value = 0.5, unit = "mg", {_SAID}'),
        "emergency[1].drugs[1].doses[1].amount.kind",
    ),
    "a dose without a unit": (
        *(ANAPHYLAXIS, _FIRST, f'{{value = 0.5, kind = "label", {_SAID}'),
        "emergency[1].drugs[1].doses[1].amount.unit",
    ),
    "a dose that somebody assumed": (
        *(ANAPHYLAXIS, 'kind = "label", ' + _SAID),
        'kind = "assumed", tightens = "recalled", ' + _SAID,
        "a number that was read, or unknown, came 'assumed'",
    ),
    "a dose that is a ruling": (
        *(ANAPHYLAXIS, _SAID, 'source = "mesoplan-ruling", locator = "emergency cards"}'),
        "a number that was read in a source, or unknown, came '0.5 mg from mesoplan-ruling'",
    ),
    "a dose left out": (
        *(ANAPHYLAXIS, f"amount = {_FIRST}, ", ""),
        "emergency[1].drugs[1].doses[1].amount: expected a table, came nothing",
    ),
    "an unknown dose with a basis": (
        *(ANAPHYLAXIS, f"amount = {_FIRST}", 'amount = {unknown = "not read"}'),
        "the basis unknown exactly where the amount is, came 'fixed'",
    ),
    "a fixed dose stated for each kilogram": (
        *(ANAPHYLAXIS, _FIRST, _FIRST.replace('"mg"', '"mg/kg"')),
        "emergency[1].drugs[1].doses[1].amount.unit",
    ),
    "a dose for each kilogram without its cap": (
        *(ANAPHYLAXIS, f'maximum = {_CAP}, locator = "adrenaline dosage"}}, ', ""),
        "emergency[1].drugs[1].doses[5].maximum: expected a table, came nothing",
    ),
    "a cap that cannot be compared": (
        *(ANAPHYLAXIS, _CAP, _CAP.replace('"mg"', '"mL"')),
        "a unit that caps 0.01 mg/kg, came '0.5 mL'",
    ),
    "a cap that is a range": (
        *(ANAPHYLAXIS, _CAP, _CAP.replace("value = 0.5", "low = 0.3, high = 0.5")),
        "one number, came '0.3 to 0.5 mg'",
    ),
    "a dose without its interval": (
        *(ANAPHYLAXIS, ', repeat = {unknown = "not on the part read"}', ""),
        "emergency[1].drugs[1].doses[5].repeat: expected a table, came nothing",
    ),
    "a dose that does not say the most in all": (
        *(
            ANAPHYLAXIS,
            'total = {unknown = "the label says several times, without a number"}, ',
            "",
        ),
        "emergency[1].drugs[1].doses[1].total: expected a table, came nothing",
    ),
    "an age in kilograms": (
        *(ANAPHYLAXIS, 'ages = {above = "12 year"}', 'ages = {above = "12 kg"}'),
        "a unit of calendar time, came 'kg'",
    ),
    "an age with two lower ends": (
        *(ANAPHYLAXIS, 'ages = {above = "12 year"}', 'ages = {above = "12 year", from = "6 year"}'),
        "one of from and above, came 'both'",
    ),
    "an age group without an inside": (
        *(ANAPHYLAXIS, 'from = "6 year", to = "12 year"', 'from = "12 year", to = "6 year"'),
        "a band with an inside",
    ),
    "a strength that is a range": (
        *(ANAPHYLAXIS, "strength = {value = 1,", "strength = {low = 1, high = 2,"),
        "one strength",
    ),
    "a drug that is neither in the kit nor missing from it": (
        *(ANAPHYLAXIS, 'kit = "kit-adrenaline"\n', ""),
        "either `kit`, the item that holds the drug, or `not_in_kit`, the reason, came 'neither'",
    ),
    "a drug that is in the kit and missing from it": (
        *(ANAPHYLAXIS, 'kit = "kit-adrenaline"\n', 'kit = "kit-adrenaline"\nnot_in_kit = "no"\n'),
        "came 'both'",
    ),
    "a drug in an item that is not of the kit": (
        *(ANAPHYLAXIS, 'kit = "kit-adrenaline"\n', 'kit = "observe-usual"\n'),
        "an item of the emergency kit, came 'observe-usual'",
    ),
    "a drug in an item that does not exist": (
        *(ANAPHYLAXIS, 'kit = "kit-adrenaline"\n', 'kit = "kit-adrenalin"\n'),
        "nearest is 'kit-adrenaline'",
    ),
    "a step that gives a drug of another card": (
        *(FAINTING, 'drug = "atropine"', 'drug = "adrenaline"'),
        "the id of a drug of the card, came 'adrenaline'",
    ),
    "a drug twice": (
        *(FAINTING, 'id = "atropine"', 'id = "oxygen"'),
        "each drug once",
    ),
    "a reaction that does not exist": (
        *(TOXICITY, '"anaesthetic-toxicity", ', '"anaesthetic-poisoning", '),
        "nearest is 'anaesthetic-toxicity'",
    ),
    "a card without signs": (
        *(FAINTING, "\nsigns = [", "\nsigns = []\nunread = ["),
        "signs: expected at least one entry",
    ),
}


@pytest.mark.hazard("H-016")
@pytest.mark.parametrize("how", SPOILT)
def test_a_card_that_is_spoilt_in_one_place_is_refused(how: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))
    name, old, new, words = SPOILT[how]
    path = folder / "emergencies" / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r}: choose another place to spoil"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(folder)
    assert words in caught.value.message
    assert name in caught.value.message


# --- What the data must say --------------------------------------------------------------------


def test_the_four_cards_hang_in_the_order_of_how_fast_they_kill(knowledge: KnowledgeBase) -> None:
    cards = emergency_cards(knowledge, weight=NOBODY, age=NOBODY)
    assert [found.emergency.id for found in cards] == FOUR


@pytest.mark.parametrize("emergency", FOUR)
def test_a_card_says_who_is_called_what_is_done_and_what_is_not_known(
    knowledge: KnowledgeBase, emergency: str
) -> None:
    record = knowledge.emergencies[emergency]
    assert len(record.steps) >= len(("first", "second", "third"))
    assert record.not_known
    assert record.drugs
    given = {step.drug for step in record.steps if step.drug}
    assert given <= {drug.id for drug in record.drugs}
    for reaction in record.reactions:
        assert knowledge.reactions[reaction].urgency is Urgency.URGENT


@pytest.mark.hazard("H-016")
@pytest.mark.parametrize("emergency", FOUR)
def test_every_drug_lies_in_the_kit_or_is_marked_as_missing(
    knowledge: KnowledgeBase, emergency: str
) -> None:
    found = card(knowledge, emergency)
    text = " ".join(emergency_text(found).split())
    for drug in found.drugs:
        if drug.kit is None:
            assert f"NOT IN THE KIT: {drug.drug.not_in_kit}" in text
        else:
            assert drug.kit in found.kit
            assert drug.kit.part is CarePart.EMERGENCY_KIT
            assert " ".join(drug.kit.says.text.split()) in text


@pytest.mark.hazard("H-016")
@pytest.mark.parametrize("emergency", FOUR)
def test_every_number_of_a_dose_was_read_somewhere(
    knowledge: KnowledgeBase, emergency: str
) -> None:
    numbers = [number for drug in knowledge.emergencies[emergency].drugs for number in drug.numbers]
    assert numbers
    for number in numbers:
        assert number.kind is not Kind.ASSUMED
        assert number.citation.locator
        source = knowledge.sources[number.citation.id]
        assert source.kind is not SourceKind.RULING
        assert source.read not in {"bibliography", "not-read-again"}


@pytest.mark.parametrize("emergency", FOUR)
def test_the_citations_of_a_card_are_those_in_its_file(
    knowledge: KnowledgeBase, emergency: str
) -> None:
    """A second count, over the text of the file."""
    text = (DATA / "emergencies" / f"{emergency}.toml").read_text(encoding="utf-8")
    written = {part.partition('"')[0] for part in text.split('source = "')[1:]}
    assert {citation.id for citation in knowledge.emergencies[emergency].citations} == written


def test_no_review_is_claimed_that_nobody_gave(knowledge: KnowledgeBase) -> None:
    for found in emergency_cards(knowledge, weight=NOBODY, age=NOBODY):
        assert found.reviewed == 0
        assert found.numbers == sum(len(drug.drug.numbers) for drug in found.drugs)
        assert "signed by a clinician yet" in emergency_text(found)


@pytest.mark.hazard("H-016")
@pytest.mark.parametrize("emergency", FOUR)
def test_a_card_for_nobody_says_so_and_gives_rules_for_each_kilogram(
    knowledge: KnowledgeBase, emergency: str
) -> None:
    text = emergency_text(card(knowledge, emergency))
    assert "For everybody: weight and age not known." in text
    assert "for this person" not in text
    somebody = emergency_text(card(knowledge, emergency, "62 kg", "40 year"))
    assert "For one person only: weight 62 kg, age 40 years." in somebody


# --- On the command line -----------------------------------------------------------------------


@pytest.mark.parametrize("emergency", FOUR)
def test_the_command_prints_the_card_for_everybody(
    knowledge: KnowledgeBase, emergency: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["knowledge", "show", "emergencies", emergency]) == 0
    printed = capsys.readouterr().out
    assert printed == emergency_text(card(knowledge, emergency))
    assert printed.index("CALL") < printed.index("DO") < printed.index("DRUGS")
    assert all(len(line) <= WIDTH for line in printed.splitlines())


def test_the_command_lists_the_cards_and_gives_them_to_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["knowledge", "list", "emergencies", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {item["id"] for item in listed["items"]} == set(FOUR)
    assert main(["knowledge", "show", "emergencies", "anaphylaxis", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out, parse_float=Decimal)
    dose = shown["drugs"][0]["doses"][0]
    assert dose["amount"]["value"] == Decimal("0.5")
    assert dose["amount"]["source"] == "adrenaline-smpc-advanz"
    assert dose["amount"]["reviewed"] is None
    assert dose["ages"] == {
        "start": {"value": 12, "unit": "year"},
        "end": None,
        "start_excluded": True,
        "end_excluded": False,
    }
