"""Clinical review: signed and dated changes laid over the data, never under a released plan."""

from datetime import date
from decimal import Decimal

import pytest

from mesoplan.knowledge import KnowledgeBase
from mesoplan.knowledge.audit import audit
from mesoplan.knowledge.schema.corrections import Correction
from mesoplan.vocabulary.errors import KnowledgeError
from mesoplan.vocabulary.quantity import Quantity, Unit

SIGNED = "Dr Example"


def correction(kind: str, record: str, key: str, value: object, **other: str) -> Correction:
    return Correction(
        kind=kind,
        id=record,
        key=key,
        value=value,
        by=other.get("by", SIGNED),
        on=date(2026, 11, 22),
        reason=other.get("reason", "read the label again"),
    )


LOWER = correction("substances", "lidocaine", "limits[2].amount.value", Decimal(150))


@pytest.mark.hazard("H-009")
def test_a_correction_makes_another_release_and_leaves_the_old_base_alone(
    knowledge: KnowledgeBase,
) -> None:
    release, limits = knowledge.release, knowledge.substances["lidocaine"].limits
    new = knowledge.with_corrections([LOWER])
    assert limits[1].amount.value == Quantity.of(200, Unit.MG)
    assert new.substances["lidocaine"].limits[1].amount.value == Quantity.of(150, Unit.MG)
    assert new.release != release
    assert new.corrections == (LOWER,)
    assert knowledge.release == release
    assert knowledge.corrections == ()
    assert knowledge.substances["lidocaine"].limits is limits
    changed = {
        kind
        for kind in ("rules", "substances", "mixtures")
        if dict(new.kind(kind)) != dict(knowledge.kind(kind))
    }
    assert changed == {"substances"}


@pytest.mark.hazard("H-009")
def test_the_release_answers_for_every_word_of_a_correction(knowledge: KnowledgeBase) -> None:
    same = knowledge.with_corrections([LOWER]).release
    assert knowledge.with_corrections([LOWER]).release == same
    others = [
        correction(LOWER.kind, LOWER.id, LOWER.key, Decimal(151)),
        correction(LOWER.kind, LOWER.id, LOWER.key, LOWER.value, by="Dr Other"),
        correction(LOWER.kind, LOWER.id, LOWER.key, LOWER.value, reason="another"),
        correction(LOWER.kind, LOWER.id, "limits[1].amount.value", Decimal(2)),
    ]
    releases = {knowledge.with_corrections([item]).release for item in others}
    assert len(releases | {same, knowledge.release}) == len(others) + 2


def test_corrections_are_laid_over_corrections(knowledge: KnowledgeBase) -> None:
    again = correction("substances", "lidocaine", "limits[2].amount.value", Decimal(100))
    twice = knowledge.with_corrections([LOWER]).with_corrections([again])
    assert twice.substances["lidocaine"].limits[1].amount.value == Quantity.of(100, Unit.MG)
    assert twice.corrections == (LOWER, again)
    together = knowledge.with_corrections([LOWER, again])
    assert dict(together.substances) == dict(twice.substances)


def test_a_mark_of_review_is_kept_and_counted(knowledge: KnowledgeBase) -> None:
    mark = correction("substances", "lidocaine", "limits[1].amount.reviewed", SIGNED)
    new = knowledge.with_corrections([mark])
    number = new.substances["lidocaine"].limits[0].amount
    assert number.reviewed == SIGNED
    assert number.low == knowledge.substances["lidocaine"].limits[0].amount.low
    assert audit(new).reviewed == audit(knowledge).reviewed + 1


# What does not fit, and a word of the message.
UNFIT = [
    (correction("substances", "lidocaine", "label", "Lidocaine", by=" "), "a name and a reason"),
    (correction("substances", "lidocaine", "label", "Lidocaine", reason=""), "a name and a reason"),
    (correction("substances", "lidocane", "label", "x"), "a record of the base"),
    (correction("potions", "lidocaine", "label", "x"), "a record of the base"),
    (correction("sources", "seed-000", "title", "x"), "a record of the base"),
    (correction("substances", "lidocaine", "limits[99].amount.value", 1), "a key"),
    (correction("substances", "lidocaine", "limits[0].amount.value", 1), "a key"),
    (correction("substances", "lidocaine", "limits[99]", {}), "a place in a list"),
    (correction("substances", "lidocaine", "label.deep", "x"), "a key"),
    (correction("substances", "lidocaine", "nowhere.value", 1), "a key"),
    (correction("substances", "lidocaine", "Limits 1", 1), "a key such as"),
    (correction("substances", "lidocaine", "", 1), "a key such as"),
    (correction("substances", "lidocaine", "colour", "blue"), "one of the keys"),
    (correction("substances", "lidocaine", "limits[1].amount.unit", "mL"), "a unit of"),
    (correction("substances", "lidocaine", "limits[1].amount.unit", "mg per kg"), "a unit, one of"),
    (correction("substances", "lidocaine", "limits[1].amount.value", 0.1), "a number"),
    (correction("substances", "lidocaine", "limits[1].amount.source", "nobody"), "key of a source"),
    (correction("substances", "lidocaine", "id", "lignocaine"), "the id of"),
    (correction("mixtures", "saline", "components[1].substance", "water"), "the id of"),
]


@pytest.mark.parametrize(("unfit", "words"), UNFIT, ids=lambda item: str(item)[:60])
def test_a_correction_that_does_not_fit_is_refused(
    knowledge: KnowledgeBase, unfit: Correction, words: str
) -> None:
    with pytest.raises(KnowledgeError) as caught:
        knowledge.with_corrections([unfit])
    assert words in caught.value.message


# Every way by which a rule that no override may touch could speak less often.
SOFTER = {
    "its strength": correction("rules", "pregnancy", "strength", "relative"),
    "its mark": correction("rules", "pregnancy", "never_overridable", value=False),
    "its verdict": correction("rules", "breastfeeding", "verdict", "caution"),
    "its condition": correction("rules", "pregnancy", "when", "breastfeeding"),
    "its number": correction("rules", "age-under-18", "numbers.age_limit.value", 12),
    "its applicability": correction("rules", "pregnancy", "applies_when.indications", ["melasma"]),
    "its need": correction("rules", "pregnancy", "applies_when.needs[1]", "can_breastfeed"),
    "its scope": correction("rules", "deep-vein-thrombosis", "scope", "site"),
    "its name": correction("rules", "pregnancy", "id", "expecting"),
    "the type of its fact": correction("facts", "pregnant", "asked_again", "each-course"),
    "what yes means": correction("facts", "can_become_pregnant", "positive_means", "reassurance"),
    "a fact behind its fact": correction("facts", "age", "plausible.low", 20),
    "the name of its fact": correction("facts", "deep_vein_thrombosis", "id", "thrombosis"),
    "a derivation of its fact": correction(
        "derivations", "no-pregnancy-recorded-male", "when", {"sex": "female"}
    ),
    "what a derivation gives": correction(
        "derivations", "no-pregnancy-recorded-male", "gives", value=True
    ),
    "the number of a derivation of its fact": correction(
        "policies", "default", "no_pregnancy_from_age.value", 12
    ),
    "a derivation turned to its fact": correction(
        "derivations", "no-aspirin-like-among-medicines", "fact", "deep_vein_thrombosis"
    ),
    "the allergen groups of a substance": correction("substances", "lidocaine", "groups", []),
    "what an allergen group is": correction("groups", "amide-anaesthetics", "is_allergen", False),
}


@pytest.mark.hazard("H-010")
@pytest.mark.parametrize("way", SOFTER)
def test_no_correction_softens_what_no_override_may_touch(
    knowledge: KnowledgeBase, way: str
) -> None:
    with pytest.raises(KnowledgeError):
        knowledge.with_corrections([SOFTER[way]])


@pytest.mark.hazard("H-010")
def test_two_corrections_together_do_not_soften_what_one_may_not(
    knowledge: KnowledgeBase,
) -> None:
    harmless = correction("rules", "pregnancy", "message", "Other words.")
    with pytest.raises(KnowledgeError):
        knowledge.with_corrections([harmless, SOFTER["its number"]])
    with pytest.raises(KnowledgeError):
        knowledge.with_corrections([harmless]).with_corrections([SOFTER["its number"]])


@pytest.mark.parametrize(
    "words",
    [
        correction("rules", "pregnancy", "message", "The patient is pregnant."),
        correction("rules", "pregnancy", "synonyms", ["expecting"]),
        correction("rules", "age-under-18", "numbers.age_limit.reviewed", SIGNED),
        correction("facts", "pregnant", "question", "Are you pregnant?"),
        correction("derivations", "no-pregnancy-recorded-male", "because", "recorded male"),
    ],
    ids=lambda item: f"{item.kind}.{item.id}.{item.key}",
)
def test_words_and_marks_of_review_may_change_anywhere(
    knowledge: KnowledgeBase, words: Correction
) -> None:
    assert knowledge.with_corrections([words]).release != knowledge.release


def test_a_relative_rule_may_be_corrected(knowledge: KnowledgeBase) -> None:
    stricter = correction("rules", "urticaria", "strength", "absolute")
    assert knowledge.rules["urticaria"].strength.value == "relative"
    assert knowledge.with_corrections([stricter]).rules["urticaria"].strength.value == "absolute"
