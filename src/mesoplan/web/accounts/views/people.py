"""People of the clinic, for its owner. Whoever opens these pages proves to be the owner first."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.utils import decrypt, encrypt
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mesoplan.web.accounts.access import ClinicRequest, requires
from mesoplan.web.accounts.actions import people
from mesoplan.web.accounts.forms.people import NewPersonForm, RolesForm
from mesoplan.web.accounts.models import User
from mesoplan.web.accounts.queries import person_of, totp_of
from mesoplan.web.accounts.roles import Permission

EVERY_APP = ""
"""What the library is asked about: nothing of its own, so the password is always asked again."""

ONE_TIME = "one_time_password"
"""In the browser session of the owner: a password that waits to be shown, encrypted."""


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "POST"])
def new_person(request: ClinicRequest) -> HttpResponseBase:
    """Add somebody; the one-time password is on the next page."""
    raise_if_reauthentication_required(request, app=EVERY_APP)
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        wanted = form.person(*form.chosen())
        try:
            user, password = people.add_person(
                clinic=request.clinic, person=wanted, by=request.user
            )
        except IntegrityError:
            form.add_error("username", gettext("Somebody signs in with this name already."))
        else:
            return _show_once(request, user, password)
    shown = {"section": "clinic", "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/person_new.html", shown, status=status)


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "POST"])
def person(request: ClinicRequest, code: str) -> HttpResponseBase:
    """Somebody's roles, account and second factor."""
    found = person_of(clinic=request.clinic, code=code)
    raise_if_reauthentication_required(request, app=EVERY_APP)
    entered = request.POST if request.method == "POST" else None
    form = RolesForm(entered, initial={"roles": found.role_names})
    if form.is_valid():
        try:
            people.change_roles(person=found, roles=form.chosen(), by=request.user)
        except people.LastOfRoleError as error:
            form.add_error("roles", _last_of(error))
        else:
            messages.success(request, gettext("The roles hold from the next page on."))
            return redirect("person", code=found.code)
    shown = {"section": "clinic", "person": found, "form": form, "totp": totp_of(found)}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/person.html", shown, status=status)


@requires(Permission.MANAGE_USERS)
@require_POST
def change_person(request: ClinicRequest, code: str) -> HttpResponseBase:
    """Close or open the account, take away a lost second factor, give a one-time password."""
    found = person_of(clinic=request.clinic, code=code)
    raise_if_reauthentication_required(request, app=EVERY_APP)
    by = request.user
    match request.POST.get("do", ""):
        case "deactivate":
            try:
                people.deactivate(person=found, by=by)
            except people.LastOfRoleError as error:
                messages.error(request, _last_of(error))
        case "activate":
            people.activate(person=found, by=by)
        case "reset-second-factor" | "give-password" if found.pk == by.pk:
            return redirect("account")
        case "reset-second-factor":
            people.reset_second_factor(person=found, by=by)
            messages.success(request, gettext("A new second factor is made at the next sign-in."))
        case "give-password":
            password = people.give_one_time_password(person=found, by=by)
            return _show_once(request, found, password)
        case _:
            raise BadRequest
    return redirect("person", code=found.code)


@requires(Permission.MANAGE_USERS)
@require_safe
def one_time_password(request: ClinicRequest, code: str) -> HttpResponseBase:
    """The one-time password, shown once."""
    found = person_of(clinic=request.clinic, code=code)
    waiting = request.session.pop(ONE_TIME, None)
    is_this = waiting is not None and waiting["of"] == found.code
    shown = {
        "section": "clinic",
        "person": found,
        "password": decrypt(waiting["password"]) if is_this else "",
    }
    return render(request, "accounts/one_time_password.html", shown)


def _show_once(request: ClinicRequest, user: User, password: str) -> HttpResponseBase:
    request.session[ONE_TIME] = {"of": user.code, "password": encrypt(password)}
    return redirect("one-time-password", code=user.code)


def _last_of(error: people.LastOfRoleError) -> str:
    words = gettext("Nobody else in the clinic has the role %(role)s; give it to somebody first.")
    return words % {"role": error.role.label}
