"""Errors for people: one page for every status, with the menu of who is signed in where that can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string

log = structlog.get_logger(__name__)

ERROR_TITLES = {
    400: "This cannot be understood",
    403: "Not for you",
    404: "Nothing here",
    405: "Not this way",
    413: "Too large",
    429: "Too many attempts",
    500: "Something went wrong",
    503: "Back in a moment",
}
FORM_EXPIRED_TITLE = "Send it once more"
FORM_EXPIRED = "This form was open for too long, or came from another site. Go back, load the page again and send it once more."


def render_error_page(
    request: HttpRequest,
    status: int,
    sentence: str,
    faults: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    title: str = "",
) -> HttpResponse:
    """A page that comes without database or session too; htmx puts it in place of the whole page."""
    title = title or ERROR_TITLES.get(status, ERROR_TITLES[500 if status >= 500 else 400])
    told = {"title": title, "sentence": sentence, "faults": faults}
    text = render_to_string("astral/error.html", {**_load_menu_context(request, status), **told})
    answer = HttpResponse(text, status=status, headers=dict(headers or {}))
    answer.headers["Cache-Control"] = "private, no-store"
    patch_vary_headers(answer, ["Cookie"])
    if "HX-Request" in request.headers:
        for name, value in (("HX-Retarget", "body"), ("HX-Reselect", "body"), ("HX-Reswap", "innerHTML")):
            answer.headers[name] = value
    return answer


def _load_menu_context(request: HttpRequest, status: int) -> Mapping[str, Any]:
    """What the menu is made of; empty for who is not signed in, and where asking might fail again: an error is told,
    whatever else is broken."""
    if status >= 500:
        return {}
    try:
        frame: Mapping[str, Any] = import_string(settings.ERROR_FRAME)(request)
    except Exception as error:  # the database may be away: then the page comes without a menu
        log.warning("no_menu", error=type(error).__name__)
        return {}
    return frame
