"""Doses and their shares of limits, worked out by hand."""

from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan import check_mixture, plan
from mesoplan.knowledge import KnowledgeBase
from mesoplan.knowledge.limits import limits_for
from mesoplan.knowledge.schema.mixtures import Mixture, MixtureVerdict
from mesoplan.knowledge.schema.substances import LimitBasis
from mesoplan.mixture import Dose, DrawnMixture, MixtureCheck
from mesoplan.mixture.doses import added, doses_of
from mesoplan.planning import Refusal, RefusalCode
from mesoplan.vocabulary.answer import Answer, Known, Unknown
from mesoplan.vocabulary.patient import FactValue, PatientFacts
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.source import Citation
from tests.lib.people import AT, healthy_case
from tests.lib.records import component, mixture, number

INVENTED = Citation("invented", "for a test")
ONE_STEP = Decimal("0.001")
"""What a syringe can show, in mL."""


def ml(amount: str | int | Decimal) -> Quantity:
    return Quantity.of(amount, Unit.ML)


def mg(amount: str | int | Decimal) -> Quantity:
    return Quantity.of(amount, Unit.MG)


def person(weight: str | None) -> PatientFacts:
    answers: dict[str, Answer[FactValue]] = {}
    if weight is not None:
        answers["weight"] = Known(Quantity.of(weight, Unit.KG))
    return PatientFacts(answers=MappingProxyType(answers))


def check(
    formula: Mixture,
    volume: str,
    knowledge: KnowledgeBase,
    *,
    weight: str | None = "62",
    policy: str = "default",
    given_before: tuple[Dose, ...] = (),
) -> MixtureCheck:
    return check_mixture(
        DrawnMixture(mixture=formula, volume=ml(volume)),
        person(weight),
        knowledge,
        policy=policy,
        at=AT,
        given=given_before,
    )


def amounts(found: tuple[Dose, ...]) -> dict[str, Quantity | Unknown]:
    return {dose.substance: dose.amount for dose in found}


def lidocaine(knowledge: KnowledgeBase) -> Mixture:
    return knowledge.mixtures["lidocaine-20-mg-ml"]


def shares(found: MixtureCheck) -> dict[tuple[LimitBasis, str], tuple[Quantity, Decimal]]:
    return {(item.basis, item.jurisdiction): (item.limit, item.share) for item in found.shares}


@pytest.mark.hazard("H-003")
def test_twenty_milligrams_of_lidocaine_in_sixty_two_kilograms(knowledge: KnowledgeBase) -> None:
    """3 mg/kg are 186 mg and 4.5 mg/kg are 279 mg; 20 mg are 10.75 % and 7.17 % of them."""
    found = check(lidocaine(knowledge), "1", knowledge)
    assert amounts(found.doses) == {"lidocaine": mg(20)}
    assert shares(found) == {
        (LimitBasis.SESSION_PER_KG, "any"): (mg(186), Decimal(20) / 186),
        (LimitBasis.SESSION, "any"): (mg(200), Decimal("0.1")),
        (LimitBasis.DAY, "gb"): (mg(200), Decimal("0.1")),
        (LimitBasis.SESSION_PER_KG, "us"): (mg(279), Decimal(20) / 279),
        (LimitBasis.SESSION, "us"): (mg(300), Decimal(20) / 300),
    }
    assert not found.is_over_a_limit


@pytest.mark.hazard("H-003")
def test_the_worst_share_stands_first_and_a_country_has_its_own_limits(
    knowledge: KnowledgeBase,
) -> None:
    worst = check(lidocaine(knowledge), "1", knowledge).shares[0]
    assert (worst.basis, worst.limit) == (LimitBasis.SESSION_PER_KG, mg(186))
    american = check(lidocaine(knowledge), "1", knowledge, policy="us")
    assert (LimitBasis.SESSION_PER_KG, "any") not in shares(american)
    assert american.shares[0].share == Decimal("0.1")
    listed = [item.share for item in american.shares]
    assert listed == sorted(listed, reverse=True)


@pytest.mark.hazard("H-003")
@pytest.mark.parametrize(
    ("volume", "weight", "is_over"),
    [
        ("9.3", "62", False),  # 186 mg, exactly the limit
        ("9.301", "62", True),  # 186.02 mg
        ("10", "100", False),  # 200 mg: the limit of the session, per kilogram 300 mg
        ("10.001", "100", True),
        ("3", "19", True),  # 60 mg, 57 mg allowed
    ],
)
def test_the_limit_itself_is_allowed_and_a_trace_more_is_not(
    knowledge: KnowledgeBase, volume: str, weight: str, *, is_over: bool
) -> None:
    found = check(lidocaine(knowledge), volume, knowledge, weight=weight)
    assert found.is_over_a_limit is is_over


@pytest.mark.hazard("H-003")
def test_shares_of_anaesthetics_are_added_up(knowledge: KnowledgeBase) -> None:
    """100 of 186 mg of lidocaine and 155 of 310 mg of prilocaine are 104 % of one limit."""
    cream = Dose(substance="prilocaine", volume=ml(0), amount=mg(155), citation=INVENTED)
    found = check(lidocaine(knowledge), "5", knowledge, given_before=(cream,))
    assert not any(item.is_exceeded for item in found.shares)
    (group,) = found.groups
    assert (group.group, group.members) == ("local-anaesthetics", ("lidocaine", "prilocaine"))
    assert group.share == Decimal(100) / 186 + Decimal("0.5")
    assert group.is_exceeded
    assert found.is_over_a_limit


@pytest.mark.hazard("H-003")
def test_what_was_given_before_on_that_day_counts(knowledge: KnowledgeBase) -> None:
    before = Dose(substance="lidocaine", volume=ml(9), amount=mg(180), citation=INVENTED)
    found = check(lidocaine(knowledge), "1", knowledge, given_before=(before,))
    assert amounts(found.doses) == {"lidocaine": mg(20)}
    assert shares(found)[LimitBasis.SESSION, "any"] == (mg(200), Decimal(1))
    assert found.shares[0].share == Decimal(200) / 186
    assert found.is_over_a_limit


@pytest.mark.hazard("H-001")
def test_unknown_weight_is_asked_for_and_no_limit_per_kilogram_is_made_up(
    knowledge: KnowledgeBase,
) -> None:
    found = check(lidocaine(knowledge), "1", knowledge, weight=None)
    assert found.missing == ("weight",)
    assert {basis for basis, _ in shares(found)} == {LimitBasis.SESSION, LimitBasis.DAY}


@pytest.mark.hazard("H-001")
def test_a_plan_without_the_weight_is_refused_and_asks_for_it(knowledge: KnowledgeBase) -> None:
    case = healthy_case(knowledge, patient={"weight_kg": None})
    decision = plan(case.request, case.facts, knowledge, at=case.at)
    assert isinstance(decision, Refusal)
    assert RefusalCode.UNDETERMINED in {reason.code for reason in decision.reasons}
    assert "weight" in {missing.fact for missing in decision.missing}


STRENGTH = number(20, "mg/mL")
BATCH = mixture(
    component("lidocaine", "1", STRENGTH),
    component("ketoprofen", "1", number(160, "mg/mL")),
    component("sodium-chloride", "4", None),
)


@pytest.mark.parametrize(
    ("volume", "lidocaine_mg", "ketoprofen_mg", "saline_ml"),
    [("6", "20", "160", "4"), ("3", "10", "80", "2"), ("0.6", "2", "16", "0.4")],
)
def test_a_volume_is_shared_out_as_the_batch_is(
    volume: str, lidocaine_mg: str, ketoprofen_mg: str, saline_ml: str
) -> None:
    found = {dose.substance: dose for dose in doses_of(BATCH, ml(volume))}
    assert found["lidocaine"].amount == mg(lidocaine_mg)
    assert found["ketoprofen"].amount == mg(ketoprofen_mg)
    assert found["sodium-chloride"].volume == ml(saline_ml)


@given(
    volume=st.decimals(min_value="0.001", max_value=50, places=3),
    parts=st.lists(st.decimals(min_value="0.1", max_value=10, places=1), min_size=1, max_size=5),
)
def test_the_parts_add_up_to_the_whole(volume: Decimal, parts: list[Decimal]) -> None:
    """Each part is rounded down to what a syringe shows, so the whole is never exceeded."""
    formula = mixture(
        *(component(f"part-{index}", part, STRENGTH) for index, part in enumerate(parts))
    )
    found = doses_of(formula, ml(volume))
    total = sum((dose.volume.amount for dose in found), Decimal(0))
    lost = len(parts) * ONE_STEP
    assert volume - lost <= total <= volume
    mass = sum(
        (dose.amount.amount for dose in found if isinstance(dose.amount, Quantity)), Decimal(0)
    )
    assert 20 * (volume - lost) <= mass <= 20 * volume


@pytest.mark.hazard("H-001", "H-003")
def test_an_unknown_strength_is_an_unknown_dose_and_never_zero(knowledge: KnowledgeBase) -> None:
    formula = mixture(component("lidocaine", "1", None), component("ketoprofen", "1", STRENGTH))
    found = check(formula, "2", knowledge)
    assert amounts(found.doses) == {"lidocaine": Unknown("products differ"), "ketoprofen": mg(20)}
    assert "lidocaine" not in {item.substance for item in found.shares}


@pytest.mark.hazard("H-001", "H-003")
def test_one_unknown_part_makes_the_sum_unknown() -> None:
    known = Dose(substance="lidocaine", volume=ml(1), amount=mg(20), citation=INVENTED)
    unknown = Dose(substance="lidocaine", volume=ml(1), amount=Unknown("why"), citation=INVENTED)
    for doses in ((known, unknown), (unknown, known), (known, unknown, known)):
        (total,) = added(doses)
        assert total.amount == Unknown("why")
        assert total.volume == ml(len(doses))
    (total,) = added((known, known))
    assert total.amount == mg(40)


@pytest.mark.hazard("H-002")
@pytest.mark.parametrize(
    ("unit", "amount", "dose"),
    [
        ("ug/mL", 500, Quantity.of(1, Unit.MG)),
        ("g/L", 10, Quantity.of(20, Unit.MG)),
        ("U/mL", 20, Quantity.of(40, Unit.U)),
        ("IU/mL", 1500, Quantity.of(3000, Unit.IU)),
    ],
)
def test_units_of_activity_never_become_milligrams(unit: str, amount: int, dose: Quantity) -> None:
    (found,) = doses_of(mixture(component("a", "1", number(amount, unit))), ml(2))
    assert found.amount == dose


def test_a_child_s_limit_is_not_an_adult_s(knowledge: KnowledgeBase) -> None:
    for policy in knowledge.policies.values():
        for substance in knowledge.substances.values():
            found = limits_for(substance.id, policy, knowledge)
            assert {limit.population for limit in found} <= {"adult", "any"}
            bases = {limit.basis for limit in substance.limits if limit.population == "adult"}
            assert bases <= {limit.basis for limit in found}


def test_a_pair_that_must_not_meet_worsens_the_mixture(knowledge: KnowledgeBase) -> None:
    bad = [
        pair
        for pair in knowledge.pairs.values()
        if pair.verdict in {MixtureVerdict.INCOMPATIBLE, MixtureVerdict.FORBIDDEN}
    ]
    assert bad
    for pair in bad:
        for names in ((pair.first, pair.second), (pair.second, pair.first)):
            formula = mixture(*(component(name, "1", STRENGTH) for name in names))
            found = check(formula, "2", knowledge)
            assert found.verdict.severity >= pair.verdict.severity
            assert pair.citation in {reason.citation for reason in found.reasons}
