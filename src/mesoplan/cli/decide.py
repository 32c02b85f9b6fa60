"""``mesoplan screen`` and ``mesoplan plan``."""

from __future__ import annotations

import argparse

from mesoplan.cli.files import read_input, write_whole
from mesoplan.documents.case_file import read_case
from mesoplan.knowledge import load_knowledge
from mesoplan.screening import screen


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
        from mesoplan.documents.text_screening import screening_text

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
    from mesoplan.documents.text_plan import decision_text

    return decision_text(decision, knowledge)
