"""Error pages: one page for every status, with the menu of the signed-in user if it can be loaded."""

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
    400: "We couldn't read that address",
    403: "You don't have access to this page.",
    404: "Page not found",
    405: "This page can't be used that way",
    413: "Too large",
    429: "Too many attempts",
    500: "Something went wrong",
    503: "Temporarily unavailable",
}
FORM_EXPIRED_TITLE = "Please send it again"
FORM_EXPIRED = (
    "This form has expired, or came from another site. Go back, reload the page and send the form again."
)


def render_error_page(
    request: HttpRequest,
    status: int,
    sentence: str,
    faults: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    title: str = "",
) -> HttpResponse:
    """An error page. It needs neither database nor session. htmx replaces the whole page with it."""
    title = title or ERROR_TITLES.get(status, ERROR_TITLES[500 if status >= 500 else 400])
    error = {"title": title, "sentence": sentence, "faults": faults}
    text = render_to_string("astral/error.html", {**_load_menu_context(request, status), **error})
    answer = HttpResponse(text, status=status, headers=dict(headers or {}))
    answer.headers["Cache-Control"] = "private, no-store"
    patch_vary_headers(answer, ["Cookie"])
    if "HX-Request" in request.headers:
        for name, value in (("HX-Retarget", "body"), ("HX-Reselect", "body"), ("HX-Reswap", "innerHTML")):
            answer.headers[name] = value
    return answer


def _load_menu_context(request: HttpRequest, status: int) -> Mapping[str, Any]:
    """The context of the menu. Empty if nobody is signed in, or if loading it could fail again."""
    if status >= 500:
        return {}
    try:
        context: Mapping[str, Any] = import_string(settings.ERROR_FRAME)(request)
    except Exception as error:  # the database may be down: then the page has no menu
        log.warning("no_menu", error=type(error).__name__)
        return {}
    return context
