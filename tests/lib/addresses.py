"""Every address of the site, as the resolver knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mesoplan.web.accounts.gate import BORROWED
from mesoplan.web.accounts.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address: its name, its route, what it leads to, and the parameters in it."""

    name: str
    route: str
    view: Any
    parameters: tuple[str, ...]

    @property
    def permission(self) -> Permission | None:
        """What its view states, or what the list of borrowed pages says."""
        stated: Permission | None = getattr(self.view, "permission", None)
        return stated or BORROWED.get(self.name)

    def is_(self, what: str) -> bool:
        """Whether its view was marked so (``in_hand_over``, ``passive``)."""
        return bool(getattr(self.view, what, False))

    def path(self, values: Mapping[str, Any]) -> str:
        """The address with these values in it."""
        return reverse(self.name, kwargs={name: values[name] for name in self.parameters})


def addresses() -> list[Address]:
    """All of them, in the order in which they are tried."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Address]:
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield Address(
                name=pattern.name or "",
                route=route,
                view=pattern.callback,
                parameters=tuple(pattern.pattern.converters),
            )
