"""A consent, a session record and an aftercare sheet of fictional people, filled in full."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from mesoplan.documents.aftercare_sheet import (
    AftercareSheet,
    AskedAgain,
    RedFlag,
    UsualReaction,
)
from mesoplan.documents.consent_sheet import (
    ConsentSheet,
    ConsentStatement,
    ConsentZone,
    Decision,
    Explained,
    Question,
)
from mesoplan.documents.session_values import (
    Amendment,
    BaselineScore,
    Check,
    ComparedDose,
    ComparedNumber,
    ComparedText,
    ConsentReference,
    CreamRecord,
    DeviceRecord,
    FindingRecord,
    Observation,
    OverrideRecord,
    ReactionRecord,
    ScreeningRecord,
    SessionSheet,
    SessionTotals,
    SessionZone,
    Syringe,
    SyringeComponent,
    TotalDose,
)
from mesoplan.documents.sheet_values import (
    Clinic,
    Dose,
    PatientIdentity,
    PlanReference,
    SheetHead,
)
from mesoplan.documents.signature import Drawing, Signature
from mesoplan.vocabulary.finding import Verdict

WINTER = timezone(timedelta(hours=1))


def at(hour: int, minute: int, *, day: int = 24) -> datetime:
    """A moment in November 2026, in the time of the clinic."""
    return datetime(2026, 11, day, hour, minute, tzinfo=WINTER)


CLINIC = Clinic(
    name="Practice at the Mill",
    address="4 Mill Lane, Northbridge",
    telephone="+00 555 0142",
)
PATIENT = PatientIdentity(
    name="Marta Lindqvist", birth_date=date(1980, 5, 1), record_number="NB-2041"
)
PLAN = PlanReference(
    number="1",
    made=date(2026, 11, 22),
    knowledge_release="35d6d273d5a5",
    policy="Default policy",
    plan_hash="9c1185a5c5e9fc54612808977ee8f548b2258d31",
)
SCRAWL = Drawing(
    strokes=(
        tuple(
            (Decimal(x).scaleb(-2), Decimal(y).scaleb(-2))
            for x, y in (
                (4, 80), (10, 20), (15, 72), (21, 24), (26, 76), (33, 52), (37, 74), (43, 50),
                (47, 74), (53, 48), (58, 74), (66, 12), (64, 74), (72, 50), (77, 72), (96, 58),
            )
        ),
        ((Decimal("0.70"), Decimal("0.30")),),
    ),
    aspect=Decimal(3),
)  # fmt: skip


def head(*, session: str, as_of: datetime) -> SheetHead:
    """Clinic and patient of all three sheets."""
    return SheetHead(clinic=CLINIC, patient=PATIENT, course="1", session=session, as_of=as_of)


def consent_sheet() -> ConsentSheet:
    """A consent that was given and signed."""
    return ConsentSheet(
        head=head(session="all 3 of this course", as_of=at(14, 58)),
        title="Consent to treatment: neck pain",
        plan=PLAN,
        zones=(
            ConsentZone(
                indication="Neck pain",
                place="back and sides of the neck, both sides",
                technique="Point by point",
                mixture="Lidocaine 2 %, 1 mL",
                doses=(Dose(substance="Lidocaine", amount=Decimal(20), unit="mg"),),
            ),
        ),
        statements=(
            ConsentStatement(
                text="Lidocaine by the intradermal route for neck pain is off-label: it lies "
                "outside a licence for this use.",
                why="route of the plan",
                source="Product label",
            ),
            ConsentStatement(
                text="Nobody can promise an effect.",
                why="said in every consent",
                source="Society text, 2011",
            ),
            ConsentStatement(
                text="Infection is possible, also by germs that show only after weeks or months.",
                why="injection",
                source="Case series, 2022",
            ),
        ),
        explained=Explained(
            by="Dr Solberg",
            role="physician",
            at=at(14, 46),
            language="English",
            interpreter="none was needed",
        ),
        questions=(
            Question(
                asked="May I drive home?",
                answer="Yes, after the time of observation, if nothing was felt.",
            ),
        ),
        decision=Decision.CONSENTED,
        patient_signature=Signature(
            name="Marta Lindqvist", role="patient", at=at(14, 54), drawing=SCRAWL
        ),
        physician_signature=Signature(
            name="Dr Solberg", role="physician", at=at(14, 55), drawing=SCRAWL
        ),
        copy_given_at=at(14, 58),
        copy_note="on paper",
    )


def compared(planned: str, given: str | None = None, reason: str = "") -> ComparedNumber:
    """A number given as planned, or otherwise."""
    return ComparedNumber(
        planned=Decimal(planned),
        given=Decimal(planned if given is None else given),
        reason=reason,
    )


def _same(text: str) -> ComparedText:
    return ComparedText(planned=text, given=text)


def _screening() -> ScreeningRecord:
    return ScreeningRecord(
        verdict=Verdict.CONTRAINDICATED,
        after_override=Verdict.CAUTION,
        at=at(14, 40, day=25),
        findings=(
            FindingRecord(
                message="Urticaria",
                verdict=Verdict.CONTRAINDICATED,
                strength="relative",
                because="Urticaria: yes",
                override=OverrideRecord(
                    by="Dr Solberg",
                    reason="Quiet for more than a year",
                    at=at(14, 41, day=25),
                    note="Last episode in 2024.",
                ),
            ),
        ),
        unanswered=("Do you take any medicine against pain today?",),
        note="Asked again before the session: nothing has changed since 22 November.",
    )


def _syringe() -> Syringe:
    return Syringe(
        label="Lidocaine 2 %, 1 mL",
        verdict="compatible: a single active",
        prepared_by="Ana Costa, nurse",
        prepared_at=at(14, 50, day=25),
        components=(
            SyringeComponent(
                substance="Lidocaine",
                product="Lidocaine hydrochloride 2 %",
                strength="20 mg/mL",
                container="single-dose ampoule",
                volume_ml=Decimal(1),
                dose=Decimal(20),
                dose_unit="mg",
                lot="LD 8841 C",
                expiry=date(2028, 3, 31),
                opened=at(14, 50, day=25),
                use_before=at(15, 50, day=25),
            ),
        ),
    )


def _zone() -> SessionZone:
    return SessionZone(
        number=1,
        indication="Neck pain",
        place="back and sides of the neck, both sides",
        was_given=True,
        technique=_same("Point by point"),
        mixture=_same("Lidocaine 2 %, 1 mL"),
        needle=ComparedText(planned="30 G × 4 mm", given="32 G × 4 mm", reason="30 G not in stock"),
        inserted_mm=compared("4"),
        angle_deg=compared("30"),
        points=compared("8", "7", "Lesion avoided"),
        volume_ml=compared("1", "0.875", "Lesion avoided"),
        doses=(
            ComparedDose(
                substance="Lidocaine",
                unit="mg",
                amount=compared("20", "17.5", "Lesion avoided"),
            ),
        ),
        note="The lowest point on the left was left out: a scratch.",
    )


def session_sheet() -> SessionSheet:
    """A session that was finalised, and amended once."""
    return SessionSheet(
        head=head(session="1 of 3", as_of=at(9, 20, day=26)),
        plan=PLAN,
        indication="Neck pain",
        started=at(14, 38, day=25),
        ended=at(15, 25, day=25),
        identity_checked="name and birth date said by the patient, Ana Costa",
        screening=_screening(),
        consent=ConsentReference(
            decision=Decision.CONSENTED, at=at(14, 54), content_hash="765efb9aff5c3bf2"
        ),
        checks=(
            Check(what="Emergency kit within reach", done=True, by="Ana Costa"),
            Check(what="Skin antiseptic dry", done=True, by="Dr Solberg"),
        ),
        baseline=(
            BaselineScore(
                scale="Pain now, numeric rating scale",
                value="6 of 10",
                place="neck",
                at=at(14, 39, day=25),
            ),
        ),
        syringes=(_syringe(),),
        zones=(_zone(),),
        totals=SessionTotals(
            points=compared("8", "7"),
            volume_ml=compared("1", "0.875"),
            doses=(
                TotalDose(
                    substance="Lidocaine",
                    unit="mg",
                    amount=compared("20", "17.5"),
                    limit=Decimal(186),
                    limit_basis="per session, stated as 3 mg/kg",
                ),
            ),
        ),
        creams=(
            CreamRecord(
                name="Lidocaine and prilocaine cream",
                place="neck",
                mass_g=compared("2", "1.5", "Smaller area"),
                planned_minutes=Decimal(60),
                applied=at(13, 45, day=25),
                removed=at(14, 46, day=25),
            ),
        ),
        device=DeviceRecord(
            name="by hand, syringe of 1 mL",
            settings="none",
            single_use_parts="needle 32 G × 4 mm, lot N 2217",
            cleaning="nothing to clean",
        ),
        reactions=(
            ReactionRecord(
                what="Small bleeding",
                place="two points on the right",
                severity="mild",
                at=at(15, 5, day=25),
                done="pressed for two minutes; stopped",
            ),
        ),
        observation=Observation(
            start=at(15, 8, day=25), end=at(15, 24, day=25), result="left well, alone"
        ),
        treated_by="Dr Solberg, physician",
        assisted_by="Ana Costa, nurse",
        notes="Prefers to sit.\nWants the left side first next time.",
        next_session=date(2026, 12, 2),
        next_note="the cream a quarter of an hour earlier",
        finalised_by="Dr Solberg",
        finalised_at=at(15, 31, day=25),
        amendments=(
            Amendment(
                number=1,
                at=at(9, 20, day=26),
                by="Dr Solberg",
                reason="Left out when it was finalised",
                text="The patient called at 9:10: no pain at the points.",
            ),
        ),
    )


def aftercare_sheet() -> AftercareSheet:
    """What the patient takes home after that session."""
    return AftercareSheet(
        head=head(session="1 of 3", as_of=at(15, 31, day=25)),
        treated_at=at(15, 5, day=25),
        what_was_done=("Small injections of lidocaine into the skin of your neck, at 7 points.",),
        usual=(
            UsualReaction(what="Redness", from_hours=Decimal(0), to_hours=Decimal(48)),
            UsualReaction(what="Small bleeding", from_hours=Decimal(0), to_hours=Decimal(1)),
            UsualReaction(what="Bruise", from_hours=Decimal(0), to_hours=Decimal(168)),
        ),
        to_do=(
            "Touch the place only with clean hands.",
            "For pain take paracetamol, if you may take it.",
        ),
        not_to_do=(
            "Do not scratch, press or massage the place on the first two days.",
            "No swimming pool, sauna, hot bath or hard exercise for two days.",
        ),
        red_flags=(
            RedFlag(
                question="Do you have swelling of face, lips or tongue, trouble with breathing, "
                "hives all over, or do you feel faint?",
                is_urgent=True,
            ),
            RedFlag(
                question="Do you have fever, pus, or redness and warmth that spread?",
                is_urgent=True,
            ),
            RedFlag(
                question="Has a lump, an abscess or a sore appeared at a treated place, or one "
                "that does not heal?",
                is_urgent=False,
            ),
        ),
        emergency_number="112",
        asked_again=(
            AskedAgain(when="After 48 hours", on=date(2026, 11, 27), what="by telephone"),
            AskedAgain(when="After 7 days", on=date(2026, 12, 2), what="at your next session"),
            AskedAgain(when="After 4 to 6 weeks", on=None, what="by telephone"),
            AskedAgain(when="After 12 weeks", on=date(2027, 2, 17), what="by telephone"),
        ),
        next_session=date(2026, 12, 2),
    )
