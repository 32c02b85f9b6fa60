"""Today: what needs somebody, each row one tap from its next step, and nothing beyond the role."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.actions.course import start_course
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.models import Contact
from mesoplan.web.courses.queries.today import SHOWN, today_page
from tests.lib.clinic import (
    a_clinic,
    a_consent,
    a_finalised_session,
    a_patient,
    a_released_plan,
    a_user,
    signed_in,
)


def query_count(browser: Client, url: str) -> int:
    """How many queries a page takes, once what is kept in memory is there."""
    browser.get(url)
    with CaptureQueriesContext(connection) as seen:
        browser.get(url)
    return len(seen)


def page_of(user: User, **query: str) -> str:
    return signed_in(user).get(reverse("today"), query).content.decode()


def test_an_empty_clinic_says_the_first_step(clinic: Clinic, physician: User) -> None:
    assert "Register the first patient" in page_of(physician)
    a_patient(clinic, physician)
    assert "Register the first patient" not in page_of(physician)


def test_a_course_moves_from_one_section_to_the_next(clinic: Clinic, physician: User) -> None:
    patient = a_patient(clinic, physician)
    plan = a_released_plan(patient, physician)

    def places() -> tuple[list[str], list[str], int]:
        found = today_page(clinic, physician)
        return (
            [row.state for row in found.drafts.rows],
            [row.state for row in found.sessions.rows],
            len(found.running.rows),
        )

    assert places() == (["consent"], [], 0)
    a_consent(plan, physician)
    assert places() == ([], ["ready"], 0)
    begin_session(course=plan.course, by=physician)
    assert places() == ([], [], 1)
    session = a_finalised_session(plan, physician)
    assert places() == ([], [], 0), "the next session is proposed for a later day"
    assert session.next_date is not None
    assert session.next_date > local_today(clinic)


def test_a_session_that_is_due_or_overdue_stands_there(clinic: Clinic, physician: User) -> None:
    from mesoplan.web.courses.queries import today as queries

    patient = a_patient(clinic, physician)
    session = a_finalised_session(a_released_plan(patient, physician), physician)
    assert session.next_date is not None
    found = queries._due(clinic, session.next_date).get()
    assert not queries._due_row(found, session.next_date).is_overdue
    assert queries._due_row(found, session.next_date + timedelta(days=1)).is_overdue
    assert not queries._due(clinic, session.next_date - timedelta(days=1)).exists()


def test_contacts_of_today_stand_there_the_overdue_first(clinic: Clinic, physician: User) -> None:
    patient = a_patient(clinic, physician)
    session = a_finalised_session(a_released_plan(patient, physician), physician)
    today = local_today(clinic)
    first, second = session.contacts.order_by("due")[:2]
    Contact.objects.filter(pk=first.pk).update(due=today, latest=today)
    Contact.objects.filter(pk=second.pk).update(
        due=today - timedelta(days=4), latest=today - timedelta(days=1)
    )
    page = page_of(physician)
    assert page.index(second.code) < page.index(first.code)
    assert "overdue since" in page


def test_each_role_sees_its_own_part_and_no_more(clinic: Clinic, physician: User) -> None:
    plan = a_released_plan(a_patient(clinic, physician), physician)
    front_desk = page_of(a_user(clinic, Role.FRONT_DESK, name="Paul Meier"))
    assert "Find a patient" in front_desk
    assert "Lindqvist" not in front_desk
    reviewer = page_of(a_user(clinic, Role.REVIEWER, name="Ida Holm"))
    assert "Find a patient" not in reviewer
    assert "Lindqvist" not in reviewer
    other = a_clinic(name="Elsewhere")
    a_patient(other, a_user(other, Role.PHYSICIAN, name="Dr Nils Dahl"), family_name="Berg")
    stranger = page_of(a_user(other, Role.PHYSICIAN, name="Dr Eva Dahl"))
    assert plan.course.code not in stranger
    assert plan.course.code in page_of(physician)


def test_many_rows_cost_as_many_queries_as_few_and_show_all_shows_them(
    clinic: Clinic, physician: User
) -> None:
    patient = a_patient(clinic, physician)
    start_course(patient=patient, by=physician)
    browser = signed_in(physician)
    few = query_count(browser, reverse("today"))
    for number in range(SHOWN + 3):
        other = a_patient(clinic, physician, given_name=f"N{number}", birth_date=date(1980, 1, 2))
        start_course(patient=other, by=physician)
    assert query_count(browser, reverse("today")) == few > 0
    page = browser.get(reverse("today")).content.decode()
    assert page.count("Plan not released") == SHOWN
    assert "?all=drafts" in page
    assert page_of(physician, all="drafts").count("Plan not released") == SHOWN + 4
    assert "Show all" not in page_of(physician, all="drafts")


def test_every_page_of_who_is_signed_in_sends_what_other_pages_left_on_the_tablet(
    clinic: Clinic, physician: User
) -> None:
    """Without it a kept "yes" waited until somebody opened a page that records."""
    patient = a_patient(clinic, physician)
    pages = ["today", "patients", "follow-ups", "own-pin", "emergency", "audit"]
    addresses = [reverse(name) for name in pages]
    addresses += [reverse("patient", args=[patient.code]), reverse("intake", args=[patient.code])]
    browser = signed_in(physician)
    for address in addresses:
        assert browser.get(address).content.count(b"<save-state standby") == 1, address
    assert b"<save-state" not in Client().get(reverse("account_login")).content


def test_what_closes_a_record_is_sent_once_and_so_after_what_was_kept(
    clinic: Clinic, physician: User
) -> None:
    plan = a_released_plan(a_patient(clinic, physician), physician)
    a_finalised_session(plan, physician)
    contact = Contact.objects.order_by("due")[0]
    browser = signed_in(physician)
    browser.post(reverse("contact-edit", args=[contact.code]), {"notes": "x", "whole": "1"})
    page = browser.get(reverse("contact", args=[contact.code])).content.decode()
    for name in ("contact-close", "contact-give-up", "contact-no-answer"):
        form = page[page.index(f'action="{reverse(name, args=[contact.code])}"') :]
        assert 'data-gesture="once"' in form[: form.index(">")], name
