"""All writes of patients, and the reading of a chart, which leaves a trace as well."""

from mesoplan.web.patients.actions.documents import file_document, open_document
from mesoplan.web.patients.actions.identity import (
    Identity,
    change_identity,
    open_patient,
    register_patient,
)

__all__ = [
    "Identity",
    "change_identity",
    "file_document",
    "open_document",
    "open_patient",
    "register_patient",
]
