"""A patient is found as people type: in any order, without accents, with one slip, by digits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.patients.actions import change_identity
from mesoplan.web.patients.models import Patient, SearchKey
from mesoplan.web.patients.names import clean, plain, words
from mesoplan.web.patients.queries.people import (
    MOST_CANDIDATES,
    ON_A_PAGE,
    found_patients,
    last_patients,
)
from mesoplan.web.patients.search import keys_of, slip_keys, sought_in
from tests.lib.clinic import a_clinic, a_patient, a_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)

LETTERS = st.characters(categories=["Lu", "Ll", "Lo"])
NAMES = st.text(LETTERS, min_size=2, max_size=14).filter(lambda name: len(words(name)) == 1)

with_database = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=60,
)


@st.composite
def slips(draw: st.DrawFn, word: str) -> str:
    """The word with one letter wrong, missing, too much, or two swapped."""
    place = draw(st.integers(0, len(word) - 1))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    kinds = [
        before + after,
        before + draw(LETTERS) + letter + after,
        before + draw(LETTERS) + after,
    ]
    if after:
        kinds.append(before + after[0] + letter + after[1:])
    return draw(st.sampled_from(kinds))


def found(clinic: Clinic, text: str) -> list[Patient]:
    return list(found_patients(clinic, text).patients)


@with_database
@given(data=st.data(), family=NAMES, given_name=NAMES)
def test_one_slip_in_a_name_still_finds_the_patient(
    physician: User, data: st.DataObject, family: str, given_name: str
) -> None:
    clinic = a_clinic()
    patient = a_patient(clinic, physician, family_name=family, given_name=given_name)
    slipped = [data.draw(slips(family)), given_name]
    assume(all(len(words(word)) == 1 for word in slipped))
    if data.draw(st.booleans()):
        slipped.reverse()
    text = " ".join(slipped)
    if data.draw(st.booleans()):
        text = text.upper()
        assume(len(text) == len(" ".join(slipped)))
    assert patient in found(clinic, text)


@with_database
@given(data=st.data(), family=NAMES, given_name=NAMES)
def test_every_beginning_of_a_name_finds_the_patient_while_it_is_typed(
    physician: User, data: st.DataObject, family: str, given_name: str
) -> None:
    clinic = a_clinic()
    patient = a_patient(clinic, physician, family_name=family, given_name=given_name)
    typed = f"{given_name} {family[: data.draw(st.integers(1, len(family)))]}"
    assert patient in found(clinic, typed)


@pytest.mark.parametrize(
    ("family", "given_name", "text"),
    [
        ("Nygård", "Hanne", "nygard hanne"),
        ("Weiß", "Jürgen", "JURGEN WEISS"),
        ("Müller", "Eva", "mueller"),
        ("Aydın", "Elif", "AYDIN elif"),
        ("Łukasik", "Zoë", "zoe lukasik"),
        ("O'Brien", "Anne-Marie", "obrien annemarie"),
        ("O’Brien", "Anne-Marie", "o'brien"),
        ("van der Berg", "Jan", "vanderberg jan"),
        ("Lindqvist", "Marta", "lind qvist"),
        ("Lindqvist", "Marta", "martalindqvist"),
        ("Lindqvist", "Marta", "lindqvist, marta"),
        ("Παπαδόπουλος", "Γιώργος", "παπαδοπουλος"),
        ("Соловьёва", "Ольга", "соловьева ольга"),
        ("김", "민준", "김 민준"),
        ("Maximilianusdottirssonburg", "Bo", "Maximilianusdottirssonbrug"),
    ],
)
def test_names_are_found_as_people_of_many_languages_type_them(
    clinic: Clinic, physician: User, family: str, given_name: str, text: str
) -> None:
    patient = a_patient(clinic, physician, family_name=family, given_name=given_name)
    assert found(clinic, text) == [patient]


def test_two_slips_in_one_word_are_somebody_else(clinic: Clinic, physician: User) -> None:
    a_patient(clinic, physician, family_name="Lindqvist")
    assert found(clinic, "lnidqvits") == []


def test_the_nearest_stands_first(clinic: Clinic, physician: User) -> None:
    slip = a_patient(clinic, physician, family_name="Rosso", given_name="Aldo")
    longer = a_patient(clinic, physician, family_name="Rossini", given_name="Aldo")
    same = a_patient(clinic, physician, family_name="Rossi", given_name="Aldo")
    assert found(clinic, "rossi") == [same, longer, slip]


DAYS = st.dates(date(1907, 1, 1), TODAY - timedelta(days=1))
FORMS = ("{d}.{m}.{y}", "{d:02}/{m:02}/{y}", "{y}-{m:02}-{d:02}", "{d}-{m}-{y}", "{d}. {m}. {y}")


@given(day=DAYS, form=st.sampled_from(FORMS))
def test_a_birth_date_is_read_in_its_usual_forms(day: date, form: str) -> None:
    written = form.format(d=day.day, m=day.month, y=day.year)
    (number,) = sought_in(f"lindqvist {written}", today=TODAY).numbers
    assert (day, day) in number.days


@given(day=DAYS)
def test_a_short_year_is_looked_for_in_both_centuries_but_not_in_the_future(day: date) -> None:
    text = f"{day.day}.{day.month}.{day.year % 100:02}"
    days = [first for number in sought_in(text, today=TODAY).numbers for first, _ in number.days]
    assert day in days
    assert all(one <= TODAY for one in days)


@pytest.mark.parametrize(
    "text",
    [
        *("14.3.1980", "14/03/1980", "1980-03-14", "1980", "marta 1980"),
        *("14 Mar 1980", "14 March 1980", "14. march 1980", "14 3 1980", "14 03 80"),
        *("lindqvist 14 mar 1980", "14.3.1980 5678", "5678 14. 3. 1980", "marta 14-03-1980"),
    ],
)
def test_a_birth_date_finds_the_patient(clinic: Clinic, physician: User, text: str) -> None:
    patient = a_patient(clinic, physician)
    a_patient(clinic, physician, birth_date=date(1981, 3, 15), telephone="")
    assert found(clinic, text) == [patient]


NATIONAL = st.text("0123456789", min_size=7, max_size=9).map(lambda digits: f"6{digits}")
GAPS = st.sampled_from([" ", "", "-", ".", ") "])


@with_database
@given(digits=NATIONAL, data=st.data())
@example(digits="61234567", data=None)
def test_a_telephone_is_found_however_it_is_spaced_and_with_or_without_its_prefix(
    physician: User, digits: str, data: st.DataObject | None
) -> None:
    clinic = a_clinic()
    prefixes = ("+39 0", "0039 0", "0", "+39", "")
    kept, typed = "+39 0", "0"
    gap, place = " ", 3
    if data is not None:
        kept, typed = data.draw(st.sampled_from(prefixes)), data.draw(st.sampled_from(prefixes))
        gap, place = data.draw(GAPS), data.draw(st.integers(1, len(digits) - 1))
    patient = a_patient(clinic, physician, telephone=f"{kept}{digits}")
    assert patient in found(clinic, f"{typed}{digits[:place]}{gap}{digits[place:]}")
    assert patient in found(clinic, digits[-4:])


@with_database
@given(pairs=st.lists(st.integers(0, 99), min_size=4, max_size=4), data=st.data())
@example(pairs=[12, 34, 56, 78], data=None)
def test_a_telephone_is_found_with_a_gap_after_every_two_digits(
    physician: User, pairs: list[int], data: st.DataObject | None
) -> None:
    """06.12.34.56.78 was read as a day and a rest, and found nobody."""
    clinic = a_clinic()
    parts = ["06", *(f"{pair:02}" for pair in pairs)]
    patient = a_patient(clinic, physician, telephone=" ".join(parts))
    gaps = ["."] * len(pairs)
    if data is not None:
        gaps = data.draw(st.lists(GAPS, min_size=len(pairs), max_size=len(pairs)))
    typed = parts[0] + "".join(gap + part for gap, part in zip(gaps, parts[1:], strict=True))
    assert patient in found(clinic, typed)


@pytest.mark.parametrize("typed", ["06.12.1934 56", "06-12-19-34-56", "06/12/34/56", "06 12 34"])
def test_a_telephone_that_looks_like_a_day_is_found(
    clinic: Clinic, physician: User, typed: str
) -> None:
    digits = "".join(char for char in typed if char.isdecimal())
    patient = a_patient(clinic, physician, telephone=digits)
    assert found(clinic, typed) == [patient]


def test_another_telephone_with_the_same_end_is_not_the_one_that_was_typed(
    clinic: Clinic, physician: User
) -> None:
    a_patient(clinic, physician, telephone="+39 06 1234 5678")
    assert found(clinic, "+39 02 9934 5678") == []


def test_a_record_number_finds_the_patient(clinic: Clinic, physician: User) -> None:
    patient = a_patient(clinic, physician)
    assert found(clinic, str(patient.record_number)) == [patient]


def test_after_a_change_of_name_and_telephone_only_the_new_ones_find_her(
    clinic: Clinic, physician: User
) -> None:
    patient = a_patient(clinic, physician)
    changes = {"family_name": "Solberg", "telephone": "+47 22 99 88 77"}
    change_identity(patient=patient, changes=changes, by=physician)
    assert found(clinic, "solberg") == found(clinic, "8877") == [patient]
    assert found(clinic, "lindqvist") == found(clinic, "5678") == []
    patient.refresh_from_db()
    assert set(patient.search_keys.values_list("key", flat=True)) == keys_of(patient)


@pytest.mark.hazard("H-017")
@pytest.mark.parametrize(
    "text",
    [
        *("lindqvist", "14.3.1980", "+39 06 1234 5678", "5678", "1980", "1", "lindqvits"),
    ],
)
def test_no_search_reaches_a_patient_of_another_clinic(clinic: Clinic, text: str) -> None:
    elsewhere = a_clinic(name="Elsewhere")
    a_patient(elsewhere, a_user(elsewhere, Role.PHYSICIAN, name="Dr Else Where"))
    assert found(clinic, text) == []
    assert last_patients(clinic).patients == ()


@with_database
@given(text=st.text(max_size=200))
@example(text="x" * 10_000)
@example(text="9" * 10_000)
@example(text="'; DROP TABLE patients_patient; --")
@example(text="<script>alert(1)</script> %s %(a)s {0}")
@example(text="\x00\u202e\u200d\U0001f469\u200d\u2695\ufe0f")
@example(text="1.1.1 31.2.1980 ٣٤٥٦ 99/99/9999 0000-00-00 +++ ---")
@example(text="² ½ Ⅷ 一 ﷺ")
def test_a_search_takes_any_text(clinic: Clinic, text: str) -> None:
    assert found_patients(clinic, text).patients == ()


@given(text=st.text(max_size=60))
def test_plain_words_are_small_letters_without_accents_and_stay_as_they_are(text: str) -> None:
    for word in words(text):
        assert words(word) == (word,)
    assert plain(plain(text)) == plain(text)


@given(text=st.text(max_size=60))
def test_cleaned_text_is_one_line_of_what_can_be_seen(text: str) -> None:
    kept = clean(text)
    assert clean(kept) == kept
    assert "\x00" not in kept
    assert "\n" not in kept
    assert "\u202e" not in kept


@given(one=NAMES, other=NAMES)
def test_words_share_a_key_only_if_they_are_within_two_letters_of_each_other(
    one: str, other: str
) -> None:
    (first,), (second,) = words(one), words(other)
    if slip_keys(first) & slip_keys(second):
        assert abs(len(first) - len(second)) <= 1


def test_keys_fit_their_column(clinic: Clinic, physician: User) -> None:
    name = "X" * 100
    patient = a_patient(clinic, physician, family_name=name, given_name=name, telephone="9" * 40)
    room = SearchKey._meta.get_field("key").max_length or 0
    assert max(len(key) for key in keys_of(patient)) <= room


def test_a_search_asks_the_database_as_often_for_many_patients_as_for_few(
    clinic: Clinic, physician: User
) -> None:
    def queries(text: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found_patients(clinic, text)
        return len(asked)

    a_patient(clinic, physician)
    few = [queries(text) for text in ("lindqvist marta", "1980", "5678")]
    for _ in range(20):
        a_patient(clinic, physician)
    assert [queries(text) for text in ("lindqvist marta", "1980", "5678")] == few


def test_the_list_goes_on_where_it_stopped_with_nobody_twice_and_nobody_left_out(
    clinic: Clinic, physician: User
) -> None:
    made = [a_patient(clinic, physician, telephone="") for _ in range(ON_A_PAGE + 5)]
    # Some were opened in the same moment: the row then settles which stands first.
    moment = made[10].opened_at
    Patient.objects.filter(pk__in=[one.pk for one in made[:10]]).update(opened_at=moment)
    first = last_patients(clinic)
    second = last_patients(clinic, after=first.following)
    assert second.following == ""
    assert [*first.patients, *second.patients] == list(reversed(made))
    assert last_patients(clinic, after="made-up").patients == first.patients


def test_who_has_the_very_word_is_found_among_hundreds_who_begin_so(
    clinic: Clinic, physician: User
) -> None:
    """With more beginnings than a search looks at, every Li could be left out of "Li"."""
    for number in range(MOST_CANDIDATES + 5):
        a_patient(clinic, physician, family_name=f"Lind{'abcde'[number % 5]}", telephone="")
    short = a_patient(clinic, physician, family_name="Li", given_name="Wei", telephone="")
    assert found(clinic, "Li")[0] == short
    assert found(clinic, "li marta")[0].family_name.startswith("Lind")
    assert found(clinic, "wei li") == [short]


def test_two_names_that_many_bear_each_find_the_one_who_bears_both(
    clinic: Clinic, physician: User
) -> None:
    for name in ({"given_name": "Anna"}, {"family_name": "Rossi"}):
        for _ in range(MOST_CANDIDATES + 1):
            a_patient(clinic, physician, telephone="", **name)
    both = a_patient(clinic, physician, family_name="Rossi", given_name="Anna", telephone="")
    for text in ("anna rossi", "rossi anna", "rossi ann", f"rossi anna {both.record_number}"):
        assert found(clinic, text)[0] == both
