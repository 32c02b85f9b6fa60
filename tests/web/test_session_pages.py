"""The pages of a session: who reaches them, what they say, and how little it takes."""

from __future__ import annotations

import re
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.actions.session_end import finalise
from mesoplan.web.courses.models import Session
from mesoplan.web.courses.queries.session import open_session
from tests.lib.clinic import a_clinic, a_user, signed_in
from tests.lib.treatment import (
    LOT,
    Clock,
    a_finalised_session,
    a_neck_plan,
    an_example_plan,
    complete,
    say,
    state,
)

pytestmark = pytest.mark.django_db

READS = ("session-record", "session-live")
WRITES = ("session-edit", "session-undo", "session-rescreen", "session-reaction")
ENDS = ("session-finalise", "session-untreated", "session-amend")
GESTURES = count(1)


@pytest.fixture
def session(clinic: Clinic, physician: User) -> Session:
    """The first session of a neck plan."""
    return begin_session(course=a_neck_plan(clinic, physician).course, by=physician)


def page_of(browser: Client, session: Session) -> str:
    answer = browser.get(reverse("session", args=[session.course.code]))
    assert answer.status_code == 200
    return answer.content.decode()


def tap(browser: Client, name: str, session: Session, **fields: str) -> Any:
    """One gesture, as htmx sends it."""
    data = {
        "gesture": str(UUID(int=next(GESTURES))),
        "gesture_field": next(iter(fields), ""),
        **fields,
    }
    headers = {"HX-Request": "true"}
    return browser.post(reverse(name, args=[session.code]), data, headers=headers)


@pytest.mark.parametrize("name", [*READS, *WRITES, *ENDS, "session-follow-plan"])
def test_a_session_of_another_clinic_is_not_found(session: Session, name: str) -> None:
    stranger = a_user(a_clinic(name="Elsewhere"), Role.PHYSICIAN, name="Dr Eva Stern")
    browser, url = signed_in(stranger), reverse(name, args=[session.code])
    assert (browser.get(url) if name in READS else browser.post(url)).status_code == 404
    course = reverse("session", args=[session.course.code])
    assert browser.get(course).status_code == 404
    assert browser.post(f"{course}/begin").status_code == 404


@pytest.mark.parametrize(
    ("role", "reads", "writes", "ends"),
    [
        (Role.PHYSICIAN, True, True, True),
        (Role.NURSE, True, True, False),
        (Role.ASSISTANT, True, True, False),
        (Role.FRONT_DESK, False, False, False),
        (Role.OWNER, False, False, False),
        (Role.REVIEWER, False, False, False),
    ],
)
def test_each_role_does_what_it_may(
    clinic: Clinic, session: Session, role: Role, *, reads: bool, writes: bool, ends: bool
) -> None:
    browser = signed_in(a_user(clinic, role, name="Kim Berg"))
    course = reverse("session", args=[session.course.code])
    assert (browser.get(course).status_code != 403) is reads
    assert (browser.get(reverse("session-live", args=[session.code])).status_code != 403) is reads
    for name in WRITES:
        answer = browser.post(reverse(name, args=[session.code]))
        assert (answer.status_code != 403) is writes, name
    for name in ENDS:
        answer = browser.post(reverse(name, args=[session.code]))
        assert (answer.status_code != 403) is ends, name


def test_a_nurse_is_told_who_finalises(clinic: Clinic, session: Session, physician: User) -> None:
    complete(session, physician)
    nurse = signed_in(a_user(clinic, Role.NURSE, name="Kim Berg"))
    assert "A physician finalises the session" in page_of(nurse, session)
    assert "Finalise session" in page_of(signed_in(physician), session)


def test_the_page_without_a_plan_says_what_makes_a_session_appear(
    clinic: Clinic, physician: User
) -> None:
    from tests.lib.clinic import a_course, a_patient

    course = a_course(a_patient(clinic, physician), physician)
    page = signed_in(physician).get(reverse("session", args=[course.code])).content.decode()
    assert "A session follows a released plan" in page
    assert "Begin the session" not in page


def test_whoever_is_shown_a_session_leaves_a_trace_and_a_page_that_learns_nothing_leaves_none(
    session: Session, physician: User
) -> None:
    def looks() -> int:
        return Event.objects.filter(action="course.read").count()

    browser, live = signed_in(physician), reverse("session-live", args=[session.code])
    page_of(browser, session)
    assert looks() == 1
    assert browser.get(live, {"version": state(session).version}).status_code == 204
    assert looks() == 1
    assert browser.get(live, {"version": "x"}).status_code == 200
    assert looks() == 2
    browser.get(reverse("session-finalise", args=[session.code]))
    assert looks() == 3
    tap(browser, "session-edit", session, **{"given.1.points": "much"})
    tap(browser, "session-edit", session, **{"given.9.points": "1"})
    tap(browser, "session-undo", session, redo="1")
    assert looks() == 6, "the whole page was sent, and nothing was written"
    tap(browser, "session-edit", session, **{"given.1.points": "7"})
    tap(browser, "session-undo", session)
    assert looks() == 6, "a gesture leaves its own trace"
    complete(session, physician)
    finalise(session=session, by=physician)
    assert browser.get(live, {"version": "x"}).status_code == 200
    assert looks() == 7
    assert browser.get(live, {"version": "sealed"}).status_code == 204
    browser.get(reverse("session-record", args=[session.code]))
    assert looks() == 8


def test_the_page_follows_what_others_enter(
    session: Session, physician: User, assistant: User
) -> None:
    browser = signed_in(physician)
    found = re.search(r'version="([^"]+)"', page_of(browser, session))
    assert found
    live = reverse("session-live", args=[session.code])
    assert browser.get(live, {"version": found[1]}).status_code == 204
    say(session, assistant, {"given.1.points": "7"})
    answer = browser.get(live, {"version": found[1]})
    assert answer.status_code == 200
    assert 'id="session"' in answer.content.decode()
    assert 'value="7"' in answer.content.decode()


def test_who_is_late_on_a_sealed_session_sees_what_was_not_taken(
    session: Session, physician: User, assistant: User
) -> None:
    complete(session, physician)
    finalise(session=session, by=physician)
    answer = tap(signed_in(assistant), "session-edit", session, **{"given.1.points": "7"})
    assert answer.status_code == 409, "the gesture is not acknowledged"
    page = answer.content.decode()
    assert "given.1.points: 7" in page
    assert reverse("session-record", args=[session.code]) in page
    answer = signed_in(assistant).get(reverse("session-live", args=[session.code]))
    assert "was finalised at" in answer.content.decode()


def test_a_finalised_session_is_paper(session: Session, physician: User) -> None:
    complete(session, physician)
    browser = signed_in(physician)
    question = browser.get(reverse("session-finalise", args=[session.code])).content.decode()
    assert "Finalise and seal" in question
    answer = browser.post(reverse("session-finalise", args=[session.code]))
    assert answer.headers["Location"] == reverse("session-record", args=[session.code])
    again = browser.post(reverse("session-finalise", args=[session.code]))
    assert again.headers["Location"] == reverse("session-record", args=[session.code])
    page = browser.get(answer.headers["Location"]).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "Reading" in main
    assert "LX 4112" in main
    assert set(re.findall(r'<form [^>]*action="([^"]*)"', main)) == {
        reverse("session-amend", args=[session.code])
    }
    sent = {"reason": "forgotten", "text": "It rained."}
    browser.post(reverse("session-amend", args=[session.code]), sent)
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "It rained." in page
    assert "With amendment 1" in page
    assert "Something was forgotten" in page


def test_what_is_missing_leads_to_its_field(session: Session, physician: User) -> None:
    browser = signed_in(physician)
    answer = browser.post(reverse("session-finalise", args=[session.code]))
    assert answer.status_code == 409
    assert "These entries must be there first." in answer.content.decode()
    page = page_of(browser, session)
    targets = set(re.findall(r'href="#([\w-]+)"', page)) - {"main"}
    ids = set(re.findall(r'id="([\w.-]+)"', page))
    icons = {name for name in targets if name.startswith(("i-", "m-", "k-", "brand"))}
    assert targets - icons <= ids, targets - ids


def test_a_stop_closes_one_tap_and_leaves_the_fields_open(
    session: Session, physician: User
) -> None:
    browser = signed_in(physician)
    assert 'value="as-planned 1"' in page_of(browser, session)
    answer = tap(browser, "session-rescreen", session, **{"facts.pregnant": "yes"})
    page = answer.content.decode()
    assert "Stop: do not treat today" in page
    assert 'value="as-planned 1"' not in page
    assert 'name="given.1.points"' in page


def test_a_dose_over_its_limit_is_said_at_once(session: Session, physician: User) -> None:
    browser = signed_in(physician)
    tap(browser, "session-edit", session, do="as-planned 1")
    answer = tap(browser, "session-edit", session, **{"given.1.volume_ml": "12"})
    assert "dose--over" in answer.content.decode()
    assert "Lidocaine is above its limit:" in answer.content.decode()
    answer = tap(browser, "session-edit", session, **{"given.1.volume_ml": "1"})
    assert "dose--over" not in answer.content.decode()


def test_a_scale_that_is_named_only_has_no_field(session: Session, physician: User) -> None:
    page = page_of(signed_in(physician), session)
    assert "Neck Disability Index" in page
    assert "score.ndi" not in page
    assert tap(signed_in(physician), "session-edit", session, **{"score.ndi.before": "3"})
    assert not state(session).sheet.text("score.ndi.before")


def test_a_reaction_is_a_row_with_lot_and_zone(session: Session, physician: User) -> None:
    complete(session, physician)
    browser, url = signed_in(physician), reverse("session-reaction", args=[session.code])
    assert browser.post(url, {"name": "", "words": ""}).status_code == 422
    browser.post(url, {"name": "bruise", "severity": "mild", "zone": "1"})
    (reaction,) = session.reactions.all()
    assert (reaction.name, reaction.zone, reaction.lot) == ("bruise", 1, "LX 4112")
    assert reaction.cause == "needle"
    assert "Bruise" in page_of(browser, session)


def test_a_session_can_be_recorded_without_scripts(session: Session, physician: User) -> None:
    """Every form is sent by its button and answered by the same page."""
    browser, url = signed_in(physician), reverse("session-edit", args=[session.code])
    home = reverse("session", args=[session.course.code])
    for form in (
        {"ready.identity-and-plan": "on"},
        {f"{LOT}.text": "LX 4112", f"{LOT}.expiry": "31.1.2030"},
        {"given.1.points": "", "given.1.volume_ml": "", "do": "as-planned 1"},
        {"do": "now observation.on"},
    ):
        seen = str(state(session).sheet.version)
        answer = browser.post(url, {"seen": seen, **form})
        assert (answer.status_code, answer.headers["Location"]) == (302, home)
    page = page_of(browser, session)
    assert re.search(r"since \d\d:\d\d, due \d\d:\d\d", page), "the timer is words as well"
    assert state(session).given[0].points == 8


def test_a_repeated_session_takes_twelve_taps(
    clinic: Clinic, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the course to the sealed record, with both scores; an unchanged repeat."""
    clock = Clock(monkeypatch)
    version = a_neck_plan(clinic, physician)
    first = begin_session(course=version.course, by=physician)
    complete(first, physician)
    say(first, physician, {"kit.until": "2030-06-30", "ready.kit-in-date": True})
    finalise(session=first, by=physician)
    clock.on(days=7)
    Clinic.objects.filter(pk=clinic.pk).update(idle_minutes=30)
    browser, taps = signed_in(physician), 1
    begin = reverse("session-begin", args=[version.course.code])
    browser.post(begin, {"like": first.code})
    session = open_session(version.course)
    assert session is not None
    for name, fields in (
        ("session-rescreen", {"unchanged": "1"}),
        ("session-edit", {"ready.identity-and-plan": "on"}),
        ("session-edit", {"do": "all-ready"}),
        ("session-edit", {"do": "lots-again"}),
        ("session-edit", {"score.nrs-pain.before": "5"}),
        ("session-edit", {"do": "as-last 1"}),
        ("session-edit", {"do": "now observation.on"}),
        ("session-edit", {"score.nrs-pain.after": "3"}),
        ("session-edit", {"do": "now observation.off"}),
    ):
        if fields.get("do") == "now observation.off":
            clock.on(minutes=15)
        assert tap(browser, name, session, **fields).status_code == 200
        taps += 1
    page = browser.get(reverse("session-finalise", args=[session.code])).content.decode()
    taps += 1
    assert "Finalise and seal" in page
    browser.post(reverse("session-finalise", args=[session.code]))
    taps += 1
    session.refresh_from_db()
    assert session.sealed_at is not None
    assert session.verification is not None
    assert session.verification["as_planned"]
    assert taps == 12


def test_the_queries_of_the_page_do_not_grow_with_gestures(
    session: Session, physician: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = signed_in(physician)
    page_of(browser, session)
    few = queries_of(browser, session)
    complete(session, physician)
    for number in range(30):
        say(session, physician, {"notes": f"line {number}"})
    assert queries_of(browser, session) <= few
    with django_assert_max_num_queries(40):
        page_of(browser, session)


def queries_of(browser: Client, session: Session) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        page_of(browser, session)
    return len(found)


def test_the_queries_of_the_begin_page_do_not_grow_with_sessions(
    clinic: Clinic, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    version = a_neck_plan(clinic, physician)
    first = a_finalised_session(version, physician)
    few = queries_of(signed_in(physician), first)
    for _ in range(2):
        clock.on(days=7)
        a_finalised_session(version, physician)
    assert queries_of(signed_in(physician), first) <= few


def test_every_kind_of_plan_can_be_shown(clinic: Clinic, physician: User) -> None:
    for name in ("melasma-tranexamic-acid", "two-zones-lidocaine", "hydration-by-beautician"):
        version = an_example_plan(clinic, physician, name)
        session = begin_session(course=version.course, by=physician)
        page = page_of(signed_in(physician), session)
        assert page.count("<h1") == 1, name
