"""Refuse bodies before they are read: bodies without a length, and too large forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from astral.http.error_pages import render_error_page
from astral.http.errors import ERROR_SENTENCES, build_json_error_response, is_api_request

TOO_LARGE = "This form is too large."


class BodyLimitMiddleware:
    """Middleware: 411 for a request with `Transfer-Encoding`, 413 for a form that is too large for its page.

    Django does not read a body without a length and would answer as if the body was empty. A proxy that
    buffers requests adds the length. `max_form_bytes` of a page is its limit for people who are signed in.
    Other forms have DATA_UPLOAD_MAX_MEMORY_SIZE. API calls have their own limits.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "Transfer-Encoding" not in request.headers:
            return self.get_response(request)
        if is_api_request(request):
            return build_json_error_response(411)
        return render_error_page(request, 411, ERROR_SENTENCES[411][1])

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponseBase | None:
        """Check the length before the CSRF check, which reads the form."""
        length = _declared_length(request)
        if is_api_request(request) or length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return None
        files_bytes = getattr(getattr(view, "view_class", None), "max_form_bytes", None)
        if files_bytes and length <= files_bytes and request.user.is_authenticated:
            return None
        advice = " Send fewer files at once." if files_bytes else ""
        return render_error_page(request, 413, TOO_LARGE + advice)


def _declared_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() and length.isascii() else 0
