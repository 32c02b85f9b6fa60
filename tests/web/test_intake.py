"""The intake by staff: each answer is saved as it is given, with who gave it; none is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.gestures.actions import write
from mesoplan.web.patients.models import AnswerGesture, Patient, Speaker
from mesoplan.web.patients.queries import answers, answers_journal
from mesoplan.web.patients.queries.intake import intake
from tests.lib.clinic import a_patient, a_user, answered, signed_in
from tests.lib.intake_page import HTMX, a_gesture, save, shown, tap
from tests.lib.pages import page_text, texts_by

pytestmark = pytest.mark.django_db

CANCER, SEIZURES, PREGNANT = "facts.cancer", "facts.seizures", "facts.pregnant"
WEIGHT, HEIGHT = "patient.weight_kg", "patient.height_cm"


@pytest.mark.hazard("H-017")
def test_a_tap_is_saved_with_who_gave_it_and_who_entered_it(
    browser: Client, patient: Patient, physician: User
) -> None:
    answer = tap(browser, patient, CANCER, "no")
    assert answer.status_code == 200
    gesture = AnswerGesture.objects.get()
    assert (gesture.key, gesture.value, gesture.said_by) == (CANCER, False, "patient")
    assert gesture.by == physician
    assert "No: Patient" in shown(browser, patient, CANCER)
    assert f"entered by {physician.name}" in shown(browser, patient, CANCER)
    event = Event.objects.get(action="intake.answer")
    assert event.detail["values"] == {CANCER: False}
    assert event.detail["said_by"] == "patient"


@pytest.mark.hazard("H-017")
@pytest.mark.parametrize("said_by", ["", "nobody", "staff"])
def test_without_a_speaker_nothing_is_saved_and_the_tap_stays_on_the_page(
    browser: Client, patient: Patient, said_by: str
) -> None:
    answer = tap(browser, patient, CANCER, "yes", said_by=said_by)
    assert answer.status_code == 422
    assert not AnswerGesture.objects.exists()
    text = page_text(answer.content)
    assert "Say first who gives the answers" in text
    assert "Not saved yet" in text
    assert b'id="q-facts-cancer-yes" value="yes" checked' in answer.content


@pytest.mark.hazard("H-017")
def test_the_speaker_is_chosen_once_for_a_visit_of_one_patient(
    browser: Client, clinic: Clinic, patient: Patient, physician: User
) -> None:
    other = a_patient(clinic, physician, family_name="Solberg", telephone="")
    tap(browser, patient, "said_by", "relative", said_by="relative")
    chosen = b'value="relative" checked'
    assert chosen in browser.get(f"/patients/{patient.code}/intake").content
    assert chosen not in browser.get(f"/patients/{other.code}/intake").content
    session = browser.session
    session["speaker"] = [patient.code, "2020-01-01", "relative"]
    session.save()
    assert chosen not in browser.get(f"/patients/{patient.code}/intake").content


@pytest.mark.hazard("H-017")
def test_an_answer_is_of_the_speaker_whom_its_own_page_showed(
    browser: Client, patient: Patient
) -> None:
    """A gesture that comes late, after another speaker was chosen, keeps its own."""
    tap(browser, patient, "said_by", "physician", said_by="physician")
    tap(browser, patient, CANCER, "yes", said_by="patient")
    assert AnswerGesture.objects.get().said_by == "patient"


@pytest.mark.hazard("H-017")
def test_a_gesture_that_is_sent_twice_is_taken_once(browser: Client, patient: Patient) -> None:
    gesture = a_gesture()
    tap(browser, patient, CANCER, "yes", gesture=gesture)
    tap(browser, patient, CANCER, "yes", gesture=gesture)
    tap(browser, patient, CANCER, "no", gesture=gesture)
    assert [row.value for row in AnswerGesture.objects.all()] == [True]


@pytest.mark.hazard("H-017")
def test_none_of_these_is_one_batch_that_spares_what_was_said_and_can_be_undone(
    browser: Client, patient: Patient
) -> None:
    tap(browser, patient, CANCER, "yes")
    tap(browser, patient, SEIZURES, "?")
    group = next(one for one in intake(patient).groups if one.id == "health")
    listed = [one.question.key for one in group.unanswered]
    assert {CANCER, SEIZURES}.isdisjoint(listed)
    data = {"listed.health": [*listed, CANCER, SEIZURES], "listed.pregnancy": [PREGNANT]}
    tap(browser, patient, "none", "health", **data)
    sheet = answers(patient)
    assert {key: sheet.value(key) for key in listed} == dict.fromkeys(listed, False)
    assert sheet.value(CANCER) is True
    assert sheet.value(SEIZURES) == {"unknown": "not known"}
    assert sheet.value(PREGNANT) is None
    assert AnswerGesture.objects.values("batch").distinct().count() == 3
    browser.post(f"/patients/{patient.code}/intake", {"undo": "1"}, headers=HTMX)
    sheet = answers(patient)
    assert all(sheet.value(key) is None for key in listed)
    assert sheet.value(CANCER) is True


@pytest.mark.hazard("H-017")
def test_none_of_these_answers_what_the_page_listed_and_nothing_else(
    browser: Client, patient: Patient
) -> None:
    """A question that a new release adds while the page is open was never read out."""
    listed = {"listed.health": [SEIZURES, WEIGHT, "facts.made_up"]}
    tap(browser, patient, "none", "health", **listed)
    assert set(answers(patient).entries) == {SEIZURES}


def test_undo_and_redo_say_what_they_changed(browser: Client, patient: Patient) -> None:
    tap(browser, patient, CANCER, "yes")
    url = f"/patients/{patient.code}/intake"
    undone = browser.post(url, {"undo": "1"}, headers=HTMX)
    assert answers(patient).value(CANCER) is None
    assert "Changed: Cancer" in page_text(undone.content)
    redone = browser.post(url, {"redo": "1"}, headers=HTMX)
    assert answers(patient).value(CANCER) is True
    assert "Changed: Cancer" in page_text(redone.content)
    assert "(Yes)" in page_text(redone.content)
    assert browser.post(url, {"undo": "1"})["Location"] == url


def test_undo_takes_back_nothing_of_a_colleague(
    browser: Client, clinic: Clinic, patient: Patient
) -> None:
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nora Nurse"))
    tap(nurse, patient, CANCER, "yes")
    answer = browser.post(f"/patients/{patient.code}/intake", {"undo": "1"}, headers=HTMX)
    assert "nothing of yours" in page_text(answer.content)
    assert answers(patient).value(CANCER) is True


@pytest.mark.hazard("H-017")
def test_where_two_speakers_differ_the_newest_holds_and_the_other_stays_in_sight(
    browser: Client, patient: Patient
) -> None:
    tap(browser, patient, CANCER, "yes", said_by="patient")
    tap(browser, patient, CANCER, "no", said_by="physician")
    assert answers(patient).value(CANCER) is False
    text = shown(browser, patient, CANCER)
    assert "No: Physician" in text
    assert "Patient said Yes" in text
    assert [row.value for row in AnswerGesture.objects.all()] == [True, False]
    tap(browser, patient, CANCER, "no", said_by="patient")
    tap(browser, patient, f"{CANCER}:word", "again", said_by="patient")
    text = shown(browser, patient, CANCER)
    assert "No: Patient" in text
    assert "said Yes" not in text


def test_a_speaker_who_changes_his_mind_does_not_disagree_with_himself(
    browser: Client, patient: Patient
) -> None:
    tap(browser, patient, CANCER, "yes")
    tap(browser, patient, CANCER, "no")
    assert "said Yes" not in shown(browser, patient, CANCER)


@pytest.mark.hazard("H-017")
def test_an_old_page_without_scripts_takes_back_nothing_that_others_entered_since(
    browser: Client, clinic: Clinic, patient: Patient
) -> None:
    seen = answers(patient).version
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nora Nurse"))
    tap(nurse, patient, CANCER, "yes")
    tap(nurse, patient, WEIGHT, "62")
    save(browser, patient, {"seen": seen, SEIZURES: "no", WEIGHT: ""})
    sheet = answers(patient)
    assert sheet.value(SEIZURES) is False
    assert sheet.value(CANCER) is True
    assert sheet.value(WEIGHT) == "62"


def test_an_answer_that_replaces_a_colleagues_says_so(
    browser: Client, clinic: Clinic, patient: Patient
) -> None:
    seen = answers(patient).version
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nora Nurse"))
    tap(nurse, patient, CANCER, "yes")
    answer = tap(browser, patient, CANCER, "no", seen=seen)
    assert "Nora Nurse had answered meanwhile" in page_text(answer.content)


@pytest.mark.hazard("H-017")
def test_two_people_who_add_to_one_list_lose_nothing(
    browser: Client, clinic: Clinic, patient: Patient
) -> None:
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nora Nurse"))
    seen = answers(patient).version
    tap(nurse, patient, "allergies:add", "kiwi", seen=seen)
    tap(browser, patient, "allergies:add", "lidocaine", seen=seen)
    assert answers(patient).value("allergies") == {"other": ["kiwi"], "substances": ["lidocaine"]}
    tap(nurse, patient, "allergies:remove", "substances:lidocaine", seen=seen)
    assert answers(patient).value("allergies") == {"other": ["kiwi"]}


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [
        (HEIGHT, "1,68", "In m?"),
        (WEIGHT, "<b>", "Write a number"),
        ("facts.sunburn_on", "31.2.2026", "no such day"),
        ("allergies:add", "x" * 200, "at most 80"),
    ],
)
@pytest.mark.parametrize("is_htmx", [True, False])
def test_what_cannot_be_taken_is_told_under_its_field_and_stays_as_typed(
    browser: Client, patient: Patient, key: str, typed: str, says: str, is_htmx: bool
) -> None:
    sent = (browser, patient)
    answer = tap(*sent, key, typed) if is_htmx else save(*sent, {key: typed})
    assert answer.status_code == 422
    assert not AnswerGesture.objects.exists()
    parts = texts_by(answer.content, "id")
    assert says in " ".join(parts["q-" + key.partition(":")[0].replace(".", "-")])
    if not key.endswith(":add"):
        escaped = typed.replace("<", "&lt;").replace(">", "&gt;")
        assert f'value="{escaped}"'.encode() in answer.content


def test_of_a_whole_form_what_is_right_is_saved_though_something_is_wrong(
    browser: Client, patient: Patient
) -> None:
    answer = save(browser, patient, {CANCER: "no", WEIGHT: "six"})
    assert answer.status_code == 422
    assert answers(patient).value(CANCER) is False
    assert answers(patient).value(WEIGHT) is None


def test_the_answer_to_a_tap_is_the_part_that_it_changed(browser: Client, patient: Patient) -> None:
    answer = tap(browser, patient, CANCER, "yes")
    ids = texts_by(answer.content, "id")
    assert {"q-facts-cancer", "progress", "banner", "speaker", "g-health"} <= set(ids)
    assert "q-facts-seizures" not in ids
    assert b"<html" not in answer.content
    listed = tap(browser, patient, "medications:add", "warfarin")
    ids = texts_by(listed.content, "id")
    assert "Follows: yes" in " ".join(ids["q-facts-anticoagulant_therapy"])
    assert "Warfarin" in " ".join(ids["banner"])


def test_where_an_answer_changes_which_questions_arise_all_of_them_come_anew(
    browser: Client, patient: Patient
) -> None:
    ids = texts_by(
        tap(browser, patient, "facts.cannot_become_pregnant_reason", "after-menopause").content,
        "id",
    )
    assert "questions" in ids
    text = " ".join(ids["questions"])
    assert "Not asked: a reason why a pregnancy is not possible is recorded" in text


def test_a_question_that_does_not_arise_can_still_be_answered(
    browser: Client, clinic: Clinic, physician: User
) -> None:
    man = a_patient(clinic, physician, sex="male")
    text = shown(browser, man, PREGNANT)
    assert "Not asked: the recorded sex is male" in text
    tap(browser, man, PREGNANT, "yes")
    assert answers(man).value(PREGNANT) is True
    assert "Not asked" not in shown(browser, man, PREGNANT)


def test_only_the_open_questions_are_shown_where_that_is_asked(
    browser: Client, patient: Patient
) -> None:
    tap(browser, patient, CANCER, "no")
    assert shown(browser, patient, CANCER, "?only=missing") == ""
    assert "Seizures" in shown(browser, patient, SEIZURES, "?only=missing")


def test_the_page_counts_what_matters_and_what_of_it_is_answered(
    browser: Client, patient: Patient, physician: User
) -> None:
    def progress() -> str:
        content = browser.get(f"/patients/{patient.code}/intake").content
        return texts_by(content, "id")["progress"][0]

    needed = intake(patient).needed
    assert progress() == f"0 of {needed} that matter are answered"
    tap(browser, patient, CANCER, "no")
    tap(browser, patient, SEIZURES, "?")
    assert progress() == f"1 of {needed} that matter are answered"
    from mesoplan.web.patients.mapping import knowledge
    from tests.lib.people import healthy_document

    answered(patient, physician, healthy_document(knowledge()))
    page = intake(patient)
    assert page.answered == page.needed
    assert "complete" in page_text(browser.get(f"/patients/{patient.code}").content)


def test_an_answer_for_each_session_is_asked_anew_on_another_day_and_can_be_said_again(
    browser: Client, patient: Patient, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    with monkeypatch.context() as earlier:
        earlier.setattr(
            "mesoplan.web.gestures.actions.timezone.now", lambda: now - timedelta(days=9)
        )
        values = {PREGNANT: False, CANCER: False}
        write(journal=answers_journal(patient), values=values, by=physician, said_by="patient")
    assert "Asked anew at each session" in shown(browser, patient, PREGNANT)
    assert "Asked anew" not in shown(browser, patient, CANCER)
    tap(browser, patient, f"{PREGNANT}:word", "again", said_by="patient")
    assert answers(patient).entries[PREGNANT].at >= now
    assert "Asked anew" not in shown(browser, patient, PREGNANT)


def test_the_page_asks_the_database_as_often_for_many_answers_as_for_few(
    browser: Client, patient: Patient, physician: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"/patients/{patient.code}/intake")
        return len(asked)

    tap(browser, patient, CANCER, "no")
    few = queries()
    from mesoplan.web.patients.mapping import knowledge
    from tests.lib.people import healthy_document

    answered(patient, physician, healthy_document(knowledge()))
    for value in ("yes", "no") * 5:
        tap(browser, patient, CANCER, value)
    assert queries() == few


def test_every_speaker_can_be_chosen(browser: Client, patient: Patient) -> None:
    for said_by, value in zip(Speaker.values, ("yes", "no", "yes", "no"), strict=True):
        assert tap(browser, patient, CANCER, value, said_by=said_by).status_code == 200
    said = AnswerGesture.objects.values_list("said_by", flat=True)
    assert list(said) == list(Speaker.values)
