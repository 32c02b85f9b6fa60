"""Gestures, released plans and what is added later are never changed or deleted.

Consents, sessions, contacts and tasks are sealed: once signed, finalised or closed they stand,
and take no further gesture.
"""

from django.db import migrations

from mesoplan.web.audit.append_only import append_only, ends_with, sealed_by


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]

    operations = [
        *(
            append_only(f"courses_{table}")
            for table in (
                "coursegesture",
                "consentgesture",
                "sessiongesture",
                "contactgesture",
                "planversion",
                "planwithdrawal",
                "consentwithdrawal",
                "amendment",
                "reaction",
                "reactionnote",
            )
        ),
        *(
            sealed_by(f"courses_{table}", "sealed_at")
            for table in ("consent", "session", "contact", "task")
        ),
        *(
            ends_with(
                f"courses_{owner}gesture",
                field=f"{owner}_id",
                owner=f"courses_{owner}",
                column="sealed_at",
            )
            for owner in ("consent", "session", "contact")
        ),
    ]
