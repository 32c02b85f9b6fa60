"""S: a card with status and role."""

from mesoplan.planning import Plan, Refusal
from tests.lib.base import base
from tests.lib.people import zone
from tests.reference.seeds.proofs import Proof, decided


def cards(*names: str) -> Proof:
    """Each card says what the substance is for and how it stands for at least one route."""

    def prove(seeds: frozenset[str]) -> None:
        cited: set[str] = set()
        for name in names:
            card = base().substances[name]
            assert card.roles
            assert card.routes
            statements = (*card.claims, card.summary, *card.cautions)
            cited |= {item.citation.id for item in statements}
        assert seeds <= cited

    return prove


def fish_allergy(seeds: frozenset[str]) -> None:
    """A card, and a fish allergy bars it."""
    cards("polynucleotides")(seeds)
    request = zone("periocular-changes", "periocular", "both", mixture="polynucleotides")
    refused = decided(request=request, allergies={"groups": ["fish"]})
    assert isinstance(refused, Refusal)
    assert "component-allergy" in {item.rule for item in refused.screening.findings}


def own_blood(seeds: frozenset[str]) -> None:
    """A card of the patient's own blood, which no shelf holds."""
    cards("platelet-rich-plasma")(seeds)
    assert "own" in " ".join(base().substances["platelet-rich-plasma"].origin)


def no_protocol_for(*names: str) -> Proof:
    """A card, and no protocol of the base uses it."""

    def prove(seeds: frozenset[str]) -> None:
        cards(*names)(seeds)
        used = {
            part.substance
            for protocol in base().protocols.values()
            for mixture in protocol.mixtures
            for part in base().mixtures[mixture].components
        }
        assert not used & set(names)

    return prove


def approval_per_route(seeds: frozenset[str]) -> None:
    """The same product is planned under one jurisdiction and barred under another."""
    rule_record = base().rules["route-not-approved"]
    assert seeds <= {position.citation.id for position in rule_record.positions}
    assert rule_record.never_overridable
    submental = zone("submental-fat", "submental")
    assert isinstance(decided(request=submental, policy="us"), Plan)
    refused = decided(request=submental, policy="default")
    assert isinstance(refused, Refusal)
    assert "route-not-approved" in {item.rule for item in refused.screening.findings}


SUBSTANCES: dict[str, Proof] = {
    "S01": cards("hyaluronic-acid"),
    "S02": cards("multivitamin", "vitamin-c", "vitamin-b-complex", "dexpanthenol", "biotin"),
    "S03": cards("selenium", "copper", "zinc"),
    "S04": cards("amino-acids", "peptides"),
    "S05": cards("hyaluronidase", "mucopolysaccharidase"),
    "S06": cards("ginkgo-biloba", "artichoke-extract", "herbal-drugs"),
    "S07": own_blood,
    "S08": cards("dmae"),
    "S09": fish_allergy,
    "S10": cards("tranexamic-acid"),
    "S11": cards(
        "epidermal-growth-factor", "biotin", "finasteride", "dutasteride", "triamcinolone"
    ),
    "S12": cards("l-carnitine", "mucopolysaccharidase", "organic-silicon", "artichoke-extract"),
    "S13": cards("calcium-hydroxylapatite"),
    "S14": cards("botulinum-toxin-a"),
    "S15": no_protocol_for("hormones"),
    "S16": approval_per_route,
    "S17": cards("lidocaine", "diclofenac", "thiocolchicoside"),
    "S18": no_protocol_for("herbal-drugs"),
}
