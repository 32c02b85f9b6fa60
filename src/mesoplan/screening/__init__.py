"""Facts and request against cited rules: results, findings, missing answers, verdict."""

from mesoplan.screening.applies import Option
from mesoplan.screening.screen import Screening, SetAside, screen

__all__ = ["Option", "Screening", "SetAside", "screen"]
