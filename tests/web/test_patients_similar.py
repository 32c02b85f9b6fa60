"""Whoever is entered twice is noticed: a like name and birth date, or one telephone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.patients.days import days_one_slip_from
from mesoplan.web.patients.models import Patient
from mesoplan.web.patients.queries.people import similar_patients
from tests.lib.clinic import a_patient

pytestmark = pytest.mark.django_db

BORN = date(1980, 3, 4)


def entered(clinic: Clinic, **columns: Any) -> Patient:
    """Somebody who is being entered."""
    known = {"family_name": "Lindqvist", "given_name": "Marta", "birth_date": BORN}
    return Patient(clinic=clinic, **(known | columns))


def test_similar_patients_have_a_like_name_and_birth_date_or_the_same_telephone(
    clinic: Clinic, physician: User
) -> None:
    known = a_patient(clinic, physician, given_name="Marta Sofia", birth_date=BORN)
    slip = {"family_name": "Lindkvist"}
    assert similar_patients(clinic, entered(clinic, **slip)) == (known,)
    assert similar_patients(clinic, entered(clinic, **slip), but=known) == ()
    other_day = slip | {"birth_date": date(1990, 1, 1)}
    assert similar_patients(clinic, entered(clinic, **other_day)) == ()
    reached = other_day | {"telephone": "0612345678"}
    assert similar_patients(clinic, entered(clinic, **reached)) == (known,)


@pytest.mark.parametrize("recorded", [BORN, None])
@pytest.mark.parametrize("typed", [BORN, None])
def test_a_birth_date_that_is_not_known_could_be_the_same(
    clinic: Clinic, physician: User, recorded: date | None, typed: date | None
) -> None:
    known = a_patient(clinic, physician, birth_date=recorded)
    a_patient(clinic, physician, family_name="Solberg", birth_date=recorded, telephone="")
    for family in ("Lindqvist", "Lindkvist"):
        one = entered(clinic, family_name=family, birth_date=typed)
        assert similar_patients(clinic, one) == (known,)


@pytest.mark.parametrize(
    ("recorded", "typed"),
    [
        (("De Luca", "Anna"), ("Deluca", "Anna")),
        (("Deluca", "Anna"), ("De Luca", "Anna")),
        (("van der Berg", "Jan"), ("Vanderberg", "Jan")),
        (("Rossi", "Anne Marie"), ("Rossi", "Annemarie")),
        (("Rossi", "Anne-Marie"), ("Rosi", "Annemarie")),
        (("D'Angelo", "Luca"), ("Dangelo", "Luca")),
        (("Luca", "De"), ("De", "Luca")),
        (("De Luca", ""), ("Deluca", "")),
    ],
)
@pytest.mark.parametrize("born", [BORN, None])
def test_a_space_in_a_name_makes_nobody_else(
    clinic: Clinic,
    physician: User,
    recorded: tuple[str, str],
    typed: tuple[str, str],
    born: date | None,
) -> None:
    (family, given_name), (typed_family, typed_given) = recorded, typed
    known = a_patient(
        clinic, physician, family_name=family, given_name=given_name, birth_date=BORN, telephone=""
    )
    one = entered(clinic, family_name=typed_family, given_name=typed_given, birth_date=born)
    assert similar_patients(clinic, one) == (known,)


@pytest.mark.parametrize(
    ("typed", "is_near"),
    [
        (date(1980, 4, 3), True),
        (date(1980, 3, 5), True),
        (date(1908, 3, 4), True),
        (date(1990, 3, 4), True),
        (date(1980, 3, 14), True),
        (date(1991, 3, 4), False),
        (date(1980, 12, 25), False),
    ],
)
def test_the_same_name_with_a_slip_in_the_birth_date_is_noticed(
    clinic: Clinic, physician: User, typed: date, is_near: bool
) -> None:
    known = a_patient(clinic, physician, birth_date=BORN, telephone="")
    a_patient(clinic, physician, given_name="Mareike", birth_date=BORN, telephone="")
    one = entered(clinic, birth_date=typed)
    assert similar_patients(clinic, one) == ((known,) if is_near else ())


@given(day=st.dates(date(1900, 1, 1), date(2030, 12, 31)))
def test_days_one_slip_apart_are_so_in_both_directions_and_few(day: date) -> None:
    near = days_one_slip_from(day)
    assert day not in near
    assert len(near) < 90
    assert all(day in days_one_slip_from(other) for other in near)
