"""The clock on the wall of a clinic. What is stored is UTC; a day is the clinic's own."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from mesoplan.web.accounts.models import Clinic


def clinic_zone(clinic: Clinic) -> ZoneInfo:
    """The time zone of the clinic."""
    return ZoneInfo(clinic.time_zone)


def local_today(clinic: Clinic) -> date:
    """The date on the wall of the clinic now."""
    return timezone.localdate(timezone=clinic_zone(clinic))


def day_bounds(clinic: Clinic, day: date) -> tuple[datetime, datetime]:
    """The first moment of that day in the clinic, and the first of the next.

    Where clocks are changed a day has 23 or 25 hours.
    """
    zone = clinic_zone(clinic)
    return (
        datetime.combine(day, time.min, tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone),
    )
