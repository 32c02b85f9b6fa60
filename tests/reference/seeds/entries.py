"""D, B, C: an entry with its sources, and the behaviour that the table names."""

from datetime import date

from mesoplan.planning import Refusal, plan
from tests.lib.base import base
from tests.lib.people import case_of, zone
from tests.reference.seeds.proofs import FACE, NECK, Proof, planned
from tests.reference.seeds.roles import entry


def local_plan(seeds: frozenset[str]) -> None:
    """Every plan names a region, points, depth and volume."""
    entry("what-mesotherapy-is")(seeds)
    found = planned(request=NECK).zones[0]
    assert found.zone.region == "neck"
    assert found.points.value.amount > 0
    assert found.depth is not None
    assert found.total_volume.value.amount > 0


def individual(seeds: frozenset[str]) -> None:
    """Health, age, body and need are answered for, and a lighter patient changes the plan."""
    entry("treatment-is-individual")(seeds)
    for request in (NECK, FACE):
        facts = " ".join(item.fact for item in planned(request=request).individualised)
        assert all(word in facts for word in ("health", "age", "need"))
    heavy, light = (
        planned(request=NECK, patient={"weight_kg": kilograms}) for kilograms in (90, 45)
    )
    assert heavy.individualised != light.individualised
    assert light.totals.doses[0].shares[0].share > heavy.totals.doses[0].shares[0].share


def layers_shown(seeds: frozenset[str]) -> None:
    """The disagreement is an entry, and depth is shown as a probability per layer."""
    entry("layer-names-disagreement")(seeds)
    odds = planned(request=zone("melasma", "cheek", "both")).zones[0].layers
    assert sum(odds.probabilities.values()) == 1


def dry_comparator(seeds: frozenset[str]) -> None:
    """Both claims stand, and dry needling can be planned."""
    entry("needling-inflames")(seeds)
    dry = planned(request=zone("neck-pain", "neck", "both", technique="dry-needling"))
    assert dry.totals.volume.amount == 0


def measured_benefits(seeds: frozenset[str]) -> None:
    """Each claimed benefit has a scale by which the program measures it."""
    entry("claimed-benefits", "claimed-effects-on-tissue")(seeds)
    assert base().topics["claimed-benefits"].scales


def choice_explained(seeds: frozenset[str]) -> None:
    """A plan says why this protocol, and names its alternatives."""
    entry("what-the-effect-depends-on")(seeds)
    found = planned(request=FACE)
    assert any(item.fact.startswith("need") for item in found.individualised)
    assert found.alternatives


def consultation(seeds: frozenset[str]) -> None:
    """No plan without an assessment: with every answer missing there is a refusal."""
    entry("consultation-first")(seeds)
    case = case_of({"at": date(2026, 11, 22), "request": NECK}, base())
    assert isinstance(plan(case.request, case.facts, base(), at=case.at), Refusal)


ENTRIES: dict[str, Proof] = {
    "D01": local_plan,
    "D02": entry("history-of-mesotherapy"),
    "D03": entry("national-societies"),
    "D04": entry("depot-in-the-skin"),
    "D05": entry("bypasses-the-gut"),
    "D06": entry("claimed-effects-on-tissue"),
    "D07": individual,
    "D08": layers_shown,
    "D09": dry_comparator,
    "D10": entry("equal-to-other-treatments"),
    "B01": measured_benefits,
    "B02": entry("better-than-creams"),
    "B03": choice_explained,
    "B04": entry("ageing-of-skin"),
    "C01": consultation,
}
