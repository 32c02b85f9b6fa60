"""What the web says of a case is what the command line says of it, for every example."""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mesoplan.knowledge import KnowledgeBase
from mesoplan.vocabulary.quantity import plain
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.mapping.draft import Draft, digest_of
from mesoplan.web.courses.mapping.words import cited
from mesoplan.web.courses.models import Course
from mesoplan.web.courses.queries.plan import draft
from tests.conftest import ROOT
from tests.lib.clinic import a_clinic, a_course, a_patient_of, a_user, signed_in
from tests.lib.command import run
from tests.lib.pages import page_text

EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
SPEAKER = re.compile(r" \(patient, entered by [^)]*\)")
"""The web tells who said a fact and when; the examples do not."""


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    def stand_still(day: date) -> None:
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_, **__: day)

    return stand_still


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def course(example: Path, db: None, on_day: Callable[[date], None]) -> Course:  # noqa: ARG001
    """The example as rows: its patient, the answers, the request, under its policy."""
    document = tomllib.loads(example.read_text(encoding="utf-8"), parse_float=Decimal)
    on_day(document["at"])
    clinic: Clinic = a_clinic(policy=document["policy"])
    by: User = a_user(clinic, Role.PHYSICIAN)
    return a_course(a_patient_of(clinic, by, document), by, document)


def as_text(value: Any) -> Any:
    """JSON with every number as the text it is written with, and without speakers."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    if isinstance(value, str):
        return SPEAKER.sub("", value)
    return plain(Decimal(value)) if type(value) in {int, Decimal} else value


@cache
def by_command(source: str | Path, stdin: bytes = b"") -> Any:
    finished = run("plan", source, "--json", stdin=stdin)
    assert finished.returncode == 0, finished.stderr.decode()
    return json.loads(finished.stdout, parse_float=Decimal)


def test_the_web_gives_what_the_command_line_gives(example: Path, course: Course) -> None:
    assert as_text(draft(course).record) == as_text(by_command(example))


def test_the_command_line_gives_the_record_again_from_the_case_text(course: Course) -> None:
    found: Draft = draft(course)
    again = by_command("-", stdin=found.text.encode())
    assert found.record is not None
    assert as_text(again) == as_text(found.record)
    assert digest_of(found.text, found.record) == found.digest


def test_the_plan_page_shows_the_outcome_and_every_reason(
    example: Path, course: Course, knowledge: KnowledgeBase
) -> None:
    record = by_command(example)
    user = course.created_by
    answer = signed_in(user).get(f"/courses/{course.code}/plan")
    assert answer.status_code == 200
    text = page_text(answer.content)
    for wanted in wanted_of(record, knowledge):
        assert " ".join(cited(html.unescape(wanted)).split()) in text
    assert ("Release plan" in text) is (record["outcome"] == "plan")


def wanted_of(record: Any, knowledge: KnowledgeBase) -> Iterator[str]:
    if record["outcome"] == "plan":
        for zone in record["plan"]["zones"]:
            yield knowledge.mixtures[zone["mixture"]["id"]].label
            yield knowledge.techniques[zone["technique"]].label
        for item in record["plan"]["individualised"]:
            yield item["effect"]
        for statement in (*record["plan"]["statements"], *record["plan"]["aftercare"]):
            yield statement["text"]
        return
    for reason in record["refusal"]["reasons"]:
        yield SPEAKER.sub("", reason["message"])
        yield reason["way_out"] or ""
    for missing in record["refusal"]["missing"]:
        yield missing["question"]
    for statement in record["refusal"]["alternatives"]:
        yield statement["text"]
