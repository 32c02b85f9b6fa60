"""A consent as it is taken: what is entered on its page, and the consent that comes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone
from pypdf import PdfReader

from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.roles import Role
from mesoplan.web.courses.models import Consent, Course, PlanVersion
from mesoplan.web.courses.queries.consent import ConsentState
from mesoplan.web.patients.models import Document
from tests.lib.clinic import a_clinic, a_course, a_patient_of, a_user
from tests.lib.sheets import letters
from tests.lib.treatment import example

STROKES = [[[0.1, 0.8], [0.2, 0.2], [0.3, 0.75]], [[0.5, 0.5]]]
DRAWING = json.dumps({"aspect": 4.3452, "strokes": STROKES})
"""A signature as the page sends it: a scrawl and a dot."""


def said(by: User, **changes: Any) -> dict[str, Any]:
    """Gestures of a whole talk explained by this person, without signatures.

    A change of ``None`` leaves the key out; dots of keys are written ``__``.
    """
    now = timezone.now().replace(microsecond=0)
    values: dict[str, Any] = {
        "talk.by": by.code,
        "talk.language": "Italian",
        "talk.interpreter": "none",
        "talk.started": (now - timedelta(minutes=12)).isoformat(),
        "talk.ended": (now - timedelta(minutes=4)).isoformat(),
        "questions.any": "yes",
        "question.1.asked": "May I drive home afterwards?",
        "question.1.answer": "Yes, when the time of observation is over.",
        "photos.record": "yes",
        "photos.teaching": "no",
        "decision": "consented",
        "signer.who": "patient",
        "copy": "given",
    }
    values |= {key.replace("__", "."): value for key, value in changes.items()}
    return {key: value for key, value in values.items() if value is not None}


def state_now(course: Course) -> ConsentState:
    """The consent to the plan in force as it stands."""
    from mesoplan.web.courses.queries.consent import state_of

    state = state_of(course)
    assert state is not None
    return state


def enter(course: Course, by: User, values: Mapping[str, Any]) -> ConsentState:
    """Enter these gestures on the consent to the plan in force."""
    from mesoplan.web.courses.actions.consent import edit_consent

    state = state_now(course)
    code = state.consent.code if state.consent else ""
    edit_consent(course=course, plan=state.plan.code, consent=code, values=values, by=by)
    return state_now(course)


def sign(course: Course, by: User, *who: str) -> ConsentState:
    """Sign by pen under what stands there now; both unless told otherwise."""
    signed = {"signed": state_now(course).signed, "drawing": json.loads(DRAWING)}
    return enter(
        course, by, {f"signature.{name}": signed for name in who or ("patient", "physician")}
    )


def seal(course: Course, by: User) -> Consent:
    """Finalise the consent as it stands."""
    from mesoplan.web.courses.actions.consent import seal_consent

    state = state_now(course)
    assert state.consent is not None
    return seal_consent(
        course=course,
        plan=state.plan.code,
        consent=state.consent.code,
        seen=state.sheet.version,
        by=by,
    )


def a_sealed_consent(course: Course, by: User, **changes: Any) -> Consent:
    """A consent taken, signed and finalised by this physician."""
    enter(course, by, said(by, **changes))
    sign(course, by)
    return seal(course, by)


def a_released_example(name: str) -> PlanVersion:
    """The plan of an example, released today in a clinic under its policy by a physician."""
    from mesoplan.web.courses.actions.plan import release_plan
    from mesoplan.web.courses.queries.plan import draft

    document = example(name)
    clinic = a_clinic(policy=document["policy"])
    by = a_user(clinic, Role.PHYSICIAN)
    course = a_course(a_patient_of(clinic, by, document), by, document)
    return release_plan(course=course, seen=draft(course).digest, by=by)


def next_plan(plan: PlanVersion, by: User) -> PlanVersion:
    """A newer plan of the same course, after the first was withdrawn."""
    from mesoplan.web.courses.actions.plan import release_plan, withdraw_plan
    from mesoplan.web.courses.queries.plan import draft

    withdraw_plan(version=plan, reason="another dose", by=by)
    return release_plan(course=plan.course, seen=draft(plan.course).digest, by=by)


_HEAD = re.compile(r"^.*?·sessionall\d+ofthiscourse(?:WITHDRAWN.*?permitstreatment\.)?")
_FOOT = re.compile(r"Decisionsupportforprofessionals\.(?:(?!Decisionsupport).)*$")


def on_paper(content: bytes) -> str:
    """The letters of all pages without their heads, feet and hyphens."""
    pages = (letters(page.extract_text()) for page in PdfReader(BytesIO(content)).pages)
    text = "".join(_FOOT.sub("", _HEAD.sub("", page, count=1)) for page in pages)
    return text.replace("-", "")


def unbroken(text: str) -> str:
    """Words as ``on_paper`` has them."""
    return letters(text).replace("-", "")


def printed(consent: Consent) -> bytes:
    """The newest printed page of a consent."""
    page = Document.objects.filter(subject=f"consent {consent.code}").order_by("-pk").first()
    assert page is not None
    return bytes(page.content)
