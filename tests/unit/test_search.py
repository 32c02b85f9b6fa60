"""Search finds what people type: accents, slips, trade names, and the exact name first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.knowledge import KnowledgeBase
from mesoplan.knowledge.base import KINDS
from mesoplan.knowledge.search import LEAST_LIKENESS, Hit, SearchIndex, folded


@pytest.fixture(scope="module")
def index(knowledge: KnowledgeBase) -> SearchIndex:
    return SearchIndex.of(knowledge)


def places(hits: tuple[Hit, ...]) -> list[tuple[str, str]]:
    return [(hit.kind, hit.id) for hit in hits]


@pytest.mark.parametrize(
    ("text", "kind", "record"),
    [
        # Accents and capitals.
        ("mélasma", "indications", "melasma"),
        ("MELASMA", "indications", "melasma"),
        ("me\u0301lasma", "indications", "melasma"),
        ("  Melasma  ", "indications", "melasma"),
        # Slips of the pen.
        ("lidocane", "substances", "lidocaine"),
        ("lidociane", "substances", "lidocaine"),
        ("melazma", "indications", "melasma"),
        ("tranexamc", "substances", "tranexamic-acid"),
        ("dutasteryde", "substances", "dutasteride"),
        # Trade names, other languages, codes, other words.
        ("xylocaine", "substances", "lidocaine"),
        ("lignocaine", "substances", "lidocaine"),
        ("Coumadin", "medicines", "warfarin"),
        ("N01BB02", "substances", "lidocaine"),
        ("napaj", "techniques", "nappage"),
        ("nape", "regions", "neck"),
        ("BMI", "facts", "body_mass_index"),
        # Hyphens, underscores and blanks are the same.
        ("deep vein thrombosis", "rules", "deep-vein-thrombosis"),
        ("deep_vein-thrombosis", "rules", "deep-vein-thrombosis"),
    ],
)
def test_what_is_meant_is_found_among_the_first(
    index: SearchIndex, text: str, kind: str, record: str
) -> None:
    assert (kind, record) in places(index.search(text))[:3]


def test_a_name_that_fits_exactly_stands_first(
    index: SearchIndex, knowledge: KnowledgeBase
) -> None:
    for substance in knowledge.substances.values():
        first = index.search(substance.label)[0]
        assert folded(first.matched) == folded(substance.label)
        assert first.likeness == 100


def test_every_record_is_found_by_its_own_id(index: SearchIndex, knowledge: KnowledgeBase) -> None:
    lost = [
        (kind, name)
        for kind in ("facts", "rules", "substances", "mixtures", "indications", "policies")
        for name in knowledge.kind(kind)
        if (kind, name) not in places(index.search(name))
    ]
    assert lost == []


def test_a_record_is_found_once_and_no_more_than_asked_for(index: SearchIndex) -> None:
    hits = index.search("lidocaine", most=7)
    assert len(hits) == 7
    assert len(set(places(hits))) == 7
    assert len(index.search("lidocaine")) == 20
    assert {hit.kind for hit in hits} <= set(KINDS)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "---", "_", "\u0301"])
def test_a_text_of_no_letters_finds_nothing(index: SearchIndex, text: str) -> None:
    assert index.search(text) == ()


@pytest.mark.parametrize("text", ["zzzzqqq", "{}[]()", "日本語", "\x00", "🙂"])
def test_a_text_like_nothing_finds_nothing(index: SearchIndex, text: str) -> None:
    assert index.search(text) == ()


@pytest.mark.parametrize("text", ["x" * 1_000_000, "lidocaine " * 50_000, "é" * 100_000])
def test_a_very_long_text_is_answered_too(index: SearchIndex, text: str) -> None:
    assert len(index.search(text)) <= 20


@given(text=st.text(max_size=40))
def test_whatever_is_typed_every_hit_is_like_it_and_better_ones_come_first(
    index: SearchIndex, text: str
) -> None:
    hits = index.search(text)
    assert all(hit.likeness >= LEAST_LIKENESS for hit in hits)
    assert len(set(places(hits))) == len(hits)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("mélasma", "melasma"),
        ("Crème ANESTHÉSIANTE", "creme anesthesiante"),
        ("Straße", "strasse"),
        ("deep_vein-thrombosis", "deep vein thrombosis"),
        ("\ufb01ne  lines", "fine lines"),
        ("\U0001d56c", "a"),
    ],
)
def test_accents_capitals_and_joins_are_folded(text: str, plain: str) -> None:
    assert folded(text) == plain


@given(text=st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
