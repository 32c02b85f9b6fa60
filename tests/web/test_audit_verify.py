"""`mesoplan audit verify` finds what was done behind the chain's back: the law, case by case."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction

from mesoplan.web.audit.actions import record
from mesoplan.web.audit.checkpoints import checkpoint_file, checkpoints, write_checkpoint
from mesoplan.web.audit.models import Event, Head
from mesoplan.web.audit.queries import verify_chain
from tests.lib.inside import run_inside
from tests.lib.served import Served

pytestmark = pytest.mark.django_db

EVENTS = 7


@pytest.fixture(autouse=True)
def chain() -> None:
    """A chain of seven events, with nobody's checkpoints."""
    checkpoint_file().unlink(missing_ok=True)
    for number in range(1, EVENTS + 1):
        with transaction.atomic():
            record(action=f"act-{number}", by="anna", clinic="c", detail={"value": number})


def without_triggers(act: Callable[[], object]) -> None:
    """Do what a person with the database password would do: take the triggers off first."""
    on_table = " ON audit_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for trigger in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER audit_event_no_{trigger}{on_table}")
    act()


def faults() -> list[int]:
    return [fault.number for fault in verify_chain().faults]


def test_an_untouched_chain_is_unbroken() -> None:
    report = verify_chain()
    assert report.is_unbroken
    assert report.events == EVENTS


@pytest.mark.hazard("H-022")
@pytest.mark.parametrize("number", range(1, EVENTS + 1))
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "other"),
        ("by", "luca"),
        ("clinic", "d"),
        ("patient", "p"),
        ("subject", "s"),
        ("detail", {"value": 99}),
        ("at", "2020-01-01T00:00:00Z"),
    ],
)
def test_a_changed_event_is_found(number: int, column: str, value: object) -> None:
    without_triggers(lambda: Event.objects.filter(number=number).update(**{column: value}))
    assert number in faults()


@pytest.mark.hazard("H-022")
@pytest.mark.parametrize("number", range(1, EVENTS + 1))
def test_a_deleted_event_is_found(number: int) -> None:
    without_triggers(lambda: Event.objects.filter(number=number).delete())
    assert faults()


@pytest.mark.hazard("H-022")
def test_two_events_in_the_other_order_are_found() -> None:
    def swap() -> None:
        Event.objects.filter(number=3).update(number=100)
        Event.objects.filter(number=4).update(number=3)
        Event.objects.filter(number=100).update(number=4)

    without_triggers(swap)
    assert 3 in faults()
    assert 4 in faults()


@pytest.mark.hazard("H-022")
def test_a_chain_hashed_again_under_another_key_is_found() -> None:
    """Whoever has the database, but not the key file, cannot forge a chain that holds."""
    from mesoplan.web.audit.chain import GENESIS, Link

    def forge() -> None:
        previous = GENESIS
        for event in Event.objects.order_by("number"):
            detail = {"value": 0} if event.number == 2 else event.detail
            link = Link(
                number=event.number,
                at=event.at,
                clinic=event.clinic,
                by=event.by,
                action=event.action,
                subject=event.subject,
                patient=event.patient,
                detail=detail,
                previous=previous,
            )
            digest = link.digest("a guessed key")
            Event.objects.filter(number=event.number).update(
                detail=detail, previous=previous, digest=digest
            )
            previous = digest
        Head.objects.update(digest=previous)

    without_triggers(forge)
    assert faults()


@pytest.mark.hazard("H-022")
def test_an_end_cut_off_together_with_the_head_is_found_by_the_checkpoint() -> None:
    write_checkpoint()
    kept = Event.objects.get(number=EVENTS - 2)

    def cut() -> None:
        Event.objects.filter(number__gt=kept.number).delete()
        Head.objects.update(number=kept.number, digest=kept.digest)

    without_triggers(cut)
    assert faults() == [EVENTS]


def test_an_end_cut_off_is_found_after_others_took_its_numbers() -> None:
    """Somebody signs in, Mesoplan starts anew: the same number has two checkpoints."""
    write_checkpoint()
    kept = Event.objects.get(number=EVENTS - 1)

    def cut() -> None:
        Event.objects.filter(number__gt=kept.number).delete()
        Head.objects.update(number=kept.number, digest=kept.digest)

    without_triggers(cut)
    with transaction.atomic():
        record(action="later", by="luca", clinic="c")
    write_checkpoint()
    assert faults() == [EVENTS]


def test_a_head_that_is_gone_is_a_fault() -> None:
    Head.objects.all().delete()
    (fault,) = verify_chain().faults
    assert "is gone" in fault.what


def test_a_checkpoint_after_one_that_was_cut_off_counts() -> None:
    """A full disk or a power failure leaves a part of a line."""
    checkpoint_file().write_bytes(b"1")
    write_checkpoint()
    assert [point.number for point in checkpoints()] == [EVENTS]
    assert verify_chain().is_unbroken


BESIDE = """
import threading
from django.db import connection, transaction
from mesoplan.web.audit import queries
from mesoplan.web.audit.actions import record
from mesoplan.web.audit.checkpoints import write_checkpoint
from mesoplan.web.upkeep.prepare import prepare
def work():
    for _ in range(3):
        with transaction.atomic():
            record(action="act", by="anna", clinic="c")
    write_checkpoint()
    connection.close()
def digest(event, found=queries._digest):
    if event.number == 2:
        writer = threading.Thread(target=work, daemon=True)
        writer.start()
        writer.join(timeout=10)
        assert not writer.is_alive(), "a writer has to wait for the verification"
    return found(event)
prepare()
work()
queries._digest = digest
report = queries.verify_chain()
print(report.events, report.faults)
"""
"""A verification while somebody writes: three more events and a checkpoint come after it began."""


def test_who_works_during_a_verification_breaks_no_chain(tmp_path: Path) -> None:
    """In a process of its own: within the transaction of a test there is nobody else."""
    assert run_inside(Served(data=tmp_path / "site"), BESIDE) == "3 ()\n"


def test_an_event_outside_a_transaction_is_refused() -> None:
    """Without a transaction the event could outlive what it tells of."""
    connection.in_atomic_block = False
    try:
        with pytest.raises(RuntimeError, match="in the transaction"):
            record(action="alone", by="anna", clinic="c")
    finally:
        connection.in_atomic_block = True


def test_what_is_rolled_back_leaves_no_event() -> None:
    class StopError(Exception):
        pass

    def fail() -> None:
        with transaction.atomic():
            record(action="undone", by="anna", clinic="c")
            raise StopError

    with pytest.raises(StopError):
        fail()
    assert not Event.objects.filter(action="undone").exists()
    assert verify_chain().is_unbroken
