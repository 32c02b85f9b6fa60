"""The screening of the day: what is asked again before a session, and what the core says to it.

The core re-screens: answers that are asked at each session hold for the day on which they were
given, all others for the course. "Nothing changed" gives earlier answers for today once more, each
by the gesture that it confirms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from mesoplan.documents.case_file import Case, parse_toml
from mesoplan.documents.json_screening import screening_json
from mesoplan.planning import Refusal, RefusalCode, plan
from mesoplan.screening import Screening, screen
from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.vocabulary.finding import Verdict
from mesoplan.vocabulary.request import Practitioner
from mesoplan.web.courses.mapping.asks import Ask, asks
from mesoplan.web.courses.mapping.case import PLACE, case_of
from mesoplan.web.courses.models import PlanVersion
from mesoplan.web.gestures.sheet import Entered, Sheet
from mesoplan.web.patients.mapping import knowledge, patient_tables
from mesoplan.web.patients.models import Patient

UNCHANGED = "rescreening.unchanged"
"""Key of the session: the answers that were confirmed, by key, each with its gesture's number."""

SKIN = "facts.skin_problem_at_site"
"""The answer that findings on the skin belong to."""

NOBODY_WHO_TREATS = "Who treats is entered with a person who is no physician, nurse or assistant."
"""Said where the person who treats has no role in which anything is given."""

_FIT = frozenset({Verdict.ELIGIBLE, Verdict.CAUTION})
_OF_SCREENING = frozenset(
    {RefusalCode.CONTRAINDICATED, RefusalCode.DEFERRED, RefusalCode.UNDETERMINED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of the day.

    ``so_far`` is the answer that stands, ``said_on`` its day; ``state`` is ``open``, ``confirmed``
    or ``answered`` (anew, on the day itself).
    """

    ask: Ask
    label: str
    so_far: object
    said_on: date | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescreening:
    """The screening of the day.

    ``verdict`` is the one that decides; ``record`` the whole of it as JSON. ``problem`` says what
    of the answers cannot be read; then there is no verdict. ``refusals`` are reasons why the core
    would not plan this treatment today beyond the verdict, such as a limit that is passed.
    """

    day: date
    since: date | None
    asked: tuple[Asked, ...]
    verdict: str
    was: str
    record: Mapping[str, Any] | None
    refusals: tuple[str, ...] = ()
    problem: str = ""
    confirmed: Entered | None = None

    @property
    def is_open(self) -> bool:
        """Whether questions wait for an answer."""
        return self.record is not None and bool(self.record["missing"])

    @property
    def is_fit(self) -> bool:
        """Whether today's treatment may be given."""
        is_fit = self.verdict in {verdict.value for verdict in _FIT}
        return is_fit and not self.refusals and not self.problem

    @property
    def is_stop(self) -> bool:
        """Whether something beyond open questions stands against it."""
        return not self.is_fit and (not self.is_open or self._has_bar)

    @property
    def is_worse(self) -> bool:
        """Whether it is worse than what the plan was released with."""
        return bool(self.verdict) and Verdict(self.verdict).is_worse_than(Verdict(self.was))

    @property
    def _has_bar(self) -> bool:
        bars = {Verdict.DEFERRED.value, Verdict.CONTRAINDICATED.value}
        return self.verdict in bars or bool(self.refusals) or bool(self.problem)

    @property
    def confirmable(self) -> tuple[Asked, ...]:
        """What "nothing changed" can confirm: open questions with an earlier answer."""
        return tuple(
            item for item in self.asked if item.state == "open" and item.said_on is not None
        )


def rescreen(
    *,
    version: PlanVersion,
    patient: Patient,
    answers: Sheet,
    earlier: Sheet,
    session: Sheet,
    roles: frozenset[str] | None,
    day: date,
    zone: ZoneInfo,
) -> Rescreening:
    """The screening of exactly what is planned, on that day of the clinic.

    ``answers`` are all answers as they stand, ``earlier`` as they stood before that day; an
    earlier answer that stands no more is not taken back out of it. ``roles`` are those of the
    person who treats, ``None`` where nobody said who that is: then it is screened as planned.
    """
    confirmed = _confirmed(session, answers, day, zone)
    today = _only(answers, lambda key, item: _day(item, zone) >= day or key in confirmed)
    held = _only(earlier, lambda key, _: key in answers.entries)
    since = max((_day(item, zone) for item in held.entries.values()), default=None)
    screening = version.decision["screening"]
    was = screening["verdict_after_override"] or screening["verdict"]
    try:
        planned, practitioner = _practitioners(version, roles)
        screened = partial(_case, version, patient, practitioner=practitioner or planned)
        case = screened(today, day)
        previous = None
        if since is not None:
            before = screened(held, since)
            previous = screen(before.facts, case.request, knowledge(), at=since)
        bare = screened(_only(answers, lambda *_: False), day)
        empty = screen(bare.facts, case.request, knowledge(), at=day, previous=previous)
        found = screen(case.facts, case.request, knowledge(), at=day, previous=previous)
    except ClinicalInputError as error:
        return Rescreening(
            day=day, since=since, asked=(), verdict="", was=was, record=None, problem=error.message
        )
    return Rescreening(
        day=day,
        since=since,
        asked=tuple(
            _asked(ask, answers, today, confirmed, zone)
            for ask in asks(bare, empty, answers, most_leads=0)
        ),
        verdict=found.decides.value,
        was=was,
        record=_plain(screening_json(found)),
        refusals=_refusals(version, found, case) if practitioner else (NOBODY_WHO_TREATS,),
        confirmed=session.entries.get(UNCHANGED),
    )


def confirmation(
    found: Rescreening, answers: Sheet, session: Sheet, keys: Iterable[str]
) -> dict[str, Any]:
    """The value of the gesture that says of these answers that they hold today as well.

    What was confirmed on the same day stays. Findings on the skin are confirmed together with
    the question about the skin.
    """
    entry = session.entries.get(UNCHANGED)
    kept = entry.value if entry is not None and isinstance(entry.value, dict) else {}
    on = found.day.isoformat()
    numbers: dict[str, int] = dict(kept["answers"]) if kept.get("on") == on else {}
    wanted = [*keys]
    if SKIN in wanted:
        wanted += [key for key in answers.entries if key.startswith("site.")]
    numbers |= {key: answers.entries[key].number for key in wanted if key in answers.entries}
    since = found.since.isoformat() if found.since else None
    return {"on": on, "since": since, "answers": numbers}


def _practitioners(version: PlanVersion, roles: frozenset[str] | None) -> tuple[str, str]:
    """What was planned that the person who treats is, and what she is; empty where she may not."""
    planned: str = parse_toml(version.case.encode(), PLACE)["request"]["practitioner"]
    if roles is None or planned in roles:
        return planned, planned
    return planned, next((item.value for item in Practitioner if item.value in roles), "")


def _confirmed(session: Sheet, answers: Sheet, day: date, zone: ZoneInfo) -> frozenset[str]:
    """The keys whose answer was confirmed on the day, and has not changed since."""
    entry = session.entries.get(UNCHANGED)
    if entry is None or not isinstance(entry.value, dict) or _day(entry, zone) != day:
        return frozenset()
    numbers: Mapping[str, int] = entry.value["answers"]
    return frozenset(
        key
        for key, number in numbers.items()
        if key in answers.entries and answers.entries[key].number == number
    )


def _day(entry: Entered, zone: ZoneInfo) -> date:
    return entry.at.astimezone(zone).date()


def _only(sheet: Sheet, wanted: Any) -> Sheet:  # noqa: ANN401 - a condition on key and entry
    entries = {key: item for key, item in sheet.entries.items() if wanted(key, item)}
    return replace(sheet, entries=MappingProxyType(entries))


def _case(
    version: PlanVersion, patient: Patient, answers: Sheet, at: date, *, practitioner: str
) -> Case:
    """The case of the plan with these answers; each zone asks for exactly what was planned.

    Without that the core would look for another way of treating, and find the planned one no
    longer barred because it is no longer looked at.
    """
    kept = parse_toml(version.case.encode(), PLACE)
    planned = {zone["number"]: zone for zone in version.decision["plan"]["zones"]}
    zones = [
        {
            **zone,
            "technique": planned[number]["technique"],
            "mixture": planned[number]["mixture"]["id"],
        }
        for number, zone in enumerate(kept["request"]["zone"], 1)
    ]
    document = {
        "at": at,
        "policy": kept["policy"],
        **patient_tables(patient, answers),
        "request": {**kept["request"], "zone": zones, "practitioner": practitioner},
    }
    return case_of({**document, "override": kept["override"]} if "override" in kept else document)


def _refusals(version: PlanVersion, found: Screening, case: Case) -> tuple[str, ...]:
    if found.decides not in _FIT:
        return ()
    decision = plan(case.request, found.facts, knowledge(), at=found.at)
    if isinstance(decision, Refusal):
        return tuple(
            reason.message for reason in decision.reasons if reason.code not in _OF_SCREENING
        )
    # The core plans without a cream that it would not put on today; this one lies on the tray.
    planned = version.decision["plan"]["anaesthesia"]["cream"]
    cream = decision.anaesthesia.cream
    is_other = planned is not None and (cream is None or cream.id != planned)
    return (decision.anaesthesia.reason,) if is_other else ()


def _asked(
    ask: Ask, answers: Sheet, today: Sheet, confirmed: frozenset[str], zone: ZoneInfo
) -> Asked:
    definition = knowledge().facts.get(ask.fact)
    entry = answers.entries.get(ask.key)
    answered = "answered" if ask.key in today.entries else "open"
    return Asked(
        ask=ask,
        label=definition.label if definition else ask.question,
        so_far=entry.value if entry else None,
        said_on=_day(entry, zone) if entry else None,
        state="confirmed" if ask.key in confirmed else answered,
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
