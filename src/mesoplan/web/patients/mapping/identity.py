"""Who a patient can be, as the reader of case files has it."""

from __future__ import annotations

from datetime import date

from mesoplan.vocabulary.errors import ClinicalInputError
from mesoplan.web.patients.mapping.tables import read_facts_of


def birth_date_refused(birth_date: date, *, at: date) -> str:
    """What is expected in place of a birth date; empty where it can be one."""
    try:
        read_facts_of({"patient": {"birth_date": birth_date}}, at=at)
    except ClinicalInputError as error:
        return error.expected
    return ""
