"""The parts that a plan shows by the hundred: chips of sources, and the graduation of bars."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mesoplan.web.courses.mapping.plan_doses import LIMIT_AT, ticks
from mesoplan.web.courses.mapping.words import Chip

register = template.Library()

LONG, SHORT = 10, 13
"""Where a long and a short tick begin, in the height of the bar."""


@register.simple_tag(name="chip")
def chip_tag(chip: Chip | None, *, bare: bool = False) -> SafeString | str:
    """A source: the mark of its kind, its short name, and whether a clinician has reviewed it."""
    if chip is None:
        return ""
    review = "" if chip.is_reviewed else ", " + _("not reviewed by a clinician")
    kind = chip.kind_words
    return format_html(
        '<span class="src{}{}" title="{}: {}{}"><svg aria-hidden="true"><use href="#k-{}"/></svg>'
        '<span class="visually-hidden">{}{}: </span>{}</span>',
        " src--bare" if bare else "",
        "" if chip.is_reviewed else " src--unreviewed",
        kind,
        chip.title,
        review,
        chip.kind,
        kind,
        review,
        chip.name,
    )


@register.simple_tag
def graduation() -> SafeString:
    """The ticks of a dose bar, and the long mark of the limit."""
    marks = format_html_join(
        "",
        '<line class="tick" x1="{0}" x2="{0}" y1="{1}" y2="20"/>',
        ((at, LONG if is_long else SHORT) for at, is_long in ticks()),
    )
    return format_html(
        '{}<line class="limit" x1="{}" x2="{}" y1="0" y2="21"/>', marks, LIMIT_AT, LIMIT_AT
    )
