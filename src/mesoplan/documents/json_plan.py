"""A plan or a refusal as a JSON object, with the names of design section 4."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from mesoplan.documents.json_numbers import cream_numbers_json, number_json, zone_numbers_json
from mesoplan.documents.json_screening import missing_json, screening_json
from mesoplan.documents.json_writer import (
    Json,
    citation_json,
    citations_json,
    statement_json,
    statements_json,
)
from mesoplan.planning import Plan, Refusal
from mesoplan.vocabulary.answer import Unknown
from mesoplan.vocabulary.quantity import Dimension, Quantity, Unit, rounded

if TYPE_CHECKING:
    from mesoplan.knowledge.base import KnowledgeBase
    from mesoplan.knowledge.schema.indications import Study
    from mesoplan.mixture import LimitShare
    from mesoplan.planning.values import (
        Anaesthesia,
        LayerOdds,
        Needle,
        Planned,
        PlannedComponent,
        ZonePlan,
    )

SHARE_STEP = Quantity.of("0.0001", Unit.FRACTION)
"""Shares of a limit are printed to a hundredth of a percent."""


def decision_json(decision: Plan | Refusal, knowledge: KnowledgeBase) -> Json:
    """A plan or a refusal as ``mesoplan plan --json`` prints it."""
    common: Json = {"screening": screening_json(decision.screening)}
    if isinstance(decision, Plan):
        return {"outcome": "plan", **common, "plan": _plan(decision, knowledge)}
    return {"outcome": "refusal", **common, "refusal": _refusal(decision)}


def _refusal(refusal: Refusal) -> Json:
    return {
        "reasons": [
            {
                "code": reason.code.value,
                "message": reason.message,
                "sources": citations_json(reason.citations),
                "way_out": reason.way_out or None,
            }
            for reason in refusal.reasons
        ],
        "missing": [missing_json(item) for item in refusal.missing],
        "advice": statements_json(refusal.advice),
        "alternatives": statements_json(refusal.alternatives),
        "sources": citations_json(refusal.citations),
    }


def _plan(plan: Plan, knowledge: KnowledgeBase) -> Json:
    return {
        "at": plan.at.isoformat(),
        "policy": plan.policy,
        "knowledge_release": plan.knowledge_release,
        "zones": [_zone(zone) for zone in plan.zones],
        "totals": {
            "volume_ml": plan.totals.volume.amount_in(Unit.ML),
            "doses": [_total_dose(part) for part in plan.totals.doses],
            "groups": [
                {
                    "group": group.group,
                    "share": _share(group.share),
                    "substances": list(group.members),
                    "source": citation_json(group.citation),
                }
                for group in plan.totals.groups
            ],
        },
        "sessions": [
            {"number": item.number, "date": item.date.isoformat(), "zones": list(item.zones)}
            for item in plan.sessions
        ],
        "maintenance": {"statements": statements_json(plan.maintenance)},
        "anaesthesia": _anaesthesia(plan.anaesthesia),
        "session_minutes": number_json(plan.session_minutes, Unit.MIN),
        "observation_source": citation_json(plan.observation.says.citation),
        "observation_minutes": (
            plan.observation.time.amount_in(Unit.MIN) if plan.observation.time else None
        ),
        **_lists(plan, knowledge),
        "individualised": [
            {"fact": item.fact, "effect": item.effect} for item in plan.individualised
        ],
        "sources": citations_json(plan.citations),
    }


def _lists(plan: Plan, knowledge: KnowledgeBase) -> Json:
    return {
        "readiness": [
            {"id": line.id, **statement_json(line.says)}
            for line in (*plan.readiness, plan.observation)
        ],
        "emergency_kit": [statement_json(line.says) for line in plan.emergency_kit],
        "before": [statement_json(line.says) for line in plan.before],
        "expected_reactions": [
            {
                "reaction": item.reaction,
                "label": item.label,
                "region": item.region,
                "from_h": item.start.amount_in(Unit.H),
                "to_h": item.end.amount_in(Unit.H),
                "commoner_here": item.commoner_here,
                "source": citation_json(item.citation),
            }
            for item in plan.expected_reactions
        ],
        "red_flags": [
            {
                "reaction": item.reaction,
                "question": item.question,
                "urgency": item.urgency,
                "actions": statements_json(item.actions),
            }
            for item in plan.red_flags
        ],
        "aftercare": [statement_json(line.says) for line in plan.aftercare],
        "advice": statements_json(plan.advice),
        "follow_up": [
            {
                "due": str(item.due),
                "latest": str(item.latest),
                "due_h": item.due.amount_in(Unit.H),
                "what": item.what.text,
                "source": citation_json(item.what.citation),
            }
            for item in plan.follow_up
        ],
        "scales": [
            {
                "id": item.id,
                "label": item.label,
                "when": item.when,
                "smallest_change": _maybe(item.smallest_change),
                "named_only": item.named_only,
                "source": citation_json(item.citation),
                "better": knowledge.scales[item.id].better.value,
            }
            for item in plan.scales
        ],
        "stop_rule": statements_json(plan.stop_rules),
        "statements": statements_json(plan.statements),
        "alternatives": statements_json(plan.alternatives),
        "practice": statements_json(plan.practice),
    }


def _zone(zone: ZonePlan) -> Json:
    return {
        "number": zone.option.number,
        "indication": zone.indication.id,
        "region": zone.zone.region,
        "side": zone.zone.side.value,
        "protocol": zone.protocol.id,
        "technique": zone.technique.id,
        "needle": _needle(zone.needle),
        "depth_mm": _range(zone.depth, Unit.MM),
        "layers": _layers(zone.layers),
        "points": zone.points.value.amount,
        "spacing_mm": zone.spacing.value.amount_in(Unit.MM) if zone.spacing else None,
        "area_cm2": zone.area.value.amount_in(Unit.CM2) if zone.area else None,
        "volume_per_point_ml": zone.volume_per_point.value.amount_in(Unit.ML),
        "total_volume_ml": zone.total_volume.value.amount_in(Unit.ML),
        "mixture": {
            "id": zone.mixture.mixture.id,
            "verdict": zone.mixture.verdict,
            "reasons": [
                {
                    "verdict": reason.verdict.value,
                    "text": reason.text,
                    "source": citation_json(reason.citation),
                }
                for reason in zone.mixture.reasons
            ],
            "components": [_component(part) for part in zone.mixture.components],
        },
        "notes": statements_json(zone.protocol.notes),
        "sessions": zone.sessions.value.amount,
        "interval": str(zone.interval.value) if zone.interval else None,
        "evidence": {
            "grade": zone.grade.value,
            "indication_grade": zone.indication.grade.value,
            "because": statement_json(zone.indication.grade_because),
            "studies": [_study(study) for study in zone.studies],
        },
        "number_sources": zone_numbers_json(zone),
    }


def _needle(needle: Needle | None) -> Json | None:
    if needle is None:
        return None
    return {
        "length_mm": needle.length.value.amount_in(Unit.MM),
        "gauge": needle.gauge.value.amount if needle.gauge else None,
        "inserted_mm": needle.inserted.value.amount_in(Unit.MM),
        "angle_deg": needle.angle.value.amount,
    }


def _range(number: Planned | None, unit: Unit) -> Json | None:
    if number is None:
        return None
    return {
        "value": number.value.amount_in(unit),
        "low": number.low.amount_in(unit),
        "high": number.high.amount_in(unit),
    }


def _layers(odds: LayerOdds) -> Json:
    if odds.unknown is not None:
        return {"unknown": odds.unknown.reason}
    found: Json = {layer.value: share for layer, share in odds.probabilities.items()}
    if odds.subcutis_is_open:
        found["subcutis_means"] = "subcutis or deeper"
    found["sources"] = [
        {**citation_json(entry.mean.citation), "layer": entry.layer.value, "mean": str(entry.mean)}
        for entry in odds.used
    ]
    return found


def _component(part: PlannedComponent) -> Json:
    dose = part.dose
    return {
        "substance": dose.substance,
        "volume_ml": dose.volume.amount_in(Unit.ML),
        **_amount(dose.amount),
        "limits": [limit_json(share) for share in part.shares],
        "limit_unknown": part.limit_unknown,
    }


def _total_dose(part: PlannedComponent) -> Json:
    return {
        "substance": part.dose.substance,
        **_amount(part.dose.amount),
        "limits": [limit_json(share) for share in part.shares],
        "limit_unknown": part.limit_unknown,
    }


def _amount(amount: Quantity | Unknown) -> Json:
    if isinstance(amount, Unknown):
        return {"dose_mg": None, "dose_unknown": amount.reason}
    if amount.unit.dimension is Dimension.MASS:
        return {"dose_mg": amount.amount_in(Unit.MG)}
    return {"dose_mg": None, "dose": amount.amount, "dose_unit": str(amount.unit)}


def limit_json(share: LimitShare) -> Json:
    """A limit with the share of it that is used."""
    is_mass = share.limit.unit.dimension is Dimension.MASS
    return {
        "basis": share.basis.value,
        "jurisdiction": share.jurisdiction,
        "limit_mg": share.limit.amount_in(Unit.MG) if is_mass else None,
        **({} if is_mass else {"limit": share.limit.amount, "limit_unit": str(share.limit.unit)}),
        "stated": str(share.stated),
        "share": _share(share.share),
        "source": citation_json(share.stated.citation),
    }


def _anaesthesia(anaesthesia: Anaesthesia) -> Json:
    cream = anaesthesia.cream
    if cream is None or anaesthesia.mass is None or anaesthesia.waiting is None:
        return {
            "cream": None,
            "reason": anaesthesia.reason,
            "label_checks": _label_checks(anaesthesia),
            "number_sources": {},
        }
    share = anaesthesia.absorbed_share
    return {
        "cream": cream.id,
        "applied_g": anaesthesia.mass.value.amount_in(Unit.G),
        "applied_sources": citations_json(anaesthesia.mass.citations),
        "area_cm2": anaesthesia.area.value.amount_in(Unit.CM2) if anaesthesia.area else None,
        "minutes": {
            "low": anaesthesia.waiting.low.amount_in(Unit.MIN),
            "high": anaesthesia.waiting.high.amount_in(Unit.MIN),
            "source": citation_json(anaesthesia.waiting.citations[0]),
        },
        "absorbed_share": {
            "low": share.low.amount_in(Unit.FRACTION) if share else None,
            "high": share.high.amount_in(Unit.FRACTION) if share else None,
            "source": citation_json(share.citations[0]) if share else None,
        },
        "doses": [
            {"substance": dose.substance, **_amount(dose.amount), "is": "upper end of absorption"}
            for dose in anaesthesia.doses
        ],
        "label_checks": _label_checks(anaesthesia),
        "said": statements_json(anaesthesia.said),
        "cautions": statements_json(cream.cautions),
        "number_sources": cream_numbers_json(anaesthesia),
    }


def _label_checks(anaesthesia: Anaesthesia) -> list[Json]:
    return [
        {
            "what": check.what,
            "planned": str(check.planned),
            "limit": str(check.limit),
            "kept": check.is_kept,
            "source": citation_json(check.citation),
        }
        for check in anaesthesia.label_checks
    ]


def _study(study: Study) -> Json:
    return {
        "id": study.id,
        "design": study.design,
        "participants": (
            None if isinstance(study.participants, Unknown) else study.participants.value.amount
        ),
        "comparator": study.comparator,
        "result": study.result,
        "conflict": study.conflict or None,
        "funding": study.funding or None,
        "source": citation_json(study.citation),
    }


def _maybe(value: Quantity | Unknown) -> Decimal | None:
    return None if isinstance(value, Unknown) else value.amount


def _share(share: Decimal) -> Decimal:
    return rounded(Quantity(share, Unit.FRACTION), SHARE_STEP).amount
