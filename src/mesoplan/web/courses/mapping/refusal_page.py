"""A refusal's record as its page tells it: every reason, what it rests on, and the way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from mesoplan.web.courses.mapping.plan_page import Said, said
from mesoplan.web.courses.mapping.words import Chip, cited, label_of, source_chips

CODES = {
    "contraindicated": _("Contraindicated"),
    "deferred": _("Deferred"),
    "undetermined": _("Not answered"),
    "no-protocol": _("No protocol"),
    "not-offered": _("Not offered"),
    "neighbouring-procedure": _("Another procedure"),
    "region-not-covered": _("Not for this region"),
    "outside-protocol": _("Outside the protocol"),
    "numbers-unknown": _("A number is not known"),
    "over-limit": _("Over a limit"),
    "zones-overlap": _("Zones share skin"),
}
"""Why there is no plan, in words."""

VERDICTS = frozenset({"contraindicated", "deferred", "undetermined"})
"""Reasons that screening gives; they are resolved on its page."""

OUTSIDE = "outside-protocol"
"""A reason that a wish gives: it ends when the wish is taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """One reason of a refusal."""

    code: str
    words: str
    message: str
    way_out: str
    sources: tuple[Chip, ...]

    @property
    def is_of_screening(self) -> bool:
        """Whether the screening page explains it, and may take an answer or an override."""
        return self.code in VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """A refusal for a page. ``wished`` are the keys of zones whose wishes could be taken back."""

    verdict: str
    after_override: str
    reasons: tuple[ReasonView, ...]
    missing: tuple[tuple[str, str], ...]
    advice: tuple[Said, ...]
    alternatives: tuple[Said, ...]
    wished: tuple[int, ...]
    policy: str
    release: str


def refusal_view(record: Mapping[str, Any], wished: Sequence[int]) -> RefusalView:
    """The page of a record whose outcome is a refusal."""
    refusal, screening = record["refusal"], record["screening"]
    return RefusalView(
        verdict=screening["verdict"],
        after_override=screening["verdict_after_override"] or "",
        reasons=tuple(_reason(item) for item in refusal["reasons"]),
        missing=tuple((item["fact"], item["question"]) for item in refusal["missing"]),
        advice=said(refusal["advice"]),
        alternatives=said(refusal["alternatives"]),
        wished=tuple(wished),
        policy=label_of("policies", screening["policy"]),
        release=screening["knowledge_release"],
    )


def _reason(item: Mapping[str, Any]) -> ReasonView:
    return ReasonView(
        code=item["code"],
        words=str(CODES[item["code"]]),
        message=cited(item["message"]),
        way_out=item["way_out"] or "",
        sources=source_chips(item["sources"]),
    )
