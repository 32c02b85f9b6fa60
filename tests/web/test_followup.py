"""Follow-up as it is worked: the phone script, its end, tasks, reactions, paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.courses.models import Contact, ContactGesture, Reaction, Session, Task
from mesoplan.web.courses.queries.followup import contact_journal, contact_page
from tests.lib.clinic import (
    a_clinic,
    a_finalised_session,
    a_patient,
    a_released_plan,
    a_user,
    signed_in,
)


@pytest.fixture
def session(clinic: Clinic, physician: User) -> Session:
    """A session that was given a moment ago."""
    patient = a_patient(clinic, physician)
    return a_finalised_session(a_released_plan(patient, physician), physician)


@pytest.fixture
def contact(session: Session) -> Contact:
    """The first time that the patient is to be asked."""
    first = session.contacts.order_by("due").first()
    assert first is not None
    return first


def all_no(contact: Contact) -> dict[str, str]:
    return {f"flag.{row.flag.reaction}": "no" for row in contact_page(contact).flags}


def send(browser: Client, contact: Contact, fields: dict[str, str], **more: Any) -> int:
    url = reverse("contact-edit", args=[contact.code])
    return browser.post(url, {"whole": "1", **fields}, **more).status_code


def close(browser: Client, contact: Contact) -> Contact:
    assert browser.post(reverse("contact-close", args=[contact.code])).status_code == 302
    return Contact.objects.get(pk=contact.pk)


@pytest.mark.hazard("H-021")
def test_a_red_flag_has_no_answer_until_somebody_gives_one(
    browser: Client, contact: Contact
) -> None:
    page = browser.get(reverse("contact", args=[contact.code])).content.decode()
    assert "checked" not in page
    first_flag, first_box = page.index('name="flag.'), page.index('name="reaction.')
    assert first_flag < page.rindex('name="flag.') < first_box
    assert send(browser, contact, {"flag.anaphylaxis": "not-asked"}) == 302
    assert "anaphylaxis" in contact_page(contact).triage["unanswered"]


@pytest.mark.hazard("H-021")
def test_closing_an_urgent_contact_opens_a_task_for_today(
    browser: Client, contact: Contact, clinic: Clinic
) -> None:
    send(browser, contact, all_no(contact) | {"flag.anaphylaxis": "yes"})
    closed = close(browser, contact)
    task = Task.objects.get(contact=contact)
    assert (closed.outcome, task.urgency, task.due) == ("urgent", "urgent", local_today(clinic))
    assert task.kind == "urgent-report"
    today = browser.get(reverse("today")).content.decode()
    assert reverse("contact", args=[contact.code]) in today
    assert "Act now on a report" in today


@pytest.mark.hazard("H-021")
def test_closing_with_an_open_red_flag_opens_a_task_to_call_back(
    browser: Client, contact: Contact, clinic: Clinic
) -> None:
    answers = all_no(contact)
    answers.popitem()
    send(browser, contact, answers)
    assert close(browser, contact).outcome == "call"
    task = Task.objects.get(contact=contact)
    assert (task.kind, task.due) == ("call-back", local_today(clinic) + timedelta(days=1))


def test_a_contact_in_which_all_is_well_opens_nothing(browser: Client, contact: Contact) -> None:
    send(browser, contact, all_no(contact))
    assert close(browser, contact).outcome == "expected"
    assert not Task.objects.exists()


@pytest.mark.hazard("H-021")
def test_a_closed_contact_stands_as_it_was_sealed(browser: Client, contact: Contact) -> None:
    send(browser, contact, all_no(contact))
    sealed = close(browser, contact)
    assert send(browser, contact, {"flag.anaphylaxis": "yes"}) == 409
    assert close(browser, contact).triage == sealed.triage
    changes: list[dict[str, Any]] = [{"outcome": "urgent"}, {"triage": {}}]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Contact.objects.filter(pk=contact.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ContactGesture.objects.filter(contact=contact).update(value="no")
    assert (
        Event.objects.filter(action="contact.close", subject=f"contact {contact.code}").count() == 1
    )


@pytest.mark.hazard("H-021")
def test_no_answer_keeps_the_try_and_opens_one_task_to_try_again(
    browser: Client, contact: Contact, clinic: Clinic
) -> None:
    url = reverse("contact-no-answer", args=[contact.code])
    browser.post(url)
    browser.post(url)
    assert len(contact_page(contact).tries) == 2
    task = Task.objects.get(contact=contact, sealed_at=None)
    assert (task.kind, task.due) == ("try-again", local_today(clinic) + timedelta(days=1))
    assert Task.objects.filter(contact=contact).count() == 2
    assert Contact.objects.get(pk=contact.pk).sealed_at is None


def test_a_patient_who_is_reached_needs_no_further_try(browser: Client, contact: Contact) -> None:
    browser.post(reverse("contact-no-answer", args=[contact.code]))
    send(browser, contact, all_no(contact))
    close(browser, contact)
    assert Task.objects.get(contact=contact).done_because == "reached"


@pytest.mark.hazard("H-021")
def test_nobody_reached_ends_in_a_task_and_never_as_expected(
    browser: Client, contact: Contact
) -> None:
    send(browser, contact, all_no(contact))
    url = reverse("contact-give-up", args=[contact.code])
    assert browser.post(url, {"words": " "}).status_code == 422
    browser.post(url, {"words": "number does not exist"})
    ended = Contact.objects.get(pk=contact.pk)
    assert ended.outcome == "no-answer"
    assert Task.objects.get(contact=contact).kind == "not-reached"


def test_a_reaction_that_is_told_becomes_a_row_with_zone_lot_and_session(
    browser: Client, contact: Contact
) -> None:
    told = {"reaction.bruise": "on", "reaction.bruise.zone": "1"}
    send(browser, contact, all_no(contact) | told)
    refused = browser.post(reverse("contact-close", args=[contact.code]))
    assert refused.status_code == 422
    send(browser, contact, all_no(contact) | told | {"reaction.bruise.severity": "mild"})
    close(browser, contact)
    reaction = Reaction.objects.get()
    assert (reaction.name, reaction.severity, reaction.zone) == ("bruise", "mild", 1)
    assert (reaction.contact, reaction.session) == (contact, contact.session)
    assert reaction.lot == "LD 2231 A"
    assert reaction.cause == "unknown"


def test_undo_takes_back_the_last_answer_and_redo_gives_it_again(
    browser: Client, contact: Contact
) -> None:
    send(browser, contact, {"flag.anaphylaxis": "yes"})
    url = reverse("contact-undo", args=[contact.code])
    browser.post(url, {"undo": "1"})
    assert contact_journal(contact).sheet().value("flag.anaphylaxis") is None
    browser.post(url, {"redo": "1"})
    assert contact_journal(contact).sheet().value("flag.anaphylaxis") == "yes"


def test_one_gesture_with_scripts_answers_with_the_parts_that_follow_from_it(
    browser: Client, contact: Contact
) -> None:
    answer = browser.post(
        reverse("contact-edit", args=[contact.code]),
        {"flag.anaphylaxis": "yes", "gesture_field": "flag.anaphylaxis"},
        headers={"HX-Request": "true"},
    )
    text = answer.content.decode()
    assert "<html" not in text
    assert "Urgent now" in text
    assert 'hx-swap-oob="outerMorph"' in text


def test_a_box_that_is_unticked_is_cleared_and_others_stay(
    browser: Client, contact: Contact
) -> None:
    send(browser, contact, {"reaction.redness": "on", "reaction.bruise": "on"})
    url = reverse("contact-edit", args=[contact.code])
    browser.post(url, {"gesture_field": "reaction.redness"}, headers={"HX-Request": "true"})
    assert contact_journal(contact).sheet().under("reaction") == {"bruise": True}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("flag.anaphylaxis", "perhaps"),
        ("score.nrs-pain", "11"),
        ("score.nrs-pain", "1e3"),
        ("score.nrs-pain", "6.5"),
        ("reaction.redness.began", "2999-01-01"),
        ("reaction.redness.began", "31.12."),
        ("reaction.redness.zone", "7"),
        ("reaction.redness.severity", "bad"),
        ("reaction.redness.cause", "bad luck"),
        ("other", "x" * 301),
    ],
)
def test_what_cannot_be_taken_as_meant_is_not_written(
    browser: Client, contact: Contact, field: str, text: str
) -> None:
    assert send(browser, contact, {field: text}) == 422
    assert not contact_journal(contact).sheet().entries


def test_a_scale_of_few_steps_is_tapped_and_no_free_number(
    browser: Client, contact: Contact
) -> None:
    """The impression of change has seven steps; any number could be typed on the telephone."""
    page = contact_page(contact)
    stepped = [row.scale.id for row in page.scores if row.steps]
    assert "nrs-pain" in stepped
    shown = browser.get(reverse("contact", args=[contact.code])).content.decode()
    for name in stepped:
        assert f'type="radio" name="score.{name}"' in shown
        assert f'id="score.{name}"' not in shown
    assert send(browser, contact, {"score.nrs-pain": "6"}) == 302
    shown = browser.get(reverse("contact", args=[contact.code])).content.decode()
    assert 'name="score.nrs-pain" value="6" checked' in shown


def test_fields_that_no_script_has_are_left_alone(browser: Client, contact: Contact) -> None:
    assert send(browser, contact, {"flag.no-such": "yes", "try.1": "x", "reaction": "on"}) == 302
    assert not contact_journal(contact).sheet().entries


def test_a_patient_who_calls_has_one_contact_of_today(browser: Client, session: Session) -> None:
    url = reverse("course-report", args=[session.course.code])
    first, second = browser.post(url)["Location"], browser.post(url)["Location"]
    assert first == second
    assert "The patient reports" in browser.get(first).content.decode()


def test_a_severe_reaction_opens_a_task_and_a_mild_one_does_not(
    browser: Client, session: Session
) -> None:
    url = reverse("reaction-new", args=[session.course.code])
    browser.post(url, {"name": "bruise", "severity": "mild"})
    assert not Task.objects.exists()
    browser.post(url, {"words": "cannot sleep", "severity": "severe"})
    assert Task.objects.get().kind == "serious-reaction"


def test_a_reaction_with_one_cause_class_takes_it_and_one_with_several_does_not(
    browser: Client, session: Session
) -> None:
    url = reverse("reaction-new", args=[session.course.code])
    browser.post(url, {"name": "spreading-infection", "severity": "mild"})
    browser.post(url, {"name": "redness", "severity": "mild"})
    found = dict(Reaction.objects.values_list("name", "cause"))
    assert found == {"spreading-infection": "method", "redness": "unknown"}


def test_how_a_reaction_went_on_is_added_and_the_reaction_stays(
    browser: Client, session: Session
) -> None:
    browser.post(
        reverse("reaction-new", args=[session.course.code]), {"name": "bruise", "severity": "mild"}
    )
    reaction = Reaction.objects.get()
    url = reverse("reaction-note", args=[reaction.code])
    browser.post(url, {"outcome": "nonsense"})
    browser.post(url, {"outcome": "resolved", "text": "after nine days"})
    assert list(reaction.notes.values_list("outcome", "text")) == [("resolved", "after nine days")]
    with pytest.raises(DatabaseError), transaction.atomic():
        Reaction.objects.filter(pk=reaction.pk).update(severity="severe")


def test_a_task_is_done_only_with_words_and_then_stays(browser: Client, contact: Contact) -> None:
    browser.post(reverse("contact-no-answer", args=[contact.code]))
    task = Task.objects.get()
    url = reverse("task-done", args=[task.code])
    browser.post(url, {"because": ""})
    assert Task.objects.get().sealed_at is None
    browser.post(url, {"because": "called from the second number"})
    browser.post(url, {"because": "something else"})
    assert Task.objects.get().done_because == "called from the second number"


def test_the_aftercare_sheet_is_filed_once_and_is_the_same_paper_again(
    browser: Client, session: Session
) -> None:
    url = reverse("aftercare", args=[session.code])
    first, second = browser.post(url), browser.post(url)
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF")
    assert first.content == second.content
    assert session.course.patient.documents.filter(kind="aftercare").count() == 1


def test_nothing_of_another_clinic_is_found_and_nothing_without_the_role(
    session: Session, contact: Contact, clinic: Clinic
) -> None:
    Task.objects.create(
        clinic=clinic,
        patient=contact.patient,
        session=session,
        contact=contact,
        kind="try-again",
        urgency="call",
        due=contact.due,
        opened_at=timezone.now(),
        opened_by=session.begun_by,
    )
    course = session.course.code
    addresses = [
        ("get", "contact", contact.code),
        ("post", "contact-edit", contact.code),
        ("post", "contact-undo", contact.code),
        ("post", "contact-close", contact.code),
        ("post", "contact-no-answer", contact.code),
        ("post", "contact-give-up", contact.code),
        ("get", "follow-up", course),
        ("post", "course-report", course),
        ("get", "reaction-new", course),
        ("post", "aftercare", session.code),
        ("get", "chart", course),
        ("get", "summary", course),
    ]
    stranger = signed_in(
        a_user(a_clinic(name="Elsewhere"), Role.PHYSICIAN, Role.OWNER, name="Dr Nils Dahl")
    )
    front_desk = signed_in(a_user(clinic, Role.FRONT_DESK, name="Paul Meier"))
    for method, name, code in addresses:
        url = reverse(name, args=[code])
        assert getattr(stranger, method)(url, {"words": "x"}).status_code == 404, name
        assert getattr(front_desk, method)(url).status_code == 403, name
    task = reverse("task-done", args=[Task.objects.get().code])
    assert stranger.post(task, {"because": "x"}).status_code == 404
    assert stranger.get(reverse("follow-ups")).content.decode().count(contact.code) == 0
    assert front_desk.get(reverse("follow-ups")).status_code == 403
    contact.refresh_from_db()
    assert contact.sealed_at is None
