"""Emergency cards: doses that a source prints for one weight or age, and what is refused."""

import dataclasses
import json
from decimal import Decimal

import pytest

from mesoplan.cli import main
from mesoplan.documents.text_emergency import emergency_text
from mesoplan.documents.text_screening import WIDTH
from mesoplan.knowledge import KnowledgeBase
from mesoplan.planning import EmergencyCard, emergency_card
from mesoplan.planning.emergency import CardDose, CardDrug
from mesoplan.vocabulary.answer import Known, Truth, Unknown
from mesoplan.vocabulary.errors import (
    ClinicalInputError,
    UnknownNameError,
    WrongDimensionError,
)
from mesoplan.vocabulary.quantity import Quantity, Unit, parse_quantity

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


# --- For everybody and for one person ------------------------------------------------------------


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
