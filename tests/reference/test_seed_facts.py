"""Every row of the founding texts is answered for in the way its kind demands.

``seed_facts.tsv`` holds the ids and sources of the rows; ``seeds/`` holds, for each row, what
proves that the program answers for it. A row that nothing proves fails.
"""

import csv
from pathlib import Path

import pytest

from tests.reference.seeds.eligibility import ELIGIBILITY
from tests.reference.seeds.entries import ENTRIES
from tests.reference.seeds.indications import INDICATIONS
from tests.reference.seeds.proofs import Proof
from tests.reference.seeds.protocols import PROTOCOLS
from tests.reference.seeds.reactions import REACTIONS
from tests.reference.seeds.roles import ROLES
from tests.reference.seeds.substances import SUBSTANCES
from tests.reference.seeds.techniques import TECHNIQUES

ROWS = {
    row["id"]: frozenset(f"seed-{number}" for number in row["source"].split(","))
    for row in csv.DictReader(
        (Path(__file__).parent / "seed_facts.tsv").read_text().splitlines(), delimiter="\t"
    )
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
