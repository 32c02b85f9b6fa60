"""What a form of the intake says: read as meant, or refused at its field, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mesoplan.vocabulary.answer import Known
from mesoplan.web.accounts.models import Clinic
from mesoplan.web.gestures.posted import Posted
from mesoplan.web.gestures.sheet import Entered, Sheet
from mesoplan.web.patients.mapping.lists import (
    LONGEST_NAME,
    ListEdit,
    RefusedEditError,
    edited,
    names_in,
    names_offered,
    shown_list,
)
from mesoplan.web.patients.mapping.questions import Kind, questions
from mesoplan.web.patients.mapping.reading import (
    NOT_KNOWN,
    Reading,
    read_form,
    refusal,
    shown_text,
)
from mesoplan.web.patients.mapping.tables import recorded
from mesoplan.web.patients.mapping.words import answer_words
from mesoplan.web.patients.models import Patient

AT = date(2026, 11, 22)
EMPTY = Sheet(entries={}, version=0)
HEIGHT, WEIGHT, HBA1C = "patient.height_cm", "patient.weight_kg", "facts.hba1c"
DAY, CANCER = "facts.sunburn_on", "facts.cancer"


def sheet(values: Mapping[str, Any]) -> Sheet:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return Sheet(
        entries={
            key: Entered(value=value, number=1, by="A", by_id=1, said_by="patient", at=at)
            for key, value in values.items()
        },
        version=1,
    )


def read(
    data: Mapping[str, str], *, field: str = "", shown: Mapping[str, Any] | None = None
) -> Reading:
    sent = Posted(batch=None, seen=None, field=field)
    return read_form(data, sent=sent, shown=sheet(shown or {}), at=AT)


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        (CANCER, "yes", True),
        (CANCER, "no", False),
        (CANCER, "?", NOT_KNOWN),
        ("patient.phototype", "3", "3"),
        ("patient.phototype", "?", NOT_KNOWN),
        ("facts.cannot_become_pregnant_reason", "uterus-removed", "uterus-removed"),
        (HEIGHT, "168", "168"),
        (HEIGHT, "168,5", "168.5"),
        (WEIGHT, "62.50", "62.5"),
        (HBA1C, "6,1", "6.1 %"),
        ("facts.inr", "2.5", "2.5 ratio"),
        (DAY, "3.11.2026", "2026-11-03"),
    ],
)
def test_an_answer_is_read_as_meant(key: str, typed: str, value: object) -> None:
    assert read({key: typed}).values == {key: value}
    assert read({key: typed}, field=key).values == {key: value}


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [
        (CANCER, "perhaps", "Choose"),
        ("patient.phototype", "7", "Choose"),
        (HEIGHT, "1.68", "In m?"),
        (HEIGHT, "1680", "from 50 to 250 cm"),
        (HEIGHT, "-168", "number"),
        (HEIGHT, "1.234,5", "number"),
        (HEIGHT, "١٦٨", "number"),
        (HEIGHT, "1e2", "number"),
        (WEIGHT, "sixty", "number"),
        (HBA1C, "61", "from 3 to 20"),
        (DAY, "31.2.2026", "no such day"),
        (DAY, "23.11.2026", "future"),
        (DAY, "11/3/26", "four digits"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(key: str, typed: str, says: str) -> None:
    reading = read({key: typed})
    assert reading.values == {}
    assert says in reading.errors[key]


def test_a_number_in_another_unit_is_that_number() -> None:
    assert read({HEIGHT: "1,68", f"{HEIGHT}:unit": "m"}).values == {HEIGHT: "168"}
    assert HEIGHT in read({HEIGHT: "1,68", f"{HEIGHT}:unit": "furlong"}).errors


@given(
    amount=st.decimals(Decimal("0.5"), Decimal("2.5"), places=2, allow_nan=False),
    comma=st.booleans(),
)
def test_a_height_is_the_same_in_metres_and_in_centimetres(amount: Decimal, comma: bool) -> None:
    def typed(number: Decimal) -> str:
        return f"{number:f}".replace(".", "," if comma else ".")

    in_metres = read({HEIGHT: typed(amount), f"{HEIGHT}:unit": "m"})
    in_centimetres = read({HEIGHT: typed(amount * 100), f"{HEIGHT}:unit": "cm"})
    assert in_metres.values == in_centimetres.values != {}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("today", "2026-11-22"),
        ("week", "2026-11-15"),
        ("two-weeks", "2026-11-08"),
        ("month", "2026-10-22"),
        ("never", "never"),
        ("?", NOT_KNOWN),
    ],
)
def test_a_button_of_a_day_is_that_day(word: str, value: object) -> None:
    assert read({f"{DAY}:word": word}).values == {DAY: value}


def test_one_month_before_the_31st_is_the_last_day_of_the_month_before() -> None:
    sent = Posted(batch=None, seen=None, field="")
    for at, value in ((date(2026, 3, 31), "2026-02-28"), (date(2026, 1, 31), "2025-12-31")):
        reading = read_form({f"{DAY}:word": "month"}, sent=sent, shown=EMPTY, at=at)
        assert reading.values == {DAY: value}


@pytest.mark.hazard("H-017")
def test_with_scripts_only_the_field_that_was_changed_counts() -> None:
    """The form is sent whole; a field beside may be older than what somebody else entered since."""
    data = {CANCER: "no", "facts.seizures": "yes", WEIGHT: "62"}
    assert read(data, field=CANCER).values == {CANCER: False}
    assert read(data, field="something-else").is_empty


@pytest.mark.hazard("H-017")
def test_without_scripts_only_what_differs_from_what_the_page_showed_counts() -> None:
    shown = {CANCER: False, HEIGHT: "168", DAY: "2026-11-03", HBA1C: "6.1 %"}
    data = {CANCER: "no", HEIGHT: "168", f"{HEIGHT}:unit": "cm", DAY: "3.11.2026", HBA1C: "6.1"}
    assert read(data, shown=shown).is_empty
    assert read(data | {HBA1C: "6.2"}, shown=shown).values == {HBA1C: "6.2 %"}


def test_an_empty_field_clears_and_one_that_was_empty_says_nothing() -> None:
    assert read({WEIGHT: ""}, shown={WEIGHT: "62"}).values == {WEIGHT: None}
    assert read({WEIGHT: "", f"{HEIGHT}:unit": "m"}).is_empty
    assert read({f"{CANCER}:word": "clear"}, shown={CANCER: True}).values == {CANCER: None}


def test_an_answer_is_given_again_only_where_there_is_one() -> None:
    again = {f"{CANCER}:word": "again"}
    assert read(again, shown={CANCER: False}).again == {CANCER}
    assert CANCER in read(again).errors


@pytest.mark.parametrize("key", [key for key, one in questions().items() if one.kind is Kind.LIST])
@pytest.mark.parametrize("word", ["again", "clear", "?", "none"])
def test_the_words_of_a_list(key: str, word: str) -> None:
    reading = read({f"{key}:word": word}, shown={key: {"other": ["kiwi"]}})
    found = {
        "again": reading.again == {key},
        "clear": reading.values == {key: None},
        "?": reading.values == {key: NOT_KNOWN},
        "none": reading.edits == {key: ListEdit(none=True)},
    }
    assert found[word]


@given(
    data=st.dictionaries(
        st.sampled_from(
            [
                f"{key}{ending}"
                for key in (
                    CANCER,
                    HEIGHT,
                    HBA1C,
                    DAY,
                    "patient.phototype",
                    "allergies",
                    "medications",
                )
                for ending in ("", ":word", ":unit", ":add", ":remove", ":swap")
            ]
        ),
        st.text(max_size=60),
        max_size=8,
    )
)
@example(data={DAY: "9" * 10_000, HEIGHT: "9" * 10_000, "allergies:add": "x" * 10_000})
@example(data={DAY: "0.0.0000", HEIGHT: "999999.9999", "medications:swap": "|||"})
@example(data={"allergies:add": "\x00\u202e,;\n, \u200d"})
def test_any_text_is_read_or_refused_and_what_is_read_the_core_takes(data: dict[str, str]) -> None:
    reading = read(data)
    for key, value in reading.values.items():
        assert value is None or refusal(key, value, at=AT) == ""
    for key, edit in reading.edits.items():
        try:
            value = edited(questions()[key].fact, None, edit)
        except RefusedEditError:
            continue
        assert value is None or refusal(key, value, at=AT) == ""


@given(days=st.integers(0, 40_000))
def test_a_day_that_is_kept_is_shown_so_that_it_reads_back(days: int) -> None:
    day = AT - timedelta(days=days)
    text, _ = shown_text(questions()[DAY], day.isoformat())
    assert read({DAY: text}).values == {DAY: day.isoformat()}


# --- lists ---


def test_names_of_the_base_are_found_however_they_are_called() -> None:
    value = edited("allergies", None, ListEdit(add=names_in("allergies", "Lidocaine; NSAID, kiwi")))
    assert value == {"substances": ["lidocaine"], "groups": ["nsaids"], "other": ["kiwi"]}
    value = edited(
        "medications", None, ListEdit(add=names_in("medications", "COUMADIN\nb01ac06, herbal tea"))
    )
    assert value == {"names": ["warfarin"], "atc": ["B01AC06"], "other": ["herbal tea"]}


@pytest.mark.parametrize("fact", ["allergies", "medications"])
def test_every_name_that_is_offered_is_known_when_it_is_picked(fact: str) -> None:
    for name in names_offered(fact):
        (listed,) = shown_list(fact, edited(fact, None, ListEdit(add=names_in(fact, name))))
        assert listed.is_known, name


@given(
    start=st.lists(st.sampled_from(names_offered("allergies")), max_size=4),
    adds=st.lists(
        st.sampled_from([*names_offered("allergies")[:40], "kiwi", "nuts"]), min_size=1, max_size=6
    ),
)
def test_adding_in_any_order_gives_one_list_with_each_name_once(
    start: list[str], adds: list[str]
) -> None:
    def entries(names: list[str]) -> set[str]:
        value = edited("allergies", None, ListEdit(add=tuple(start))) if start else None
        for name in names:
            value = edited("allergies", value, ListEdit(add=(name,)))
        found = [one.entry for one in shown_list("allergies", value)]
        assert len(found) == len(set(found))
        return set(found)

    assert entries(adds) == entries(list(reversed(adds))) == entries(adds + adds)


@pytest.mark.hazard("H-017")
def test_taking_the_last_name_away_leaves_the_list_unknown_not_none() -> None:
    value = edited("allergies", {"other": ["kiwi"]}, ListEdit(remove="other:kiwi"))
    assert value is None


@pytest.mark.hazard("H-017")
def test_none_is_refused_while_something_is_listed() -> None:
    with pytest.raises(RefusedEditError, match="listed"):
        edited("allergies", {"other": ["kiwi"]}, ListEdit(none=True))
    assert edited("allergies", None, ListEdit(none=True)) == {"none_known": True}
    assert edited("medications", {"unknown": "?"}, ListEdit(none=True)) == {"none": True}


def test_a_name_replaces_none_and_not_known() -> None:
    for before in ({"none_known": True}, {"unknown": "not known"}, None):
        assert edited("allergies", before, ListEdit(add=("kiwi",))) == {"other": ["kiwi"]}


def test_a_name_one_slip_from_a_known_one_is_kept_as_typed_and_the_known_one_offered() -> None:
    value = edited("allergies", None, ListEdit(add=("lidocane",)))
    (listed,) = shown_list("allergies", value)
    assert (listed.label, listed.is_known, listed.nearest) == ("lidocane", False, "Lidocaine")
    swapped = edited("allergies", value, ListEdit(swap=(listed.entry, listed.nearest)))
    assert swapped == {"substances": ["lidocaine"]}
    (other,) = shown_list("allergies", {"other": ["kiwi"]})
    assert other.nearest == ""


@given(name=st.text(min_size=LONGEST_NAME + 1, max_size=300))
def test_a_name_that_is_too_long_is_refused_not_cut(name: str) -> None:
    assume(max(len(part.strip()) for part in name.replace(";", ",").split(",")) > LONGEST_NAME)
    assume("\n" not in name)
    try:
        names = names_in("allergies", name)
    except RefusedEditError:
        return
    assert all(len(one) <= LONGEST_NAME for one in names)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (CANCER, True, "Yes"),
        (CANCER, NOT_KNOWN, "Not known"),
        (HBA1C, "6.1 %", "6.1 %"),
        (HEIGHT, "168", "168 cm"),
        (DAY, "never", "Never"),
        (DAY, "2026-11-03", "3 Nov 2026"),
        ("patient.phototype", "3", "Burns at times, tans slowly"),
        ("allergies", {"none_known": True}, "None"),
        ("allergies", {"substances": ["lidocaine"], "other": ["kiwi"]}, "Lidocaine, kiwi"),
        (HBA1C, "rubbish", "rubbish"),
        (HEIGHT, "rubbish", "rubbish"),
        (DAY, "rubbish", "rubbish"),
    ],
)
def test_answers_are_shown_in_words(key: str, value: object, words: str) -> None:
    assert answer_words(questions()[key], value) == words


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("America/New_York", "2026-11-21T01:30:00+00:00", "2026-11-20"),
        ("Australia/Sydney", "2026-11-19T21:30:00+00:00", "2026-11-20"),
        ("Europe/Rome", "2026-11-20T11:00:00+00:00", "2026-11-20"),
    ],
)
def test_the_day_of_an_answer_is_that_of_the_clinic(zone: str, moment: str, day: str) -> None:
    """In New York an answer of the evening lay in the future, and so counted as not given."""
    patient = Patient(clinic=Clinic(time_zone=zone), sex="female")
    at = datetime.fromisoformat(moment)
    given = Entered(value=False, number=1, by="A", by_id=1, said_by="patient", at=at)
    answers = Sheet(entries={CANCER: given}, version=1)
    told = recorded(patient, answers, at=date.fromisoformat(day))
    assert told.refused == ()
    answer = told.facts.answer("cancer")
    assert isinstance(answer, Known)
    assert (answer.value, answer.said_at) == (False, day)


@pytest.mark.parametrize("key", questions())
@pytest.mark.parametrize("value", [None, True, "rubbish", 7, [], {"a": 1}, {"unknown": "x"}])
def test_no_kept_value_breaks_the_page(key: str, value: object) -> None:
    """What another release, another program or a restored copy left must be shown, not thrown."""
    shown_text(questions()[key], value)
    answer_words(questions()[key], value)
