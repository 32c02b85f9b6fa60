"""A case file says what was meant, and what is left out is unknown, never no."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.documents.case_file import LARGEST_FILE, Case, parse_toml, read_case
from mesoplan.knowledge import KnowledgeBase
from mesoplan.vocabulary.answer import Known, NotApplicable, Unknown
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.finding import Override
from mesoplan.vocabulary.patient import Allergies, Medications, Sex, Side, SiteFinding
from mesoplan.vocabulary.quantity import Quantity, Unit
from mesoplan.vocabulary.request import Practitioner
from tests.lib.ugly import CASE, UGLY, ugly_text

BARE = """
at = 2026-11-22
[request]
[[request.zone]]
indication = "neck-pain"
region = "neck"
"""


def read(text: str | bytes, knowledge: KnowledgeBase) -> Case:
    content = text if isinstance(text, bytes) else text.encode()
    return read_case(content, place="case.toml", knowledge=knowledge)


def changed(old: str, new: str) -> str:
    assert old in CASE
    return CASE.replace(old, new, 1)


def test_a_whole_case_is_read_as_it_stands(knowledge: KnowledgeBase) -> None:
    case = read(CASE, knowledge)
    facts, request = case.facts, case.request
    assert case.at == date(2026, 11, 22)
    assert facts.birth_date == Known(date(1971, 6, 14))
    assert facts.sex is Sex.MALE
    assert facts.answers == {
        "height": Known(Quantity.of(180, Unit.CM)),
        "weight": Known(Quantity.of(62, Unit.KG)),
        "phototype": Known("2"),
        "cancer": Known(value=False),
        "urticaria": Known(value=False),
        "hba1c": Known(Quantity.of("6.1", Unit.PERCENT)),
    }
    assert facts.girths == {"neck": Quantity.of(40, Unit.CM)}
    assert facts.allergies == Known(Allergies(none_known=True))
    assert facts.medications == Known(Medications(none=True))
    assert facts.sites == (SiteFinding(region="neck", side=Side.LEFT, finding="none"),)
    assert request.overrides == (
        Override(rule="urticaria", reason="quiescent-over-a-year", by="Dr Example"),
    )
    assert request.practitioner is Practitioner.PHYSICIAN
    (zone,) = request.zones
    assert (zone.indication, zone.region, zone.side) == ("neck-pain", "neck", Side.BOTH)
    assert (zone.technique, zone.mixture, zone.sessions, zone.area, zone.needle) == (None,) * 5


@pytest.mark.hazard("H-001")
def test_what_is_left_out_is_unknown(knowledge: KnowledgeBase) -> None:
    case = read(BARE, knowledge)
    facts = case.facts
    assert isinstance(facts.birth_date, Unknown)
    assert facts.sex is Sex.UNKNOWN
    assert isinstance(facts.allergies, Unknown)
    assert isinstance(facts.medications, Unknown)
    assert facts.answers == {}
    assert all(isinstance(facts.answer(name), Unknown) for name in knowledge.facts)
    assert case.request.practitioner is None
    assert case.request.policy == "default"


@pytest.mark.hazard("H-001")
@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("true", Known(value=True)),
        ("false", Known(value=False)),
        ('"unknown"', Unknown("recorded as unknown")),
        ('{unknown = "not sure"}', Unknown("not sure")),
        ('{not_applicable = "no uterus", by = "Dr X"}', NotApplicable("no uterus", "Dr X")),
        ('{value = true, by = "patient", at = 2026-11-20}', Known(True, "patient", "2026-11-20")),
    ],
)
def test_an_answer_is_known_or_unknown_or_does_not_apply(
    knowledge: KnowledgeBase, written: str, answer: object
) -> None:
    case = read(changed("cancer = false", f"cancer = {written}"), knowledge)
    assert case.facts.answer("cancer") == answer


@pytest.mark.hazard("H-001")
@pytest.mark.parametrize(
    "written", ['"not-applicable"', '{not_applicable = "no uterus"}', '"never"']
)
def test_what_does_not_apply_says_why_and_who_said_so(
    knowledge: KnowledgeBase, written: str
) -> None:
    with pytest.raises(ClinicalInputError) as caught:
        read(changed("cancer = false", f"cancer = {written}"), knowledge)
    assert caught.value.key.startswith("facts.cancer")


@pytest.mark.parametrize("name", UGLY)
def test_an_ugly_file_is_refused_with_its_key_and_what_was_expected(
    knowledge: KnowledgeBase, name: str
) -> None:
    _, _, key, words = UGLY[name]
    with pytest.raises(ClinicalInputError) as caught:
        read(ugly_text(name), knowledge)
    error = caught.value
    assert error.exit_code == 2
    assert error.place == "case.toml"
    assert error.key == key
    assert words in error.message
    assert len(error.message.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", "text in UTF-8"),
        (CASE.encode("utf-16"), "text in UTF-8"),
        (CASE.encode() + b"\xff", "text in UTF-8"),
        (b"\x00" * 100, "valid TOML"),
        (b"#" * (LARGEST_FILE + 1), f"at most {LARGEST_FILE} bytes"),
        (b"\xff" * 30_000_000, "30000000 bytes"),
    ],
    ids=["picture", "utf-16", "one byte", "zeros", "one byte too many", "30 MB"],
)
def test_what_is_no_text_is_refused(knowledge: KnowledgeBase, content: bytes, words: str) -> None:
    with pytest.raises(ClinicalInputError, match=words):
        read(content, knowledge)


def test_the_largest_file_is_still_read(knowledge: KnowledgeBase) -> None:
    filled = CASE.encode() + b"#" * (LARGEST_FILE - len(CASE.encode()))
    assert len(filled) == LARGEST_FILE
    assert read(filled, knowledge) == read(CASE, knowledge)


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + CASE.encode(), CASE.replace("\n", "\r\n").encode()],
    ids=["byte order mark", "carriage returns"],
)
def test_marks_of_other_systems_change_nothing(knowledge: KnowledgeBase, content: bytes) -> None:
    assert read(content, knowledge) == read(CASE, knowledge)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-22T23:30:00+09:00", date(2026, 11, 22)),
        ("2026-11-23T00:30:00+14:00", date(2026, 11, 23)),
        ("2026-11-21T23:59:59-11:00", date(2026, 11, 21)),
        ("2026-11-22T00:00:00Z", date(2026, 11, 22)),
    ],
)
def test_a_date_time_is_the_day_where_it_was_written(
    knowledge: KnowledgeBase, moment: str, day: date
) -> None:
    """Half past midnight in the far east is still the day before in Greenwich."""
    assert read(changed("at = 2026-11-22", f"at = {moment}"), knowledge).at == day


def test_born_today_is_not_in_the_future(knowledge: KnowledgeBase) -> None:
    case = read(changed("1971-06-14", "2026-11-22"), knowledge)
    assert case.facts.birth_date == Known(date(2026, 11, 22))


def test_a_region_without_sides_needs_none_and_a_paired_one_does(knowledge: KnowledgeBase) -> None:
    assert not knowledge.regions["neck"].paired
    assert read(BARE, knowledge).request.zones[0].side is Side.MIDLINE
    paired = BARE.replace('"neck"', '"knee"')
    assert knowledge.regions["knee"].paired
    with pytest.raises(ClinicalInputError, match="side"):
        read(paired, knowledge)
    assert read(paired + 'side = "left"', knowledge).request.zones[0].side is Side.LEFT


def test_a_wish_for_a_needle_is_kept_to_the_digit(knowledge: KnowledgeBase) -> None:
    wish = (
        "needle = {length_mm = 4, inserted_mm = 4, angle_deg = 90}\nsessions = 3\narea_cm2 = 12.50"
    )
    (zone,) = read(BARE + wish, knowledge).request.zones
    assert zone.needle is not None
    assert zone.needle.inserted == zone.needle.length == Quantity.of(4, Unit.MM)
    assert zone.needle.angle == Quantity.of(90, Unit.DEG)
    assert zone.area is not None
    assert str(zone.area.amount) == "12.50"
    assert zone.sessions == 3


def test_wishes_for_points_volume_and_dates_carry_their_units(knowledge: KnowledgeBase) -> None:
    wish = "points = 12\nspacing_mm = 12.50\nvolume_per_point_ml = 0.10\ninterval_days = 14"
    (zone,) = read(BARE + wish, knowledge).request.zones
    assert zone.points == 12
    assert str(zone.spacing) == "12.5 mm"
    assert zone.volume_per_point is not None
    assert str(zone.volume_per_point.amount) == "0.10"
    assert zone.volume_per_point.unit is Unit.ML
    assert zone.interval == Quantity.of(2, Unit.WEEK)
    (plain,) = read(BARE, knowledge).request.zones
    assert (plain.points, plain.spacing, plain.volume_per_point, plain.interval) == (None,) * 4


@pytest.mark.hazard("H-006")
@pytest.mark.parametrize("name", ["lidocaine", "Lidocaine", "LIDOCAINE", "xylocaine", "lignocaine"])
def test_an_allergy_is_known_by_every_name_of_the_substance(
    knowledge: KnowledgeBase, name: str
) -> None:
    case = read(changed("none_known = true", f'substances = ["{name}"]'), knowledge)
    assert case.facts.allergies == Known(Allergies(substances=("lidocaine",)))


@pytest.mark.hazard("H-006")
def test_a_name_that_the_base_does_not_know_is_kept_as_other(knowledge: KnowledgeBase) -> None:
    case = read(
        changed("none_known = true", 'groups = ["hymenoptera"]\nother = ["kiwi", "nickel?"]'),
        knowledge,
    )
    assert case.facts.allergies == Known(
        Allergies(groups=("hymenoptera",), other=("kiwi", "nickel?"))
    )


def test_medicines_bring_their_codes(knowledge: KnowledgeBase) -> None:
    case = read(
        changed("none = true", 'names = ["Coumadin"]\natc = ["C07AB02", "B01AA03"]'), knowledge
    )
    assert case.facts.medications == Known(
        Medications(names=("warfarin",), atc=("C07AB02", "B01AA03"))
    )


def test_toml_numbers_are_decimals() -> None:
    document = parse_toml(b"a = 0.1\nb = 1e-3\nc = 2", "case.toml")
    assert document == {"a": Decimal("0.1"), "b": Decimal("0.001"), "c": 2}


@given(content=st.binary(max_size=200))
def test_no_bytes_at_all_bring_the_reader_down(knowledge: KnowledgeBase, content: bytes) -> None:
    with pytest.raises(ClinicalInputError):
        read(content, knowledge)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.decimals(), st.dates()
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = (
    "at",
    "policy",
    "patient",
    "facts",
    "allergies",
    "medications",
    "site",
    "override",
    "request",
)


def outcome_of(document: Mapping[str, Any], knowledge: KnowledgeBase) -> Case | str:
    """The case, or the line of the refusal, for a document as TOML could have given it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mesoplan.documents.case_file.parse_toml", lambda *_: document)
        try:
            return read(b"", knowledge)
        except ClinicalInputError as error:
            (line,) = error.message.splitlines()
            return line


@given(table=st.sampled_from(KEYS), value=VALUES)
def test_no_value_in_any_place_brings_the_reader_down(
    knowledge: KnowledgeBase,
    table: str,
    value: Any,
) -> None:
    """Whatever parsed value stands under a key: a case or a refusal, never another error."""
    document: Mapping[str, Any] = dict(parse_toml(CASE.encode(), "case.toml")) | {table: value}
    assert outcome_of(document, knowledge)


FACT_VALUES = st.one_of(
    VALUES, st.sampled_from(["unknown", "never", "not-applicable", "6.1 %", "1 kg", "nan %"])
)


@given(data=st.data(), value=FACT_VALUES)
def test_no_value_of_any_fact_brings_the_reader_down(
    knowledge: KnowledgeBase,
    data: st.DataObject,
    value: Any,
) -> None:
    fact = data.draw(st.sampled_from(sorted(knowledge.facts)))
    document = dict(parse_toml(CASE.encode(), "case.toml")) | {"facts": {fact: value}}
    assert outcome_of(document, knowledge)
