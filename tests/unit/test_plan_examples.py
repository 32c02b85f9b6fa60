"""The page of planned examples: what it says of a case, when it opens, how it fails."""

import json
from pathlib import Path
from typing import Any

import pytest

from plan_examples import (
    ExampleFailedError,
    PlannedCase,
    can_show,
    heading,
    main,
    page,
    plan_one,
    summary,
)

PLAN: dict[str, Any] = {
    "outcome": "plan",
    "screening": {"verdict": "eligible", "knowledge_release": "r1"},
    "plan": {
        "zones": [
            {"indication": "neck-pain", "region": "posterior-neck", "technique": "point-by-point"}
        ],
        "sessions": [{"number": 1}, {"number": 2}],
    },
}
REFUSAL: dict[str, Any] = {
    "outcome": "refusal",
    "screening": {"verdict": "undetermined", "knowledge_release": "r1"},
    "refusal": {
        "reasons": [{"message": "Pregnancy is <not> known."}],
        "missing": [{"fact": "pregnant"}],
    },
}


def case(answer: dict[str, Any], name: str = "neck") -> PlannedCase:
    return PlannedCase(name=name, title="Neck pain", about="After lunch & rest", answer=answer)


def test_a_plan_is_summed_up_by_its_zones_and_sessions() -> None:
    assert summary(PLAN) == ["Neck pain, posterior neck: point by point", "2 sessions"]


def test_a_refusal_is_summed_up_by_its_reasons_and_missing_answers() -> None:
    assert summary(REFUSAL) == ["Pregnancy is <not> known.", "1 answer missing"]


def test_the_page_counts_outcomes_and_escapes_what_it_shows() -> None:
    html = page([case(PLAN), case(REFUSAL, "other")])
    assert "1 plans and 1 refusals" in html
    assert "Pregnancy is &lt;not&gt; known." in html
    assert "After lunch &amp; rest" in html
    assert 'href="other.pdf"' in html
    assert "$" not in html


def test_the_head_comment_of_a_case_is_its_title_and_description(tmp_path: Path) -> None:
    file = tmp_path / "neck-pain.toml"
    file.write_text("# Neck pain.\n#\n# Of long\n# standing.\nat = 2026-11-22\n# no part of it\n")
    assert heading(file) == ("Neck pain", "Of long standing.")


def test_a_case_without_a_comment_is_named_by_its_file(tmp_path: Path) -> None:
    file = tmp_path / "neck-pain.toml"
    file.write_text("at = 2026-11-22\n")
    assert heading(file) == ("Neck pain", "")


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
        ({"DISPLAY": ":0", "CI": "true"}, "linux", False),
        ({"CI": "true"}, "darwin", False),
    ],
)
def test_a_page_opens_only_before_a_person(
    environment: dict[str, str], platform: str, expected: bool
) -> None:
    assert can_show(environment, platform) is expected


def test_a_file_that_the_command_line_refuses_is_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("= nothing\n")
    with pytest.raises(ExampleFailedError, match=r"broken\.toml: mesoplan plan ended with status"):
        plan_one(file, tmp_path)


def test_a_folder_without_cases_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--examples", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "No case files" in capsys.readouterr().err


def test_the_answers_used_here_are_json_as_the_command_prints_it() -> None:
    assert json.loads(json.dumps([PLAN, REFUSAL])) == [PLAN, REFUSAL]
