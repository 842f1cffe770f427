"""Bodies refused before a byte of them is read: those without a length, and forms far larger than any page's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from astral.http.error_pages import error_page
from astral.http.errors import SENTENCES, is_api, json_answer

FILES_AT_ONCE = 10  # of the largest that is taken


class BodyLength:
    """Middleware: 411 for a request with `Transfer-Encoding`, of which Django would read nothing and answer as if
    nothing had been sent (a proxy that buffers sends a length by itself); 413 for a form of more than 250 MB. The
    API's calls have limits of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "Transfer-Encoding" in request.headers:
            return json_answer(411) if is_api(request) else error_page(request, 411, SENTENCES[411][1])
        if not is_api(request) and _declared(request) > FILES_AT_ONCE * settings.UPLOAD_MAX_BYTES:
            return error_page(request, 413, "This is more than one form may hold: send fewer files at once.")
        return self.get_response(request)


def _declared(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() and length.isascii() else 0
