"""What is printed of a session is what was recorded, and nothing that nobody recorded."""

from __future__ import annotations

from typing import Any

import pytest

from mesoplan.documents.session_values import SessionSheet
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.courses.actions.session import begin_session
from mesoplan.web.courses.actions.session_end import finalise
from mesoplan.web.courses.forms.session_reaction import read_reaction
from mesoplan.web.courses.mapping.aftercare import aftercare_sheet
from mesoplan.web.courses.mapping.reactions import SessionParts, lot_and_device
from mesoplan.web.courses.mapping.session_sheet import session_sheet
from mesoplan.web.courses.models import PlanVersion, Session
from mesoplan.web.courses.queries.session_check import check_session
from tests.lib.treatment import a_neck_plan, an_example_plan, complete, say, state

pytestmark = pytest.mark.django_db


def sealed(version: PlanVersion, by: User, **values: Any) -> Session:
    session = begin_session(course=version.course, by=by)
    complete(session, by)
    say(session, by, values)
    return finalise(session=session, by=by)


def sheet_of(session: Session) -> SessionSheet:
    assert session.record is not None
    return session_sheet(session.record, session=session)


@pytest.mark.hazard("H-019")
def test_what_it_was_given_with_is_what_was_recorded(clinic: Clinic, physician: User) -> None:
    by_hand = sheet_of(sealed(a_neck_plan(clinic, physician), physician)).device
    assert (by_hand.name, by_hand.settings, by_hand.single_use_parts) == ("by hand", "", "")
    version = an_example_plan(clinic, physician, "two-zones-lidocaine")
    open_technique = {"given.1.technique": None}
    assert sheet_of(sealed(version, physician, **open_technique)).device.name == ""


@pytest.mark.hazard("H-019")
def test_a_device_that_was_used_instead_of_the_hand_is_not_printed_as_by_hand(
    clinic: Clinic, physician: User
) -> None:
    other = {"given.1.technique": "microneedling", "reason.1": "physicians-decision"}
    device = sheet_of(sealed(a_neck_plan(clinic, physician), physician, **other)).device
    assert device.name == ""


def test_that_no_cream_was_used_is_printed_only_where_it_was_recorded(
    clinic: Clinic, physician: User
) -> None:
    assert sheet_of(sealed(a_neck_plan(clinic, physician), physician)).creams is None
    version = an_example_plan(clinic, physician, "melasma-tranexamic-acid")
    none = {"cream.mass_g": "0", "reason.cream": "asked-to-stop"}
    assert sheet_of(sealed(version, physician, **none)).creams == ()


def test_a_cream_that_was_not_used_needs_no_lot_and_is_not_taken_home(
    clinic: Clinic, physician: User
) -> None:
    version = an_example_plan(clinic, physician, "melasma-tranexamic-acid")
    session = begin_session(course=version.course, by=physician)
    complete(session, physician)
    cream = next(lot for lot in state(session).lots if lot.key.startswith("lot.cream."))
    missing = {f"{cream.key}.text": None, f"{cream.key}.expiry": None}
    say(session, physician, missing)
    assert len(check_session(state(session)).blocking) == 2
    say(session, physician, {"cream.mass_g": "0", "reason.cream": "asked-to-stop"})
    assert check_session(state(session)).blocking == ()
    session = finalise(session=session, by=physician)
    assert not [line for line in aftercare_sheet(session).what_was_done if "cream" in line]


def test_a_lot_is_that_of_the_mixture_and_not_of_one_that_begins_alike() -> None:
    one, other = "lidocaine-ketoprofen-methylprednisolone", "ketoprofen"
    parts = SessionParts(
        zones=((1, one, "gun"), (2, f"{one}-20", "")),
        lots=((f"{one}.{other}", "A 1"), (f"{one}-20.{other}", "B 2"), ("cream.emla", "C 3")),
    )
    assert lot_and_device(parts, 1) == ("A 1", "gun")
    assert lot_and_device(parts, 2) == ("B 2", "")
    assert lot_and_device(parts, 0) == ("A 1, B 2, C 3", "gun")


def test_a_reaction_in_the_room_has_the_lot_that_is_planned_where_none_is_given_yet(
    clinic: Clinic, physician: User
) -> None:
    session = begin_session(course=a_neck_plan(clinic, physician).course, by=physician)
    say(session, physician, {"lot.lidocaine-20-mg-ml.lidocaine.1.text": "LX 4112"})
    form = {"name": "bruise", "severity": "mild", "zone": "1"}
    seen = read_reaction(form, state=state(session)).seen
    assert seen is not None
    assert seen.lot == "LX 4112"
