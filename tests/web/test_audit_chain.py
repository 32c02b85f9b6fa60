"""The chain of the audit grows by one transaction at a time, and nothing in it can be changed."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from mesoplan.web.accounts.actions.clinic import choose_policy
from mesoplan.web.accounts.actions.people import change_roles
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.actions import record
from mesoplan.web.audit.models import Event
from mesoplan.web.audit.queries import verify_chain
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.models import Session
from mesoplan.web.patients.actions import change_identity
from tests.lib.clinic import a_finalised_session, a_patient, a_released_plan


@pytest.mark.django_db
def test_an_event_cannot_be_changed_in_the_database_itself() -> None:
    with transaction.atomic():
        record(action="test", by="anna", clinic="c")
    for statement in ("UPDATE audit_event SET action = 'other'", "DELETE FROM audit_event"):
        with (
            pytest.raises(DatabaseError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert [event.action for event in Event.objects.all()] == ["test"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a statement of SQLite alone")
@pytest.mark.django_db
def test_an_event_cannot_be_replaced_by_another() -> None:
    """SQLite deletes the row that is in the way, and asks no trigger of deletions."""
    with transaction.atomic():
        record(action="test", by="anna", clinic="c")
    columns = ", ".join(
        f'"{name}"' if name != "action" else "'other'"
        for name in (field.column for field in Event._meta.concrete_fields)
    )
    statement = f"INSERT OR REPLACE INTO audit_event SELECT {columns} FROM audit_event"  # noqa: S608
    with (
        pytest.raises(DatabaseError, match="never replaced"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert [event.action for event in Event.objects.all()] == ["test"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="statements of SQLite alone")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE OR REPLACE courses_session SET number = 1 WHERE sealed_at IS NULL",
        "UPDATE OR REPLACE courses_session SET id = id - 1 WHERE sealed_at IS NULL",
        "INSERT OR REPLACE INTO courses_session SELECT * FROM courses_session WHERE number = 1",
    ],
)
def test_a_row_that_is_sealed_cannot_be_replaced(
    clinic: Clinic, physician: User, statement: str
) -> None:
    plan = a_released_plan(a_patient(clinic, physician), physician)
    sealed = a_finalised_session(plan, physician)
    begin_session(course=plan.course, by=physician)
    with (
        pytest.raises(DatabaseError, match="never replaced"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Session.objects.filter(pk=sealed.pk, code=sealed.code).exists()
    assert Session.objects.count() == 2


@pytest.mark.parametrize("number", [-0.0, 1e16, 1e300, float("inf"), float("nan")])
@pytest.mark.django_db
def test_a_number_that_a_database_gives_back_otherwise_is_refused(number: float) -> None:
    """PostgreSQL keeps 1e16 as a whole number and forgets the sign of nought."""
    with pytest.raises(ValueError, match="given back otherwise"), transaction.atomic():
        record(action="test", by="anna", clinic="c", detail={"drawn": [{"at": number}]})
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_numbers_of_a_detail_stay_as_they_were_hashed() -> None:
    numbers = [0.1, 1e-7, 2.5e15, 3, -1.0, 1 / 3, True, 10**20]
    with transaction.atomic():
        record(action="test", by="anna", clinic="c", detail={"drawn": numbers})
    assert verify_chain().is_unbroken


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_no_writer_locks_a_key_that_a_holder_of_the_head_has_to_point_to(
    clinic: Clinic, physician: User
) -> None:
    """One waits for the head with the clinic locked, one has the head and adds to the clinic."""
    with CaptureQueriesContext(connection) as queries:
        patient = a_patient(clinic, physician)
        a_finalised_session(a_released_plan(patient, physician), physician)
        change_identity(patient=patient, changes={"gender": "female"}, by=physician)
        change_roles(person=physician, roles=[Role.OWNER, Role.PHYSICIAN, Role.NURSE], by=physician)
        choose_policy(clinic=clinic, policy="it", by=physician)
    locks = [item["sql"] for item in queries if "FOR " in item["sql"] and "UPDATE" in item["sql"]]
    assert sum("FOR NO KEY UPDATE" in sql for sql in locks) >= 10
    assert all("FOR NO KEY UPDATE" in sql or '"audit_head"' in sql for sql in locks)
