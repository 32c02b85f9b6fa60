"""The tablet in the patient's hands: one question a screen, and nothing else of the site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from mesoplan.web.accounts.access import ClinicRequest, is_fragment, requires
from mesoplan.web.accounts.clock import local_today
from mesoplan.web.accounts.forms.own import UnlockForm
from mesoplan.web.accounts.gate import HAND_OVER
from mesoplan.web.accounts.lock import Answer, answer_pin
from mesoplan.web.accounts.roles import Permission
from mesoplan.web.gestures.posted import posted
from mesoplan.web.languages import SPOKEN, WRITTEN_IN
from mesoplan.web.patients.actions import open_patient
from mesoplan.web.patients.actions.hand_over import (
    HandOverIsOverError,
    answer_in_hand_over,
    end_hand_over,
    finish_hand_over,
    start_hand_over,
)
from mesoplan.web.patients.mapping.reading import Reading, read_form
from mesoplan.web.patients.models import HandOver
from mesoplan.web.patients.queries.answers import banner
from mesoplan.web.patients.queries.hand_over import (
    IN_PERSON,
    NOT_SURE,
    Questioning,
    Screen,
    questioning,
    running_hand_over,
)

Arguments = ParamSpec("Arguments")


@requires(Permission.ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_start(request: ClinicRequest, /, code: str) -> HttpResponse:
    """Confirm whose tablet it will be, and hand it over. From then on this browser is hers."""
    patient = open_patient(code=code, by=request.user, page="hand-over")
    error = ""
    if request.method == "POST":
        language = request.POST.get("language", "")
        if "confirmed" not in request.POST:
            error = _("Ask the patient for name and birth date first.")
        elif language not in dict(settings.LANGUAGES):
            error = _("Choose the language.")
        elif request.user.pin:
            hand_over = start_hand_over(patient=patient, language=language, by=request.user)
            # A new key of the session: pages of staff that the browser still holds are thrown away.
            request.session.cycle_key()
            request.session[HAND_OVER] = hand_over.code
            return redirect("hand-over")
    context = {
        "section": "patients",
        "patient": patient,
        "banner": banner(patient),
        "languages": [translation.get_language_info(code) for code, _name in settings.LANGUAGES],
        "chosen": request.POST.get("language") or patient.language or WRITTEN_IN,
        "spoken": dict(SPOKEN).get(patient.language, ""),
        "error": error,
    }
    return render(request, "patients/hand_over_start.html", context, status=422 if error else 200)


def _in_hand_over(
    view: Callable[Concatenate[ClinicRequest, HandOver, Arguments], HttpResponseBase],
) -> Callable[Concatenate[ClinicRequest, Arguments], HttpResponseBase]:
    """Find the hand-over of this browser, and speak the patient's language."""

    @wraps(view)
    def found(
        request: ClinicRequest, /, *arguments: Arguments.args, **names: Arguments.kwargs
    ) -> HttpResponseBase:
        hand_over = running_hand_over(request.session.get(HAND_OVER), request.user)
        if hand_over is None:
            request.session.pop(HAND_OVER, None)
            return redirect("today")
        with translation.override(hand_over.language or "en"):
            return view(request, hand_over, *arguments, **names)

    return found


@requires(Permission.ASK, in_hand_over=True)
@never_cache
@require_safe
@_in_hand_over
def hand_over(_: ClinicRequest, hand_over: HandOver, /) -> HttpResponseBase:
    """Where the patient is: at the beginning, at the next open question, or at the end."""
    asked = questioning(hand_over)
    if hand_over.is_over:
        return redirect("hand-over-end")
    if not asked.given:
        return redirect("hand-over-welcome")
    following = asked.following()
    return (
        redirect("hand-over-question", following.id) if following else redirect("hand-over-review")
    )


@requires(Permission.ASK, in_hand_over=True)
@never_cache
@require_safe
@_in_hand_over
def welcome(request: ClinicRequest, hand_over: HandOver, /) -> HttpResponseBase:
    """For whom the questions are, and how they are answered."""
    return _page(request, "hand_over_welcome", questioning(hand_over))


@requires(Permission.ASK, in_hand_over=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_in_hand_over
def question(request: ClinicRequest, hand_over: HandOver, /, screen: str) -> HttpResponseBase:
    """One question, or several of one subject; each answer is saved when it is given."""
    asked = questioning(hand_over)
    shown = asked.screen(screen)
    if shown is None or hand_over.ended_at is not None:
        return _elsewhere(request)
    if request.method != "POST":
        return _page(request, "hand_over_question", asked, screen=shown)
    if request.POST.get("hand_over") != hand_over.code:
        # A page of another patient, kept open or sent late: its answers are not hers.
        return _elsewhere(request)
    reading = _read(request, asked, shown)
    try:
        answered = answer_in_hand_over(
            hand_over=hand_over,
            values=reading.values,
            edits=reading.edits,
            again=reading.again,
            sent=posted(request.POST),
        )
    except HandOverIsOverError:
        return _elsewhere(request)
    hand_over.refresh_from_db()
    stands = questioning(hand_over)
    errors = {**reading.errors, **answered.refused}
    if errors or (is_fragment(request) and not _is_onward(request)):
        return _page(request, "hand_over_question", stands, screen=shown, errors=errors)
    return _go(request, _onward(request, stands, shown))


def _read(request: ClinicRequest, asked: Questioning, screen: Screen) -> Reading:
    """What the patient answered on a screen. No answer at all is read as nothing."""
    if screen.is_list:
        listed = {question.key for question in screen.questions}
        is_none = request.POST.get("together") == "none"
        told = listed & set(request.POST.getlist("listed"))
        return Reading(values=dict.fromkeys(told, False) if is_none else {})
    key = screen.question.key
    if "tell" in request.POST:
        return Reading(values={key: IN_PERSON})
    sent = posted(request.POST)
    if sent.field in {"next", "more"}:
        # The button is no answer: what stands in the form is.
        sent = replace(sent, field="")
    reading = read_form(
        request.POST,
        sent=sent,
        shown=asked.shown_sheet,
        at=local_today(asked.hand_over.patient.clinic),
        only=frozenset({key}),
    )
    if isinstance(reading.values.get(key), dict):
        reading.values[key] = NOT_SURE
    return reading


def _is_onward(request: ClinicRequest) -> bool:
    """Whether a button was pressed that leaves the question."""
    leaving = {"next", "tell", "together"}
    return any(name in leaving or name.endswith(":word") for name in request.POST)


def _onward(request: ClinicRequest, asked: Questioning, screen: Screen) -> str:
    """The address of the next screen with something to answer, or of the same one."""
    if not _is_onward(request):
        return reverse("hand-over-question", args=[screen.id])
    following = asked.following(screen)
    if following is None:
        return reverse("hand-over-review")
    return reverse("hand-over-question", args=[following.id])


def _go(request: ClinicRequest, address: str) -> HttpResponse:
    """Go to another page: for htmx by its own header, since a gesture that is kept is answered."""
    if is_fragment(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _elsewhere(request: ClinicRequest) -> HttpResponseBase:
    """The page is not that of the patient who holds the tablet: nothing is taken from it."""
    if is_fragment(request):
        return HttpResponse(status=409, headers={"HX-Redirect": reverse("hand-over")})
    return redirect("hand-over")


@requires(Permission.ASK, in_hand_over=True)
@never_cache
@require_safe
@_in_hand_over
def review(request: ClinicRequest, hand_over: HandOver, /) -> HttpResponseBase:
    """What is left open, each to be opened once more."""
    return _page(request, "hand_over_review", questioning(hand_over))


@requires(Permission.ASK, in_hand_over=True)
@never_cache
@require_safe
@_in_hand_over
def pause(request: ClinicRequest, hand_over: HandOver, /) -> HttpResponseBase:
    """A screen that shows nothing of anybody."""
    return _page(request, "hand_over_pause", questioning(hand_over))


@requires(Permission.ASK, in_hand_over=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_in_hand_over
def end(request: ClinicRequest, hand_over: HandOver, /) -> HttpResponseBase:
    """Thank you; the tablet goes back."""
    if request.method == "POST":
        finish_hand_over(hand_over=hand_over)
        return redirect("hand-over-end")
    return _page(request, "hand_over_end", questioning(hand_over))


@requires(Permission.ASK, in_hand_over=True)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@_in_hand_over
def staff(request: ClinicRequest, hand_over: HandOver, /) -> HttpResponseBase:
    """The PIN of whoever handed the tablet over ends the hand-over. Wrong ones are counted."""
    asked = questioning(hand_over)
    form = UnlockForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _page(request, "hand_over_staff", asked, status=status, form=form)
    match answer_pin(request, form.cleaned_data["pin"]):
        case Answer.WRONG:
            form.add_error("pin", _("This is not the PIN."))
            return _page(request, "hand_over_staff", asked, status=422, form=form)
        case Answer.ENDED:
            end_hand_over(hand_over=hand_over)
            return redirect("account_login")
        case Answer.RIGHT:
            end_hand_over(hand_over=hand_over)
            del request.session[HAND_OVER]
            request.session.cycle_key()
            return redirect("intake", hand_over.patient.code)


def _page(
    request: ClinicRequest,
    name: str,
    asked: Questioning,
    *,
    screen: Screen | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 0,
    **more: object,
) -> HttpResponse:
    """A page of the patient: her own answers, and nothing of anybody else."""
    answer = None if screen is None else asked.answer(screen.question)
    if answer is not None and screen is not None and errors:
        answer = replace(answer, text=request.POST.get(screen.question.key, ""))
    context = {
        "asked": asked,
        "screen": screen,
        "answer": answer,
        "previous": None if screen is None else asked.previous(screen),
        "errors": errors or {},
        "clinic": request.clinic,
        "saver": f"hand-over {asked.hand_over.code}",
        **more,
    }
    template = "hand_over_main" if is_fragment(request) and screen else name
    status = status or (422 if errors else 200)
    return render(request, f"patients/{template}.html", context, status=status)
