"""Answers and printed documents are never changed or deleted."""

from django.db import migrations

from mesoplan.web.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]

    operations = [append_only("patients_answergesture"), append_only("patients_document")]
