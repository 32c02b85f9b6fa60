"""The emergency cards: two taps from any page, for the patient of that page where there is one."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.courses.mapping.emergency import (
    Person,
    card_for,
    cards_for,
    cards_pdf,
    person_of,
    shown,
)
from mesoplan.web.courses.mapping.plan import label_of
from mesoplan.web.patients.actions import open_patient
from mesoplan.web.patients.models import Patient
from mesoplan.web.patients.queries import answers


@requires(Permission.SIGNED_IN)
@require_safe
def emergency(request: ClinicRequest, /) -> HttpResponse:
    """The four emergencies, each one tap away."""
    patient, person = _person(request)
    cards = [shown(card) for card in cards_for(person)]
    context = {"section": "emergency", "cards": cards, "for_patient": patient}
    return render(request, "courses/emergency.html", context)


@requires(Permission.SIGNED_IN)
@require_safe
def emergency_one(request: ClinicRequest, /, name: str) -> HttpResponse:
    """One card in large type."""
    patient, person = _person(request)
    card = card_for(name, person)
    if card is None:
        raise Http404
    context = {"section": "emergency", "card": shown(card), "for_patient": patient}
    return render(request, "courses/emergency_one.html", context)


@requires(Permission.SIGNED_IN)
@require_safe
def emergency_print(request: ClinicRequest, /, name: str = "") -> HttpResponse:
    """One card, or all, to print."""
    patient, person = _person(request)
    one = card_for(name, person) if name else None
    if name and one is None:
        raise Http404
    content = cards_pdf(
        (one,) if one else cards_for(person),
        clinic=request.clinic,
        label=label_of(patient) if patient else "",
        printed_on=local_today(request.clinic),
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="emergency-card.pdf"'
    return answer


def _person(request: ClinicRequest) -> tuple[Patient | None, Person]:
    """The patient that the cards are for, where one is named and this person may see her chart."""
    code = request.GET.get("for", "")
    if not code or not request.user.may(Permission.SEE_CHART):
        return None, Person()
    patient = open_patient(code=code, by=request.user, page="emergency")
    return patient, person_of(patient, answers(patient), at=local_today(request.clinic))
