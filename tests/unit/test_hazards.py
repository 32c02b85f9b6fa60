"""The hazard log and the tests point at each other, and neither can drift alone."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

HAZARDS = ROOT / "safety" / "hazards"
TESTS = ROOT / "tests"

SEVERITIES = {"minor", "moderate", "serious", "critical"}
LIKELIHOODS = {"rare", "unlikely", "possible", "likely"}
STATUSES = {"open", "mitigated", "accepted"}
SECTIONS = [
    "What could happen",
    "How it could come about",
    "What stands against it",
    "What remains",
]

SHAPE = re.compile(
    r"\A# (?P<heading>[^\n]+)\n\n```toml\n(?P<front>.+?)\n```\n\n(?P<body>.+)\Z", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One file of the log, read strictly."""

    id: str
    title: str
    severity: str
    likelihood: str
    status: str
    tests: tuple[str, ...]


def read_hazard(text: str) -> Hazard:
    """Read one hazard file. Raises ValueError naming what is wrong."""
    match = SHAPE.match(text)
    if match is None:
        raise ValueError("expected a heading, then front lines in a toml block, then the text")
    front: dict[str, Any] = tomllib.loads(match["front"])
    expected = ["id", "title", "severity", "likelihood", "status", "tests"]
    if list(front) != expected:
        raise ValueError(f"front lines are {list(front)}, expected {expected}")
    for key, allowed in (
        ("severity", SEVERITIES),
        ("likelihood", LIKELIHOODS),
        ("status", STATUSES),
    ):
        if front[key] not in allowed:
            raise ValueError(f"{key} is {front[key]!r}, expected one of {sorted(allowed)}")
    if match["heading"] != f"{front['id']}: {front['title']}":
        raise ValueError(f"heading {match['heading']!r} differs from id and title")
    if len(set(front["tests"])) != len(front["tests"]):
        raise ValueError("a test is named twice")
    if front["status"] == "mitigated" and not front["tests"]:
        raise ValueError("mitigated, but no test shows it")
    sections = re.findall(r"^## (.+)$", match["body"], flags=re.MULTILINE)
    if sections != SECTIONS:
        raise ValueError(f"sections are {sections}, expected {SECTIONS}")
    return Hazard(**{**front, "tests": tuple(front["tests"])})


def hazard_files() -> list[Path]:
    return sorted(HAZARDS.glob("*.md"))


def hazards() -> dict[str, Hazard]:
    return {path.stem: read_hazard(path.read_text(encoding="utf-8")) for path in hazard_files()}


def is_hazard_mark(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "hazard"
    )


def marked_ids(decorator: ast.AST) -> list[str]:
    """Return the ids that a hazard mark names; they must be plain text."""
    assert isinstance(decorator, ast.Call)
    assert decorator.args
    assert not decorator.keywords
    ids = [ast.literal_eval(argument) for argument in decorator.args]
    assert all(isinstance(each, str) for each in ids)
    return ids


def each_test(
    body: list[ast.stmt], prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield every test of a module or class as `path::name` with its definition."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name.startswith("test_"):
                    yield f"{prefix}::{name}", node
            case ast.ClassDef(name=name, body=inner) if name.startswith("Test"):
                yield from each_test(inner, f"{prefix}::{name}")
            case _:
                pass


def marked_tests(folder: Path = TESTS) -> dict[str, set[str]]:
    """Return which tests carry a hazard mark, as `path::name`, and the ids they name."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        marks = [node for node in ast.walk(tree) if is_hazard_mark(node)]
        placed: list[ast.AST] = []
        prefix = path.relative_to(folder.parent).as_posix()
        for name, function in each_test(tree.body, prefix):
            for decorator in filter(is_hazard_mark, function.decorator_list):
                placed.append(decorator)
                found.setdefault(name, set()).update(marked_ids(decorator))
        stray = [mark for mark in marks if mark not in placed]
        assert not stray, f"{path}: a hazard mark that is not a decorator of a test"
    return found


def test_the_ids_are_contiguous_and_name_their_files() -> None:
    names = [path.stem for path in hazard_files()]
    assert names == [f"H-{number:03}" for number in range(1, len(names) + 1)]
    assert names == [hazard.id for hazard in hazards().values()]


def test_every_title_is_its_own() -> None:
    titles = [hazard.title for hazard in hazards().values()]
    assert len(set(titles)) == len(titles)


def test_every_test_that_a_hazard_names_exists_and_carries_its_mark() -> None:
    marked = marked_tests()
    for hazard in hazards().values():
        for test in hazard.tests:
            assert hazard.id in marked.get(test, set()), f"{hazard.id} names {test}"


def test_every_mark_names_a_hazard_that_names_the_test_back() -> None:
    known = hazards()
    for test, ids in marked_tests().items():
        for each in ids:
            assert each in known, f"{test} is marked {each}, which is no hazard"
            assert test in known[each].tests, f"{test} is marked {each}, which does not name it"


GOOD = """# H-001: Unknown is read as no

```toml
id = "H-001"
title = "Unknown is read as no"
severity = "critical"
likelihood = "likely"
status = "mitigated"
tests = ["tests/spec/test_unknown.py::test_it"]
```

## What could happen

## How it could come about

## What stands against it

## What remains
"""


def test_a_well_formed_hazard_is_read() -> None:
    assert read_hazard(GOOD).tests == ("tests/spec/test_unknown.py::test_it",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# H-001:", "H-001:", "expected a heading"),
        ('severity = "critical"\n', "", "front lines are"),
        ('severity = "critical"', 'severity = "awful"', "severity is 'awful'"),
        ('likelihood = "likely"', 'likelihood = "often"', "likelihood is 'often'"),
        ('status = "mitigated"', 'status = "done"', "status is 'done'"),
        ("# H-001: Unknown", "# H-001: The unknown", "differs from id and title"),
        ('["tests/spec/test_unknown.py::test_it"]', "[]", "no test shows it"),
        ('::test_it"]', '::test_it", "tests/spec/test_unknown.py::test_it"]', "named twice"),
        ("## What remains\n", "", "sections are"),
        ('id = "H-001"', 'id = "H-001"\nid = "H-002"', "Cannot overwrite"),
    ],
)
def test_an_ill_formed_hazard_is_refused(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ValueError, match=message):
        read_hazard(GOOD.replace(old, new, 1))


def test_marks_are_found_on_functions_and_methods_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    module = folder / "test_planted.py"
    mark = '@pytest.mark.hazard("H-001", "H-002")\n'
    module.write_text(
        f"import pytest\n\n{mark}def test_a(): ...\n\n"
        f'class TestB:\n    @pytest.mark.hazard("H-003")\n    def test_c(self): ...\n',
        encoding="utf-8",
    )
    assert marked_tests(folder) == {
        "tests/test_planted.py::test_a": {"H-001", "H-002"},
        "tests/test_planted.py::TestB::test_c": {"H-003"},
    }
    module.write_text(f"import pytest\n\n{mark}def helper(): ...\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="not a decorator of a test"):
        marked_tests(folder)
