"""The chain of the audit grows by one transaction at a time, and nothing in it can be changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from mesoplan.web.audit.actions import record
from mesoplan.web.audit.models import Event


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
