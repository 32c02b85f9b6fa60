"""A backup of one installation, restored into a new place, is the same installation."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.lib.inside import run_inside
from tests.lib.installation import throwaway_postgresql
from tests.lib.served import Served

FILL = """
from django.db import transaction
from mesoplan.web.accounts.roles import Role
from tests.lib.clinic import a_clinic, a_patient, a_user
from tests.lib.treated import a_treated_patient
with transaction.atomic():
    clinic = a_clinic()
    user = a_user(clinic, Role.PHYSICIAN, Role.OWNER)
    a_treated_patient(clinic, user)
    for number in (1, 2):
        a_patient(clinic, user, family_name=f"Muster{number}", given_name="Zoë")
"""
"""People with a second factor; a patient with a session, a consent and a contact, all sealed."""

COUNT = """
import hashlib, json
from django.apps import apps
from mesoplan.web.upkeep.backup import LEFT_OUT
from mesoplan.web.upkeep.values import to_json
for model in sorted(apps.get_models(include_auto_created=True), key=lambda item: item._meta.label):
    if model._meta.label not in LEFT_OUT and model._meta.app_label != "audit":
        fields = [field.attname for field in model._meta.concrete_fields]
        found = model._base_manager.order_by("pk").values_list(*fields)
        rows = [[to_json(value) for value in row] for row in found]
        text = json.dumps(rows, sort_keys=True, default=str)
        print(model._meta.label, len(rows), hashlib.sha256(text.encode()).hexdigest())
"""
"""Every table of an installation: how many rows, and a digest of all of them. Not the audit."""

AUDIT = """
from mesoplan.web.audit.models import Event
for event in Event.objects.all():
    print(event.digest, event.action)
"""


BESIDE = """
import sys, threading
from pathlib import Path
from django.db import connection, transaction
from mesoplan.web.audit.actions import record
from mesoplan.web.audit.checkpoints import write_checkpoint
from mesoplan.web.upkeep import backup
def somebody():
    with transaction.atomic():
        record(action="beside", by="", clinic="")
    write_checkpoint()
    connection.close()
def models_at(migrations, found=backup.models_at):
    writer = threading.Thread(target=somebody, daemon=True)
    writer.start()
    writer.join(timeout=10)
    assert not writer.is_alive(), "a writer has to wait for the backup"
    return found(migrations)
backup.models_at = models_at
backup.make_backup(Path(sys.argv[1]))
"""
"""A backup while somebody writes: the event, and a checkpoint of it, come after its beginning."""


def is_continued(first: Served, second: Served) -> bool:
    """Whether the second has the first's audit, and after it that it was restored."""
    before, after = (run_inside(site, AUDIT).splitlines() for site in (first, second))
    (restored,) = after[len(before) :]
    return after[: len(before)] == before and restored.endswith(" backup.restore")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """An installation on SQLite with a clinic and three patients, one of them treated."""
    site = Served(data=tmp_path_factory.mktemp("backup") / "first")
    run_inside(
        site,
        "from mesoplan.web.upkeep.prepare import prepare; prepare()",
    )
    run_inside(site, FILL)
    return site


@pytest.fixture(scope="module")
def backup(filled: Served) -> Path:
    """A backup of it."""
    place = filled.data.parent / "clinic.mesoplan"
    done = filled.command("backup", str(place))
    assert done.returncode == 0, done.stderr
    return place


def test_a_restored_installation_has_every_row_of_the_first(
    filled: Served, backup: Path, tmp_path: Path
) -> None:
    second = Served(data=tmp_path / "second")
    done = second.command("restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert "unbroken" in done.stdout
    assert run_inside(second, COUNT) == run_inside(filled, COUNT)
    assert is_continued(filled, second)
    assert " backup.make\n" in run_inside(second, AUDIT)
    assert second.command("audit", "verify").returncode == 0


def test_a_restored_installation_goes_on_where_the_first_stopped(
    backup: Path, tmp_path: Path
) -> None:
    """New rows get new numbers, and the triggers hold in the new place too."""
    second = Served(data=tmp_path / "second")
    assert second.command("restore", str(backup)).returncode == 0
    run_inside(
        second,
        "from mesoplan.web.accounts.models import User\n"
        "from tests.lib.clinic import a_patient\n"
        "user = User.objects.get()\n"
        "assert a_patient(user.clinic, user, family_name='Neu').record_number == 4\n",
    )
    assert second.command("audit", "verify").returncode == 0


def test_a_backup_moves_from_sqlite_to_postgresql(
    filled: Served, backup: Path, tmp_path: Path
) -> None:
    address = throwaway_postgresql(tmp_path / "postgresql")
    second = Served(data=tmp_path / "second", environment={"MESOPLAN_DATABASE_URL": address})
    done = second.command("restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert run_inside(second, COUNT) == run_inside(filled, COUNT)
    again = tmp_path / "again.mesoplan"
    run_inside(second, BESIDE, str(again))
    third = Served(data=tmp_path / "third")
    done = third.command("restore", str(again))
    assert done.returncode == 0, done.stderr
    assert "unbroken" in done.stdout
    assert run_inside(third, COUNT) == run_inside(filled, COUNT)
    assert "beside" not in run_inside(third, AUDIT)


def test_a_backup_holds_up_nobody_and_is_of_one_moment(
    filled: Served, backup: Path, tmp_path: Path
) -> None:
    second, third = Served(data=tmp_path / "second"), Served(data=tmp_path / "third")
    assert second.command("restore", str(backup)).returncode == 0
    again = tmp_path / "again.mesoplan"
    run_inside(second, BESIDE, str(again))
    done = third.command("restore", str(again))
    assert done.returncode == 0, done.stderr
    assert "unbroken" in done.stdout
    assert run_inside(third, COUNT) == run_inside(filled, COUNT)
    assert "beside" in run_inside(second, AUDIT)
    assert "beside" not in run_inside(third, AUDIT)


def test_a_restore_that_fails_at_its_end_has_written_nothing(backup: Path, tmp_path: Path) -> None:
    """Rows without the keys that sign them would be a clinic that nobody can check."""
    second = Served(data=tmp_path / "second")
    failed = run_inside(
        second,
        "import sys\n"
        "from pathlib import Path\n"
        "from mesoplan.web.upkeep import restore\n"
        "def fails(place, content): raise OSError('no space left')\n"
        "restore.replace_file = fails\n"
        "try: restore.restore(Path(sys.argv[1]))\n"
        "except OSError as error: print(error)\n",
        str(backup),
    )
    assert failed == "no space left\n"
    done = second.command("restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert "unbroken" in done.stdout


def test_an_installation_is_backed_up_before_its_first_event(tmp_path: Path) -> None:
    """A key that no event has asked for yet is made for the backup."""
    first, second = Served(data=tmp_path / "first"), Served(data=tmp_path / "second")
    place = tmp_path / "empty.mesoplan"
    run_inside(
        first,
        "import sys\n"
        "from pathlib import Path\n"
        "from mesoplan.web.upkeep.prepare import prepare\n"
        "from mesoplan.web.upkeep.backup import make_backup\n"
        "prepare()\n"
        "make_backup(Path(sys.argv[1]))\n",
        str(place),
    )
    done = second.command("restore", str(place))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("last", [("contenttypes", None), ("accounts", "0001"), ("audit", "0001")])
def test_a_first_start_that_was_killed_is_taken_up_by_the_next(
    tmp_path: Path, last: tuple[str, str | None]
) -> None:
    site = Served(data=tmp_path / "site")
    run_inside(
        site,
        "from django.core.management import call_command\n"
        f"call_command('migrate', *filter(None, {last!r}), verbosity=0)\n",
    )
    run_inside(
        site,
        "from mesoplan.web.upkeep.prepare import prepare\n"
        "from django.core.cache import cache\n"
        "prepare()\n"
        "cache.set('there', 1)\n"
        "assert cache.get('there') == 1\n",
    )
    assert not (site.data / "backups").exists()


def test_a_backup_is_not_restored_over_a_clinic(filled: Served, backup: Path) -> None:
    before = run_inside(filled, COUNT)
    done = filled.command("restore", str(backup))
    assert done.returncode == 2
    assert "new place" in done.stderr
    assert run_inside(filled, COUNT) == before


@pytest.mark.parametrize("damage", ["cut", "changed", "no zip", "empty"])
def test_a_damaged_backup_is_refused_and_leaves_the_place_empty(
    backup: Path, tmp_path: Path, damage: str
) -> None:
    content = backup.read_bytes()
    bad = tmp_path / "bad.mesoplan"
    if damage == "cut":
        bad.write_bytes(content[: len(content) // 2])
    elif damage == "no zip":
        bad.write_text("a letter to the owner")
    elif damage == "empty":
        bad.write_bytes(b"")
    else:
        with zipfile.ZipFile(backup) as old, zipfile.ZipFile(bad, "w") as new:
            for item in old.namelist():
                text = old.read(item)
                changed = text.replace(b"Muster1", b"Muster9") if "patient" in item else text
                new.writestr(item, changed)
    second = Served(data=tmp_path / "second")
    done = second.command("restore", str(bad))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert second.command("restore", str(backup)).returncode == 0


def test_a_backup_never_writes_over_a_file(filled: Served, backup: Path) -> None:
    before = backup.read_bytes()
    done = filled.command("backup", str(backup))
    assert done.returncode == 2
    assert "already" in done.stderr
    assert backup.read_bytes() == before


def test_a_backup_is_readable_by_its_owner_alone(backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0


def test_an_older_database_is_backed_up_before_it_is_migrated(
    filled: Served, tmp_path: Path
) -> None:
    """Take the last migration of a table back, start again: a backup lies there first."""
    old = Served(data=tmp_path / "old")
    backup = tmp_path / "whole.mesoplan"
    assert filled.command("backup", str(backup)).returncode == 0
    assert old.command("restore", str(backup)).returncode == 0
    run_inside(
        old,
        "from django.core.management import call_command\n"
        "call_command('migrate', 'courses', '0001', verbosity=0)\n",
    )
    run_inside(
        old,
        "from mesoplan.web.upkeep.prepare import prepare; prepare()",
    )
    made = list((old.data / "backups").iterdir())
    assert len(made) == 1
    again = Served(data=tmp_path / "again")
    done = again.command("restore", str(made[0]))
    assert done.returncode == 0, done.stderr
    assert run_inside(again, COUNT) == run_inside(old, COUNT)


def test_a_database_of_a_newer_program_is_left_alone(filled: Served) -> None:
    run_inside(
        filled,
        "from django.db.migrations.recorder import MigrationRecorder\n"
        "from django.db import connection\n"
        "MigrationRecorder(connection).record_applied('courses', '9999_from_the_future')\n",
    )
    try:
        done = filled.command("serve", f"--port={filled.port}")
        assert done.returncode == 2
        assert "9999_from_the_future" in done.stderr
    finally:
        run_inside(
            filled,
            "from django.db.migrations.recorder import MigrationRecorder\n"
            "from django.db import connection\n"
            "MigrationRecorder(connection).record_unapplied('courses', '9999_from_the_future')\n",
        )
