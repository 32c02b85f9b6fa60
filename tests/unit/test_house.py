"""The house rules hold, and each of them can fail: one violation is planted for each."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "mesoplan"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]

MOST_LINES_IN_A_FILE = 400

LAYERS = "Rooms, high to low"
CORE = "The core rooms know no framework, network or database"
ARRAYS = "numpy and scipy are for surface, kinetics and planning"
TYPST = "typst is for documents"
RAPIDFUZZ = "rapidfuzz is for knowledge and the search of patients"
MAPPING = "The web product reaches the core through its mapping modules alone"
APPS = "Apps stand on one another in one order"
CYCLES = "No import cycles"

# Contract, file to plant, what it says.
VIOLATIONS = [
    (LAYERS, "vocabulary/planted.py", "import mesoplan.knowledge"),
    (LAYERS, "vocabulary/planted.py", "from mesoplan import load_knowledge"),
    (LAYERS, "knowledge/planted.py", "import mesoplan.screening"),
    (LAYERS, "screening/planted.py", "import mesoplan.mixture"),
    (LAYERS, "mixture/planted.py", "import mesoplan.screening"),
    (LAYERS, "screening/planted.py", "def late() -> None:\n    import mesoplan.planning"),
    (LAYERS, "planning/planted.py", "import mesoplan.documents"),
    (LAYERS, "documents/planted.py", "import mesoplan.cli"),
    (LAYERS, "utils/__init__.py", "a_room_that_no_contract_knows = True"),
    (CORE, "vocabulary/planted.py", "import pydantic"),
    (CORE, "knowledge/planted.py", "import sqlite3"),
    (CORE, "screening/planted.py", "from django.db import models"),
    (CORE, "mixture/planted.py", "import httpx"),
    (CORE, "planning/planted.py", "import urllib.request"),
    (CORE, "planning/planted.py", "def late() -> None:\n    import requests"),
    (ARRAYS, "screening/planted.py", "import numpy as np"),
    (ARRAYS, "mixture/planted.py", "from scipy import integrate"),
    (ARRAYS, "cli/planted.py", "def late() -> None:\n    import numpy"),
    (TYPST, "planning/planted.py", "import typst"),
    (TYPST, "cli/planted.py", "def late() -> None:\n    import typst"),
    (RAPIDFUZZ, "screening/planted.py", "from rapidfuzz import fuzz"),
    (RAPIDFUZZ, "cli/planted.py", "import rapidfuzz.process"),
    (RAPIDFUZZ, "web/courses/planted.py", "import rapidfuzz.process"),
    (MAPPING, "web/courses/views/planted.py", "import mesoplan.planning"),
    (MAPPING, "web/patients/planted.py", "from mesoplan.knowledge import load_knowledge"),
    (APPS, "web/patients/planted.py", "import mesoplan.web.courses.models"),
    (APPS, "web/audit/planted.py", "import mesoplan.web.accounts.models"),
    (CYCLES, "vocabulary/planted/__init__.py", '"""A pair."""'),
]
# The second half of the cycle; the first is planted beside it.
CYCLE = {
    "vocabulary/planted/one.py": "import mesoplan.vocabulary.planted.two",
    "vocabulary/planted/two.py": "import mesoplan.vocabulary.planted.one",
}


def broken_contracts(folder: Path) -> set[str]:
    """Run import-linter on the package in the folder and return the contracts it calls broken."""
    script = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [script, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=folder,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONUTF8": "1"},
    )
    said = done.stdout + done.stderr
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b", said, flags=re.MULTILINE))
    assert set(verdicts) == {contract["name"] for contract in CONTRACTS}, said
    broken = {name for name, verdict in verdicts.items() if verdict == "BROKEN"}
    assert bool(broken) == bool(done.returncode), said
    return broken


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package's code, free to be spoilt."""
    shutil.copytree(
        SOURCE,
        tmp_path / "mesoplan",
        ignore=lambda folder, names: [
            name for name in names if not (name.endswith(".py") or (Path(folder) / name).is_dir())
        ],
    )
    return tmp_path


def test_the_tree_as_it_stands_keeps_every_contract(copy: Path) -> None:
    assert broken_contracts(copy) == set()


@pytest.mark.parametrize(
    ("contract", "planted", "code"),
    VIOLATIONS,
    ids=[f"{contract}; {planted}" for contract, planted, _ in VIOLATIONS],
)
def test_a_planted_violation_breaks_its_contract(
    copy: Path, contract: str, planted: str, code: str
) -> None:
    files = {planted: code} | (CYCLE if contract == CYCLES else {})
    for name, text in files.items():
        path = copy / "mesoplan" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    broken = broken_contracts(copy)
    assert contract in broken
    # An import that goes up may also close a circle; nothing else may break beside it.
    assert broken <= {contract, CYCLES}


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract["name"] for contract in CONTRACTS} == {row[0] for row in VIOLATIONS}


def rooms() -> set[str]:
    return {path.parent.name for path in SOURCE.glob("*/__init__.py")}


def sources_of(name: str) -> set[str]:
    (contract,) = (each for each in CONTRACTS if each["name"] == name)
    return {module.removeprefix("mesoplan.") for module in contract["source_modules"]}


def test_a_new_core_room_is_named_in_the_contract_of_the_core() -> None:
    assert sources_of(CORE) == rooms() - {"documents", "cli", "web"}


def test_a_new_room_without_arrays_is_named_in_the_contract_about_them() -> None:
    assert sources_of(ARRAYS) == rooms() - {"surface", "kinetics", "planning", "web"}


# What ruff forbids in the core, each as someone would write it.
BANNED = [
    ("TID251", "import datetime as dt\n\nmoment = dt.datetime.now(tz=dt.UTC)\n"),
    ("TID251", "from datetime import date\n\nday = date.today()\n"),
    ("TID251", "import time\n\nmoment = time.time()\n"),
    ("TID251", "import random\n\nvalue = random.SystemRandom()\n"),
    ("TID251", "import uuid\n\nname = uuid.uuid4()\n"),
    ("TID251", "import numpy as np\n\nvalues = np.empty(3)\n"),
    ("PLR2004", "def high(dose: int) -> bool:\n    return dose > 300\n"),
    ("BLE001", "try:\n    pass\nexcept Exception:\n    value = 0\n"),
    ("E722", "try:\n    pass\nexcept:\n    value = 0\n"),
    ("S101", "assert True\n"),
    ("T201", "print(1)\n"),
    ("DTZ001", "import datetime as dt\n\nmoment = dt.datetime(2026, 11, 22)\n"),
]


@pytest.mark.parametrize(("rule", "code"), BANNED)
def test_ruff_reports_what_the_core_must_not_do(rule: str, code: str) -> None:
    done = subprocess.run(
        [
            *(Path(sys.executable).parent / "ruff", "check", "--no-cache"),
            *("--output-format", "concise", "--stdin-filename"),
            *(SOURCE / "planning" / "planted.py", "-"),
        ],
        input=code,
        cwd=ROOT,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert f" {rule} " in done.stdout


def texts_in(path: Path) -> list[str]:
    """Every piece of text in the code of a file, its docstrings apart."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings
    ]


def test_only_knowledge_reads_the_data_folder() -> None:
    """No import shows a file being opened, so the names of the data are looked for instead."""
    strangers = [path for path in SOURCE.rglob("*.py") if SOURCE / "knowledge" not in path.parents]
    assert strangers
    for path in strangers:
        for text in texts_in(path):
            assert not re.search(r"knowledge[./]data|^mesoplan\.knowledge\b|\.bib\b", text), path


def test_no_file_grows_beyond_what_one_noun_needs() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for folder in ("src", "tests", "scripts", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        # A migration is written by makemigrations, all tables of an app in one.
        if path.parent.name != "migrations"
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES_IN_A_FILE
    }
    assert long == {}


def test_the_lock_files_pin_by_hash_and_name_no_host() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert [lock.name for lock in locks] == ["build.txt", "development.txt", "runtime.txt"]
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "index-url" not in text
        pins = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
        assert pins
        for pin in pins:
            assert re.match(r"[\w.-]+==\S+", pin), pin
            assert "--hash=sha256:" in pin, pin


def test_the_runtime_lock_holds_every_declared_dependency() -> None:
    lock = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    for requirement in PROJECT["project"]["dependencies"]:
        name = re.split(r"[\[<>=!~ ;]", requirement)[0]
        assert f"\n{name}==" in lock


def test_the_wheel_carries_every_file_of_the_package_and_the_licences(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("mesoplan-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    wanted = {
        path.relative_to(SOURCE.parent).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "mesoplan/py.typed" in wanted
    assert wanted - carried == set()
    licences = {name.partition("/licenses/")[2] for name in carried}
    assert {"LICENSE", "NOTICE"} | {
        f"LICENSES/{path.name}" for path in (ROOT / "LICENSES").iterdir()
    } <= licences
