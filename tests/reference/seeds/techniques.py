"""T: a technique that a plan chooses."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.lib.base import base
from tests.lib.people import zone
from tests.reference.seeds.proofs import FACE, NECK, Proof, planned, text


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
