"""The checks that the program makes itself: allergies, routes, policy, authorisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesoplan.knowledge.compatibility import actives_of, compatibility, standing
from mesoplan.knowledge.limits import needs_weight
from mesoplan.knowledge.reading import best_likeness
from mesoplan.knowledge.schema.conditions import Check, Route
from mesoplan.knowledge.schema.mixtures import MixtureVerdict, Preparation
from mesoplan.knowledge.schema.policies import Mixing, Permission, Policy, Prohibition
from mesoplan.knowledge.schema.substances import ApprovalState, RouteApproval
from mesoplan.screening.conditions import Evaluation
from mesoplan.vocabulary.answer import Known, Truth, Unknown
from mesoplan.vocabulary.patient import Allergies

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.mixtures import Mixture
    from mesoplan.screening.applies import Option
    from mesoplan.screening.effective import Disagreement, EffectiveFacts
    from mesoplan.vocabulary.request import Practitioner

CLEARED = Evaluation(Truth.FALSE)

OPTION_CHECKS = frozenset(
    {
        Check.COMPONENT_ALLERGY,
        Check.ROUTE_NOT_APPROVED,
        Check.SUBSTANCE_FORBIDDEN,
        Check.MIXTURE_NOT_ALLOWED,
        Check.MIXTURE_USED_TOGETHER,
        Check.MIXTURE_WITHOUT_DATA,
        Check.MIXTURE_INCOMPATIBLE,
        Check.WEIGHT_FOR_LIMIT,
        Check.INDICATION_FORBIDDEN,
        Check.PRACTITIONER_NOT_AUTHORISED,
        Check.WOULD_BE_GIVEN,
    }
)
"""Checks of one zone and what would be given there; the others look at the patient."""


def check_patient(check: Check, facts: EffectiveFacts) -> Evaluation:
    """A check that looks at the patient's answers alone."""
    match check:
        case Check.OTHER_ALLERGY:
            allergies = facts.recorded.allergies
            names = allergies.value.other if isinstance(allergies, Known) else ()
            return _other("allergies", allergies, names)
        case Check.OTHER_MEDICINE:
            medications = facts.recorded.medications
            names = medications.value.other if isinstance(medications, Known) else ()
            return _other("medications", medications, names)
        case Check.LISTED_ALLERGY:
            return _listed(facts)
        case Check.ANSWERS_DISAGREE:
            because = tuple((item.fact, _clash(item)) for item in facts.disagreements)
            return Evaluation(Truth.TRUE, because) if because else CLEARED
        case _:
            message = f"the check {check.value} needs a zone"
            raise TypeError(message)


def _clash(item: Disagreement) -> str:
    recorded, derived = _word(item.recorded), _word(item.derived.value)
    return f"recorded {recorded}, but {item.derived.because} means {derived}; the worse one holds"


def _word(value: bool) -> str:  # noqa: FBT001 - a truth is what is worded
    return "yes" if value else "no"


def _other(fact: str, answer: object, names: tuple[str, ...]) -> Evaluation:
    if not isinstance(answer, Known):
        return Evaluation(Truth.UNKNOWN, missing=(fact,))
    if names:
        return Evaluation(Truth.UNKNOWN, missing=(f"{fact}.other",))
    return CLEARED


def _listed(facts: EffectiveFacts) -> Evaluation:
    allergies = facts.recorded.allergies
    if not isinstance(allergies, Known):
        return Evaluation(Truth.UNKNOWN, missing=("allergies",))
    named = (*allergies.value.substances, *allergies.value.groups)
    return Evaluation(Truth.TRUE, (("allergies", ", ".join(named)),)) if named else CLEARED


def check_option(
    check: Check,
    option: Option,
    facts: EffectiveFacts,
    policy: Policy,
    practitioner: Practitioner | None,
    knowledge: KnowledgeBase,
) -> Evaluation:
    """A check of one zone and what would be given there."""
    match check:
        case Check.COMPONENT_ALLERGY:
            return _component_allergy(option.substances(), facts, knowledge)
        case Check.ROUTE_NOT_APPROVED:
            return _route(option, policy, knowledge)
        case Check.SUBSTANCE_FORBIDDEN:
            return _forbidden(option, policy, knowledge, of_substances=True)
        case Check.INDICATION_FORBIDDEN:
            return _forbidden(option, policy, knowledge, of_substances=False)
        case Check.MIXTURE_NOT_ALLOWED:
            return _mixing(option.mixture, policy, knowledge)
        case Check.PRACTITIONER_NOT_AUTHORISED:
            return _authorised(option, policy, practitioner)
        case Check.WOULD_BE_GIVEN:
            return Evaluation(Truth.TRUE)
        case Check.WEIGHT_FOR_LIMIT:
            return _weight(option, facts, policy, knowledge)
        case Check.MIXTURE_USED_TOGETHER | Check.MIXTURE_WITHOUT_DATA | Check.MIXTURE_INCOMPATIBLE:
            return _standing(_STANDINGS[check], option.mixture, knowledge)
        case _:
            return check_patient(check, facts)


_STANDINGS = {
    Check.MIXTURE_USED_TOGETHER: {MixtureVerdict.USED_TOGETHER},
    Check.MIXTURE_WITHOUT_DATA: {MixtureVerdict.NO_DATA},
    Check.MIXTURE_INCOMPATIBLE: {MixtureVerdict.INCOMPATIBLE, MixtureVerdict.FORBIDDEN},
}


def _standing(
    wanted: set[MixtureVerdict], mixture: Mixture | None, knowledge: KnowledgeBase
) -> Evaluation:
    """Whether the mixture as a whole stands so; the reasons of that standing.

    One active in a diluent is no mixture of actives: that it was diluted stands in the plan and
    is no finding about this patient.
    """
    if mixture is None or standing(mixture, knowledge) not in wanted:
        return CLEARED
    is_diluted = len(actives_of(mixture, knowledge)) <= _SINGLE
    if is_diluted and wanted == _STANDINGS[Check.MIXTURE_USED_TOGETHER]:
        return CLEARED
    because = tuple(
        (reason.verdict.value, reason.text)
        for reason in compatibility(mixture, knowledge)
        if reason.verdict in wanted
    )
    return Evaluation(Truth.TRUE, because)


def _weight(
    option: Option, facts: EffectiveFacts, policy: Policy, knowledge: KnowledgeBase
) -> Evaluation:
    """Unknown where a limit per kilogram counts and nobody weighed the patient."""
    if isinstance(facts.answer("weight"), Known):
        return CLEARED
    if needs_weight(option.substances(), policy, knowledge):
        return Evaluation(Truth.UNKNOWN, missing=("weight",))
    return CLEARED


def _component_allergy(
    substances: tuple[str, ...], facts: EffectiveFacts, knowledge: KnowledgeBase
) -> Evaluation:
    allergies = facts.recorded.allergies
    if not substances:
        return CLEARED
    if not isinstance(allergies, Known):
        return Evaluation(Truth.UNKNOWN, missing=("allergies",))
    because = tuple(
        ("allergies", reason)
        for name in substances
        if (reason := allergy_to(name, allergies.value, knowledge))
    )
    if because:
        return Evaluation(Truth.TRUE, because)
    if any(
        may_mean(other, name, knowledge) for other in allergies.value.other for name in substances
    ):
        return Evaluation(Truth.UNKNOWN, missing=("allergies.other",))
    return CLEARED


_ALIKE = 85
"""Percent of likeness (rapidfuzz, best part) from which a free name may mean a component."""


def may_mean(name: str, substance: str, knowledge: KnowledgeBase) -> bool:
    """Whether a name that the base does not know is like a name of a substance or its groups."""
    record = knowledge.substances[substance]
    groups = [knowledge.groups[group] for group in record.groups]
    known = [record.label, *record.synonyms]
    known += [word for group in groups for word in (group.label, *group.synonyms)]
    return best_likeness(name, known) >= _ALIKE


def allergy_to(substance: str, allergies: Allergies, knowledge: KnowledgeBase) -> str:
    """Why a known allergy bars a substance, or the empty text.

    Barred are: the substance itself; a member of a named allergen group or of a group that reacts
    together with it; and a substance that shares an allergen group with a named substance.
    """
    record = knowledge.substances[substance]
    if substance in allergies.substances:
        return f"allergy to {record.label}"
    named = set(allergies.groups)
    for group in allergies.groups:
        named |= set(knowledge.groups[group].crossing)
    via_substance = {
        group: other
        for other in allergies.substances
        for group in knowledge.substances[other].groups
        if knowledge.groups[group].is_allergen
    }
    for group in record.groups:
        label = knowledge.groups[group].label
        if group in named:
            return f"allergy to {label}, which {record.label} belongs to"
        if group in via_substance:
            other = knowledge.substances[via_substance[group]].label
            return f"allergy to {other}; {record.label} is of the same group, {label}"
    return ""


def approval(
    substance: str, option: Option, policy: Policy, knowledge: KnowledgeBase
) -> RouteApproval | None:
    """The entry that says how a substance stands for the route of an option, if there is one.

    Entries for the policy's own jurisdiction go before entries for any; of several of one kind
    the worst counts. Entries narrowed to regions or indications count only there.
    """
    regions = knowledge.regions_around(option.zone.region)
    fitting = [
        entry
        for entry in knowledge.substances[substance].routes
        if entry.route is option.route
        and entry.jurisdiction in {"any", policy.jurisdiction}
        and (not entry.regions or set(entry.regions) & set(regions))
        and (not entry.indications or option.indication.id in entry.indications)
    ]
    own = [entry for entry in fitting if entry.jurisdiction == policy.jurisdiction]
    order = list(ApprovalState)
    return max(own or fitting, key=lambda entry: order.index(entry.state), default=None)


def _route(option: Option, policy: Policy, knowledge: KnowledgeBase) -> Evaluation:
    if option.mixture is not None and option.route is None:
        return Evaluation(Truth.UNKNOWN, missing=("technique",))
    because = []
    for name in option.substances():
        record = knowledge.substances[name]
        if not record.is_active:
            continue
        entry = approval(name, option, policy, knowledge)
        state = entry.state if entry else ApprovalState.UNKNOWN
        route = option.route.value if option.route else "unknown"
        if not state.may_be_given:
            because.append((record.label, f"{state.value} for the {route} route"))
        elif state.needs_statement and policy.off_label is not Permission.ALLOWED:
            because.append((record.label, f"{state.value}; the policy does not allow that"))
    return Evaluation(Truth.TRUE, tuple(because)) if because else CLEARED


def _forbidden(
    option: Option, policy: Policy, knowledge: KnowledgeBase, *, of_substances: bool
) -> Evaluation:
    because = []
    for ban in policy.prohibitions:
        names_substances = bool(ban.substances or ban.groups)
        if names_substances is of_substances and _falls_under(ban, option, knowledge):
            because.append((policy.label, ban.says.text))
    if of_substances:
        for name in option.substances():
            record = knowledge.substances[name]
            because += [
                (record.label, entry.note or entry.state.value)
                for entry in record.routes
                if entry.state in _GONE and entry.jurisdiction in {"any", policy.jurisdiction}
            ]
    return Evaluation(Truth.TRUE, tuple(dict.fromkeys(because))) if because else CLEARED


_GONE = frozenset({ApprovalState.WITHDRAWN, ApprovalState.FORBIDDEN})


def _falls_under(ban: Prohibition, option: Option, knowledge: KnowledgeBase) -> bool:
    technique = option.technique
    return all(
        (
            not ban.substances or bool(set(ban.substances) & set(option.substances())),
            not ban.groups or bool(set(ban.groups) & option.groups(knowledge)),
            not ban.indications or option.indication.id in ban.indications,
            not ban.purposes or option.indication.purpose in ban.purposes,
            not ban.techniques or (technique is not None and technique.id in ban.techniques),
            not ban.devices or (technique is not None and technique.device in ban.devices),
            not ban.routes or option.route is None or option.route in ban.routes,
        )
    )


_MIXING_ORDER = (Mixing.NONE, Mixing.READY_MIX, Mixing.COMPOUNDED, Mixing.BEDSIDE)
_MIXING_NEEDED = {
    Preparation.READY_MIX: Mixing.READY_MIX,
    Preparation.COMPOUNDED: Mixing.COMPOUNDED,
    Preparation.BEDSIDE: Mixing.BEDSIDE,
}
_SINGLE = 1
"""One active is no mixture, whoever dissolved it."""


def _mixing(mixture: Mixture | None, policy: Policy, knowledge: KnowledgeBase) -> Evaluation:
    if mixture is None:
        return CLEARED
    actives = actives_of(mixture, knowledge)
    needed = _MIXING_NEEDED.get(mixture.preparation)
    if len(actives) <= _SINGLE or needed is None:
        return CLEARED
    because = []
    if policy.mixing is Mixing.UNKNOWN:
        because.append((policy.label, "what may be mixed is not known, so nothing is"))
    elif _MIXING_ORDER.index(policy.mixing) < _MIXING_ORDER.index(needed):
        because.append(
            (policy.label, f"allows {policy.mixing.value}; this mixture is {needed.value}")
        )
    most = policy.most_actives
    if mixture.preparation is not Preparation.READY_MIX:
        if isinstance(most, Unknown):
            because.append((policy.label, "the most actives in one syringe are not known"))
        elif len(actives) > most.value.amount:
            because.append(
                (policy.label, f"at most {most.value.amount} active; this has {len(actives)}")
            )
    return Evaluation(Truth.TRUE, tuple(because)) if because else CLEARED


def _authorised(option: Option, policy: Policy, practitioner: Practitioner | None) -> Evaluation:
    if practitioner is None:
        return Evaluation(Truth.UNKNOWN, missing=("practitioner",))
    allowed = {
        route
        for entry in policy.authorisations
        if entry.practitioner is practitioner
        for route in entry.routes
    }
    if option.route in allowed or (option.route is None and Route.INTRADERMAL in allowed):
        return Evaluation(Truth.FALSE, (("practitioner", practitioner.value),))
    if option.route is None:
        return Evaluation(Truth.UNKNOWN, missing=("technique",))
    reason = f"{practitioner.value} may not use the {option.route.value} route under this policy"
    return Evaluation(Truth.TRUE, (("practitioner", reason),))
