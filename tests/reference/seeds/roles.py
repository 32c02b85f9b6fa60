"""W: a refused role."""

from mesoplan.planning import Refusal
from tests.lib.base import base
from tests.reference.seeds.proofs import NECK, Proof, decided
from tests.reference.seeds.techniques import electroporation


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
