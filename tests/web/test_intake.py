"""The intake by staff: each answer is saved as it is given, with who gave it; none is lost."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.gestures.actions import write
from mesoplan.web.patients.mapping.tables import recorded
from mesoplan.web.patients.models import AnswerGesture, Patient, Speaker
from mesoplan.web.patients.queries import answers, answers_journal
from mesoplan.web.patients.queries.intake import intake
from tests.lib.clinic import a_patient, a_user, answered, signed_in
from tests.lib.pages import page_text, texts_by

pytestmark = pytest.mark.django_db

CANCER, SEIZURES, PREGNANT = "facts.cancer", "facts.seizures", "facts.pregnant"
WEIGHT, HEIGHT = "patient.weight_kg", "patient.height_cm"
HTMX = {"HX-Request": "true"}
_NUMBERS = count(1)


def a_gesture() -> str:
    """The id that a page makes for a gesture."""
    return str(UUID(int=next(_NUMBERS)))


@pytest.fixture
def patient(clinic: Clinic, physician: User) -> Patient:
    return a_patient(clinic, physician)


@pytest.fixture
def client(physician: User) -> Client:
    return signed_in(physician)


def tap(client: Client, patient: Patient, key: str, value: str, **more: Any) -> Any:
    """One field changed, as a page with scripts sends it."""
    data = {"said_by": "patient", "gesture": a_gesture(), key: value}
    data |= {"gesture_field": key} | more
    return client.post(f"/patients/{patient.code}/intake", data, headers=HTMX)


def save(client: Client, patient: Patient, fields: dict[str, Any]) -> Any:
    """The form sent by its button, as a page without scripts sends it."""
    data = {"said_by": "patient"} | fields
    return client.post(f"/patients/{patient.code}/intake", data)


def shown(client: Client, patient: Patient, key: str, query: str = "") -> str:
    """What the part of a question says on the page."""
    content = client.get(f"/patients/{patient.code}/intake{query}").content
    return " ".join(texts_by(content, "id").get("q-" + key.replace(".", "-"), []))


@pytest.mark.hazard("H-017")
def test_a_tap_is_saved_with_who_gave_it_and_who_entered_it(
    client: Client, patient: Patient, physician: User
) -> None:
    answer = tap(client, patient, CANCER, "no")
    assert answer.status_code == 200
    gesture = AnswerGesture.objects.get()
    assert (gesture.key, gesture.value, gesture.said_by) == (CANCER, False, "patient")
    assert gesture.by == physician
    assert "No: Patient" in shown(client, patient, CANCER)
    assert f"entered by {physician.name}" in shown(client, patient, CANCER)
    event = Event.objects.get(action="intake.answer")
    assert event.detail["values"] == {CANCER: False}
    assert event.detail["said_by"] == "patient"


@pytest.mark.hazard("H-017")
@pytest.mark.parametrize("said_by", ["", "nobody", "staff"])
def test_without_a_speaker_nothing_is_saved_and_the_tap_stays_on_the_page(
    client: Client, patient: Patient, said_by: str
) -> None:
    answer = tap(client, patient, CANCER, "yes", said_by=said_by)
    assert answer.status_code == 422
    assert not AnswerGesture.objects.exists()
    text = page_text(answer.content)
    assert "Say first who gives the answers" in text
    assert "Not saved yet" in text
    assert b'id="q-facts-cancer-yes" value="yes" checked' in answer.content


@pytest.mark.hazard("H-017")
def test_the_speaker_is_chosen_once_for_a_visit_of_one_patient(
    client: Client, clinic: Clinic, patient: Patient, physician: User
) -> None:
    other = a_patient(clinic, physician, family_name="Solberg", telephone="")
    tap(client, patient, "said_by", "relative", said_by="relative")
    chosen = b'value="relative" checked'
    assert chosen in client.get(f"/patients/{patient.code}/intake").content
    assert chosen not in client.get(f"/patients/{other.code}/intake").content
    session = client.session
    session["speaker"] = [patient.code, "2020-01-01", "relative"]
    session.save()
    assert chosen not in client.get(f"/patients/{patient.code}/intake").content


@pytest.mark.hazard("H-017")
def test_an_answer_is_of_the_speaker_whom_its_own_page_showed(
    client: Client, patient: Patient
) -> None:
    """A gesture that comes late, after another speaker was chosen, keeps its own."""
    tap(client, patient, "said_by", "physician", said_by="physician")
    tap(client, patient, CANCER, "yes", said_by="patient")
    assert AnswerGesture.objects.get().said_by == "patient"


@pytest.mark.hazard("H-017")
def test_a_gesture_that_is_sent_twice_is_taken_once(client: Client, patient: Patient) -> None:
    gesture = a_gesture()
    tap(client, patient, CANCER, "yes", gesture=gesture)
    tap(client, patient, CANCER, "yes", gesture=gesture)
    tap(client, patient, CANCER, "no", gesture=gesture)
    assert [row.value for row in AnswerGesture.objects.all()] == [True]


@pytest.mark.hazard("H-017")
def test_none_of_these_is_one_batch_that_spares_what_was_said_and_can_be_undone(
    client: Client, patient: Patient
) -> None:
    tap(client, patient, CANCER, "yes")
    tap(client, patient, SEIZURES, "?")
    group = next(one for one in intake(patient).groups if one.id == "health")
    listed = [one.question.key for one in group.unanswered]
    assert {CANCER, SEIZURES}.isdisjoint(listed)
    data = {"listed.health": [*listed, CANCER, SEIZURES], "listed.pregnancy": [PREGNANT]}
    tap(client, patient, "none", "health", **data)
    sheet = answers(patient)
    assert {key: sheet.value(key) for key in listed} == dict.fromkeys(listed, False)
    assert sheet.value(CANCER) is True
    assert sheet.value(SEIZURES) == {"unknown": "not known"}
    assert sheet.value(PREGNANT) is None
    assert AnswerGesture.objects.values("batch").distinct().count() == 3
    client.post(f"/patients/{patient.code}/intake", {"undo": "1"}, headers=HTMX)
    sheet = answers(patient)
    assert all(sheet.value(key) is None for key in listed)
    assert sheet.value(CANCER) is True


@pytest.mark.hazard("H-017")
def test_none_of_these_answers_what_the_page_listed_and_nothing_else(
    client: Client, patient: Patient
) -> None:
    """A question that a new release adds while the page is open was never read out."""
    tap(client, patient, "none", "health", **{"listed.health": [SEIZURES, WEIGHT, "facts.made_up"]})
    assert set(answers(patient).entries) == {SEIZURES}


def test_undo_and_redo_say_what_they_changed(client: Client, patient: Patient) -> None:
    tap(client, patient, CANCER, "yes")
    url = f"/patients/{patient.code}/intake"
    undone = client.post(url, {"undo": "1"}, headers=HTMX)
    assert answers(patient).value(CANCER) is None
    assert "Changed: Cancer" in page_text(undone.content)
    redone = client.post(url, {"redo": "1"}, headers=HTMX)
    assert answers(patient).value(CANCER) is True
    assert "Changed: Cancer" in page_text(redone.content)
    assert "(Yes)" in page_text(redone.content)
    assert client.post(url, {"undo": "1"})["Location"] == url


def test_undo_takes_back_nothing_of_a_colleague(
    client: Client, clinic: Clinic, patient: Patient
) -> None:
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nora Nurse"))
    tap(nurse, patient, CANCER, "yes")
    answer = client.post(f"/patients/{patient.code}/intake", {"undo": "1"}, headers=HTMX)
    assert "nothing of yours" in page_text(answer.content)
    assert answers(patient).value(CANCER) is True


@pytest.mark.hazard("H-017")
def test_where_two_speakers_differ_the_newest_holds_and_the_other_stays_in_sight(
    client: Client, patient: Patient
) -> None:
    tap(client, patient, CANCER, "yes", said_by="patient")
    tap(client, patient, CANCER, "no", said_by="physician")
    assert answers(patient).value(CANCER) is False
    text = shown(client, patient, CANCER)
    assert "No: Physician" in text
    assert "Patient said Yes" in text
    assert [row.value for row in AnswerGesture.objects.all()] == [True, False]
    tap(client, patient, CANCER, "no", said_by="patient")
    tap(client, patient, f"{CANCER}:word", "again", said_by="patient")
    text = shown(client, patient, CANCER)
    assert "No: Patient" in text
    assert "said Yes" not in text


def test_a_speaker_who_changes_his_mind_does_not_disagree_with_himself(
    client: Client, patient: Patient
) -> None:
    tap(client, patient, CANCER, "yes")
    tap(client, patient, CANCER, "no")
    assert "said Yes" not in shown(client, patient, CANCER)


@pytest.mark.hazard("H-017")
def test_an_old_page_without_scripts_takes_back_nothing_that_others_entered_since(
    client: Client, clinic: Clinic, patient: Patient
) -> None:
    seen = answers(patient).version
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nora Nurse"))
    tap(nurse, patient, CANCER, "yes")
    tap(nurse, patient, WEIGHT, "62")
    save(client, patient, {"seen": seen, SEIZURES: "no", WEIGHT: ""})
    sheet = answers(patient)
    assert sheet.value(SEIZURES) is False
    assert sheet.value(CANCER) is True
    assert sheet.value(WEIGHT) == "62"


def test_an_answer_that_replaces_a_colleagues_says_so(
    client: Client, clinic: Clinic, patient: Patient
) -> None:
    seen = answers(patient).version
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nora Nurse"))
    tap(nurse, patient, CANCER, "yes")
    answer = tap(client, patient, CANCER, "no", seen=seen)
    assert "Nora Nurse had answered meanwhile" in page_text(answer.content)


@pytest.mark.hazard("H-017")
def test_two_people_who_add_to_one_list_lose_nothing(
    client: Client, clinic: Clinic, patient: Patient
) -> None:
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Nora Nurse"))
    seen = answers(patient).version
    tap(nurse, patient, "allergies:add", "kiwi", seen=seen)
    tap(client, patient, "allergies:add", "lidocaine", seen=seen)
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
    client: Client, patient: Patient, key: str, typed: str, says: str, is_htmx: bool
) -> None:
    sent = (client, patient)
    answer = tap(*sent, key, typed) if is_htmx else save(*sent, {key: typed})
    assert answer.status_code == 422
    assert not AnswerGesture.objects.exists()
    parts = texts_by(answer.content, "id")
    assert says in " ".join(parts["q-" + key.partition(":")[0].replace(".", "-")])
    if not key.endswith(":add"):
        escaped = typed.replace("<", "&lt;").replace(">", "&gt;")
        assert f'value="{escaped}"'.encode() in answer.content


def test_of_a_whole_form_what_is_right_is_saved_though_something_is_wrong(
    client: Client, patient: Patient
) -> None:
    answer = save(client, patient, {CANCER: "no", WEIGHT: "six"})
    assert answer.status_code == 422
    assert answers(patient).value(CANCER) is False
    assert answers(patient).value(WEIGHT) is None


def test_the_answer_to_a_tap_is_the_part_that_it_changed(client: Client, patient: Patient) -> None:
    answer = tap(client, patient, CANCER, "yes")
    ids = texts_by(answer.content, "id")
    assert {"q-facts-cancer", "progress", "banner", "speaker", "g-health"} <= set(ids)
    assert "q-facts-seizures" not in ids
    assert b"<html" not in answer.content
    listed = tap(client, patient, "medications:add", "warfarin")
    ids = texts_by(listed.content, "id")
    assert "Follows: yes" in " ".join(ids["q-facts-anticoagulant_therapy"])
    assert "Warfarin" in " ".join(ids["banner"])


def test_where_an_answer_changes_which_questions_arise_all_of_them_come_anew(
    client: Client, patient: Patient
) -> None:
    ids = texts_by(
        tap(client, patient, "facts.cannot_become_pregnant_reason", "after-menopause").content, "id"
    )
    assert "questions" in ids
    text = " ".join(ids["questions"])
    assert "Not asked: a reason why a pregnancy is not possible is recorded" in text


def test_a_question_that_does_not_arise_can_still_be_answered(
    client: Client, clinic: Clinic, physician: User
) -> None:
    man = a_patient(clinic, physician, sex="male")
    text = shown(client, man, PREGNANT)
    assert "Not asked: the recorded sex is male" in text
    tap(client, man, PREGNANT, "yes")
    assert answers(man).value(PREGNANT) is True
    assert "Not asked" not in shown(client, man, PREGNANT)


def test_only_the_open_questions_are_shown_where_that_is_asked(
    client: Client, patient: Patient
) -> None:
    tap(client, patient, CANCER, "no")
    assert shown(client, patient, CANCER, "?only=missing") == ""
    assert "Seizures" in shown(client, patient, SEIZURES, "?only=missing")


def test_the_page_counts_what_matters_and_what_of_it_is_answered(
    client: Client, patient: Patient, physician: User
) -> None:
    def progress() -> str:
        content = client.get(f"/patients/{patient.code}/intake").content
        return texts_by(content, "id")["progress"][0]

    needed = intake(patient).needed
    assert progress() == f"0 of {needed} that matter are answered"
    tap(client, patient, CANCER, "no")
    tap(client, patient, SEIZURES, "?")
    assert progress() == f"1 of {needed} that matter are answered"
    from mesoplan.web.patients.mapping import knowledge
    from tests.lib.people import healthy_document

    answered(patient, physician, healthy_document(knowledge()))
    page = intake(patient)
    assert page.answered == page.needed
    assert "complete" in page_text(client.get(f"/patients/{patient.code}").content)


def test_an_answer_for_each_session_is_asked_anew_on_another_day_and_can_be_said_again(
    client: Client, patient: Patient, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    with monkeypatch.context() as earlier:
        earlier.setattr(
            "mesoplan.web.gestures.actions.timezone.now", lambda: now - timedelta(days=9)
        )
        values = {PREGNANT: False, CANCER: False}
        write(journal=answers_journal(patient), values=values, by=physician, said_by="patient")
    assert "Asked anew at each session" in shown(client, patient, PREGNANT)
    assert "Asked anew" not in shown(client, patient, CANCER)
    tap(client, patient, f"{PREGNANT}:word", "again", said_by="patient")
    assert answers(patient).entries[PREGNANT].at >= now
    assert "Asked anew" not in shown(client, patient, PREGNANT)


def test_the_page_asks_the_database_as_often_for_many_answers_as_for_few(
    client: Client, patient: Patient, physician: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/patients/{patient.code}/intake")
        return len(asked)

    tap(client, patient, CANCER, "no")
    few = queries()
    from mesoplan.web.patients.mapping import knowledge
    from tests.lib.people import healthy_document

    answered(patient, physician, healthy_document(knowledge()))
    for value in ("yes", "no") * 5:
        tap(client, patient, CANCER, value)
    assert queries() == few


def test_every_speaker_can_be_chosen(client: Client, patient: Patient) -> None:
    for said_by, value in zip(Speaker.values, ("yes", "no", "yes", "no"), strict=True):
        assert tap(client, patient, CANCER, value, said_by=said_by).status_code == 200
    said = AnswerGesture.objects.values_list("said_by", flat=True)
    assert list(said) == list(Speaker.values)


def test_a_finding_on_the_skin_is_recorded_with_its_place_and_taken_away_again(
    client: Client, patient: Patient
) -> None:
    where = {"site:region": "cheek", "site:side": "left", "site:finding": "active-herpes"}
    tap(client, patient, "site:more", "1", **where)
    assert answers(patient).value("site.cheek.left.active-herpes") is True
    text = shown(client, patient, "site")
    assert "left: Active herpes" in text
    taken = recorded(patient, answers(patient), at=local_today(patient.clinic)).facts.sites
    assert [(one.region, one.side.value, one.finding) for one in taken] == [
        ("cheek", "left", "active-herpes")
    ]
    tap(client, patient, "site:remove", "site.cheek.left.active-herpes")
    assert answers(patient).entries == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"site:region": ""},
        {"site:region": "moon"},
        {"site:side": ""},
        {"site:side": "up"},
        {"site:finding": ""},
        {"site:finding": "x" * 10_000},
    ],
)
def test_half_a_finding_is_refused(
    client: Client, patient: Patient, changes: dict[str, str]
) -> None:
    where = {"site:region": "cheek", "site:side": "left", "site:finding": "none"}
    answer = tap(client, patient, "site:more", "1", **(where | changes))
    assert answer.status_code == 422
    assert not AnswerGesture.objects.exists()
    assert "Choose the" in " ".join(texts_by(answer.content, "id")["q-site"])


def test_only_a_finding_that_stands_there_is_taken_away(client: Client, patient: Patient) -> None:
    tap(client, patient, CANCER, "no")
    for key in (CANCER, "site.cheek.left.none", "", "site"):
        tap(client, patient, "site:remove", key)
    assert set(answers(patient).entries) == {CANCER}
