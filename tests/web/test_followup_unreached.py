"""A patient whom nobody reaches is never called expected, and what she told is never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.models import Contact, Reaction, Task
from mesoplan.web.courses.queries.followup import contact_page
from tests.lib.clinic import a_finalised_session, a_patient, a_released_plan


@pytest.fixture
def contact(clinic: Clinic, physician: User) -> Contact:
    """The first time that a patient is to be asked, after a session given a moment ago."""
    patient = a_patient(clinic, physician)
    session = a_finalised_session(a_released_plan(patient, physician), physician)
    first = session.contacts.order_by("due").first()
    assert first is not None
    return first


def tell(browser: Client, contact: Contact, told: dict[str, str]) -> None:
    """Every red flag answered no, and what else was told."""
    flags = {f"flag.{row.flag.reaction}": "no" for row in contact_page(contact).flags}
    url = reverse("contact-edit", args=[contact.code])
    assert browser.post(url, {"whole": "1", **flags, **told}).status_code == 302


def give_up(browser: Client, contact: Contact) -> Task:
    """End the contact without an answer; the task that comes of it."""
    url = reverse("contact-give-up", args=[contact.code])
    assert browser.post(url, {"words": "line broke"}).status_code == 302
    return Task.objects.get(contact=contact)


@pytest.mark.hazard("H-021")
def test_a_patient_whom_nobody_reached_is_a_call_and_has_no_tick_anywhere(
    browser: Client, contact: Contact, clinic: Clinic
) -> None:
    """Within its days the task was drawn as expected: the tick of a patient who is well."""
    browser.post(reverse("contact-no-answer", args=[contact.code]))
    task = Task.objects.get(contact=contact)
    assert (task.due, task.urgency) == (local_today(clinic) + timedelta(days=1), "call")
    for address in (reverse("today"), reverse("chart", args=[contact.session.course.code])):
        page = browser.get(address).content.decode()
        assert "Try to reach again" in page
        assert "tri is-call" in page
        assert "is-expected" not in page


def test_a_try_after_the_last_day_is_an_overdue_task(
    browser: Client, contact: Contact, clinic: Clinic
) -> None:
    past = local_today(clinic) - timedelta(days=3)
    Contact.objects.filter(pk=contact.pk).update(due=past, latest=past)
    browser.post(reverse("contact-no-answer", args=[contact.code]))
    task = Task.objects.get(contact=contact)
    assert (task.due, task.urgency) == (past, "call")


def test_a_red_flag_told_before_the_line_broke_is_urgent_all_the_same(
    browser: Client, contact: Contact
) -> None:
    tell(browser, contact, {"flag.anaphylaxis": "yes"})
    assert give_up(browser, contact).urgency == "urgent"


@pytest.mark.hazard("H-021")
def test_a_contact_that_ended_unreached_is_not_shown_as_expected(
    browser: Client, contact: Contact
) -> None:
    tell(browser, contact, {})
    give_up(browser, contact)
    page = browser.get(reverse("contact", args=[contact.code])).content.decode()
    triage = page[page.index('aria-labelledby="h-triage"') :]
    assert "Not reached" in triage
    assert "is-expected" not in triage


@pytest.mark.hazard("H-021")
def test_what_was_told_before_the_line_broke_is_recorded_and_stands_in_the_task(
    browser: Client, contact: Contact
) -> None:
    """A reaction without its severity cannot be a row; its reason stands in the task."""
    told = {"reaction.bruise": "on", "reaction.bruise.severity": "moderate", "other": "dizzy"}
    tell(browser, contact, told)
    task = give_up(browser, contact)
    reaction = Reaction.objects.get()
    assert (reaction.name, reaction.severity) == ("bruise", "moderate")
    assert (reaction.contact, reaction.session) == (contact, contact.session)
    assert task.kind == "not-reached"
    for words in ("Bruise", "dizzy", "line broke"):
        assert words in task.text
