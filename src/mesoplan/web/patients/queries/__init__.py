"""All reads of patients. None of them writes; opening a chart is an action (``open_patient``)."""

from mesoplan.web.patients.mapping.banner import Banner, BannerFact
from mesoplan.web.patients.queries.answers import answers, answers_journal, banner, plain_banner

__all__ = ["Banner", "BannerFact", "answers", "answers_journal", "banner", "plain_banner"]
