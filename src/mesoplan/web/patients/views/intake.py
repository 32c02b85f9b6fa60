"""The intake by staff: every question, each answer saved when it is given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mesoplan.web.accounts.access import ClinicRequest, is_fragment, requires
from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.gestures.actions import Overwritten, redo, undo
from mesoplan.web.gestures.posted import posted
from mesoplan.web.gestures.telling import tell_overwritten
from mesoplan.web.patients.actions import open_patient
from mesoplan.web.patients.actions.intake import answer
from mesoplan.web.patients.mapping.reading import Reading, read_form
from mesoplan.web.patients.mapping.sites import SITE, read_sites, site_choices
from mesoplan.web.patients.models import Patient, Speaker
from mesoplan.web.patients.queries.answers import answers_journal, banner
from mesoplan.web.patients.queries.hand_over import last_hand_over
from mesoplan.web.patients.queries.intake import Intake, intake, none_of_these
from mesoplan.web.patients.queries.people import patient_of
from mesoplan.web.patients.views.speaker import SPEAKER, chosen_speaker, kept_speaker, no_speaker

MISSING = "missing"


@requires(Permission.ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def intake_page(request: ClinicRequest, /, code: str) -> HttpResponse:
    """The questions of one patient, or one gesture on them."""
    if request.method == "POST":
        return answer_intake(request, patient_of(code=code, by=request.user))
    patient = open_patient(code=code, by=request.user, page="intake")
    return show_intake(request, patient, intake(patient))


def answer_intake(
    request: ClinicRequest, patient: Patient, *, only: Collection[str] = ()
) -> HttpResponse:
    """Write what the form of an intake sent. ``only`` are the keys it had, where not all."""
    before = intake(patient)
    if "undo" in request.POST or "redo" in request.POST:
        act = redo if "redo" in request.POST else undo
        act(journal=answers_journal(patient), by=request.user)
        return _answer(request, patient, before, only=only, is_taken_back=True)
    sent = posted(request.POST)
    said_by = chosen_speaker(request, patient)
    reading = _read(request, patient, only)
    if not reading.is_empty and said_by is None:
        reading.errors = {SPEAKER: no_speaker()} | {
            key: _("Not saved yet.") for key in (*reading.values, *reading.edits, *reading.again)
        }
        return _answer(request, patient, before, reading=reading, only=only)
    overwritten: tuple[Overwritten, ...] = ()
    if said_by is not None and (reading.values or reading.edits or reading.again):
        answered = answer(
            journal=answers_journal(patient),
            values=reading.values,
            edits=reading.edits,
            again=reading.again,
            said_by=said_by,
            by=request.user,
            sent=sent,
        )
        reading.errors |= answered.refused
        overwritten = answered.written.overwritten
    return _answer(request, patient, before, reading=reading, only=only, overwritten=overwritten)


def _read(request: ClinicRequest, patient: Patient, only: Collection[str]) -> Reading:
    sent = posted(request.POST)
    if sent.field == "said_by":
        return Reading()
    if "none" in request.POST and sent.field in {"", "none"}:
        listed = request.POST.getlist(f"listed.{request.POST['none']}")
        return Reading(values=none_of_these(patient, listed))
    shown, at = answers_journal(patient).shown(sent.seen), local_today(patient.clinic)
    reading = read_form(request.POST, sent=sent, shown=shown, at=at, only=frozenset(only))
    read_sites(request.POST, sent=sent, shown=shown, at=at, reading=reading)
    return reading


def _answer(
    request: ClinicRequest,
    patient: Patient,
    before: Intake,
    *,
    only: Collection[str],
    reading: Reading | None = None,
    overwritten: tuple[Overwritten, ...] = (),
    is_taken_back: bool = False,
) -> HttpResponse:
    """The parts of the page that a gesture changed; without scripts the page anew."""
    errors = {} if reading is None else reading.errors
    status = 422 if errors else 200
    if not is_fragment(request) and not errors:
        tell_overwritten(request, overwritten)
        return redirect(request.get_full_path())
    after = intake(patient)
    shown = after.with_errors(errors, request.POST)
    changed = {
        key
        for key, one in shown.questions.items()
        if one != before.questions.get(key) or one.error or (reading and key in reading.values)
    }
    told: dict[str, Any] = {
        "changed": [shown.questions[key] for key in shown.questions if key in changed],
        "is_rearranged": after.arrangement != before.arrangement,
        "speaker_error": errors.get(SPEAKER, ""),
        "site_error": errors.get(SITE, ""),
        "overwritten": [
            (shown.questions[item.key], item) for item in overwritten if item.key in shown.questions
        ],
        "is_taken_back": is_taken_back,
        "site_is_touched": SITE in errors or after.sites != before.sites,
    }
    return show_intake(request, patient, shown, only=only, status=status, told=told)


def show_intake(
    request: ClinicRequest,
    patient: Patient,
    page: Intake,
    *,
    only: Collection[str] = (),
    status: int = 200,
    told: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The intake, whole or (for htmx) in parts.

    ``only`` narrows it to the questions of these keys, ``?only=missing`` to those that are open.
    """
    is_missing_only = request.GET.get("only") == MISSING
    hand_over = last_hand_over(patient, page)
    if only or is_missing_only:
        page = page.narrowed(frozenset(only) if only else page.open)
    context = {
        "section": "patients",
        "patient": patient,
        "banner": banner(patient, page.sheet),
        "intake": page,
        "sheet": page.sheet,
        "hand_over": hand_over,
        "speakers": Speaker.choices,
        "site_choices": site_choices(),
        "said_by": request.POST.get("said_by") or kept_speaker(request, patient),
        "is_missing_only": is_missing_only,
        "action": request.get_full_path(),
        "hand_over_url": reverse("hand-over-start", args=[patient.code]),
        **(told or {}),
    }
    template = "patients/intake_parts.html" if is_fragment(request) else "patients/intake.html"
    return render(request, template, context, status=status)
