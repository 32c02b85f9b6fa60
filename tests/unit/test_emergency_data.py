"""The data of the emergency cards: what they must say, and what the loader refuses."""

import shutil
from pathlib import Path

import pytest

from mesoplan.documents.text_emergency import emergency_text
from mesoplan.knowledge import KnowledgeBase, load_knowledge
from mesoplan.knowledge.loading import DATA
from mesoplan.knowledge.schema.care import CarePart, Urgency
from mesoplan.planning import emergency_card, emergency_cards
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.errors import KnowledgeError
from mesoplan.vocabulary.source import Kind, SourceKind

NOBODY = Unknown("not asked")
FOUR = ["anaphylaxis", "local-anaesthetic-toxicity", "vascular-occlusion", "fainting"]

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
    found = emergency_card(emergency, knowledge, weight=NOBODY, age=NOBODY)
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
