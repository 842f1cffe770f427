"""Refuse bodies before they are read: bodies without a length, and too large forms."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from astral.http.error_pages import render_error_page
from astral.http.errors import ERROR_SENTENCES, build_json_error_response, is_api_request

MAX_FILES_PER_FORM = 10  # a form may hold this many files of the largest allowed size


class BodyLimitMiddleware:
    """Middleware: 411 for a request with `Transfer-Encoding`, 413 for a form of more than 250 MB.

    Django does not read a body without a length and would answer as if the body was empty. A proxy that
    buffers requests adds the length. API calls have their own limits.
    """

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
            return render_error_page(request, 413, "This form is too large. Send fewer files at once.")
        return self.get_response(request)


def _declared_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() and length.isascii() else 0
