"""Small words on a page: icons, verdict marks, a number with its unit."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

VERDICTS = {
    "eligible": _("Eligible"),
    "caution": _("Caution"),
    "undetermined": _("Undetermined"),
    "deferred": _("Deferred"),
    "contraindicated": _("Contraindicated"),
}
"""The fixed words of the verdicts, mildest first."""


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon beside a word; ``size`` is ``s`` for the small one."""
    more = f" icon--{size}" if size else ""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="#i-{}"/></svg>', more, name
    )


@register.simple_tag
def mark(verdict: str, size: str = "") -> SafeString:
    """The shape of a verdict, to stand beside its word; ``size`` is ``s`` or ``l``."""
    more = f" mark--{size}" if size else ""
    return format_html(
        '<svg class="mark{}" aria-hidden="true"><use href="#m-{}"/></svg>', more, verdict
    )


@register.simple_tag
def verdict(name: str, style: str = "") -> SafeString:
    """Shape, word and colour of a verdict; ``style`` is ``hero``, ``bare`` or nothing (a badge)."""
    more = f" verdict--{style}" if style else ""
    return format_html(
        '<span class="verdict is-{}{}">{}{}</span>',
        name,
        more,
        mark(name, "l" if style == "hero" else ""),
        VERDICTS[name],
    )


@register.simple_tag
def verdict_word(name: str) -> str:
    """The fixed word of a verdict, where its shape stands already."""
    return str(VERDICTS[name])


@register.simple_tag
def quantity(value: object, unit: str = "") -> SafeString:
    """A number and its unit, which never part. Numbers follow the language of the page."""
    if isinstance(value, (int, float, Decimal)):
        value = number_format(value).replace("-", "−")
    if not unit:
        return format_html('<span class="q">{}</span>', value)
    return format_html('<span class="q">{}<span class="u">{}</span></span>', value, unit)
