"""{% load icons %}: {% icon "run" %} draws a symbol of icons.svg; {{ name|initials }} is for an avatar.

Icons are decoration: a word stands beside each of them, or `visually-hidden` text.
"""

from __future__ import annotations

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SPORT_ICONS = {
    "run": "run",
    "bike": "bike",
    "swim": "swim",
    "walk": "walk",
    "hike": "hike",
    "strength": "strength",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    return _draw_icon(name)


@register.simple_tag
def sport_icon(sport: str) -> SafeString:
    """The icon of an activity type; one for all others."""
    return _draw_icon(SPORT_ICONS.get(sport, "sport"))


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word: Bruno Saltamar is BS."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or name[:1].upper()


@cache
def _draw_icon(name: str) -> SafeString:
    """Cached: a roster draws hundreds."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("astral/icons.svg"), name
    )
