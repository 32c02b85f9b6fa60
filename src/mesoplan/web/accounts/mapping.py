"""The one place of this app that knows the core: policies, as pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mesoplan.knowledge import KnowledgeBase, load_knowledge
from mesoplan.knowledge.schema.conditions import Route
from mesoplan.knowledge.schema.policies import Mixing, Permission, Policy, PolicyLine
from mesoplan.vocabulary.request import Practitioner
from mesoplan.vocabulary.source import Citation, ClinicalNumber

MIXING_WORDS = MappingProxyType(
    {
        Mixing.NONE: _("None: one active, as it is bought"),
        Mixing.READY_MIX: _("Only mixtures bought ready-made"),
        Mixing.COMPOUNDED: _("By a pharmacy, for one patient"),
        Mixing.BEDSIDE: _("By the physician, directly before use"),
        Mixing.UNKNOWN: _("Not known, so nothing is mixed"),
    }
)
PERMISSION_WORDS = MappingProxyType(
    {
        Permission.ALLOWED: _("Allowed"),
        Permission.FORBIDDEN: _("Forbidden"),
        Permission.UNKNOWN: _("Not known, so not allowed"),
    }
)
PRACTITIONER_WORDS = MappingProxyType(
    {
        Practitioner.PHYSICIAN: _("Physician"),
        Practitioner.NURSE: _("Nurse"),
        Practitioner.ASSISTANT: _("Assistant"),
        Practitioner.BEAUTICIAN: _("Beautician"),
    }
)
ROUTE_WORDS = MappingProxyType(
    {
        Route.EPIDERMAL: _("into the epidermis"),
        Route.INTRADERMAL: _("into the dermis"),
        Route.SUBCUTANEOUS: _("under the skin"),
        Route.TOPICAL: _("on the skin"),
        Route.ELECTROPORATION: _("by electroporation"),
        Route.INTRAMUSCULAR: _("into muscle"),
        Route.INTRAVENOUS: _("into a vein"),
        Route.INTRA_ARTICULAR: _("into a joint"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """One line of a policy on a page: the answer in short, the text, and who says it where.

    ``dated`` is the date of the text as the knowledge base gives it, empty where it gives none.
    """

    lead: str
    text: str
    source: str
    locator: str
    dated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTopic:
    """What a policy says on one matter."""

    title: str
    lines: tuple[ShownLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPolicy:
    """A policy to choose or to read. ``unknown`` lists what it does not answer."""

    id: str
    label: str
    summary: str
    topics: tuple[ShownTopic, ...]
    unknown: tuple[str, ...]


@cache
def knowledge() -> KnowledgeBase:
    """The knowledge base of this installation, read once by each process; frozen."""
    return load_knowledge()


def policies() -> tuple[ShownPolicy, ...]:
    """All policies of the knowledge base, the default first, in the language of the page."""
    found = knowledge().policies.values()
    return tuple(_shown(policy) for policy in sorted(found, key=_default_first))


def policy_of(policy_id: str) -> ShownPolicy | None:
    """The policy of that id; none where the knowledge base no longer has it."""
    policy = knowledge().policies.get(policy_id)
    return None if policy is None else _shown(policy)


def _default_first(policy: Policy) -> tuple[bool, str]:
    return policy.id != "default", policy.label


def _shown(policy: Policy) -> ShownPolicy:
    return ShownPolicy(
        id=policy.id,
        label=policy.label,
        summary=policy.summary,
        topics=tuple(topic for topic in _topics(policy) if topic.lines),
        unknown=policy.unknown,
    )


def _topics(policy: Policy) -> Iterator[ShownTopic]:
    yield ShownTopic(
        title=gettext("Mixing"),
        lines=(_of_line(str(MIXING_WORDS[policy.mixing]), policy.mixing_line),),
    )
    yield ShownTopic(title=gettext("Actives in one syringe"), lines=(_most_actives(policy),))
    yield ShownTopic(
        title=gettext("Use outside a licence"),
        lines=(_of_line(str(PERMISSION_WORDS[policy.off_label]), policy.off_label_line),),
    )
    yield ShownTopic(
        title=gettext("Override by a physician"),
        lines=(_of_line(str(PERMISSION_WORDS[policy.overrides]), policy.overrides_line),),
    )
    yield ShownTopic(
        title=gettext("Who may treat, and how"),
        lines=tuple(
            _line(
                f"{PRACTITIONER_WORDS[item.practitioner]}: "
                + ", ".join(str(ROUTE_WORDS[route]) for route in item.routes),
                item.text,
                item.citation,
            )
            for item in policy.authorisations
        ),
    )
    yield ShownTopic(
        title=gettext("Forbidden"),
        lines=tuple(_line("", ban.says.text, ban.says.citation) for ban in policy.prohibitions),
    )
    yield ShownTopic(
        title=gettext("What the consent must say"),
        lines=tuple(_line("", item.text, item.citation) for item in policy.statements),
    )


def _most_actives(policy: Policy) -> ShownLine:
    number = policy.most_actives
    if not isinstance(number, ClinicalNumber):
        return ShownLine(lead=gettext("Not known"), text=number.reason, source="", locator="")
    lead = gettext("At most %(number)s") % {"number": number.high.amount}
    return _line(lead, number.tightens, number.citation)


def _of_line(lead: str, line: PolicyLine) -> ShownLine:
    return _line(lead, line.text, line.citation, line.dated)


def _line(lead: str, text: str, citation: Citation, dated: str = "") -> ShownLine:
    source = knowledge().sources[citation.id]
    return ShownLine(
        lead=lead,
        text=text,
        source=source.title or source.label,
        locator=citation.locator,
        dated=dated,
    )
