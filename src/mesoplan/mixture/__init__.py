"""Formula x knowledge: compatibility, doses, volumes, shares of limits."""

from mesoplan.mixture.check import DrawnMixture, MixtureCheck, check_mixture
from mesoplan.mixture.doses import Dose, GroupShare, LimitShare

__all__ = [
    "Dose",
    "DrawnMixture",
    "GroupShare",
    "LimitShare",
    "MixtureCheck",
    "check_mixture",
]
