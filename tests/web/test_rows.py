"""Forcing tests of the tables: each says whether its rows can change, and the database holds it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

OURS = ("accounts", "audit", "patients", "courses")

APPEND_ONLY = {
    "audit.Event",
    "patients.AnswerGesture",
    "patients.Document",
    "courses.CourseGesture",
    "courses.ConsentGesture",
    "courses.SessionGesture",
    "courses.ContactGesture",
    "courses.PlanVersion",
    "courses.PlanWithdrawal",
    "courses.ConsentWithdrawal",
    "courses.Amendment",
    "courses.Reaction",
    "courses.ReactionNote",
}
"""Rows that are never changed or deleted."""

SEALED = {"courses.Consent", "courses.Session", "courses.Contact", "courses.Task"}
"""Rows that stand once they are closed, and are never deleted."""

EDITABLE = {
    "accounts.Clinic": "address and policy change; the audit keeps before and after",
    "accounts.User": "people change names, passwords and roles",
    "accounts.UserRole": "follows what a person may do",
    "audit.Head": "moves with each event",
    "patients.Patient": "a name can be corrected; the audit keeps before and after",
    "patients.SearchKey": "follows the name",
    "patients.HandOver": "ends when the tablet comes back",
    "courses.Course": "its state and title follow from what is in it",
}
"""Rows that may change, and why that is no loss."""


def test_every_table_says_whether_its_rows_can_change() -> None:
    ours = {model._meta.label for app in OURS for model in apps.get_app_config(app).get_models()}
    assert APPEND_ONLY | SEALED | set(EDITABLE) == ours


def triggers(table: str) -> set[str]:
    """The triggers that the database itself has on that table."""
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(APPEND_ONLY | SEALED))
def test_the_database_itself_refuses_a_change(label: str) -> None:
    table = apps.get_model(label)._meta.db_table
    assert {f"{table}_no_update", f"{table}_no_delete"} <= triggers(table)


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(EDITABLE))
def test_a_table_that_may_change_has_no_trigger(label: str) -> None:
    assert triggers(apps.get_model(label)._meta.db_table) == set()
