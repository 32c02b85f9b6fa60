"""The banner says what could hurt and what is unknown; questions that cannot matter are silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesoplan.screening.effective import effective_facts
from mesoplan.vocabulary.answer import Known
from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import User
from mesoplan.web.gestures.actions import write
from mesoplan.web.gestures.sheet import Entered, Sheet
from mesoplan.web.patients.mapping import knowledge
from mesoplan.web.patients.mapping.banner import BannerFact
from mesoplan.web.patients.mapping.questions import Kind, groups, key_of, questions
from mesoplan.web.patients.mapping.standing import policy_of, standing
from mesoplan.web.patients.mapping.tables import recorded
from mesoplan.web.patients.models import Patient
from mesoplan.web.patients.queries import answers_journal, banner, plain_banner
from tests.lib.clinic import answered
from tests.lib.people import healthy_document

pytestmark = pytest.mark.django_db


def said(values: dict[str, Any], days_ago: int = 0) -> Sheet:
    """Answers as they would stand."""
    at = timezone.now() - timedelta(days=days_ago)
    return Sheet(
        entries={
            key: Entered(value=value, number=1, by="A", by_id=1, said_by="patient", at=at)
            for key, value in values.items()
        },
        version=1,
    )


def fact(patient: Patient, label: str, values: dict[str, Any]) -> BannerFact:
    return next(one for one in banner(patient, said(values)).facts if one.label == label)


def test_of_a_new_patient_everything_is_marked_unknown(patient: Patient) -> None:
    shown = banner(patient)
    assert [fact.verdict for fact in shown.facts] == ["undetermined"] * 3
    assert [about.unknown for about in shown.about] == [False, False, True, True, True]
    patient.birth_date, patient.sex = None, "unknown"
    assert all(about.unknown for about in banner(patient).about)


@pytest.mark.parametrize(
    ("label", "values", "verdict", "text"),
    [
        ("Allergies", {"allergies": {"none_known": True}}, "", "none known"),
        ("Allergies", {"allergies": {"unknown": "not known"}}, "undetermined", "unknown"),
        ("Allergies", {"allergies": {"other": ["kiwi"]}}, "caution", "kiwi"),
        ("Allergies", {"allergies": {"substances": ["lidocaine"]}}, "caution", "Lidocaine"),
        (
            "Allergies",
            {"allergies": {"other": ["kiwi", "latex", "nuts"]}},
            *("caution", "kiwi, latex and 1 more"),
        ),
        ("Blood thinners", {"medications": {"none": True}}, "", "no"),
        ("Blood thinners", {"medications": {"names": ["warfarin"]}}, "caution", "Warfarin"),
        ("Blood thinners", {"medications": {"atc": ["B01AA03"]}}, "caution", "yes"),
        ("Blood thinners", {"medications": {"atc": ["B01AC06"]}}, "caution", "aspirin kind"),
        ("Blood thinners", {"medications": {"atc": ["B01"]}}, "undetermined", "unknown"),
        ("Blood thinners", {"medications": {"other": ["herbs"]}}, "undetermined", "unknown"),
        ("Blood thinners", {"facts.anticoagulant_therapy": True}, "caution", "yes"),
        (
            "Blood thinners",
            {"facts.anticoagulant_therapy": False, "medications": {"names": ["warfarin"]}},
            *("caution", "Warfarin"),
        ),
        (
            "Blood thinners",
            {"facts.anticoagulant_therapy": False},
            *("undetermined", "no; aspirin unknown"),
        ),
        ("Pregnancy", {"facts.pregnant": True}, "caution", "yes"),
        ("Pregnancy", {"facts.pregnant": False}, "", "no, today"),
        ("Pregnancy", {"facts.pregnant": {"unknown": "?"}}, "undetermined", "unknown"),
        ("Pregnancy", {"facts.breastfeeding": True}, "caution", "breastfeeding"),
    ],
)
def test_the_banner_tells_what_could_hurt(
    patient: Patient, label: str, values: dict[str, Any], verdict: str, text: str
) -> None:
    shown = fact(patient, label, values)
    assert (shown.verdict, shown.text) == (verdict, text)


def test_a_no_to_pregnancy_of_another_day_carries_its_date(patient: Patient) -> None:
    shown = banner(patient, said({"facts.pregnant": False}, days_ago=40)).facts
    assert shown[-1].text.startswith("no, ")
    assert shown[-1].text != "no, today"


def test_pregnancy_is_left_out_where_it_is_not_possible_and_never_where_it_was_said(
    patient: Patient,
) -> None:
    patient.sex = "male"
    assert "Pregnancy" not in [one.label for one in banner(patient).facts]
    assert fact(patient, "Pregnancy", {"facts.pregnant": True}).verdict == "caution"


def test_course_and_last_reaction_are_told_by_whoever_knows_them(patient: Patient) -> None:
    reaction = BannerFact(label="Last reaction", text="redness, 1 day")
    shown = banner(patient, course="2 of 5", last_reaction=reaction).facts
    assert [one.text for one in shown[-2:]] == ["2 of 5", "redness, 1 day"]


def test_the_plain_banner_says_age_and_sex_alone(patient: Patient) -> None:
    shown = plain_banner(patient)
    assert len(shown.about) == 2
    assert shown.facts == ()


LIST = {
    "names": st.lists(st.sampled_from(sorted(knowledge().medicines)), unique=True, max_size=4),
    "atc": st.lists(st.sampled_from(["B01AA03", "B01AC06", "B01", "C07AB02"]), unique=True),
    "other": st.lists(st.sampled_from(["herbs", "drops"]), unique=True),
}
MEDICINES = st.one_of(
    st.none(),
    st.just({"none": True}),
    st.fixed_dictionaries(LIST).map(lambda value: {k: v for k, v in value.items() if v}),
)
YES_NO = st.sampled_from([None, True, False, {"unknown": "?"}])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(medicines=MEDICINES, thinner=YES_NO, aspirin=YES_NO)
def test_the_banner_says_of_blood_thinners_what_screening_reads(
    patient: Patient, medicines: object, thinner: object, aspirin: object
) -> None:
    """The core itself, asked directly, is the second way to know."""
    entered = {
        "medications": medicines or None,
        "facts.anticoagulant_therapy": thinner,
        "facts.aspirin_like_therapy": aspirin,
    }
    sheet = said({key: value for key, value in entered.items() if value is not None})
    at = local_today(patient.clinic)
    facts = effective_facts(
        recorded(patient, sheet, at=at).facts, knowledge(), policy_of(patient), at
    )
    known = [facts.answer(name) for name in ("anticoagulant_therapy", "aspirin_like_therapy")]
    values = [answer.value if isinstance(answer, Known) else None for answer in known]
    shown = next(one for one in banner(patient, sheet).facts if one.label == "Blood thinners")
    if True in values:
        assert shown.verdict == "caution"
    elif None in values:
        assert shown.verdict == "undetermined"
    else:
        assert shown.verdict == ""


def test_every_fact_of_the_base_is_asked_somewhere_or_stated_elsewhere() -> None:
    elsewhere = {"birth_date", "sex", "age", "body_mass_index", "zone_area"}
    asked = {one.fact for group in groups() for one in group.questions}
    assert asked | elsewhere == set(knowledge().facts)
    assert not asked & elsewhere
    assert set(questions()) == set(key_of().values())


def test_every_question_that_some_rule_asks_is_open_for_a_patient_of_whom_nothing_is_known(
    patient: Patient,
) -> None:
    patient.birth_date, patient.sex = None, "unknown"
    stands = standing(patient, said({}), at=local_today(patient.clinic))
    assert stands.silent == {}
    assert {"allergies", "medications", "facts.pregnant", "facts.cancer"} <= stands.open
    assert stands.open == stands.needed


def test_nothing_is_open_where_everything_is_answered(patient: Patient, physician: User) -> None:
    answered(patient, physician, healthy_document(knowledge()))
    stands = standing(patient, answers_journal(patient).sheet(), at=local_today(patient.clinic))
    assert stands.open == frozenset()
    assert stands.refused == frozenset()


@pytest.mark.hazard("H-017")
def test_what_was_answered_not_known_stays_open(patient: Patient) -> None:
    sheet = said({"facts.cancer": {"unknown": "not known"}})
    assert "facts.cancer" in standing(patient, sheet, at=local_today(patient.clinic)).open


@pytest.mark.parametrize("sex", ["male", "female", "unknown"])
@pytest.mark.parametrize("years", [20, 46, 90])
def test_a_question_is_silent_only_where_it_is_not_open(
    patient: Patient, sex: str, years: int
) -> None:
    patient.sex = sex
    today = local_today(patient.clinic)
    patient.birth_date = today.replace(year=today.year - years, day=1)
    stands = standing(patient, said({}), at=today)
    assert not stands.open & set(stands.silent)
    pregnant_is_silent = sex == "male" or years == 90
    assert ("facts.pregnant" in stands.silent) is pregnant_is_silent
    if sex == "male":
        assert stands.silent["facts.pregnant"] == "the recorded sex is male"


@pytest.mark.hazard("H-017")
def test_an_answer_that_a_release_does_not_take_counts_as_not_given(patient: Patient) -> None:
    """A fact that a later release of the base no longer has must not break the pages, nor pass."""
    sheet = said({"facts.long_gone": True, "facts.cancer": "perhaps", "facts.seizures": False})
    at = local_today(patient.clinic)
    taken = recorded(patient, sheet, at=at)
    assert set(taken.refused) == {"facts.long_gone", "facts.cancer"}
    stands = standing(patient, sheet, at=at)
    assert "facts.cancer" in stands.open
    assert "facts.cancer" in stands.refused
    assert "facts.seizures" not in stands.open
    assert banner(patient, sheet).facts


def test_each_kind_of_question_is_there() -> None:
    assert {one.kind for one in questions().values()} == set(Kind)


def test_an_answer_counts_from_its_gesture_on(patient: Patient, physician: User) -> None:
    write(journal=answers_journal(patient), values={"patient.weight_kg": "62.5"}, by=physician)
    assert [about.text for about in banner(patient).about][2] == "62.5"
