"""Facts and request against cited rules: results, findings, missing answers, verdict."""

from mesoplan.screening.applies import Option
from mesoplan.screening.room import SetAside
from mesoplan.screening.screen import Screening, screen

__all__ = ["Option", "Screening", "SetAside", "screen"]
