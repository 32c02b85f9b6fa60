"""How a view says who may open it, and what it then knows of the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar, cast

from django.http import HttpRequest, HttpResponseBase

from mesoplan.web.accounts.roles import Permission

if TYPE_CHECKING:
    from mesoplan.web.accounts.models import Clinic, User

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer", bound=HttpResponseBase)


class ClinicRequest(HttpRequest):
    """The request of a person who is signed in: ``user`` and ``clinic`` are there."""

    user: User
    clinic: Clinic


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks, and takes a part of the page for an answer."""
    return request.headers.get("HX-Request") == "true"


class Guarded(Protocol):
    """A view that has said who may open it."""

    permission: Permission
    in_hand_over: bool
    passive: bool


def requires(
    permission: Permission, *, in_hand_over: bool = False, passive: bool = False
) -> Callable[
    [Callable[Concatenate[ClinicRequest, Arguments], Answer]],
    Callable[Concatenate[HttpRequest, Arguments], Answer],
]:
    """State what a view needs. The gate refuses every view that states nothing.

    ``in_hand_over`` views are the only ones that open while a patient holds the tablet.
    ``passive`` views are asked by the page itself, so they do not count as somebody being there.
    """

    def mark(
        view: Callable[Concatenate[ClinicRequest, Arguments], Answer],
    ) -> Callable[Concatenate[HttpRequest, Arguments], Answer]:
        guarded = cast("Guarded", view)
        guarded.permission = permission
        guarded.in_hand_over = in_hand_over
        guarded.passive = passive
        return cast("Callable[Concatenate[HttpRequest, Arguments], Answer]", view)

    return mark
