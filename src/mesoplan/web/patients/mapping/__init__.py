"""The one place of this app that knows both rows and the core: answers as the core reads them."""

from mesoplan.web.accounts.mapping import knowledge
from mesoplan.web.patients.mapping.tables import patient_tables

__all__ = ["knowledge", "patient_tables"]
