"""The chain can only grow; its head is there from the start."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from mesoplan.web.audit.append_only import append_only
from mesoplan.web.audit.chain import GENESIS


def begin(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("audit", "Head").objects.create(id=1, number=0, digest=GENESIS)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        append_only("audit_event"),
    ]
