"""The day as the clinic has it. Rows store UTC; what is due today is a question of the place."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from mesoplan.web.accounts.models import Clinic


def local_today(clinic: Clinic) -> date:
    """Today's date in the clinic's time zone."""
    return timezone.localdate(timezone=ZoneInfo(clinic.time_zone))
