"""All writes of gestures: make, undo, make undone again. Each in one transaction with its audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mesoplan.web.accounts.models import User
from mesoplan.web.audit.actions import record
from mesoplan.web.gestures.models import Gesture
from mesoplan.web.gestures.posted import UNSENT, Posted
from mesoplan.web.gestures.sheet import Sheet, sheet_of, undone_batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The gestures on one form: their table, the row they belong to, and how the audit names it.

    ``owner`` is a row with a ``code``; ``field`` the name of the foreign key to it; ``clinic`` and
    ``patient`` are codes. ``marks`` are columns that every gesture made here carries, such as in
    which hand-over the patient made it; undo and redo reach no gesture with other marks.
    """

    table: type[Gesture]
    field: str
    owner: models.Model
    clinic: str
    patient: str
    marks: tuple[tuple[str, object], ...] = ()

    @property
    def subject(self) -> str:
        """Kind and code of the owner, as the audit names it."""
        return f"{self.owner._meta.model_name} {self.owner.code}"  # type: ignore[attr-defined]  # noqa: SLF001

    def rows(self) -> models.QuerySet[Gesture]:
        """All gestures of this form in order, with their users."""
        return self.table._default_manager.filter(**{self.field: self.owner}).select_related("by")  # noqa: SLF001

    def is_own(self, gesture: Gesture, by: User) -> bool:
        """Whether a gesture is this user's to take back, made here."""
        marks = all(getattr(gesture, name) == value for name, value in self.marks)
        return marks and gesture.by_id == by.pk

    def sheet(self) -> Sheet:
        """The form as it stands."""
        return sheet_of(self.rows())

    def shown(self, seen: int | None) -> Sheet:
        """The form as a page of that version showed it; as it stands where none is known."""
        return self.sheet() if seen is None else sheet_of(self.rows().filter(number__lte=seen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwritten:
    """A key that somebody else had changed since the page was made, and was changed again now."""

    key: str
    theirs: object
    by: str

    @property
    def words(self) -> str:
        """What happened, for whoever did it."""
        return _(
            "%(name)s had changed this meanwhile. Your entry replaced it; Undo brings it back."
        ) % {"name": self.by}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The form after a gesture, and what of others it replaced."""

    sheet: Sheet
    overwritten: tuple[Overwritten, ...] = ()


@transaction.atomic
def write(
    *,
    journal: Journal,
    values: Mapping[str, Any],
    by: User,
    sent: Posted = UNSENT,
    said_by: str = "",
    action: str = "gesture.write",
    again: bool = False,
) -> Written:
    """Write what changed of ``values`` (``None`` clears a key) as one batch.

    Values equal to what stands are left alone, so a whole form can be sent; with ``again`` they
    are written too: the same answer, given once more by somebody on another day. A batch that is
    already there is taken as ``sent`` twice, and nothing is written. Keys that others changed after
    the version that the page showed are written all the same, and reported. A gesture that a tablet
    kept has the time at which it was made, but none before the last one of the same key. The
    owner's row is locked, so two gestures on one form follow one another.
    """
    _lock(journal)
    rows = list(journal.rows())
    sheet, batch = sheet_of(rows), sent.batch or uuid4()
    if any(row.batch == batch for row in rows):
        return Written(sheet=sheet)
    changed = {key: value for key, value in values.items() if again or sheet.value(key) != value}
    if not changed:
        return Written(sheet=sheet)
    made_at, last = sent.at, {row.key: row.at for row in rows}
    for key, value in changed.items():
        at = max(made_at, last.get(key, made_at))
        _add(journal, batch=batch, key=key, value=value, said_by=said_by, by=by, at=at)
    record(
        action=action,
        by=by.username,
        clinic=journal.clinic,
        subject=journal.subject,
        patient=journal.patient,
        detail={"batch": str(batch), "values": changed, "said_by": said_by},
    )
    overwritten = tuple(
        Overwritten(key=key, theirs=entered.value, by=entered.by)
        for key in changed
        if (entered := sheet.entries.get(key)) is not None
        and sent.seen is not None
        and entered.number > sent.seen
        and entered.by_id != by.pk
    )
    return Written(sheet=journal.sheet(), overwritten=overwritten)


@transaction.atomic
def undo(*, journal: Journal, by: User) -> Sheet:
    """Take back this user's last batch that counts; nothing where there is none."""
    _lock(journal)
    rows = list(journal.rows())
    undone = undone_batches(rows)
    last = next(
        (
            row.batch
            for row in reversed(rows)
            if journal.is_own(row, by) and row.undoes is None and row.batch not in undone
        ),
        None,
    )
    return journal.sheet() if last is None else _take_back(journal, last, by, "gesture.undo")


@transaction.atomic
def redo(*, journal: Journal, by: User) -> Sheet:
    """Take back this user's last undo, unless the user wrote something new after it."""
    _lock(journal)
    rows = [row for row in journal.rows() if journal.is_own(row, by)]
    undone = undone_batches(rows)
    written = [row for row in rows if row.undoes is None]
    ordinary = {row.batch for row in written}
    last = next(
        (row for row in reversed(rows) if row.undoes in ordinary and row.batch not in undone), None
    )
    if last is None or (written and written[-1].number > last.number):
        return journal.sheet()
    return _take_back(journal, last.batch, by, "gesture.redo")


def _take_back(journal: Journal, batch: UUID, by: User, action: str) -> Sheet:
    _add(journal, batch=uuid4(), undoes=batch, by=by, at=timezone.now())
    record(
        action=action,
        by=by.username,
        clinic=journal.clinic,
        subject=journal.subject,
        patient=journal.patient,
        detail={"batch": str(batch)},
    )
    return journal.sheet()


def _add(journal: Journal, **columns: Any) -> None:  # noqa: ANN401 - the columns of a gesture
    of_form = {journal.field: journal.owner, **dict(journal.marks)}
    journal.table(**of_form, **columns).save(force_insert=True)


def _lock(journal: Journal) -> None:
    manager = type(journal.owner)._default_manager  # noqa: SLF001
    manager.select_for_update(no_key=True).get(pk=journal.owner.pk)
