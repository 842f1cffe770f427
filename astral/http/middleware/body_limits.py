"""Refuse bodies before they are read: without a length, too large, or too many large ones at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from astral.http.error_pages import render_error_page
from astral.http.errors import (
    ERROR_SENTENCES,
    build_error_body,
    build_json_error_response,
    is_api_request,
)
from astral.server.arrival import BODY_BYTES

TOO_LARGE = "This form is too large."
BUSY = "Other large files are arriving. Try again in a minute."
BUSY_RETRY_AFTER_S = 60
MAX_API_BODY_BYTES = BODY_BYTES  # of a call whose view names no `max_body_bytes`
# The main loop collects short bodies. A thread reads a long one and is busy all that time, so only some of
# the threads of a process may.
MAX_LONG_BODIES = 2


class BodyLimitMiddleware:
    """Middleware: 411 for a request with `Transfer-Encoding`, 413 for a body that is too large for its view.

    503 if as many long bodies are arriving as one process takes.

    Django does not read a body without a length and would answer as if the body was empty. A proxy that
    buffers requests adds the length. `max_form_bytes` of a page is its limit for people who are signed in.
    Other forms have DATA_UPLOAD_MAX_MEMORY_SIZE. Parsers of API calls have limits of their own; the one here
    is for a browser's call, whose CSRF check reads the form first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.long_bodies = BoundedSemaphore(MAX_LONG_BODIES)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "Transfer-Encoding" not in request.headers:
            if _declared_length(request) <= BODY_BYTES:
                return self.get_response(request)
            return self._answer_long_body(request)
        if is_api_request(request):
            return build_json_error_response(411)
        return render_error_page(request, 411, ERROR_SENTENCES[411][1])

    def _answer_long_body(self, request: HttpRequest) -> HttpResponseBase:
        if not self.long_bodies.acquire(blocking=False):
            return _build_busy_response(request)
        try:
            return self.get_response(request)
        finally:
            self.long_bodies.release()

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponseBase | None:
        """Check the length before the CSRF check, which reads the form."""
        length = _declared_length(request)
        if length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return None
        if is_api_request(request):
            most = getattr(getattr(view, "cls", None), "max_body_bytes", MAX_API_BODY_BYTES)
            return build_json_error_response(413) if length > most else None
        files_bytes = getattr(getattr(view, "view_class", None), "max_form_bytes", None)
        if files_bytes and length <= files_bytes and request.user.is_authenticated:
            return None
        advice = " Send fewer files at once." if files_bytes else ""
        return render_error_page(request, 413, TOO_LARGE + advice)


def _declared_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() and length.isascii() else 0


def _build_busy_response(request: HttpRequest) -> HttpResponseBase:
    headers = {"Retry-After": str(BUSY_RETRY_AFTER_S)}
    if is_api_request(request):
        return JsonResponse(build_error_body(BUSY, "BUSY"), status=503, headers=headers)
    return render_error_page(request, 503, BUSY, headers=headers)
