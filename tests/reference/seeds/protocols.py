"""P: a number visible in a plan."""

from collections.abc import Iterable, Mapping
from typing import Any

from mesoplan.planning import Refusal
from tests.lib.people import zone
from tests.reference.seeds.proofs import FACE, NECK, Proof, decided, planned, text


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
    "P08": visible(["20 to 40", "30 to 40", "60 min before"], FACE),
    "P09": visible(["isinfect"], FACE),
    "P10": cellulite_advice(["massage", "slack"]),
    "P11": cellulite_advice(["food", "exercise"]),
    "P12": visible(["several weeks"], FACE),
    "P13": visible(["daily life"], FACE),
}
