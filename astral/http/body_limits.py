"""Bodies refused before a byte of them is read: those without a length, and forms far larger than any page's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from astral.http.error_pages import render_error_page
from astral.http.errors import ERROR_SENTENCES, build_json_error_response, is_api_request

MAX_FILES_PER_FORM = 10  # of the largest that is taken


class BodyLimitMiddleware:
    """Middleware: 411 for a request with `Transfer-Encoding`, of which Django would read nothing and answer as if
    nothing had been sent (a proxy that buffers sends a length by itself); 413 for a form of more than 250 MB. The
    API's calls have limits of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "Transfer-Encoding" in request.headers:
            return (
                build_json_error_response(411)
                if is_api_request(request)
                else render_error_page(request, 411, ERROR_SENTENCES[411][1])
            )
        if (
            not is_api_request(request)
            and _declared_length(request) > MAX_FILES_PER_FORM * settings.UPLOAD_MAX_BYTES
        ):
            return render_error_page(
                request, 413, "This is more than one form may hold: send fewer files at once."
            )
        return self.get_response(request)


def _declared_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() and length.isascii() else 0
