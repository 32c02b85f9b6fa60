"""Every row of the founding texts is answered for in the way its kind demands.

``seed_facts.tsv`` holds the ids and sources of the rows. ``ANSWERS`` holds, for each row, what
proves that the program answers for it: a rule seen true, false and unknown (E); a plan or a
reasoned refusal (I); a card with status and role (S); a technique that a plan chooses (T); a
number visible in a plan (P); a triage result (A); a refused role (W); an entry with its sources
and the behaviour that the table names (D, B, C). A row that nothing proves fails.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mesoplan.documents.text_plan import decision_text
from mesoplan.knowledge.schema.care import Urgency
from mesoplan.knowledge.schema.indications import Standing
from mesoplan.planning import Plan, ReactionReport, Refusal, plan, triage
from mesoplan.screening import screen
from mesoplan.vocabulary.answer import Answer, Known, Unknown
from mesoplan.vocabulary.finding import Outcome, Strength, Verdict
from mesoplan.vocabulary.quantity import Quantity, Unit
from tests.lib.base import base
from tests.lib.people import case_of, healthy_document, zone

ROWS = {
    row["id"]: frozenset(f"seed-{number}" for number in row["source"].split(","))
    for row in csv.DictReader(
        (Path(__file__).parent / "seed_facts.tsv").read_text().splitlines(), delimiter="\t"
    )
}
Proof = Callable[[frozenset[str]], None]


def decided(**changes: Any) -> Plan | Refusal:
    """The decision for a healthy adult with changes."""
    case = case_of(healthy_document(base(), **changes), base())
    return plan(case.request, case.facts, base(), at=case.at)


def planned(**changes: Any) -> Plan:
    """The same where a plan is expected."""
    decision = decided(**changes)
    assert isinstance(decision, Plan), [item.message for item in decision.reasons]
    return decision


def text(decision: Plan | Refusal) -> str:
    """What a person reads, on one line."""
    return " ".join(decision_text(decision, base()).split())


NECK = zone("neck-pain", "neck", "both")
FACE = zone("facial-rejuvenation", "face")
MAN: Mapping[str, Any] = {"patient": {"sex": "male"}}


# E: a rule seen true, false and unknown -----------------------------------------------------


def rule(
    name: str,
    true: Mapping[str, Any],
    unknown: Mapping[str, Any],
    *,
    verdict: Verdict,
    strength: Strength,
    request: Mapping[str, Any] = NECK,
) -> Proof:
    """The rule gives a finding, is cleared, is unanswered; every seed of the row stands in it."""

    def outcomes(changes: Mapping[str, Any]) -> set[Outcome]:
        case = case_of(healthy_document(base(), **{"request": request, **changes}), base())
        screening = screen(case.facts, case.request, base(), at=case.at)
        found = [item for item in screening.results if item.rule == name]
        found += [
            item for aside in screening.set_aside for item in aside.findings if item.rule == name
        ]
        return {item.outcome for item in found}

    def prove(seeds: frozenset[str]) -> None:
        record = base().rules[name]
        assert (record.verdict, record.strength) == (verdict, strength)
        assert seeds <= {position.citation.id for position in record.positions}
        assert Outcome.FINDING in outcomes(true)
        assert outcomes({}) == {Outcome.CLEARED}
        assert Outcome.UNANSWERED in outcomes(unknown)

    return prove


def fact_rule(name: str, fact: str, verdict: Verdict, strength: Strength) -> Proof:
    """A rule over one boolean fact."""
    return rule(
        name,
        {"facts": {fact: True}},
        {"facts": {fact: None}},
        verdict=verdict,
        strength=strength,
    )


BARRED, DEFERRED = Verdict.CONTRAINDICATED, Verdict.DEFERRED
ABSOLUTE, RELATIVE = Strength.ABSOLUTE, Strength.RELATIVE

UNDER_AGE = rule(
    "age-under-18",
    {"patient": {"birth_date": date(2009, 1, 1)}},
    {"patient": {"birth_date": None}},
    verdict=BARRED,
    strength=ABSOLUTE,
)

ELIGIBILITY: dict[str, Proof] = {
    "E01": UNDER_AGE,
    "E02": UNDER_AGE,
    "E03": fact_rule("pregnancy", "pregnant", BARRED, ABSOLUTE),
    "E04": fact_rule("breastfeeding", "breastfeeding", BARRED, ABSOLUTE),
    "E05": fact_rule(
        "stroke-or-paralysis-history", "stroke_or_paralysis_history", BARRED, RELATIVE
    ),
    "E06": fact_rule("insulin-treated-diabetes", "insulin_treated_diabetes", BARRED, RELATIVE),
    "E07": fact_rule("cancer", "cancer", BARRED, RELATIVE),
    "E08": fact_rule("coagulation-disorder", "coagulation_disorder", BARRED, RELATIVE),
    "E09": rule(
        "anticoagulant-therapy",
        {"facts": {"anticoagulant_therapy": True}},
        {"facts": {"anticoagulant_therapy": None}, "medications": None},
        verdict=BARRED,
        strength=RELATIVE,
    ),
    "E10": rule(
        "component-allergy",
        {"allergies": {"substances": ["lidocaine"]}},
        {"allergies": None},
        verdict=BARRED,
        strength=ABSOLUTE,
    ),
    "E11": fact_rule("urticaria", "urticaria", BARRED, RELATIVE),
    "E12": rule(
        "cardiac-disease-several-medicines",
        {"facts": {"cardiac_disease": True, "several_cardiac_medicines": True}},
        {
            "facts": {"cardiac_disease": None, "several_cardiac_medicines": None},
            "medications": None,
        },
        verdict=BARRED,
        strength=RELATIVE,
    ),
    "E13": fact_rule("acute-infection", "acute_infection", DEFERRED, ABSOLUTE),
    "E14": fact_rule("deep-vein-thrombosis", "deep_vein_thrombosis", BARRED, ABSOLUTE),
    "E15": fact_rule("unstable-blood-pressure", "unstable_blood_pressure", DEFERRED, ABSOLUTE),
    "E16": fact_rule("kidney-failure", "kidney_failure", BARRED, RELATIVE),
    "E17": rule(
        "health-check",
        {"facts": {"cancer": True}},
        {"facts": {"cancer": None}},
        verdict=Verdict.CAUTION,
        strength=RELATIVE,
    ),
    "E18": rule(
        "drug-hypersensitivity",
        {"facts": {"drug_hypersensitivity": True}},
        {"facts": {"drug_hypersensitivity": None}, "allergies": {"other": ["kiwi"]}},
        verdict=base().rules["drug-hypersensitivity"].verdict,
        strength=base().rules["drug-hypersensitivity"].strength,
    ),
}


# I: a plan or a reasoned refusal ------------------------------------------------------------


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
    """Planned, and redness is expected for longer around the eyes than elsewhere."""
    indications("periocular-changes")(seeds)
    around_eyes = planned(request=zone("periocular-changes", "periocular", "both"))
    elsewhere = planned(request=NECK)

    def end(decision: Plan) -> Quantity:
        return max(
            (item.end for item in decision.expected_reactions if item.reaction == "redness"),
            key=lambda hours: hours.amount,
        )

    assert end(around_eyes) > end(elsewhere)


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


# S: a card with status and role -------------------------------------------------------------


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


# T: a technique that a plan chooses ---------------------------------------------------------


def practice_says(*names: str) -> set[str]:
    """The sources of practice entries."""
    return {base().practice[name].says.citation.id for name in names}


def technique(
    name: str, request: Mapping[str, Any], *, sources: Iterable[str] = (), **changes: Any
) -> Proof:
    """A plan that names the technique, and the row's seeds in the technique or its practice."""

    def prove(seeds: frozenset[str]) -> None:
        record = base().techniques[name]
        found = planned(request=request, **changes)
        assert found.zones[0].technique is record
        assert record.label in text(found)
        cited = {item.citation.id for item in record.says} | practice_says(*sources)
        assert seeds <= cited

    return prove


def needles_within(seeds: frozenset[str]) -> None:
    """No technique of the base takes a needle outside the 4 to 13 mm of seed 002, labels apart."""
    stated = base().practice["needle-4-to-13"].amount
    assert stated is not None
    assert stated.citation.id in seeds
    chosen = planned(request=NECK).zones[0].needle
    assert chosen is not None
    assert stated.low <= chosen.length.value <= stated.high


def depth_within(seeds: frozenset[str]) -> None:
    """The tip lies in the 1 to 4 mm of seed 004 unless the technique says deeper."""
    stated = base().practice["depth-1-to-4"].amount
    assert stated is not None
    assert stated.citation.id in seeds
    for request in (NECK, FACE, zone("melasma", "cheek", "both")):
        depth = planned(request=request).zones[0].depth
        assert depth is not None
        assert stated.low <= depth.value <= stated.high


def both_perfusion_and_micro(seeds: frozenset[str]) -> None:
    """Both techniques of seed 004 can be planned, and say what is assumed in them."""
    spine = zone("chronic-spinal-pain", "lower-back", "both", technique="mesoperfusion")
    technique("mesoperfusion", spine)(seeds)
    face = zone("facial-rejuvenation", "face", technique="micromesotherapy")
    technique("micromesotherapy", face)(seeds)
    assert "assumed" in text(planned(request=spine))


def depth_per_zone(seeds: frozenset[str]) -> None:
    """Each zone has its own depth, and the plan quotes what seed 000 says of the layers."""
    assert seeds <= practice_says("depth-first-and-middle")
    found = planned(
        request={
            "practitioner": "physician",
            "zone": [*FACE["zone"], *NECK["zone"]],
        }
    )
    depths = [item.depth.value for item in found.zones if item.depth]
    assert len(set(depths)) == len(found.zones)
    assert "[seed-000]" in text(found)


def electroporation(seeds: frozenset[str]) -> None:
    """Planned without a needle, where an injection is refused."""
    dry = zone("skin-dryness", "face")
    by_beautician = {**dry, "practitioner": "beautician"}
    technique("electroporation", by_beautician, sources=())(seeds)
    assert planned(request=by_beautician).zones[0].needle is None


TECHNIQUES: dict[str, Proof] = {
    "T01": technique("point-by-point", NECK, sources=("needle-4-to-13",)),
    "T02": needles_within,
    "T03": depth_within,
    "T04": technique(
        "multi-needle-gun", zone("skin-dryness", "face", technique="multi-needle-gun")
    ),
    "T05": technique("nappage", zone("facial-rejuvenation", "face", technique="nappage")),
    "T06": electroporation,
    "T07": both_perfusion_and_micro,
    "T08": depth_per_zone,
}


# P: a number visible in a plan --------------------------------------------------------------


def visible(words: Iterable[str], request: Mapping[str, Any], **changes: Any) -> Proof:
    """The words stand in the plan that a person reads, and each seed of the row is cited there."""

    def prove(seeds: frozenset[str]) -> None:
        found = text(planned(request=request, **changes))
        for word in words:
            assert word in found
        for seed in seeds:
            assert seed in found

    return prove


def cellulite_advice(words: Iterable[str]) -> Proof:
    """The advice stands in the reasoned refusal of cellulite, which has no protocol."""

    def prove(seeds: frozenset[str]) -> None:
        refused = decided(request=zone("cellulite", "thigh", "both"))
        assert isinstance(refused, Refusal)
        advised = [item for item in refused.advice if item.citation.id in seeds]
        said = " ".join(item.text for item in advised).casefold()
        for word in words:
            assert word in said

    return prove


SPINE = zone("chronic-spinal-pain", "lower-back", "both")
PROTOCOLS: dict[str, Proof] = {
    "P01": visible(["one week"], FACE),
    "P02": visible(["sessions 3 (range 3 to 4)", "interval 1 week"], NECK),
    "P03": visible(["two to three weeks", "4 to 6 weeks"], FACE),
    "P04": visible(["2 to 4 weeks apart"], zone("stretch-marks", "abdomen")),
    "P05": visible(["ten days"], FACE),
    "P06": visible(["aintenance"], FACE),
    "P07": visible(["20 to 60 min"], FACE),
    "P08": visible(["20 to 40", "30 to 40", "60 to 60 min before"], FACE),
    "P09": visible(["isinfect"], FACE),
    "P10": cellulite_advice(["massage", "slack"]),
    "P11": cellulite_advice(["food", "exercise"]),
    "P12": visible(["several weeks"], FACE),
    "P13": visible(["daily life"], FACE),
}


# A: a triage result -------------------------------------------------------------------------

NO_FLAGS: Mapping[str, Answer[bool]] = {
    reaction.id: Known(value=False)
    for reaction in base().reactions.values()
    if reaction.red_flag_question
}


def urgency(region: str, hours: int, *reactions: str, **flags: Answer[bool]) -> Urgency:
    """The triage of a report, red flags answered no unless given."""
    given = {name.replace("_", "-"): answer for name, answer in flags.items()}
    report = ReactionReport(
        region=region,
        since_session=Quantity.of(hours, Unit.H),
        reactions=reactions,
        red_flags={**NO_FLAGS, **given},
    )
    return triage(report, base()).urgency


def reaction_sources(*names: str) -> set[str]:
    """The sources behind reactions: statements, windows and rates."""
    found: set[str] = set()
    for name in names:
        record = base().reactions[name]
        found |= {item.citation.id for item in record.says}
        found |= {rate.citation.id for rate in record.rates}
        found |= {window.time.citation.id for window in record.windows}
    return found


def expected_for_two_days(seeds: frozenset[str]) -> None:
    """Redness on the first day is expected; on the fourth day on the neck it is a call."""
    names = ("redness", "swelling", "bruise", "itching")
    assert seeds <= reaction_sources(*names)
    assert urgency("neck", 24, "redness", "swelling", "bruise") is Urgency.EXPECTED
    assert urgency("neck", 96, "redness") is Urgency.CALL


def longer_around_the_eyes(seeds: frozenset[str]) -> None:
    """What is a call on the neck on the fourth day is still expected around the eyes."""
    assert seeds <= reaction_sources("redness")
    assert urgency("periocular", 96, "redness") is Urgency.EXPECTED
    assert urgency("neck", 96, "redness") is Urgency.CALL


def red_flag(*names: str) -> Proof:
    """A yes is never expected, and neither is a question that was left open."""

    def prove(seeds: frozenset[str]) -> None:
        assert seeds <= reaction_sources(*names)
        for name in names:
            key = name.replace("-", "_")
            assert urgency("cheek", 24, **{key: Known(value=True)}) is not Urgency.EXPECTED
            assert urgency("cheek", 24, **{key: Unknown()}) is not Urgency.EXPECTED

    return prove


def allergy_is_urgent(seeds: frozenset[str]) -> None:
    """A severe allergic reaction is urgent."""
    assert seeds <= reaction_sources("anaphylaxis", "delayed-allergic-rash")
    assert urgency("cheek", 1, anaphylaxis=Known(value=True)) is Urgency.URGENT


def by_cause(seeds: frozenset[str]) -> None:
    """Every reaction has a cause class, all three classes occur, and seed 002 is quoted."""
    classes = {cause.value for item in base().reactions.values() for cause in item.causes}
    assert classes == {"drug", "method", "needle"}
    assert all(item.causes for item in base().reactions.values())
    cited = {item.says.citation.id for item in base().care.values()}
    assert seeds <= cited | reaction_sources(*base().reactions)


def at_the_site(seeds: frozenset[str]) -> None:
    """Each reaction that seed 004 names gets a triage result."""
    names = ("nausea", "pain-at-points", "local-inflammation", "bruise", "blisters")
    assert seeds <= reaction_sources(*names, "spots-or-colour-change")
    for name in (*names, "spots-or-colour-change"):
        assert urgency("cheek", 24, name) in set(Urgency)


def risk_by_region(seeds: frozenset[str]) -> None:
    """Under the chin the plan says that reactions are commoner there; on the neck it does not."""
    assert seeds <= {item.citation.id for item in base().regions["submental"].says}
    chin = planned(request=zone("submental-fat", "submental"), policy="us")
    neck = planned(request=NECK)
    assert any(item.commoner_here for item in chin.expected_reactions)
    assert not any(item.commoner_here for item in neck.expected_reactions)


def how_often(seeds: frozenset[str]) -> None:
    """Both statements stand beside published rates with their denominator."""
    topic = base().topics["how-often-harm-occurs"]
    assert seeds <= {item.citation.id for item in topic.statements}
    assert topic.evidence
    rates = [rate for item in base().reactions.values() for rate in item.rates]
    assert any(not isinstance(rate.of, Unknown) for rate in rates)


REACTIONS: dict[str, Proof] = {
    "A01": expected_for_two_days,
    "A02": longer_around_the_eyes,
    "A03": red_flag("spreading-infection"),
    "A04": allergy_is_urgent,
    "A05": by_cause,
    "A06": at_the_site,
    "A07": risk_by_region,
    "A08": visible(["bleeding"], FACE),
    "A09": how_often,
}


# W: a refused role --------------------------------------------------------------------------


def only_physicians_inject(seeds: frozenset[str]) -> None:
    """Nurse, assistant and beautician are refused a needle; nobody can override that."""
    assert seeds <= {item.citation.id for item in base().topics["who-may-inject"].statements}
    for role in ("nurse", "assistant", "beautician"):
        refused = decided(request={**NECK, "practitioner": role})
        assert isinstance(refused, Refusal)
        found = {item.rule: item for item in refused.screening.findings}
        assert not found["practitioner-not-authorised"].overridable


def beauticians(seeds: frozenset[str]) -> None:
    """Refused with a needle, open with electroporation."""
    assert seeds <= {item.citation.id for item in base().topics["beauticians"].statements} | {
        "seed-002"
    }
    assert isinstance(decided(request={**NECK, "practitioner": "beautician"}), Refusal)
    electroporation(frozenset({"seed-003", "seed-004"}))


def entry(topic: str, *more: str) -> Proof:
    """An entry that cites the row's seeds."""

    def prove(seeds: frozenset[str]) -> None:
        cited = {
            item.citation.id
            for name in (topic, *more)
            for item in (*base().topics[name].statements, *base().topics[name].evidence)
        }
        assert seeds <= cited
        assert base().topics[topic].mesoplan

    return prove


ROLES: dict[str, Proof] = {
    "W01": only_physicians_inject,
    "W02": beauticians,
    "W03": entry("place-of-treatment"),
}


# D, B, C: an entry with its sources, and the behaviour the table names ----------------------


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

ANSWERS: dict[str, Proof] = {
    **ELIGIBILITY,
    **INDICATIONS,
    **SUBSTANCES,
    **TECHNIQUES,
    **PROTOCOLS,
    **REACTIONS,
    **ROLES,
    **ENTRIES,
}


@pytest.mark.parametrize("row", ROWS)
def test_row_of_the_founding_texts_is_answered_for(row: str) -> None:
    assert row in ANSWERS, f"nothing answers for {row}"
    ANSWERS[row](ROWS[row])


def test_no_answer_is_for_a_row_that_is_not_there() -> None:
    assert set(ANSWERS) <= set(ROWS)
