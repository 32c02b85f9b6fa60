"""All reads of patients. None of them writes; opening a chart is an action (``open_patient``)."""

from mesoplan.web.patients.queries.answers import answers, answers_journal

__all__ = ["answers", "answers_journal"]
