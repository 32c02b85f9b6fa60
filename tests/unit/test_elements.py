"""The built files of the elements are what their sources make, byte for byte."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import IN_CI, ROOT

ELEMENTS = ROOT / "elements"
BUILT = ROOT / "src" / "mesoplan" / "web" / "static" / "elements"
SOURCES = sorted((ELEMENTS / "src").glob("*.ts"))
MOST_LINES_IN_A_FILE = 400


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "NO_COLOR": "1"},
    )


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """The sources in a folder of their own, with the compiler that their lock names."""
    npm = shutil.which("npm")
    folder = tmp_path / "elements"
    shutil.copytree(ELEMENTS, folder, ignore=shutil.ignore_patterns("node_modules"))
    if npm is not None:
        done = run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
        if done.returncode == 0:
            return folder
    if IN_CI:
        pytest.fail("npm is missing or cannot install", pytrace=False)
    pytest.skip("needs Node 20 and a connection: cd elements && npm ci && npx tsc")


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    compiler = folder / "node_modules" / "typescript" / "bin" / "tsc"
    node = shutil.which("node") or "node"
    return run(node, compiler, "--outDir", folder / "built", folder=folder)


def test_the_committed_files_are_what_the_sources_make(workshop: Path) -> None:
    built = build(workshop)
    assert built.returncode == 0, built.stdout
    made = {path.name: path.read_bytes() for path in (workshop / "built").iterdir()}
    assert {path.name: path.read_bytes() for path in BUILT.glob("*.js")} == made
    assert set(made) == {f"{source.stem}.js" for source in SOURCES}


def test_the_compiler_is_strict(workshop: Path) -> None:
    planted = workshop / "src" / "planted.ts"
    planted.write_text("export const first = (list: string[]): string => list[0];\n")
    built = build(workshop)
    assert built.returncode != 0
    assert "planted.ts" in built.stdout


def test_the_lock_pins_each_package_by_hash_and_names_no_host() -> None:
    text = (ELEMENTS / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    assert '"resolved"' not in text
    packages = {name: each for name, each in json.loads(text)["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
    wanted = json.loads((ELEMENTS / "package.json").read_text(encoding="utf-8"))
    for name, version in wanted["devDependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
    assert "dependencies" not in wanted


def test_no_source_grows_beyond_what_one_noun_needs() -> None:
    assert SOURCES
    long = [
        path.name
        for path in SOURCES
        if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES_IN_A_FILE
    ]
    assert long == []


def test_the_readme_names_every_attribute_and_word_of_every_element() -> None:
    readme = (ELEMENTS / "README.md").read_text(encoding="utf-8")
    found = 0
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        defined = re.search(r'customElements\.define\("([\w-]+)"', text)
        if defined is None:
            continue
        found += 1
        (section,) = re.findall(
            rf"^### `<{defined[1]}>`$(.*?)(?=^##|\Z)", readme, re.MULTILINE | re.DOTALL
        )
        (attributes,) = re.findall(r"observedAttributes = \[(.*?)\]", text)
        listed = re.search(r"const WORDS = \[(.*?)\]", text) or re.search(
            r"this\.words\((\".*?)\)", text
        )
        words = "" if listed is None else listed[1]
        for name in re.findall(r'"([\w-]+)"', attributes):
            assert re.search(rf"`{name}`| {name}[=>]", section), (defined[1], name)
        for name in re.findall(r'"([\w-]+)"', words):
            assert f'data-word="{name}"' in section, (defined[1], name)
    assert found == 7
