"""The locked screen, and the way back."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.forms.own import UnlockForm
from mesoplan.web.accounts.gate import KEPT, LOCKED, RETURN_TO, is_of_this_site
from mesoplan.web.accounts.lock import Answer, answer_pin, lock
from mesoplan.web.accounts.roles import Permission


@requires(Permission.SIGNED_IN)
@require_http_methods(["GET", "POST"])
def lock_screen(request: ClinicRequest) -> HttpResponseBase:
    """Lock; what was saved stays saved. Tabs beside the one that locked come here to look."""
    if request.method == "POST":
        lock(request, page=request.POST.get("page", ""))
    return redirect("unlock")


@requires(Permission.SIGNED_IN)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def unlock(request: ClinicRequest) -> HttpResponseBase:
    """Ask for the quick PIN, and go back to the page that was locked."""
    if not request.session.get(LOCKED):
        return redirect("today")
    form = UnlockForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "accounts/unlock.html", {"form": form}, status=status)
    match answer_pin(request, form.cleaned_data["pin"]):
        case Answer.RIGHT:
            return _back(request)
        case Answer.WRONG:
            form.add_error("pin", gettext("This is not your PIN."))
            return render(request, "accounts/unlock.html", {"form": form}, status=422)
        case Answer.ENDED:
            messages.error(
                request, gettext("Three wrong PINs: sign in again. What was saved is saved.")
            )
            return redirect("account_login")


@requires(Permission.SIGNED_IN)
@require_http_methods(["GET", "POST"])
def kept_form(request: ClinicRequest) -> HttpResponseBase:
    """A form that was sent to the locked screen: send it now, or let it go."""
    kept = request.session.get(KEPT)
    if request.method == "POST" or kept is None:
        request.session.pop(KEPT, None)
        return redirect(request.session.pop(RETURN_TO, None) or "today")
    # It is shown once more only if it was not seen: whoever saw it has sent it, or let it go.
    request.session[KEPT] = {**kept, "seen": True}
    return render(request, "accounts/kept.html", {"kept": kept})


def _back(request: ClinicRequest) -> HttpResponseBase:
    kept = request.session.get(KEPT)
    if kept is not None and not kept.get("seen"):
        return redirect("kept-form")
    address = request.session.pop(RETURN_TO, "")
    return redirect(address if is_of_this_site(address) else "today")
