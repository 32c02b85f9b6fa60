"""The one gate of the site: every request passes it, and what it does not know it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from mesoplan.web.accounts.access import ClinicRequest, Guarded, is_fragment
from mesoplan.web.accounts.clock import clinic_zone
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Permission

SEEN = "seen_at"
"""In the browser session: when the person last did something (ISO, UTC)."""

LOCKED = "locked"
"""In the browser session: the screen is locked until the PIN or the password is given."""

RETURN_TO = "return_to"
"""In the browser session: the page that was shown when the screen was locked."""

KEPT = "kept"
"""In the browser session: a form that was sent to a locked screen, until its sender is back."""

HAND_OVER = "hand_over"
"""In the browser session: code of the hand-over; a patient holds the tablet."""

SECOND_FACTOR = "second_factor"
"""In the browser session: the person has a second factor."""

BORROWED: dict[str, Permission] = {
    "account_login": Permission.ANYONE,
    "account_logout": Permission.ANYONE,
    "account_reauthenticate": Permission.SIGNED_IN,
    "account_change_password": Permission.SIGNED_IN,
    "mfa_authenticate": Permission.ANYONE,
    "mfa_reauthenticate": Permission.SIGNED_IN,
    "mfa_activate_totp": Permission.SIGNED_IN,
    "mfa_generate_recovery_codes": Permission.SIGNED_IN,
    "mfa_view_recovery_codes": Permission.SIGNED_IN,
}
"""Pages of the sign-in library that are in use, by their names, and what each needs."""

WHILE_LOCKED = frozenset({"lock", "unlock", "account_logout"})
"""What opens on a locked screen."""

EMERGENCY = frozenset({"emergency", "emergency-one", "emergency-print", "emergency-print-one"})
"""The emergency cards: whoever stands before a locked screen may need them. They open there without
a patient, which an address names after its question mark.
"""

WITH_ONE_TIME_PASSWORD = frozenset({"first-sign-in", "lock", "unlock", "account_logout"})
"""What opens for a person whose password is one that the owner was shown."""

WITHOUT_SECOND_FACTOR = WITH_ONE_TIME_PASSWORD | {
    "mfa_activate_totp",
    "account_reauthenticate",
    "mfa_reauthenticate",
}
"""What opens for a person who has no second factor yet."""

PRESENCE_GRAIN = timedelta(seconds=20)
"""Presence is noted in steps of this length, so that not every page that is read is a write."""

KEPT_LENGTH = 200_000
"""The longest form that is kept from a locked screen, in characters."""

NEVER_KEPT = frozenset({"password", "password1", "password2", "oldpassword", "pin", "code"})
"""Fields that are not kept anywhere; a form that has one is filled in again."""


class Gate:
    """Middleware: set-up first, then sign-in, lock, own password, second factor, role."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the decision is made once its view is known."""
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _: tuple[Any, ...], __: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Let the request through, or say where it has to go first.

        Raises:
            Http404: nobody has said who may open this view.
            PermissionDenied: this person may not.
        """
        name = request.resolver_match.url_name if request.resolver_match else None
        permission = _permission(view, name)
        if permission is None:
            raise Http404
        if request.user.is_authenticated:
            _settle(cast("ClinicRequest", request))
        elif HAND_OVER in request.session:
            # Who handed the tablet over was signed out meanwhile, by another device or by the
            # owner: nobody could take it back.
            request.session.flush()
        if HAND_OVER in request.session:
            return None if _is(view, "in_hand_over") else send_to(request, reverse("hand-over"))
        if permission is Permission.ANYONE:
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return self._of_person(cast("ClinicRequest", request), view, name or "", permission)

    def _of_person(
        self, request: ClinicRequest, view: Callable[..., Any], name: str, need: Permission
    ) -> HttpResponseBase | None:
        user = request.user
        is_passive = _is(view, "passive")
        _note_presence(request, is_passive=is_passive)
        if request.session.get(LOCKED):
            if name in WHILE_LOCKED or (name in EMERGENCY and not request.GET):
                return None
            _keep_place(request, is_passive=is_passive)
            return send_to(request, reverse("unlock"))
        if user.must_change_password and name not in WITH_ONE_TIME_PASSWORD:
            return send_to(request, reverse("first-sign-in"))
        if name not in WITHOUT_SECOND_FACTOR and not _has_second_factor(request, user):
            return send_to(request, reverse("mfa_activate_totp"))
        if not user.may(need):
            raise PermissionDenied
        return None


def needs_set_up() -> bool:
    """Whether there is no clinic yet."""
    return not Clinic.objects.exists()


def is_of_this_site(address: str) -> bool:
    """Whether an address is a path of this site, so that a page may send somebody there."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def send_to(request: HttpRequest, address: str) -> HttpResponseBase:
    """Go to a page first. A part of a page cannot be replaced by that page, so htmx is told.

    The answer to htmx is 401 and not a success: what it wanted to save was not saved.
    """
    if is_fragment(request):
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = address
        return answer
    redirected = HttpResponse(status=302)
    redirected["Location"] = address
    return redirected


def present(request: HttpRequest) -> None:
    """Somebody has just proved to be there: the screen is open, and its time begins anew."""
    request.session[SEEN] = timezone.now().isoformat()
    request.session.pop(LOCKED, None)


def _permission(view: Callable[..., Any], name: str | None) -> Permission | None:
    stated: Permission | None = getattr(view, "permission", None)
    return stated or BORROWED.get(name or "")


def _is(view: Callable[..., Any], what: str) -> bool:
    return bool(getattr(cast("Guarded", view), what, False))


def _settle(request: ClinicRequest) -> None:
    """What the rest of the request knows of the person: clinic, local time, language."""
    user = request.user
    request.clinic = user.clinic
    timezone.activate(clinic_zone(user.clinic))
    if user.language:
        translation.activate(user.language)


def _note_presence(request: ClinicRequest, *, is_passive: bool) -> None:
    """Lock a screen that nobody has touched for the clinic's idle time; else note the time."""
    now = timezone.now()
    seen = request.session.get(SEEN)
    since = None if seen is None else now - datetime.fromisoformat(seen)
    if since is not None and since > timedelta(minutes=request.clinic.idle_minutes):
        request.session[LOCKED] = True
    elif not is_passive and (since is None or since > PRESENCE_GRAIN):
        request.session[SEEN] = now.isoformat()


def _keep_place(request: HttpRequest, *, is_passive: bool) -> None:
    """Remember where the person was, and a form that was sent, until the screen is open again.

    Parts that htmx sends stay on the device until they are acknowledged; a whole form would be
    lost.
    """
    if is_passive:
        return
    if request.method == "GET" and not is_fragment(request):
        request.session[RETURN_TO] = request.get_full_path()
        return
    address = _path_of(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if is_of_this_site(address):
        request.session[RETURN_TO] = address
    pairs = [
        (key, value)
        for key, values in request.POST.lists()
        if key != "csrfmiddlewaretoken"
        for value in values
    ]
    fits = sum(len(key) + len(str(value)) for key, value in pairs) <= KEPT_LENGTH
    is_plain = not (is_fragment(request) or request.FILES or NEVER_KEPT & {key for key, _ in pairs})
    if pairs and fits and is_plain:
        request.session[KEPT] = {"path": request.get_full_path(), "pairs": pairs}


def _path_of(address: str) -> str:
    """Path and query of an address; nothing of what is no address."""
    try:
        page = urlsplit(address)
    except ValueError:
        return ""
    return f"{page.path}?{page.query}" if page.query else page.path


def _has_second_factor(request: ClinicRequest, user: User) -> bool:
    if settings.DEMONSTRATION or request.session.get(SECOND_FACTOR):
        return True
    totp = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    found = bool(totp.exists())
    if found:
        request.session[SECOND_FACTOR] = True
    return found


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if needs_set_up():
        return send_to(request, reverse("set-up"))
    sign_in = reverse(settings.LOGIN_URL)
    path = request.get_full_path()
    if request.method == "GET" and not is_fragment(request) and path != "/":
        return send_to(request, f"{sign_in}?{urlencode({'next': path})}")
    return send_to(request, sign_in)
