"""The base is whole or it is refused: the real data are spoilt in one place at a time."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mesoplan.knowledge import KnowledgeBase, load_knowledge
from mesoplan.knowledge.loading import DATA
from mesoplan.vocabulary.errors import KnowledgeError

ANAESTHETICS = "substances/anaesthetics.toml"
PERSON = "rules/person.toml"
MANUAL = "techniques/manual.toml"
BIBLIOGRAPHY = "references.bib"

NEW_ENTRY = """
@misc{a-new-source,
  kind = {law},
  title = {A title},
  read = {full},
  address = {https://example.org/},
  note = {None}
}
"""
REASON = """
[[override_reason]]
id = "%s"
label = "A label"
source = "mesoplan-ruling"
locator = "reasons for an override"
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data folder, free to be spoilt."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def refused(folder: Path) -> KnowledgeError:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(folder)
    assert caught.value.exit_code == 3
    assert len(caught.value.message.splitlines()) == 1
    return caught.value


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}: choose another place to spoil"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# File, what stands there, what is put there; key in the message, and words of the message.
SPOILT = {
    "an unknown key": (
        *(ANAESTHETICS, 'id = "lidocaine"\n', 'id = "lidocaine"\ncolour = "blue"\n'),
        *("substance[1].colour", "one of the keys"),
    ),
    "a key with a slip": (
        *(ANAESTHETICS, "synonyms = [", "synonims = ["),
        *("substance[1].synonims", "nearest is 'synonyms'"),
    ),
    "an unknown list": (
        *(ANAESTHETICS, "[[substance]]", "[[substances]]"),
        *("substances", "nearest is 'substance'"),
    ),
    "a key twice": (
        *(ANAESTHETICS, 'id = "lidocaine"\n', 'id = "lidocaine"\nid = "lidocaine"\n'),
        *("", "Cannot overwrite a value"),
    ),
    "text that is no TOML": (ANAESTHETICS, "[[substance]]", "[[substance", "", "valid TOML"),
    "an id twice in one file": (
        *(ANAESTHETICS, 'id = "prilocaine"', 'id = "lidocaine"'),
        *("", "came 'lidocaine'"),
    ),
    "an id that is no id": (
        *(ANAESTHETICS, 'id = "prilocaine"', 'id = "Prilo_Caine"'),
        *("substance[2].id", "joined by hyphens"),
    ),
    "a source that is not in the bibliography": (
        *(BIBLIOGRAPHY, "{lidocaine-label-us,", "{lidocaine-label-usa,"),
        *("source", "nearest is 'lidocaine-label-usa'"),
    ),
    "a source that nothing cites": (
        *(BIBLIOGRAPHY, "@misc{seed-000,", f"{NEW_ENTRY.strip()}\n\n@misc{{seed-000,"),
        *("", "only sources that some value cites, came ['a-new-source']"),
    ),
    "an unknown unit": (
        *(ANAESTHETICS, '"mg/kg"', '"mg per kg"'),
        *("substance[1].limits[1].amount", "a unit, one of"),
    ),
    "a unit of another dimension in a limit": (
        *(ANAESTHETICS, '"mg/kg"', '"mL"'),
        *("substance[1].limits[1].amount.unit", "came 'mL'"),
    ),
    "a unit of another dimension in a length": (
        *(MANUAL, 'high = 13, unit = "mm"', 'high = 13, unit = "mL"'),
        *("technique[1].needle_length.unit", "a unit of length"),
    ),
    "an assumed number that does not say what it tightens": (
        *(MANUAL, ', tightens = "only lengthens the session estimate"', ""),
        *("technique[1].time_per_point.tightens", "`tightens` with every assumed value"),
    ),
    "a number without a source": (
        *(ANAESTHETICS, 'source = "anaesthetic-dose-table", ', ""),
        *("substance[1].limits[1].amount.source", "came nothing"),
    ),
    "a number without a locator": (
        *(MANUAL, ', source = "php-training-page", locator = "techniques"}', "}"),
        *("technique[1].gauge.source", "came nothing"),
    ),
    "a number that is no number": (
        *(ANAESTHETICS, "value = 3, ", "value = nan, "),
        *("substance[1].limits[1].amount.value", "a finite number"),
    ),
    "a substance that does not exist": (
        *("mixtures/single.toml", 'substance = "lidocaine"', 'substance = "lidocane"'),
        *("lidocaine-20-mg-ml", "nearest is 'lidocaine'"),
    ),
    "a fact that does not exist": (
        *(PERSON, 'when = "pregnant"', 'when = "pregnent"'),
        *("pregnancy", "nearest is 'pregnant'"),
    ),
    "a fact that a rule needs and that does not exist": (
        *(PERSON, '["can_become_pregnant"]', '["can_be_pregnant"]'),
        *("pregnancy", "came 'can_be_pregnant'"),
    ),
    "a fact of the wrong type in a condition": (
        *(PERSON, 'when = "pregnant"', 'when = "birth_date"'),
        *("pregnancy", "a fact of type boolean"),
    ),
    "a number that a condition names and the record lacks": (
        *(PERSON, 'below = "age_limit"', 'below = "age_limt"'),
        *("age-under-18", "came 'age_limt'"),
    ),
    "an ATC group that is none": (
        *("derivations/medicines.toml", '"B01AA"', '"B1AA"'),
        *("anticoagulant-from-medicines", "an ATC code"),
    ),
    "an ATC code that is none": (
        *(ANAESTHETICS, '"N01BB02"', '"N01BB2"'),
        *("substance[1]", "an ATC code"),
    ),
    "a rule that nobody may override but somebody may": (
        *(
            PERSON,
            'strength = "absolute"\nnever_overridable',
            'strength = "relative"\nnever_overridable',
        ),
        *("rule[1].strength", "absolute where never_overridable"),
    ),
    "an indication that says it has a protocol and has none": (
        *("indications/body.toml", 'standing = "not-offered"', 'standing = "protocol"'),
        *("", "standing protocol exactly where a protocol names the indication"),
    ),
    "a line of the bibliography that does not fit": (
        *(BIBLIOGRAPHY, "  kind = {seed},", "  kind = seed,"),
        *("line 2", "came ' kind = seed,'"),
    ),
    "an entry of the bibliography without an address": (
        *(BIBLIOGRAPHY, "  address = {docs/reference/rulings.md},\n", ""),
        *("mesoplan-ruling", "an address, or a file with its sha256"),
    ),
}


@pytest.mark.hazard("H-002", "H-008")
@pytest.mark.parametrize("case", SPOILT)
def test_a_base_that_is_spoilt_in_one_place_is_refused_with_file_and_key(
    data: Path, case: str
) -> None:
    file, old, new, key, words = SPOILT[case]
    spoil(data / file, old, new)
    error = refused(data)
    if case != "a source that is not in the bibliography":
        assert error.place == file
    assert key in error.key
    assert error.message.startswith(f"{error.place}: ")
    assert words in error.message


def test_an_id_that_stands_in_two_files_names_both(data: Path) -> None:
    new = data / "override_reasons" / "zz-more.toml"
    new.write_text(REASON % "event-long-past", encoding="utf-8")
    message = refused(data).message
    assert message.startswith("override_reasons/zz-more.toml: ")
    assert "it stands in override_reasons/reasons.toml too" in message


def test_a_new_file_of_a_kind_is_read(data: Path, knowledge: KnowledgeBase) -> None:
    (data / "override_reasons" / "zz-more.toml").write_text(REASON % "another", encoding="utf-8")
    reasons = load_knowledge(data).override_reasons
    assert set(reasons) - set(knowledge.override_reasons) == {"another"}


def test_a_folder_of_no_kind_is_refused(data: Path) -> None:
    (data / "potions").mkdir()
    (data / "potions" / "a.toml").write_text("", encoding="utf-8")
    error = refused(data)
    assert error.place == "potions/a.toml"
    assert "came 'potions'" in error.message


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "references.bib" in refused(tmp_path).message


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "references.bib" in refused(tmp_path / "nowhere").message


@pytest.mark.parametrize("file", [ANAESTHETICS, BIBLIOGRAPHY])
def test_a_file_that_is_not_utf_8_is_refused(data: Path, file: str) -> None:
    path = data / file
    path.write_bytes(path.read_bytes() + b"# \xe9\n")
    error = refused(data)
    assert error.place == file
    assert "UTF-8" in error.message


def test_nothing_of_the_base_can_be_changed(knowledge: KnowledgeBase) -> None:
    rule = knowledge.rules["pregnancy"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        knowledge.release = "another"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule.message = "another"  # type: ignore[misc]
    with pytest.raises(TypeError):
        knowledge.rules["another"] = rule  # type: ignore[index]
    with pytest.raises(TypeError):
        knowledge.documents["another"] = {}  # type: ignore[index]


def test_an_id_always_names_its_own_record(knowledge: KnowledgeBase) -> None:
    for kind in dataclasses.fields(knowledge):
        records = getattr(knowledge, kind.name)
        if hasattr(records, "items") and kind.name != "documents":
            assert records
            assert all(record.id == name for name, record in records.items())


def add_a_space(folder: Path) -> None:
    path = folder / MANUAL
    path.write_bytes(path.read_bytes() + b" ")


def change_a_digit(folder: Path) -> None:
    spoil(folder / ANAESTHETICS, "value = 200", "value = 201")


def rename_a_file(folder: Path) -> None:
    (folder / MANUAL).rename(folder / "techniques" / "by-hand.toml")


def change_the_bibliography(folder: Path) -> None:
    spoil(folder / BIBLIOGRAPHY, "year = {2026}", "year = {2025}")


@pytest.mark.hazard("H-009")
@pytest.mark.parametrize(
    "change", [add_a_space, change_a_digit, rename_a_file, change_the_bibliography]
)
def test_one_byte_makes_another_release(
    data: Path, knowledge: KnowledgeBase, change: Callable[[Path], None]
) -> None:
    change(data)
    release = load_knowledge(data).release
    assert release != knowledge.release
    assert len(release) == len(knowledge.release) == 64


@pytest.mark.hazard("H-009")
def test_the_release_is_that_of_the_contents_wherever_they_lie(
    data: Path, knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the folder, nor its times, nor the order in which the system lists it, counts."""
    listed = Path.rglob

    def backwards(self: Path, pattern: str) -> list[Path]:
        return sorted(listed(self, pattern), reverse=True)

    monkeypatch.setattr(Path, "rglob", backwards)
    again = load_knowledge(data)
    assert again.release == knowledge.release
    assert list(again.rules) == list(knowledge.rules)
    (data / "README.md").write_text("Beside the data.", encoding="utf-8")
    assert load_knowledge(data).release == knowledge.release
