"""The request id: the caller's if it is sane, always sent back, bound to every log line of the request."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase
from uuid_utils.compat import uuid7

_VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
log = structlog.get_logger("astral.request")


class RequestLogMiddleware:
    """Outermost middleware: one `request` line per answer, with method, path, status and milliseconds.

    The query string is left out on purpose: it can hold names and e-mail addresses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        request_id = _request_id(request)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=milliseconds,
            )
        return response


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if _VALID_REQUEST_ID.fullmatch(given) else uuid7().hex
