"""The printed sheet, read back by programs that share no code with its writer."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import BooleanObject

from mesoplan.documents.pdf import write_pdf
from mesoplan.documents.pdf_words import FONTS, SYMBOLS
from mesoplan.documents.typesetting import NOTICE
from mesoplan.vocabulary.source import Statement
from tests.lib.sheets import LABEL, base, letters, neck_pdf, neck_plan, refusal_pdf, text_of

MARKUP = '#panic("x") *bold* _soft_ $x$ @label <tag> // no comment \\ #sys.inputs'

BOTH = pytest.mark.parametrize("printed", [neck_pdf, refusal_pdf])


def root_of(content: bytes) -> Any:
    return PdfReader(BytesIO(content)).root_object


# --- A document that everyone can read --------------------------------------------------------


@BOTH
def test_it_is_tagged_titled_and_says_its_language(printed: Callable[[], bytes]) -> None:
    reader = PdfReader(BytesIO(printed()))
    root = root_of(printed())
    assert root["/MarkInfo"]["/Marked"] == BooleanObject(value=True)
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == BooleanObject(value=True)
    assert reader.metadata is not None
    assert "neck" in str(reader.metadata.title)
    assert str(reader.metadata.title).startswith(
        "Treatment plan" if printed is neck_pdf else "No plan"
    )
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid:part>1<" in xmp
    assert "pdfaid:part>2<" in xmp


def test_tables_have_headers_that_screen_readers_find() -> None:
    kinds: list[str] = []
    todo = [root_of(neck_pdf())["/StructTreeRoot"]]
    while todo:
        node = todo.pop().get_object()
        if isinstance(node, dict):
            kinds.append(str(node.get("/S", "")))
            children = node.get("/K", [])
            todo += children if isinstance(children, list) else [children]
    for kind in ("/Table", "/TH", "/H1", "/H2", "/L", "/LI", "/Link"):
        assert kind in kinds, f"no {kind} in the structure"


def test_fonts_are_embedded_and_none_comes_from_the_system(
    pdftotext_path: Path, tmp_path: Path
) -> None:
    pages: list[Any] = list(PdfReader(BytesIO(neck_pdf())).pages)
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    names = {str(font["/BaseFont"]).split("+")[-1] for font in fonts}
    # Beside its own the sheet may use the typesetter's built-in fonts, for a few signs.
    own = ("MesoplanSans-", "DejaVuSansMono", "LibertinusSerif-", "NewCM")
    assert [name for name in names if not name.startswith(own)] == []
    assert {"MesoplanSans-Regular", "MesoplanSans-SemiBold"} <= {
        name.removesuffix("-Identity-H") for name in names
    }
    file = tmp_path / "plan.pdf"
    file.write_bytes(neck_pdf())
    second = subprocess.run(
        [pdftotext_path, file, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert letters("Totals of one session") in letters(second)


def test_fonts_have_a_name_of_their_own_and_stay_small() -> None:
    files = sorted(FONTS.glob("*.ttf"))
    assert len(files) == 3
    assert sum(file.stat().st_size for file in files) < 1_500_000
    for file in files:
        assert file.name.startswith("MesoplanSans-")
        # Names are stored as UTF-16; the reserved name may stand nowhere in them.
        assert "Plex".encode("utf-16-be") not in file.read_bytes()
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


@BOTH
def test_each_page_carries_its_number_the_notice_and_the_release(
    printed: Callable[[], bytes],
) -> None:
    pages = PdfReader(BytesIO(printed())).pages
    assert len(pages) > 1
    for at, page in enumerate(pages, 1):
        text = letters(page.extract_text())
        assert letters(f"Page {at} / {len(pages)}") in text
        assert letters(NOTICE) in text
        assert neck_plan().knowledge_release[:12] in text
        assert letters("22 November 2026") in text


@BOTH
def test_nothing_is_printed_in_the_outer_eight_millimetres(
    printed: Callable[[], bytes], pdftoppm_path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(printed())
    subprocess.run([pdftoppm_path, "-gray", "-r", "72", file, tmp_path / "page"], check=True)
    images = sorted(tmp_path.glob("page*.pgm"))
    assert images
    margin = int(8 / 25.4 * 72)
    for image in images:
        width, height, rows = read_pgm(image)
        assert (width, height) == (596, 842), "not A4"
        assert any(min(row) < 128 for row in rows), "an empty page"
        border = [*rows[:margin], *rows[-margin:]]
        border += [row[:margin] + row[-margin:] for row in rows]
        assert all(min(row) == 255 for row in border), image.name


def read_pgm(image: Path) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of grey values of a binary PGM file."""
    content = image.read_bytes()
    _, across, down, _ = content.split(maxsplit=4)[:4]
    width, height = int(across), int(down)
    pixels = content[-width * height :]
    return width, height, [pixels[at : at + width] for at in range(0, len(pixels), width)]


def test_endless_words_cover_nothing(pdftotext_path: Path, tmp_path: Path) -> None:
    endless = "W" * 300
    told = Statement(text="X" * 400, citation=neck_plan().statements[0].citation)
    long_fact = replace(neck_plan().individualised[0], fact="Y" * 200)
    changed = replace(neck_plan(), statements=(told,), individualised=(long_fact,))
    file = tmp_path / "long.pdf"
    file.write_bytes(write_pdf(changed, base(), patient_label=endless))
    boxes = subprocess.run(
        [pdftotext_path, "-bbox", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    ends = {
        letter: [float(end) for end in re.findall(rf'xMax="([0-9.]+)"[^>]*>{letter}{{4,}}', boxes)]
        for letter in "WXY"
    }
    assert max(ends["Y"]) < (20 + 58) * 72 / 25.4, "beyond its column"
    assert max(ends["W"] + ends["X"]) < (210 - 20) * 72 / 25.4 + 1, "beyond the text"
    assert letters(endless) in letters(text_of(file.read_bytes()))


def test_the_same_decision_gives_the_same_bytes() -> None:
    assert write_pdf(neck_plan(), base(), patient_label=LABEL) == neck_pdf()
    reader = PdfReader(BytesIO(neck_pdf()))
    assert reader.metadata is not None
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == neck_plan().at


# --- Text from data is text -------------------------------------------------------------------


def test_markup_in_data_is_printed_as_it_stands() -> None:
    told = Statement(text=MARKUP, citation=neck_plan().statements[0].citation)
    bold = replace(neck_plan().individualised[0], fact="*not bold*", effect='#read("/etc/hosts")')
    changed = replace(neck_plan(), statements=(told,), individualised=(bold,))
    text = letters(text_of(write_pdf(changed, base(), patient_label='#panic("name") $y$')))
    for said in (MARKUP, "*not bold*", '#read("/etc/hosts")', '#panic("name") $y$'):
        assert letters(said) in text


def test_what_no_font_draws_is_printed_as_its_code_point() -> None:
    text = text_of(write_pdf(neck_plan(), base(), patient_label="陈 \U0001f642 \a\ufeff Łukasz"))
    assert letters("[U+9648] [U+1F642] [U+0007][U+FEFF] Łukasz") in letters(text)


def test_every_covered_character_can_be_printed() -> None:
    signs = "".join(
        chr(code)
        for line in (FONTS / "coverage.txt").read_text(encoding="ascii").split()
        for first, _, last in [line.partition("-")]
        for code in range(int(first, 16), int(last or first, 16) + 1)
    )
    # PDF/UA refuses a sheet with a character that no font has.
    told = Statement(text=signs + SYMBOLS, citation=neck_plan().statements[0].citation)
    assert "≤" in text_of(write_pdf(replace(neck_plan(), statements=(told,)), base()))
