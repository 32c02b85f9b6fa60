"""Reads of reactions: one by its code, and those of a course with how they went on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404

from mesoplan.web.accounts.models import User
from mesoplan.web.courses.mapping.followup import CAUSES, OUTCOMES, OVER, SEVERITIES
from mesoplan.web.courses.mapping.words import label_of
from mesoplan.web.courses.models import Course, Reaction, ReactionNote

MOST_SHOWN = 100
"""Reactions on a page; the export has all of them."""


def reaction_of(code: str, user: User) -> Reaction:
    """The reaction of that code in this person's clinic.

    Raises:
        Http404: there is no such reaction in this clinic.
    """
    found = (
        Reaction.objects.select_related("patient__clinic", "session__course")
        .defer("session__record", "session__verification")
        .filter(code=code, patient__clinic=user.clinic)
        .first()
    )
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionView:
    """A reaction in words, with its notes in order."""

    reaction: Reaction
    name: str
    cause: str
    severity: str
    session_number: int
    notes: tuple[ReactionNote, ...]

    @property
    def outcome(self) -> str:
        """Code of the last outcome that was noted, empty where there is none."""
        return self.notes[-1].outcome if self.notes else ""

    @property
    def outcome_words(self) -> str:
        """The last outcome in words."""
        return str(OUTCOMES.get(self.outcome, self.outcome))

    @property
    def is_over(self) -> bool:
        """Whether nobody has to look at it again."""
        return self.outcome in OVER


def reaction_views(rows: Iterable[Reaction]) -> tuple[ReactionView, ...]:
    """Reactions, loaded with session number and notes, as pages show them."""
    return tuple(
        ReactionView(
            reaction=row,
            name=label_of("reactions", row.name) if row.name else row.words,
            cause=str(CAUSES[row.cause]),
            severity=str(SEVERITIES[row.severity]),
            session_number=row.session.number,
            notes=tuple(row.notes.all()),
        )
        for row in rows
    )


def reactions_of_course(course: Course) -> tuple[ReactionView, ...]:
    """The newest reactions of a course, in two queries."""
    rows = (
        Reaction.objects.filter(session__course=course)
        .select_related("by", "session", "contact")
        .only(
            "code",
            "name",
            "words",
            "zone",
            "lot",
            "device",
            "cause",
            "severity",
            "began_on",
            "at",
            "by__name",
            "session__number",
            "session__code",
            "contact__code",
        )
        .prefetch_related("notes__by")[:MOST_SHOWN]
    )
    return reaction_views(rows)
