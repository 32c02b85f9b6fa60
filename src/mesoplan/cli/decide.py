"""``mesoplan screen`` and ``mesoplan plan``."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from mesoplan.cli.main import read_input
from mesoplan.documents.case_file import read_case
from mesoplan.knowledge import load_knowledge
from mesoplan.screening import screen
from mesoplan.vocabulary.errors import ClinicalInputError


def run(options: argparse.Namespace) -> str:
    """The text that the command prints."""
    content, place = read_input(options.file)
    knowledge = load_knowledge()
    case = read_case(content, place=place, knowledge=knowledge)
    if options.command == "screen":
        screening = screen(case.facts, case.request, knowledge, at=case.at)
        if options.json:
            from mesoplan.documents.json_screening import screening_json
            from mesoplan.documents.json_writer import dumps

            return dumps(screening_json(screening)) + "\n"
        from mesoplan.documents.text_view import screening_text

        return screening_text(screening, knowledge)
    from mesoplan.planning import plan

    decision = plan(case.request, case.facts, knowledge, at=case.at)
    if options.pdf:
        from mesoplan.documents.pdf import write_pdf

        write_whole(options.pdf, write_pdf(decision, knowledge))
    if options.json:
        from mesoplan.documents.json_plan import decision_json
        from mesoplan.documents.json_writer import dumps

        return dumps(decision_json(decision, knowledge)) + "\n"
    from mesoplan.documents.text_view import decision_text

    return decision_text(decision, knowledge)


def write_whole(name: str, content: bytes) -> None:
    """Write a file whole or not at all: a file of that name is replaced at the end.

    Raises:
        ClinicalInputError: the folder is not there or cannot be written.
    """
    path = Path(name)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    except OSError as error:
        reason = (error.strerror or "an error").lower()
        raise ClinicalInputError(
            expected="a place where a PDF can be written", came=reason, place=name
        ) from error
