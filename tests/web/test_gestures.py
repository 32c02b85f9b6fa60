"""What a form says is the sum of its gestures: nothing is lost, twice is once, undo is exact."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.audit.models import Event
from mesoplan.web.audit.queries import verify_chain
from mesoplan.web.gestures.actions import Journal, redo, undo, write
from mesoplan.web.gestures.posted import Posted, posted
from mesoplan.web.patients.models import AnswerGesture
from mesoplan.web.patients.queries import answers_journal
from tests.lib.clinic import a_clinic, a_patient, a_user

pytestmark = pytest.mark.django_db

KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from([None, True, False, "x", "y", ["z"], {"unknown": "not sure"}])
STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "undo", "redo"]), st.integers(0, 1), KEYS, VALUES),
    max_size=14,
)


@pytest.fixture
def people() -> tuple[Journal, tuple[User, User]]:
    """An empty form, and two people who fill it in."""
    clinic = a_clinic()
    anna = a_user(clinic, Role.PHYSICIAN)
    luca = a_user(clinic, Role.ASSISTANT, name="Luca Bianchi")
    return answers_journal(a_patient(clinic, anna)), (anna, luca)


class Model:
    """The same form, kept in the plainest way: a list of what counts, and two stacks each."""

    def __init__(self) -> None:
        self.made: list[tuple[int, str, object]] = []
        self.taken: dict[int, list[tuple[int, tuple[int, str, object]]]] = {0: [], 1: []}

    def says(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for _, key, value in self.made:
            found.pop(key, None)
            if value is not None:
                found[key] = value
        return found

    def step(self, what: str, who: int, key: str, value: object) -> None:
        if what == "write" and self.says().get(key) != value:
            self.made.append((who, key, value))
            self.taken[who] = []
        elif what == "undo":
            for index in range(len(self.made) - 1, -1, -1):
                if self.made[index][0] == who:
                    self.taken[who].append((index, self.made[index]))
                    del self.made[index]
                    return


@given(steps=STEPS)
@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_a_form_says_what_was_written_and_not_undone(
    people: tuple[Journal, tuple[User, User]],
    steps: list[tuple[str, int, str, object]],
) -> None:
    """Against a second way to keep the same form. Redo is tested for itself below."""
    _, users = people
    journal = answers_journal(a_patient(users[0].clinic, users[0]))
    model = Model()
    for what, who, key, value in steps:
        if what == "redo":
            continue
        model.step(what, who, key, value)
        if what == "write":
            write(journal=journal, values={key: value}, by=users[who])
        else:
            undo(journal=journal, by=users[who])
        assert {key: item.value for key, item in journal.sheet().entries.items()} == model.says()


@given(count=st.integers(1, 6))
@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_redo_is_the_opposite_of_undo_as_often_as_wanted(
    people: tuple[Journal, tuple[User, User]], count: int
) -> None:
    _, (anna, _) = people
    journal = answers_journal(a_patient(anna.clinic, anna))
    states: list[dict[str, object]] = [{}]
    for number in range(count):
        write(journal=journal, values={f"k{number}": number}, by=anna)
        states.append(values(journal))
    for state in reversed(states[:-1]):
        undo(journal=journal, by=anna)
        assert values(journal) == state
    undo(journal=journal, by=anna)
    assert values(journal) == {}
    for state in states[1:]:
        redo(journal=journal, by=anna)
        assert values(journal) == state
    redo(journal=journal, by=anna)
    assert values(journal) == states[-1]


def values(journal: Journal) -> dict[str, object]:
    return {key: item.value for key, item in journal.sheet().entries.items()}


def test_a_new_gesture_ends_the_way_forward(people: tuple[Journal, tuple[User, User]]) -> None:
    journal, (anna, _) = people
    write(journal=journal, values={"a": 1}, by=anna)
    undo(journal=journal, by=anna)
    write(journal=journal, values={"b": 2}, by=anna)
    redo(journal=journal, by=anna)
    assert values(journal) == {"b": 2}


def test_undo_takes_back_one_tap_whole(people: tuple[Journal, tuple[User, User]]) -> None:
    """'None of these' writes many answers at once; one undo takes all of them back."""
    journal, (anna, _) = people
    write(journal=journal, values={"a": False, "b": False, "c": False}, by=anna)
    undo(journal=journal, by=anna)
    assert values(journal) == {}


def test_undo_takes_back_nothing_of_somebody_else(
    people: tuple[Journal, tuple[User, User]],
) -> None:
    journal, (anna, luca) = people
    write(journal=journal, values={"a": 1}, by=anna)
    undo(journal=journal, by=luca)
    assert values(journal) == {"a": 1}


def test_a_gesture_that_is_sent_twice_is_taken_once(
    people: tuple[Journal, tuple[User, User]],
) -> None:
    """A tablet that lost the answer sends again; in between somebody corrected it."""
    journal, (anna, luca) = people
    sent = Posted(batch=UUID(int=7))
    write(journal=journal, values={"a": 1}, by=anna, sent=sent)
    write(journal=journal, values={"a": 2}, by=luca)
    write(journal=journal, values={"a": 1}, by=anna, sent=sent)
    assert values(journal) == {"a": 2}


def test_what_somebody_else_changed_meanwhile_is_replaced_and_told(
    people: tuple[Journal, tuple[User, User]],
) -> None:
    journal, (anna, luca) = people
    seen = write(journal=journal, values={"a": 1}, by=anna).sheet.version
    write(journal=journal, values={"a": 2}, by=luca)
    written = write(journal=journal, values={"a": 3}, by=anna, sent=Posted(seen=seen))
    assert values(journal) == {"a": 3}
    ((found),) = written.overwritten
    assert (found.key, found.theirs, found.by) == ("a", 2, luca.name)
    assert [row.value for row in journal.rows()] == [1, 2, 3]


def test_the_same_value_again_is_no_gesture(people: tuple[Journal, tuple[User, User]]) -> None:
    journal, (anna, _) = people
    write(journal=journal, values={"a": 1, "b": 2}, by=anna)
    before = AnswerGesture.objects.count()
    write(journal=journal, values={"a": 1, "b": 2}, by=anna)
    assert AnswerGesture.objects.count() == before


def test_each_gesture_leaves_one_event_in_an_unbroken_chain(
    people: tuple[Journal, tuple[User, User]],
) -> None:
    journal, (anna, _) = people
    before = Event.objects.count()
    write(journal=journal, values={"a": 1}, by=anna)
    undo(journal=journal, by=anna)
    redo(journal=journal, by=anna)
    actions = list(Event.objects.order_by("number").values_list("action", flat=True))[before:]
    assert actions == ["gesture.write", "gesture.undo", "gesture.redo"]
    assert verify_chain().is_unbroken


# --- Gestures that a tablet kept ---------------------------------------------------------------


@pytest.mark.hazard("H-019")
def test_a_gesture_that_was_kept_has_the_time_at_which_it_was_made(
    people: tuple[Journal, tuple[User, User]],
) -> None:
    """It had the time at which it came: an answer of 14:05 was one of 14:20."""
    journal, (anna, _) = people
    before = timezone.now()
    write(journal=journal, values={"a": 1}, by=anna, sent=posted({"gesture_age": "900"}))
    kept = journal.sheet().entries["a"].at
    assert before <= kept + timedelta(seconds=900) <= timezone.now()
    assert Event.objects.latest("number").at >= before


def test_a_gesture_that_was_kept_is_not_before_the_last_one_of_its_key(
    people: tuple[Journal, tuple[User, User]],
) -> None:
    journal, (anna, luca) = people
    newest = write(journal=journal, values={"a": 1}, by=luca).sheet.entries["a"].at
    kept = posted({"gesture_age": "900"})
    sheet = write(journal=journal, values={"a": 2, "b": 2}, by=anna, sent=kept).sheet
    assert sheet.entries["a"].at == newest
    assert sheet.entries["b"].at < newest


@pytest.mark.parametrize("age", ["", "-60", "0", "29", "604801", "9" * 40, "NaN", "1.5", "²"])
def test_an_age_that_cannot_be_taken_or_is_that_of_the_way_is_none(
    people: tuple[Journal, tuple[User, User]], age: str
) -> None:
    journal, (anna, _) = people
    before = timezone.now()
    write(journal=journal, values={"a": 1}, by=anna, sent=posted({"gesture_age": age}))
    assert before <= journal.sheet().entries["a"].at <= timezone.now()
