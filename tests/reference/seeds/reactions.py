"""A: a triage result."""

from collections.abc import Mapping

from mesoplan.knowledge.schema.care import Urgency
from mesoplan.planning import ReactionReport, triage
from mesoplan.vocabulary.answer import Answer, Known, Unknown
from mesoplan.vocabulary.quantity import Quantity, Unit
from tests.lib.base import base
from tests.lib.people import zone
from tests.reference.seeds.proofs import FACE, NECK, Proof, planned
from tests.reference.seeds.protocols import visible

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
