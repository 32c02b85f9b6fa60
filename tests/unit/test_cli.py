"""The command line: one answer, or one line that says what is wrong; never a traceback."""

import io
import json
import os
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mesoplan.cli import main
from mesoplan.documents.json_writer import dumps
from mesoplan.knowledge import KnowledgeBase
from mesoplan.knowledge.loading import load_knowledge
from tests.lib.command import refused, run
from tests.lib.people import healthy_document, to_toml
from tests.lib.ugly import CASE, UGLY, ugly_text


@pytest.fixture(autouse=True)
def _loaded_once(knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls of ``main`` in this process share the base; subprocesses load their own."""
    monkeypatch.setattr("mesoplan.cli.decide.load_knowledge", lambda: knowledge)
    monkeypatch.setattr("mesoplan.cli.look_up.load_knowledge", lambda: knowledge)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.toml"
    path.write_text(CASE, encoding="utf-8")
    return path


@pytest.fixture
def healthy(tmp_path: Path, knowledge: KnowledgeBase) -> Path:
    path = tmp_path / "healthy.toml"
    path.write_text(to_toml(healthy_document(knowledge)), encoding="utf-8")
    return path


def answered(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.endswith("\n")
    return captured.out


def as_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    found = json.loads(answered(capsys, *arguments, "--json"), parse_float=Decimal)
    assert isinstance(found, dict)
    return found


# --- Refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", UGLY)
def test_an_ugly_file_is_one_line_on_standard_error(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(ugly_text(name).encode())
    code = main(["screen", str(path)])
    captured = capsys.readouterr()
    _, _, key, words = UGLY[name]
    refused(code, captured.out, captured.err, f"mesoplan: {path}: {key}", words)


REAL: dict[str, tuple[str, Callable[[], bytes], tuple[str, ...]]] = {
    "wrong unit": ("plan", lambda: ugly_text("wrong unit").encode(), ("facts.hba1c",)),
    "empty": ("plan", bytes, ("at", "came nothing")),
    "binary": ("plan", lambda: bytes(range(256)), ("text in UTF-8",)),
    "30 MB": ("screen", lambda: b"x" * 30_000_000, ("30000000 bytes",)),
    "lists 5,000 deep": ("plan", lambda: ugly_text("lists nested 5,000 deep").encode(), ()),
    "tables 5,000 deep": ("plan", lambda: ugly_text("tables nested 5,000 deep").encode(), ()),
    "keys 5,000 deep": ("plan", lambda: ugly_text("keys dotted 5,000 deep").encode(), ()),
    "5,000 digits": ("plan", lambda: ugly_text("5,000 digits").encode(), ()),
    "1e999999999": ("plan", lambda: ugly_text("1e999999999").encode(), ("patient.weight_kg",)),
}


@pytest.mark.parametrize("name", REAL)
def test_the_real_command_refuses_in_the_same_way(name: str, tmp_path: Path) -> None:
    command, content, words = REAL[name]
    path = tmp_path / "case.toml"
    path.write_bytes(content())
    for arguments, stdin, place in (
        ((path,), b"", str(path)),
        (("-", "--json"), content(), "standard input"),
    ):
        done = run(command, *arguments, stdin=stdin)
        refused(done.returncode, done.stdout.decode(), done.stderr.decode(), place, *words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere.toml", "no such file or directory"),
        (".", "is a directory"),
        ("case.toml/inside", "not a directory"),
        ("a\0b", "null byte"),
        ("x" * 5_000, "name too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    case: Path, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["plan", str(case.parent / name)])
    captured = capsys.readouterr()
    refused(code, captured.out, captured.err, "a file that can be read", words)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case.chmod(0)
    code = main(["plan", str(case)])
    captured = capsys.readouterr()
    refused(code, captured.out, captured.err, "permission denied")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "COMMAND"),
        (["dance"], "invalid choice: 'dance'"),
        (["plan"], "CASE.toml"),
        (["plan", "a.toml", "--loud"], "--loud"),
        (["screen", "a.toml", "--pdf", "b.pdf"], "--pdf"),
        (["knowledge"], "ACTION"),
        (["knowledge", "show", "rules"], "ID"),
    ],
)
def test_a_wrong_command_line_is_one_line_too(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    captured = capsys.readouterr()
    assert caught.value.code == 2
    refused(2, captured.out, captured.err, words, "--help")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "potions"], "expected a kind, one of facts"),
        (["list", "substance"], "nearest is 'substances'"),
        (["show", "substances", "lidocane"], "nearest is 'lidocaine'"),
        (["show", "potions", "lidocaine"], "expected a kind"),
    ],
)
def test_an_unknown_kind_or_id_is_refused_with_the_nearest(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["knowledge", *arguments])
    captured = capsys.readouterr()
    refused(code, captured.out, captured.err, words)


def test_a_defect_of_the_base_is_not_the_readers_fault(
    tmp_path: Path, case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "mesoplan.cli.decide.load_knowledge", lambda: load_knowledge(tmp_path / "x")
    )
    assert main(["plan", str(case)]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1


# --- Answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["screen", "plan"])
def test_a_file_and_standard_input_give_the_same(
    command: str, case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from_file = answered(capsys, command, case, "--json")
    stdin = io.TextIOWrapper(io.BytesIO(case.read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert answered(capsys, command, "-", "--json") == from_file
    case.write_bytes(b"\xef\xbb\xbf" + CASE.replace("\n", "\r\n").encode())
    assert answered(capsys, command, case, "--json") == from_file


def test_a_refusal_to_treat_is_an_answer(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "plan", case)
    assert found["outcome"] == "refusal"
    assert {reason["code"] for reason in found["refusal"]["reasons"]} == {"undetermined"}
    assert found["refusal"]["missing"]
    assert "plan" not in found


def test_screen_prints_the_names_of_the_design(
    case: Path, knowledge: KnowledgeBase, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(capsys, "screen", case)
    assert found["verdict"] == "undetermined"
    assert found["verdict_after_override"] is None
    assert found["policy"] == "default"
    assert found["knowledge_release"] == knowledge.release
    for missing in found["missing"]:
        assert list(missing) == ["fact", "question", "rules"]
        assert missing["rules"]


@pytest.mark.hazard("H-003")
def test_doses_are_the_digits_as_prescribed(
    healthy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eight points of 0.125 mL of lidocaine 20 mg/mL in a patient of 62 kg, by hand."""
    found = as_json(capsys, "plan", healthy)
    assert found["outcome"] == "plan"
    (zone,) = found["plan"]["zones"]
    assert zone["mixture"]["id"] == "lidocaine-20-mg-ml"
    assert zone["points"] == 8
    assert zone["volume_per_point_ml"] == Decimal("0.125")
    assert zone["total_volume_ml"] == 8 * Decimal("0.125") == 1
    (component,) = zone["mixture"]["components"]
    assert component["dose_mg"] == 20
    limits = {
        (limit["basis"], limit["jurisdiction"]): (limit["limit_mg"], limit["share"])
        for limit in component["limits"]
    }
    assert limits == {
        ("session-per-kg", "any"): (186, Decimal("0.1075")),
        ("session", "any"): (200, Decimal("0.1")),
        ("day", "gb"): (200, Decimal("0.1")),
        ("session-per-kg", "us"): (279, Decimal("0.0717")),
        ("session", "us"): (300, Decimal("0.0667")),
    }
    (total,) = found["plan"]["totals"]["doses"]
    assert total["dose_mg"] == 20
    assert found["plan"]["totals"]["volume_ml"] == 1


def test_a_number_is_written_digit_by_digit() -> None:
    """More digits than a binary float holds, and none that it would add."""
    digits = ["0.1000000000000000055511151231257827", "12345678901234567890.5", "0.3", "20", "-1.5"]
    text = dumps({"numbers": [Decimal(number) for number in digits], "words": "0.3 and \\u0000"})
    assert text.split('"numbers": [')[1].split("]")[0].split() == ",\n".join(digits).split()
    assert json.loads(text)["words"] == "0.3 and \\u0000"


def test_no_number_of_a_plan_passes_through_a_binary_float(
    healthy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A binary float would write 20.0 for 20, or show itself by sixteen digits."""
    numbers: list[str] = []
    text = answered(capsys, "plan", healthy, "--json")
    json.loads(text, parse_float=numbers.append)
    assert "0.125" in numbers
    assert [digits for digits in numbers if len(digits) > 8 or digits.endswith("0")] == []


def test_for_people_the_same_plan_is_text_with_units_and_sources(
    healthy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = answered(capsys, "plan", healthy)
    for words in ("0.125 mL", "20 mg", "paolucci-2016", "SOURCES"):
        assert words in text
    assert "Not certified as a medical device" in " ".join(text.split())


def test_facts_are_listed_with_type_unit_and_what_yes_means(
    knowledge: KnowledgeBase, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(capsys, "knowledge", "list", "facts")
    assert found["kind"] == "facts"
    items = {item["id"]: item for item in found["items"]}
    assert set(items) == set(knowledge.facts)
    assert items["hba1c"]["type"] == "quantity"
    assert items["hba1c"]["unit"] == "%"
    assert items["hba1c"]["positive_means"] is None
    assert items["pregnant"]["type"] == "boolean"
    assert items["pregnant"]["unit"] is None
    assert items["pregnant"]["positive_means"] == "concern"
    assert items["birth_date"]["type"] == "date"
    for item in items.values():
        assert (item["positive_means"] is not None) is (item["type"] == "boolean")
        assert (item["unit"] is not None) is (item["type"] == "quantity")


def test_every_kind_can_be_listed_and_its_first_record_shown(
    knowledge: KnowledgeBase, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, records in (
        (name, knowledge.kind(name)) for name in ("rules", "sources", "policies")
    ):
        items = as_json(capsys, "knowledge", "list", kind)["items"]
        assert [item["id"] for item in items] == list(records)
        first = next(iter(records))
        assert as_json(capsys, "knowledge", "show", kind, first)["id"] == first
        assert first in answered(capsys, "knowledge", "list", kind)
        assert first in answered(capsys, "knowledge", "show", kind, first)


def test_a_shown_limit_has_value_unit_kind_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    limit = as_json(capsys, "knowledge", "show", "substances", "lidocaine")["limits"][0]
    assert limit["amount"]["value"] == 3
    assert limit["amount"]["unit"] == "mg/kg"
    assert limit["amount"]["source"] == "anaesthetic-dose-table"
    assert limit["amount"]["reviewed"] is None
    text = answered(capsys, "knowledge", "show", "substances", "lidocaine")
    assert "3 mg/kg (literature; anaesthetic-dose-table, " in text


def test_search_finds_and_says_so_when_it_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    first = as_json(capsys, "knowledge", "search", "lidocane")["items"][0]
    assert (first["kind"], first["id"]) == ("substances", "lidocaine")
    assert as_json(capsys, "knowledge", "search", "")["items"] == []
    assert answered(capsys, "knowledge", "search", "zzzzqqq") == "nothing found\n"


def test_check_counts_the_base(
    knowledge: KnowledgeBase, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(capsys, "knowledge", "check")
    assert found["release"] == knowledge.release
    assert ["rules", len(knowledge.rules)] in found["records"]
    assert knowledge.release in answered(capsys, "knowledge", "check")


def test_a_pdf_that_cannot_be_written_is_one_line(
    healthy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["plan", str(healthy), "--pdf", str(healthy.parent / "nowhere" / "a.pdf")])
    captured = capsys.readouterr()
    refused(code, captured.out, captured.err, "a place where a PDF can be written")
