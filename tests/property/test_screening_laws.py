"""Laws of screening that hold for every patient, not only for examples."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.screening import Screening, screen
from mesoplan.vocabulary.answer import Known
from mesoplan.vocabulary.errors import EmptyRuleSetError
from mesoplan.vocabulary.finding import Outcome, Verdict, worst
from mesoplan.vocabulary.patient import FactType
from mesoplan.vocabulary.quantity import Quantity, Unit
from tests.lib.base import base
from tests.lib.people import case_of, healthy_document, zone

BOOLEANS = sorted(
    fact.id
    for fact in base().facts.values()
    if fact.type is FactType.BOOLEAN and not fact.id.startswith("can_")
)
VERDICTS = st.sampled_from(list(Verdict))


def screened(document: dict[str, Any]) -> Screening:
    """The screening of a document in the form of a case file."""
    case = case_of(document, base())
    return screen(case.facts, case.request, base(), at=case.at)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request for one zone of an indication in one of its regions."""
    indication = draw(st.sampled_from(sorted(base().indications.values(), key=lambda i: i.id)))
    region = base().regions[draw(st.sampled_from(indication.regions or ("abdomen",)))]
    side = draw(st.sampled_from(["left", "right", "both"] if region.paired else ["midline"]))
    return zone(indication.id, region.id, side)


@given(st.lists(VERDICTS, min_size=1), VERDICTS)
def test_adding_a_result_never_softens(verdicts: list[Verdict], more: Verdict) -> None:
    assert not worst(verdicts).is_worse_than(worst([*verdicts, more]))


@given(st.lists(VERDICTS, min_size=1).flatmap(lambda v: st.tuples(st.just(v), st.permutations(v))))
def test_order_of_results_does_not_matter(pair: tuple[list[Verdict], list[Verdict]]) -> None:
    assert worst(pair[0]) is worst(pair[1])


def test_no_result_is_no_verdict() -> None:
    with pytest.raises(EmptyRuleSetError):
        worst([])


@pytest.mark.hazard("H-001")
@given(requests())
def test_patient_of_whom_nothing_is_known_is_never_better_than_undetermined(
    request: dict[str, Any],
) -> None:
    document = {"at": date(2026, 11, 22), "request": request}

    assert not Verdict.UNDETERMINED.is_worse_than(screened(document).verdict)


@given(requests(), st.sets(st.sampled_from(BOOLEANS), min_size=1, max_size=6))
def test_leaving_answers_out_never_softens(request: dict[str, Any], left_out: set[str]) -> None:
    whole = screened(healthy_document(base(), request=request))

    lacking = screened(
        healthy_document(base(), request=request, facts=dict.fromkeys(left_out, None))
    )

    assert not whole.verdict.is_worse_than(lacking.verdict)


@given(requests(), st.sets(st.sampled_from(BOOLEANS), min_size=1, max_size=4))
def test_a_concern_never_softens(request: dict[str, Any], concerns: set[str]) -> None:
    healthy = screened(healthy_document(base(), request=request))

    ill = screened(healthy_document(base(), request=request, facts=dict.fromkeys(concerns, True)))

    assert not healthy.verdict.is_worse_than(ill.verdict)


@given(requests())
def test_verdict_is_the_worst_of_all_results_and_all_findings_are_shown(
    request: dict[str, Any],
) -> None:
    screening = screened(healthy_document(base(), request=request, facts={"urticaria": True}))

    assert screening.verdict is worst(item.verdict for item in screening.results)
    assert set(screening.findings) == {
        item for item in screening.results if item.outcome is Outcome.FINDING
    }


@given(st.randoms(use_true_random=False), requests())
def test_order_of_answers_does_not_matter(random: Any, request: dict[str, Any]) -> None:
    document = healthy_document(base(), request=request, facts={"cancer": True, "urticaria": None})
    shuffled = dict(document)
    items = list(document["facts"].items())
    random.shuffle(items)
    shuffled["facts"] = dict(items)

    assert screened(document).results == screened(shuffled).results


@given(requests(), requests())
def test_another_zone_never_softens(one: dict[str, Any], other: dict[str, Any]) -> None:
    alone = screened(healthy_document(base(), request=one))
    both = {"practitioner": "physician", "zone": [*one["zone"], *other["zone"]]}

    together = screened(healthy_document(base(), request=both))

    assert not alone.verdict.is_worse_than(together.verdict)


@given(requests(), st.sets(st.sampled_from(sorted(base().medicines)), min_size=1, max_size=3))
def test_another_medicine_never_softens(request: dict[str, Any], names: set[str]) -> None:
    nothing = screened(healthy_document(base(), request=request))

    taken = {"names": sorted(names)}
    something = screened(healthy_document(base(), request=request, medications=taken))

    assert not nothing.verdict.is_worse_than(something.verdict)


@pytest.mark.hazard("H-006")
@given(requests(), st.sets(st.sampled_from(sorted(base().substances)), min_size=1, max_size=3))
def test_another_allergy_never_softens(request: dict[str, Any], names: set[str]) -> None:
    none = screened(healthy_document(base(), request=request))

    allergic = {"substances": sorted(names)}
    some = screened(healthy_document(base(), request=request, allergies=allergic))

    assert not none.verdict.is_worse_than(some.verdict)


@given(requests(), st.sampled_from(sorted(base().site_findings)), st.data())
def test_a_finding_on_the_skin_never_softens(
    request: dict[str, Any], finding: str, data: st.DataObject
) -> None:
    region = base().regions[data.draw(st.sampled_from(sorted(base().regions)))]
    side = data.draw(st.sampled_from(["left", "right"] if region.paired else ["midline"]))
    clear = screened(healthy_document(base(), request=request))

    seen = [{"region": region.id, "side": side, "finding": finding}]
    marked = screened(healthy_document(base(), request=request, site=seen))

    assert not clear.verdict.is_worse_than(marked.verdict)


@given(requests(), st.decimals(min_value=3, max_value=20, places=1))
def test_unit_of_a_measurement_does_not_matter(request: dict[str, Any], percent: Decimal) -> None:
    """A glycated haemoglobin in per cent and as a fraction gives the same verdicts."""
    document = healthy_document(base(), request=request, facts={"insulin_treated_diabetes": True})
    case = case_of(document, base())

    def verdicts(measured: Quantity) -> list[tuple[str, Verdict]]:
        answers = {**case.facts.answers, "hba1c": Known(measured)}
        facts = replace(case.facts, answers=MappingProxyType(answers))
        found = screen(facts, case.request, base(), at=case.at)
        return [(item.rule, item.verdict) for item in found.results]

    in_percent = Quantity(percent, Unit.PERCENT)
    assert verdicts(in_percent) == verdicts(in_percent.to(Unit.FRACTION))


@given(requests(), st.sets(st.sampled_from(BOOLEANS), max_size=5))
def test_override_never_gives_better_than_caution_and_never_changes_the_verdict(
    request: dict[str, Any], concerns: set[str]
) -> None:
    answers = dict.fromkeys(concerns, True)
    document = healthy_document(base(), request=request, facts=answers)
    before = screened(document)
    reasons = {
        item.rule: reason.id
        for item in before.findings
        for reason in base().override_reasons.values()
        if not reason.rules or item.rule in reason.rules
    }
    document["override"] = [
        {"rule": rule, "reason": reason, "by": "Dr Example"} for rule, reason in reasons.items()
    ]

    after = screened(document)

    assert after.verdict is before.verdict
    if after.verdict_after_override is not None:
        assert not Verdict.CAUTION.is_worse_than(after.verdict_after_override)
    guarded = [item for item in after.findings if base().rules[item.rule].never_overridable]
    assert all(item.overridden is None for item in guarded)
