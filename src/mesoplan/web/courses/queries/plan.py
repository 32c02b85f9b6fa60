"""Reads of plans: the draft as it stands, the page of a plan, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mesoplan.web.accounts.clock import local_today
from mesoplan.web.courses.mapping.draft import Draft, draft_of
from mesoplan.web.courses.mapping.options import Way, ways
from mesoplan.web.courses.mapping.plan_numbers import Nudge, Number
from mesoplan.web.courses.mapping.plan_page import PlanView, ZoneView, plan_view
from mesoplan.web.courses.mapping.plan_rows import NUMBERS, Change, Row, changed_rows, changes
from mesoplan.web.courses.mapping.refusal_page import RefusalView, refusal_view
from mesoplan.web.courses.mapping.request import WISHES, overlaid, restoring, zone_numbers
from mesoplan.web.courses.models import Course, PlanVersion
from mesoplan.web.courses.queries.course import current_plan, is_open, request_sheet
from mesoplan.web.gestures.sheet import Sheet
from mesoplan.web.patients.mapping import knowledge
from mesoplan.web.patients.queries import answers as answers_of


def draft(course: Course, *, request: Sheet | None = None) -> Draft:
    """What the core says today to this course. ``request`` where it was read already."""
    return draft_of(
        course=course,
        answers=answers_of(course.patient),
        request=request or request_sheet(course),
        at=local_today(course.patient.clinic),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What has changed since a plan was released.

    ``is_older`` says that the knowledge base has a newer release; ``rows`` and ``changes`` what
    the core says today to the same request; ``is_plan`` whether that still is a plan.
    """

    is_older: bool
    is_plan: bool
    rows: tuple[Row, ...]
    changes: tuple[Change, ...]

    @property
    def is_anything(self) -> bool:
        """Whether the plan should be screened again."""
        return not self.is_plan or self.is_older or bool(self.rows) or bool(self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What could not be taken as meant, by key: why, and the text as it was typed."""

    errors: Mapping[str, str]
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice of technique or mixture: the gesture's key, what is wished, what there is."""

    key: str
    wished: str
    options: tuple[tuple[str, str], ...]
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRow:
    """A number of a zone in the table: its words, and how it is changed where it can be."""

    name: str
    label: str
    number: Number
    nudge: Nudge | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePage:
    """A zone with what can be changed in it; nothing in a released plan."""

    view: ZoneView
    rows: tuple[NumberRow, ...]
    technique: Choice | None = None
    mixture: Choice | None = None
    is_wished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """The page of a plan: a live draft, or a released version as paper."""

    sheet: Sheet
    draft: Draft | None
    version: PlanVersion | None
    current: PlanVersion | None
    versions: tuple[PlanVersion, ...]
    is_open: bool
    is_draft: bool
    state: str
    view: PlanView | None = None
    zones: tuple[ZonePage, ...] = ()
    refusal: RefusalView | None = None
    since: Since | None = None

    @property
    def is_current(self) -> bool:
        """Whether the version shown is the one in force."""
        return self.version is not None and _is(self.version, self.current)

    @property
    def earlier(self) -> tuple[PlanVersion, ...]:
        """The versions that are not shown here."""
        shown = self.version or self.current
        return tuple(one for one in self.versions if not _is(one, shown))


def versions_of(course: Course) -> tuple[PlanVersion, ...]:
    """The released plans of a course, the newest first, without their printed pages."""
    found = course.plans.select_related("withdrawal__by", "released_by", "document")
    return tuple(found.defer("document__content"))


def plan_page(course: Course, *, number: int = 0, wrong: Wrong | None = None) -> PlanPage:
    """The plan of a course: the draft where it is being made or changed, else what is in force.

    ``number`` asks for one released version; ``wrong`` is what could not be taken as meant.
    """
    sheet, answers = request_sheet(course), answers_of(course.patient)
    versions, current = versions_of(course), current_plan(course)
    may_edit = is_open(course, sheet, current)
    shown = next((one for one in versions if one.number == number), None)
    if shown is None and not number and not may_edit:
        shown = current or (versions[0] if versions else None)
    page = PlanPage(
        sheet=sheet,
        draft=None,
        version=shown,
        current=current,
        versions=versions,
        is_open=may_edit,
        is_draft=shown is None,
        state=state_of(sheet, answers, versions, current),
    )
    if shown is not None:
        view = plan_view(shown.decision, range(1, len(shown.decision["plan"]["zones"]) + 1))
        zones = tuple(_read_only(zone) for zone in view.zones)
        since = changed_since(course, shown) if _is(shown, current) else None
        return replace(page, view=view, zones=zones, since=since)
    at = local_today(course.patient.clinic)
    found = draft_of(course=course, answers=answers, request=sheet, at=at)
    return _with_draft(page, found, wrong)


def _is(one: PlanVersion, other: PlanVersion | None) -> bool:
    return other is not None and one.pk == other.pk


def state_of(
    sheet: Sheet, answers: Sheet, versions: tuple[PlanVersion, ...], current: PlanVersion | None
) -> str:
    """A short text that is another one as soon as anything that the page shows has changed."""
    newest = versions[0].number if versions else 0
    return f"{sheet.version}-{answers.version}-{newest}-{current.number if current else 0}"


def plan_state(course: Course) -> str:
    """``PlanPage.state``, without the plan."""
    return state_of(
        request_sheet(course),
        answers_of(course.patient),
        versions_of(course),
        current_plan(course),
    )


def _with_draft(page: PlanPage, found: Draft, wrong: Wrong | None) -> PlanPage:
    page, record = replace(page, draft=found), found.record
    if record is None:
        return page
    keys = zone_numbers(page.sheet)
    if record["outcome"] != "plan":
        wished = [key for key in keys if _wishes(page.sheet, key)]
        return replace(page, refusal=refusal_view(record, wished if page.is_open else ()))
    view = plan_view(record, keys)
    here = ways(found) if page.is_open else ()
    zones = tuple(
        _zone_page(page, zone, here[place] if here else (), wrong)
        for place, zone in enumerate(view.zones)
    )
    return replace(page, view=view, zones=zones)


def _zone_page(
    page: PlanPage, zone: ZoneView, here: tuple[Way, ...], wrong: Wrong | None
) -> ZonePage:
    if not page.is_open:
        return _read_only(zone)
    nudges = {name: _with_error(nudge, wrong) for name, nudge in zone.nudges.items()}
    techniques = {
        way.technique: way.technique_label for way in here if way.mixture == zone.mixture_id
    }
    mixtures = {way.mixture: way.mixture_label for way in here}
    return ZonePage(
        view=zone,
        rows=_rows(zone, nudges),
        technique=_choice(page.sheet, zone.key, "technique", techniques, wrong),
        mixture=_choice(page.sheet, zone.key, "mixture", mixtures, wrong),
        is_wished=_wishes(page.sheet, zone.key),
    )


def _read_only(zone: ZoneView) -> ZonePage:
    return ZonePage(view=zone, rows=_rows(zone, {}))


def _rows(zone: ZoneView, nudges: Mapping[str, Nudge]) -> tuple[NumberRow, ...]:
    return tuple(
        NumberRow(name=name, label=str(label), number=zone.numbers[name], nudge=nudges.get(name))
        for name, label in NUMBERS.items()
        if name in zone.numbers
    )


def _choice(
    sheet: Sheet, zone: int, name: str, options: Mapping[str, str], wrong: Wrong | None
) -> Choice | None:
    key = f"zone.{zone}.{name}"
    if len(options) < len(("one", "other")) and not sheet.text(key):
        return None
    return Choice(
        key=key,
        wished=sheet.text(key),
        options=tuple(options.items()),
        error=wrong.errors.get(key, "") if wrong else "",
    )


def _with_error(nudge: Nudge, wrong: Wrong | None) -> Nudge:
    if wrong is None or nudge.key not in wrong.errors:
        return nudge
    return replace(nudge, error=wrong.errors[nudge.key], typed=wrong.typed.get(nudge.key, ""))


def _wishes(sheet: Sheet, zone: int) -> bool:
    return any(name in WISHES for name in sheet.under(f"zone.{zone}"))


def changed_since(course: Course, version: PlanVersion) -> Since:
    """What the core says today, with today's answers, to the request of a released plan.

    Nothing may be done by a plan of which ``is_anything`` is true: it is screened again first.
    """
    sheet = request_sheet(course)
    today = draft_of(
        course=course,
        answers=answers_of(course.patient),
        request=overlaid(sheet, restoring(sheet, version.case)),
        at=local_today(course.patient.clinic),
    )
    is_older = version.knowledge_release != knowledge().release
    if today.record is None:
        return Since(is_older=is_older, is_plan=False, rows=(), changes=())
    return Since(
        is_older=is_older,
        is_plan=today.plan is not None,
        rows=changed_rows(version.decision, today.record),
        changes=changes(version.decision, today.record),
    )
