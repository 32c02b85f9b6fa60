"""The chart of a course: what happened filled, what is planned outlined, and its one next act."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.mapping.chart import ChartScale
from mesoplan.web.courses.models import Contact, Course, PlanVersion, Session
from mesoplan.web.courses.queries.chart import DRAWN, chart
from mesoplan.web.courses.queries.timeline import (
    LEFT,
    RIGHT,
    SCORE_BOTTOM,
    SCORE_TOP,
    ScorePoint,
    axis_of,
    score_drawing,
)
from mesoplan.web.patients.mapping import knowledge
from tests.lib.clinic import (
    a_consent,
    a_course,
    a_finalised_session,
    a_patient,
    a_released_plan,
    a_user,
    signed_in,
)

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


def query_count(browser: Client, url: str) -> int:
    """How many queries a page takes, once what is kept in memory is there."""
    browser.get(url)
    with CaptureQueriesContext(connection) as seen:
        browser.get(url)
    return len(seen)


@pytest.fixture
def plan(clinic: Clinic, physician: User) -> PlanVersion:
    return a_released_plan(a_patient(clinic, physician), physician)


def shown(plan: PlanVersion) -> Any:
    return chart(Course.objects.select_related("patient__clinic").get(pk=plan.course_id))


def copies(
    session: Session,
    count: int,
    *,
    score: str = "5",
    scale: str = "nrs-pain",
    record: dict[str, Any] | None = None,
) -> None:
    """Further sessions of a course as rows, a week apart and in the past."""
    newest = session.course.sessions.order_by("-number").first()
    assert newest is not None
    now = timezone.now()
    Session.objects.bulk_create(
        Session(
            course=session.course,
            plan=session.plan,
            number=newest.number + n,
            begun_at=now - timedelta(days=7 * (count - n)),
            begun_by=session.begun_by,
            scale=scale,
            score=Decimal(score),
            record=session.record if record is None else record,
            digest=session.digest,
            document=session.document,
            sealed_at=now,
            sealed_by=session.begun_by,
        )
        for n in range(1, count + 1)
    )


def test_the_next_step_leads_through_the_course(plan: PlanVersion, physician: User) -> None:
    assert shown(plan).next_step.words == "consent"
    a_consent(plan, physician)
    assert (shown(plan).next_step.words, shown(plan).next_step.number) == ("begin", 1)
    a_finalised_session(plan, physician)
    found = shown(plan)
    assert (found.next_step.words, found.next_step.number) == ("begin", 2)
    assert found.repeat == found.last.code
    assert found.next_date == found.last.next_date


def test_an_open_session_is_gone_on_with_and_nothing_can_be_repeated(
    plan: PlanVersion, physician: User
) -> None:
    from mesoplan.web.courses.actions.session import begin_session

    a_finalised_session(plan, physician)
    begin_session(course=plan.course, by=physician)
    assert (shown(plan).next_step.words, shown(plan).repeat) == ("continue", "")


def test_a_course_without_a_plan_goes_on_with_its_request(clinic: Clinic, physician: User) -> None:
    course = a_course(a_patient(clinic, physician), physician)
    found = chart(course)
    assert (found.next_step.words, found.drawing) == ("request", None)
    page = signed_in(physician).get(reverse("chart", args=[course.code])).content.decode()
    assert "Nothing has happened in this course yet" in page


def test_what_was_given_is_filled_and_what_is_planned_outlined(
    plan: PlanVersion, physician: User
) -> None:
    planned = len(plan.decision["plan"]["sessions"])
    a_finalised_session(plan, physician)
    spots = shown(plan).drawing.sessions
    assert [(spot.number, spot.is_done) for spot in spots] == [
        (number, number == 1) for number in range(1, planned + 1)
    ]
    page = signed_in(physician).get(reverse("chart", args=[plan.course.code])).content.decode()
    assert page.count('<circle class="done"') == 1
    assert page.count('<circle class="plan"') == planned - 1


def test_a_change_inside_the_noise_band_is_not_called_one(
    plan: PlanVersion, physician: User
) -> None:
    session = a_finalised_session(plan, physician, score="7")
    assert shown(plan).change.inside is None, "one score alone is no change"
    copies(session, 1, score="6")
    found = shown(plan)
    assert (found.change.difference, found.change.inside) == (1, True)
    page = signed_in(physician).get(reverse("chart", args=[plan.course.code])).content.decode()
    assert "not called a change" in page
    copies(session, 1, score="5")
    assert (shown(plan).change.difference, shown(plan).change.inside) == (2, False)


def test_scores_of_another_scale_are_named_and_not_drawn_on_the_first(
    plan: PlanVersion, physician: User
) -> None:
    """14 on one scale and 3 on another stood in one column, as if the skin were better."""
    session = a_finalised_session(plan, physician, score="7")
    copies(session, 1, score="14", scale="mmasi")
    found = shown(plan)
    labels = knowledge().scales
    assert [(row.score, row.scale) for row in found.rows] == [
        (14, labels["mmasi"].label),
        (7, labels["nrs-pain"].label),
    ]
    assert len(found.drawing.score.points) == 1
    page = signed_in(physician).get(reverse("chart", args=[plan.course.code])).content.decode()
    assert f'14 <span class="quiet">{labels["mmasi"].label}</span>' in page


def test_a_session_stands_on_the_day_of_its_record_everywhere(
    plan: PlanVersion, physician: User
) -> None:
    """Begun the evening before or recorded later: the chart says the day that the paper says."""
    session = a_finalised_session(plan, physician)
    assert session.record is not None
    copies(session, 1, record={**session.record, "day": "2026-02-03"})
    found, day = shown(plan), date(2026, 2, 3)
    assert found.last_day == found.rows[0].day == day
    assert day in [spot.day for spot in found.drawing.sessions]
    place = found.drawing.axis.at(day)
    assert place in [dot.x for dot in found.drawing.score.points]


def test_a_score_told_on_the_telephone_is_drawn_hollow_and_stands_in_the_table(
    plan: PlanVersion, physician: User
) -> None:
    session = a_finalised_session(plan, physician)
    browser = signed_in(physician)
    url = reverse("chart", args=[plan.course.code])
    assert "Hollow points" not in browser.get(url).content.decode()
    contact = session.contacts.order_by("due")[0]
    told = {"whole": "1", "score.nrs-pain": "2"}
    browser.post(reverse("contact-edit", args=[contact.code]), told)
    browser.post(reverse("contact-close", args=[contact.code]))
    found = shown(plan)
    assert sorted(dot.is_session for dot in found.drawing.score.points) == [False, True]
    assert found.checks[0].score == 2
    page = browser.get(url).content.decode()
    assert "Hollow points" in page
    assert (page.count('"dot-1"'), page.count("dot-1--full")) == (1, 1)


def test_an_unknown_smallest_change_is_said_as_such(plan: PlanVersion, physician: User) -> None:
    session = a_finalised_session(plan, physician)
    copies(session, 1, score="2")
    Session.objects.filter(course=plan.course)
    found = shown(plan)
    scale = found.scale
    assert scale.noise == 2
    unknown = ChartScale(
        name=scale.name,
        label=scale.label,
        noise=None,
        low=scale.low,
        high=scale.high,
        lower_is_better=True,
        chip=None,
    )
    from django.template.loader import render_to_string

    text = render_to_string("courses/chart_change.html", {"scale": unknown, "change": found.change})
    assert "is not known for this scale" in text
    assert "±" not in text
    drawing = score_drawing(
        axis_of([date(2026, 1, 1)]),
        (ScorePoint(day=date(2026, 1, 1), value=Decimal(5), is_session=True),),
        unknown,
        first=Decimal(5),
    )
    assert drawing.band_height == ""


@given(days=st.lists(DAYS, min_size=1, max_size=20), other=DAYS)
def test_every_day_lies_on_the_line_and_later_days_lie_further(
    days: list[date], other: date
) -> None:
    axis = axis_of([*days, other])
    placed = [axis.x(day) for day in sorted(days)]
    assert placed == sorted(placed)
    assert all(LEFT < x < RIGHT for x in placed)
    assert len(re.findall("M", axis.ticks)) <= 42
    assert 1 <= len(axis.months) <= 13


@given(
    values=st.lists(st.decimals(0, 10, places=1), min_size=1, max_size=9),
    noise=st.none() | st.decimals(0, 5, places=1),
)
def test_scores_and_their_band_stay_inside_the_drawing(
    values: list[Decimal], noise: Decimal | None
) -> None:
    scale = ChartScale(
        name="x",
        label="X",
        noise=noise,
        low=Decimal(0),
        high=Decimal(10),
        lower_is_better=True,
        chip=None,
    )
    start = date(2026, 1, 1)
    points = tuple(
        ScorePoint(day=start + timedelta(days=n), value=value, is_session=True)
        for n, value in enumerate(values)
    )
    drawn = score_drawing(axis_of(point.day for point in points), points, scale, first=values[0])
    heights = [float(dot.y) for dot in drawn.points]
    assert all(SCORE_TOP <= y <= SCORE_BOTTOM for y in heights)
    if noise is not None:
        top, height = float(drawn.band_top), float(drawn.band_height)
        assert SCORE_TOP <= top <= heights[0] + 0.1
        assert top + height <= SCORE_BOTTOM + 0.2


def test_many_sessions_cost_as_many_queries_as_few_and_are_paged(
    plan: PlanVersion, physician: User
) -> None:
    session = a_finalised_session(plan, physician)
    copies(session, 2)
    browser = signed_in(physician)
    url = reverse("chart", args=[plan.course.code])
    few = query_count(browser, url)
    copies(session, 40)
    for other in plan.course.sessions.exclude(pk=session.pk):
        Contact.objects.create(
            clinic=plan.course.patient.clinic,
            patient=plan.course.patient,
            session=other,
            what="x",
            due=timezone.now().date(),
            latest=timezone.now().date(),
        )
    assert query_count(browser, url) == few > 0
    page = browser.get(url).content.decode()
    assert page.count('<th scope="row"><a href="/sessions/') == DRAWN
    before = 43 - DRAWN + 1
    assert f"?before={before}" in page
    earlier = browser.get(url, {"before": before}).content.decode()
    assert f">{before - 1}</a>" in earlier
    assert f">{before}</a>" not in earlier


@pytest.mark.parametrize("before", ["", "x", "-1", "0", "9" * 30, "١"])
def test_ugly_places_in_the_list_are_no_error(
    plan: PlanVersion, physician: User, before: str
) -> None:
    a_finalised_session(plan, physician)
    url = reverse("chart", args=[plan.course.code])
    assert signed_in(physician).get(url, {"before": before}).status_code == 200


def test_the_page_of_a_patient_shows_the_chart_to_those_who_may_see_it(
    plan: PlanVersion, physician: User, clinic: Clinic
) -> None:
    a_finalised_session(plan, physician)
    url = reverse("patient", args=[plan.course.patient.code])
    mine = signed_in(physician).get(url).content.decode()
    assert 'class="chart' in mine
    assert "Begin session 2" in mine
    assert mine.count("<h1") == 1
    front_desk = signed_in(a_user(clinic, Role.FRONT_DESK, name="Paul Meier"))
    theirs = front_desk.get(url)
    assert theirs.status_code == 200
    assert 'class="chart' not in theirs.content.decode()
    assert "Neck pain" not in theirs.content.decode()


def test_the_summary_holds_the_course_for_paper(plan: PlanVersion, physician: User) -> None:
    a_finalised_session(plan, physician)
    page = signed_in(physician).get(reverse("summary", args=[plan.course.code])).content.decode()
    assert "1 of 3 sessions given" in page
    assert "Sessions, the newest first" in page
