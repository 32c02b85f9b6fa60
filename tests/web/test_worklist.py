"""The worklist: who is to be asked how it went, the longest overdue first, page by page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.models import Contact
from mesoplan.web.courses.queries.worklist import ON_A_PAGE, worklist
from tests.lib.clinic import a_finalised_session, a_patient, a_released_plan

Queries = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def contact(clinic: Clinic, physician: User) -> Contact:
    """The first time that a patient is to be asked, after a session given a moment ago."""
    patient = a_patient(clinic, physician)
    session = a_finalised_session(a_released_plan(patient, physician), physician)
    first = session.contacts.order_by("due").first()
    assert first is not None
    return first


def test_the_worklist_shows_overdue_first_and_one_kind_alone(
    browser: Client, contact: Contact, clinic: Clinic
) -> None:
    past = local_today(clinic) - timedelta(days=30)
    late = Contact.objects.exclude(pk=contact.pk).order_by("due").first()
    assert late is not None
    Contact.objects.filter(pk=late.pk).update(due=past, latest=past)
    page = browser.get(reverse("follow-ups")).content.decode()
    assert page.index("Overdue") < page.index(late.code) < page.index(contact.code)
    one = browser.get(reverse("follow-ups"), {"kind": "follow-up-48-h"}).content.decode()
    assert contact.code in one
    assert late.code not in one
    assert browser.get(reverse("follow-ups"), {"kind": "x", "after": "'"}).status_code == 200


def test_what_is_overdue_stands_first_whatever_the_page(contact: Contact, clinic: Clinic) -> None:
    """A check that was due long ago but may still be made filled the first page alone."""
    today = local_today(clinic)

    def made(due: int, latest: int) -> Contact:
        return Contact.objects.create(
            clinic=clinic,
            patient=contact.patient,
            session=contact.session,
            what="report",
            due=today + timedelta(days=due),
            latest=today + timedelta(days=latest),
        )

    in_time = [made(-9 - number % 5, 30) for number in range(ON_A_PAGE + 9)]
    overdue = [made(-2, -1), made(-3, -1)]
    seen: list[Contact] = []
    pages, after = 0, ""
    while pages == 0 or after:
        page = worklist(clinic, kind="report", after=after)
        seen += [row.contact for group in page.groups for row in group.rows]
        pages, after = pages + 1, page.following
        if pages == 1:
            assert page.groups[0].name == "overdue"
            assert [row.contact for row in page.groups[0].rows] == list(reversed(overdue))
    assert pages == 2
    assert len(seen) == len(set(seen)) == len(in_time) + len(overdue)
    assert [one.due for one in seen[2:]] == sorted(one.due for one in in_time)


def test_the_worklist_costs_the_same_for_one_row_and_for_many(
    browser: Client, contact: Contact, django_assert_num_queries: Queries
) -> None:
    browser.get(reverse("follow-ups"))
    with django_assert_num_queries(COST):
        browser.get(reverse("follow-ups"))
    for n in range(30):
        Contact.objects.create(
            clinic=contact.clinic,
            patient=contact.patient,
            session=contact.session,
            what="report",
            due=contact.due + timedelta(days=n),
            latest=contact.latest + timedelta(days=n),
        )
    with django_assert_num_queries(COST):
        browser.get(reverse("follow-ups"))


COST = 5
"""Browser session, person, roles, clinic's second factor, contacts."""
