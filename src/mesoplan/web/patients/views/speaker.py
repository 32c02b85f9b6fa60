"""Who gives the answers of a patient: chosen once a day, and kept in the browser session."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mesoplan.web.accounts.access import ClinicRequest
from mesoplan.web.accounts.clock import local_today
from mesoplan.web.patients.models import Patient, Speaker

SPEAKER = "speaker"
"""In the browser session: who gives the answers, of which patient, on which day."""


def chosen_speaker(request: ClinicRequest, patient: Patient) -> Speaker | None:
    """Who gives the answers that a form sends: as it says, and kept for this patient and day."""
    said_by = request.POST.get("said_by", "")
    if said_by not in Speaker.values:
        return None
    if said_by != kept_speaker(request, patient):
        day = local_today(patient.clinic).isoformat()
        request.session[SPEAKER] = [patient.code, day, said_by]
    return Speaker(said_by)


def kept_speaker(request: ClinicRequest, patient: Patient) -> str:
    """Who gave the last answers of this patient today; empty where nobody was chosen."""
    code, day, said_by = request.session.get(SPEAKER) or ("", "", "")
    today = local_today(patient.clinic).isoformat()
    return said_by if (code, day) == (patient.code, today) else ""


def no_speaker() -> str:
    """What is wrong where nobody is chosen: an answer belongs to whoever gave it."""
    return _("Say first who gives the answers.")
