"""I: a plan or a reasoned refusal."""

from typing import Any

from mesoplan.knowledge.schema.care import Urgency
from mesoplan.knowledge.schema.indications import Standing
from mesoplan.planning import Plan, Refusal
from tests.lib.base import base
from tests.lib.people import zone
from tests.reference.seeds.proofs import Proof, decided, planned, text
from tests.reference.seeds.reactions import urgency


def indications(*names: str, policy: str = "default", **changes: Any) -> Proof:
    """Each is planned, or refused with a reason; the claims of the row's seeds stand in them."""

    def prove(seeds: frozenset[str]) -> None:
        claimed: set[str] = set()
        for name in names:
            record = base().indications[name]
            claimed |= {item.citation.id for item in record.claims}
            region = base().regions[record.regions[0]]
            side = "both" if region.paired else "midline"
            request = zone(name, region.id, side)
            decision = decided(**{"request": request, "policy": policy, **changes})
            if isinstance(decision, Refusal):
                assert decision.reasons
                assert all(reason.message and reason.citations for reason in decision.reasons)
            else:
                assert record.standing is Standing.PROTOCOL
                assert decision.zones[0].grade.value in text(decision)
        assert seeds <= claimed

    return prove


def periocular(seeds: frozenset[str]) -> None:
    """Refused with a reason, and redness is expected for longer around the eyes than elsewhere."""
    indications("periocular-changes")(seeds)
    assert isinstance(decided(request=zone("periocular-changes", "periocular", "both")), Refusal)
    assert urgency("periocular", 96, "redness") is Urgency.EXPECTED
    assert urgency("neck", 96, "redness") is Urgency.CALL


def trigger_points(seeds: frozenset[str]) -> None:
    """Planned, and the trigger points are to be marked on the map."""
    indications("myofascial-pain")(seeds)
    assert "trigger points" in text(planned(request=zone("myofascial-pain", "neck", "both")))


def enlarged_pores(seeds: frozenset[str]) -> None:
    """A physician gets a plan, a nurse does not."""
    indications("enlarged-pores")(seeds)
    pores = zone("enlarged-pores", "cheek", "both")
    assert isinstance(decided(request=pores), Plan)
    assert isinstance(decided(request={**pores, "practitioner": "nurse"}), Refusal)


def supportive(seeds: frozenset[str]) -> None:
    """The entries say that seed 002 calls mesotherapy supportive only."""
    indications("hair-loss", "acne")(seeds)
    for name in ("hair-loss", "acne"):
        claims = [
            item.text for item in base().indications[name].claims if item.citation.id == "seed-002"
        ]
        assert any("support" in claim for claim in claims)


INDICATIONS: dict[str, Proof] = {
    "I01": indications("cellulite"),
    "I02": indications("localised-fat", "submental-fat"),
    "I03": indications("facial-rejuvenation"),
    "I04": indications("skin-laxity"),
    "I05": indications("melasma", "hyperpigmentation"),
    "I06": indications("androgenetic-alopecia", "hair-loss"),
    "I07": indications("acne", "acne-scars"),
    "I08": indications("stretch-marks"),
    "I09": periocular,
    "I10": indications("xanthelasma"),
    "I11": indications("migraine", "tension-headache", policy="bedside-clinic"),
    "I12": indications("trigeminal-neuralgia", "cervicobrachial-pain"),
    "I13": indications("menstrual-pain"),
    "I14": indications("fibromyalgia", policy="bedside-clinic"),
    "I15": indications("gout", "rheumatic-joint-disease", "joint-effusion"),
    "I16": indications("sports-injury", "achilles-tendinopathy"),
    "I17": indications("bursitis", "bursitis-pes-anserine", "myositis"),
    "I18": indications("knee-osteoarthritis"),
    "I19": trigger_points,
    "I20": indications("varicose-disease", "oedema"),
    "I21": indications("birthmarks", "fistula", "shingles"),
    "I22": indications("skin-dryness"),
    "I23": enlarged_pores,
    "I24": indications("botulinum-and-filler"),
    "I25": indications("scars", "acne-scars"),
    "I26": indications("connective-tissue-pain"),
    "I27": supportive,
    "I28": indications("youth-vaccination"),
}
