"""Errors for people: one page for every status, without a word about who asks, so that equal errors are equal bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

TITLES = {
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
FORM_EXPIRED = (
    "This form was open for too long, or came from another site. Go back, load the page again and send it once more."
)


def error_page(
    request: HttpRequest,
    status: int,
    sentence: str,
    faults: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    title: str = "",
) -> HttpResponse:
    """A page that needs neither database nor session; htmx puts it in place of the whole page."""
    title = title or TITLES.get(status, TITLES[500 if status >= 500 else 400])
    text = render_to_string("astral/error.html", {"title": title, "sentence": sentence, "faults": faults})
    answer = HttpResponse(text, status=status, headers=dict(headers or {}))
    answer.headers["Cache-Control"] = "private, no-store"
    if "HX-Request" in request.headers:
        for name, value in (("HX-Retarget", "body"), ("HX-Reselect", "body"), ("HX-Reswap", "innerHTML")):
            answer.headers[name] = value
    return answer
