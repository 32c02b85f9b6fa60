"""The one gate of the site: every request passes it, and what it does not know it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from mesoplan.web.accounts.access import ClinicRequest, Guarded, is_fragment
from mesoplan.web.accounts.models import Clinic, User
from mesoplan.web.accounts.roles import Permission

SEEN = "seen_at"
"""In the browser session: when the person last did something (ISO, UTC)."""

LOCKED = "locked"
"""In the browser session: the screen is locked until the PIN or the password is given."""

HAND_OVER = "hand_over"
"""In the browser session: code of the hand-over; a patient holds the tablet."""

SECOND_FACTOR = "second_factor"
"""In the browser session: the person has a second factor."""

BORROWED: dict[str, Permission] = {
    "account_login": Permission.ANYONE,
    "account_logout": Permission.SIGNED_IN,
    "account_reauthenticate": Permission.SIGNED_IN,
    "account_change_password": Permission.SIGNED_IN,
    "mfa_authenticate": Permission.ANYONE,
    "mfa_reauthenticate": Permission.SIGNED_IN,
    "mfa_activate_totp": Permission.SIGNED_IN,
    "mfa_generate_recovery_codes": Permission.SIGNED_IN,
    "mfa_view_recovery_codes": Permission.SIGNED_IN,
}
"""Pages of the sign-in library that are in use, by their names, and what each needs."""

WHILE_LOCKED = frozenset({"unlock", "account_logout"})
"""What opens on a locked screen."""

WITHOUT_SECOND_FACTOR = frozenset(
    {"mfa_activate_totp", "account_logout", "account_reauthenticate", "lock", "unlock"}
)
"""What opens for a person who has no second factor yet."""


class Gate:
    """Middleware: set-up first, then sign-in, second factor, lock, hand-over, role."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the decision is made once its view is known."""
        return self.get_response(request)

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
        if HAND_OVER in request.session and not _is(view, "in_hand_over"):
            return _send(request, "hand-over")
        if permission is Permission.ANYONE:
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return self._of_person(cast("ClinicRequest", request), view, name, permission)

    def _of_person(
        self, request: ClinicRequest, view: Callable[..., Any], name: str | None, need: Permission
    ) -> HttpResponseBase | None:
        user = request.user
        request.clinic = user.clinic
        if _is(view, "in_hand_over") and HAND_OVER in request.session:
            return None
        _note_presence(request, is_passive=_is(view, "passive"))
        if request.session.get(LOCKED) and name not in WHILE_LOCKED:
            return _send(request, "unlock")
        if name not in WITHOUT_SECOND_FACTOR and not _has_second_factor(request, user):
            return _send(request, "mfa_activate_totp")
        if not user.may(need):
            raise PermissionDenied
        return None


def needs_set_up() -> bool:
    """Whether there is no clinic yet."""
    return not Clinic.objects.exists()


def _permission(view: Callable[..., Any], name: str | None) -> Permission | None:
    stated: Permission | None = getattr(view, "permission", None)
    return stated or BORROWED.get(name or "")


def _is(view: Callable[..., Any], what: str) -> bool:
    return bool(getattr(cast("Guarded", view), what, False))


def _note_presence(request: ClinicRequest, *, is_passive: bool) -> None:
    """Lock a screen that nobody has touched for the clinic's idle time; else note the time."""
    now = timezone.now()
    seen = request.session.get(SEEN)
    idle = timedelta(minutes=request.clinic.idle_minutes)
    if seen is not None and now - datetime.fromisoformat(seen) > idle:
        request.session[LOCKED] = True
    elif not is_passive:
        request.session[SEEN] = now.isoformat()


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
        return _send(request, "set-up")
    return _send(request, settings.LOGIN_URL)


def _send(request: HttpRequest, name: str) -> HttpResponseBase:
    """Go to a page: for htmx by its own header, since it follows redirects inside a fragment."""
    response = redirect(name)
    if is_fragment(request):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = response["Location"]
        return answer
    return response
